"""The templates that a path leads to, and what cannot be read of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from showcore_cfn.check.finding import Finding, Severity
from showcore_cfn.errors import TemplateError, UsageError
from showcore_cfn.template.load import (
    Document,
    Problem,
    TemplateSet,
    folder_texts,
    is_template,
    load_set,
    nested,
    parse,
)
from showcore_cfn.template_files import BYTES

QUOTAS_PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
FORMATS_PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html"
NESTED_PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html"
PACKAGE_PAGE = "https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html"


@dataclass(frozen=True, slots=True)
class Sources:
    """Templates, and findings on what is none although it should be."""

    templates: TemplateSet
    findings: tuple[Finding, ...]
    texts: dict[str, str]  # of the templates, and of what was found to be none


def sources(path: Path) -> Sources:
    """The templates of a folder, or one file with those that it nests.

    Raises UsageError where there is no such path, TemplateError where there is nothing to judge in it: no template
    in the folder, a file that is none.
    """
    if path.is_dir():
        texts, unread = folder_texts(path)
        found = from_texts(texts, unread)
        if not found.templates.documents and not found.findings:
            raise TemplateError(
                f"{path} holds no CloudFormation template: no .yaml, .yml, .json or .template file with Resources."
            )
        return found
    if not path.exists():
        raise UsageError(f"{path} does not exist: give a folder of templates, or one template.")
    return from_texts(_with_nested(path))


def from_texts(texts: Mapping[str, str], unread: Iterable[Problem] = ()) -> Sources:
    """The templates among some texts by name."""
    large = {name: text for name, text in texts.items() if _bytes(text) > BYTES}
    loaded = load_set({name: text for name, text in texts.items() if name not in large})
    unreadable = [problem for problem in loaded.problems if problem.name not in loaded.documents]
    findings = (
        *(_too_large(name, _bytes(text)) for name, text in large.items()),
        *(_unreadable(problem) for problem in (*unread, *unreadable)),
        *_nesting(loaded),
    )
    named = {*loaded.documents, *(finding.document for finding in findings)}
    return Sources(
        loaded, findings, {name: texts.get(name, "") for name in (*texts, *named) if name in named}
    )


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _with_nested(path: Path) -> dict[str, str]:
    """A file and the templates beside or below it that it nests, by name."""
    text = _text(path)
    texts = {path.name: text}
    if _bytes(text) > BYTES:
        return texts
    document = parse(text, path.name)
    if not is_template(document.body):
        raise TemplateError(f"{path} is no CloudFormation template: it has no Resources with a Type.")
    waiting = [document]
    while waiting:
        for _, name in nested(waiting.pop()):
            inner = path.parent / name
            if name not in texts and not name.startswith("../") and inner.is_file():
                texts[name] = _text(inner)
                waiting.extend(load_set({name: texts[name]}).documents.values())
    return texts


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"{path} cannot be read: {error}.") from error


def _too_large(name: str, size: int) -> Finding:
    return Finding(
        rule="SC-FILE-001",
        severity=Severity.REFUSED,
        message=f"{size:,} bytes: CloudFormation takes at most {BYTES:,} in one template, so it is not read",
        document=name,
        path=(),
        line=1,
        remedy="Split it into nested stacks.",
        source=QUOTAS_PAGE,
    )


def _unreadable(problem: Problem) -> Finding:
    return Finding(
        rule="SC-FILE-002",
        severity=Severity.REFUSED,
        message=problem.sentence.rstrip("."),
        document=problem.name,
        path=(),
        line=problem.line or 1,
        remedy="Make it well-formed YAML or JSON in UTF-8; nothing else in it has been checked.",
        source=FORMATS_PAGE,
    )


def _nesting(templates: TemplateSet) -> Iterator[Finding]:
    """What is wrong with the nested stacks: a template that is not there, one that nests itself."""
    children = {name: dict(nested(document)) for name, document in templates.documents.items()}
    for name, inside in children.items():
        for logical_id, child in inside.items():
            stack = _stack(templates.documents[name], logical_id)
            if child not in children:
                yield replace(
                    stack,
                    message=f"the nested template {child} is not among the files, so nothing in it has been checked",
                )
            elif name in _reached(child, children):
                yield replace(
                    stack,
                    rule="SC-FILE-004",
                    severity=Severity.REFUSED,
                    message="the stack nests itself" + ("" if child == name else f" by way of {child}"),
                    remedy="Take one of the nested stacks out of the circle.",
                    source=NESTED_PAGE,
                )


def _reached(name: str, children: Mapping[str, Mapping[str, str]]) -> set[str]:
    """A template and all that it nests, however deep."""
    reached, waiting = {name}, [name]
    while waiting:
        for child in children.get(waiting.pop(), {}).values():
            if child not in reached:
                reached.add(child)
                waiting.append(child)
    return reached


def _stack(document: Document, logical_id: str) -> Finding:
    path = ("Resources", logical_id, "Properties", "TemplateURL")
    return Finding(
        rule="SC-FILE-003",
        severity=Severity.RISK,
        message="",
        document=document.name,
        path=path,
        line=document.line(path),
        resource=logical_id,
        remedy="Name a file beside this one, or validate the folder that holds both.",
        source=PACKAGE_PAGE,
    )
