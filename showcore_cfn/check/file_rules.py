"""The rules on files: what keeps a template from being judged, or packaged, at all.

`check/sources.py` finds these while it reads; no other rule runs on a file that breaks one of the first two.
"""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.check.rules.rule import Hit, Rule, Severity, View

_CFN = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"
_PACKAGE = "https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html"


def _found_while_reading(_view: View) -> Iterator[Hit]:
    yield from ()


def _rule(id: str, severity: Severity, title: str, *, why: str, remedy: str, source: str) -> Rule:
    return Rule(id, severity, title, why, remedy, source, _found_while_reading, "file")


TOO_LARGE = _rule(
    "SC-FILE-001",
    Severity.REFUSED,
    "A template has at most one megabyte",
    why="CloudFormation takes 1,048,576 bytes from S3; a larger file is not read here either.",
    remedy="Split it into nested stacks.",
    source=f"{_CFN}/cloudformation-limits.html",
)
UNREADABLE = _rule(
    "SC-FILE-002",
    Severity.REFUSED,
    "A template is well-formed YAML or JSON in UTF-8",
    why="CloudFormation answers with a template format error.",
    remedy="Make it well-formed YAML or JSON in UTF-8; nothing else in it has been checked.",
    source=f"{_CFN}/template-formats.html",
)
NOT_THERE = _rule(
    "SC-FILE-003",
    Severity.REFUSED,
    "A local nested template is a file beside the one that nests it",
    why="A TemplateURL that is no https address is a path from the template's own folder. `showcore deploy` and "
    "`aws cloudformation package` upload that file and refuse where there is none; CloudFormation takes no path.",
    remedy="Name a template by its path from this one's folder, or by the https address of one in S3.",
    source=_PACKAGE,
)
CIRCLE = _rule(
    "SC-FILE-004",
    Severity.REFUSED,
    "A stack does not nest itself",
    why="The stacks would have no end.",
    remedy="Take one of the nested stacks out of the circle.",
    source=f"{_CFN}/using-cfn-nested-stacks.html",
)
NOT_READ = _rule(
    "SC-FILE-005",
    Severity.RISK,
    "A nested template is judged with the one that nests it",
    why="The file is there and was not read: it lies outside the folder, or is not named as templates are.",
    remedy="Validate the folder that holds both, with a name that ends in .yaml, .yml, .json or .template.",
    source=_PACKAGE,
)
RULES = (TOO_LARGE, UNREADABLE, NOT_THERE, CIRCLE, NOT_READ)
