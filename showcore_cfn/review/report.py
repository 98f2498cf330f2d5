"""The one door to a review's forms. Each is pure: a review in, a text out."""

from __future__ import annotations

from enum import StrEnum

from showcore_cfn.review.report_text import Paint, unpainted
from showcore_cfn.review.report_text import text as as_text
from showcore_cfn.review.review import Review


class Form(StrEnum):
    """The forms of `showcore review --output`."""

    TEXT = "text"
    MARKDOWN = "markdown"
    SUMMARY = "summary"
    GITHUB = "github"
    JSON = "json"
    HTML = "html"


def render(form: Form, review: Review, paint: Paint | None = None) -> str:
    """The review in one of its forms; `paint` colours the text for a terminal."""
    match form:
        case Form.TEXT:
            return as_text(review, paint or unpainted)
        case Form.MARKDOWN | Form.SUMMARY:
            from showcore_cfn.review import report_markdown
            from showcore_cfn.review.graph import of_review
            from showcore_cfn.review.graph_text import mermaid

            diagram = mermaid(of_review(review)) if review.affected else ""
            if form is Form.MARKDOWN:
                return report_markdown.comment(review, diagram)
            return report_markdown.summary(review, diagram)
        case Form.GITHUB:
            from showcore_cfn.review.report_github import github

            return github(review)
        case Form.JSON:
            from showcore_cfn.review.report_json import as_json

            return as_json(review)
        case Form.HTML:
            from showcore_cfn.review.report_html import html

            return html(review)
