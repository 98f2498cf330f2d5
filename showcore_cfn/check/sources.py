"""The templates that a path leads to, and what cannot be read of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from showcore_cfn.check import file_rules
from showcore_cfn.check.finding import Finding
from showcore_cfn.check.rules.rule import Rule
from showcore_cfn.check.rules.view import Hit
from showcore_cfn.errors import TemplateError, UsageError
from showcore_cfn.template.load import (
    Document,
    NoTemplate,
    Problem,
    TemplateSet,
    file_text,
    folder_texts,
    load_set,
    nested,
    parse,
    problem_of,
)
from showcore_cfn.template_files import BYTES


@dataclass(frozen=True, slots=True)
class Sources:
    """Templates, and findings on what is none although it should be."""

    templates: TemplateSet
    findings: tuple[Finding, ...]
    texts: dict[str, str]  # of the templates, and of what was found to be none


def sources(path: Path) -> Sources:
    """The templates of a folder, or one file with those that it nests.

    Raises UsageError where there is no such path, TemplateError where there is nothing to judge in it: no template
    in the folder, a file that is well-formed and none. A file that cannot be read is a finding, as in a folder.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist: give a folder of templates, or one template.")
    is_folder = path.is_dir()
    texts, unread = folder_texts(path) if is_folder else _with_nested(path)
    folder = path if is_folder else path.parent
    found = from_texts(texts, unread, lambda name: (folder / name).is_file())
    if not found.templates.documents and not found.findings:
        raise TemplateError(
            f"{path} holds no CloudFormation template: no .yaml, .yml, .json or .template file with Resources."
            if is_folder
            else f"{path} is no CloudFormation template: it has no Resources with a Type."
        )
    return found


def from_texts(
    texts: Mapping[str, str], unread: Iterable[Problem] = (), is_file: Callable[[str], bool] = lambda _: False
) -> Sources:
    """The templates among some texts by name. `is_file` knows what else stands beside them."""
    large = {name: text for name, text in texts.items() if _bytes(text) > BYTES}
    small = {name: text for name, text in texts.items() if name not in large}
    loaded = load_set(small)
    unreadable = {
        problem.name: problem
        for problem in (*unread, *loaded.problems, *_torn(loaded, small))
        if problem.name not in loaded.documents
    }
    broken = (
        *(_too_large(name, _bytes(text)) for name, text in large.items()),
        *(_unreadable(problem) for problem in unreadable.values()),
    )
    beside = _Beside({finding.document for finding in broken}, texts, is_file)
    findings = (*broken, *_nesting(loaded, beside))
    named = {*loaded.documents, *(finding.document for finding in findings)}
    return Sources(
        loaded, findings, {name: texts.get(name, "") for name in (*texts, *named) if name in named}
    )


def _torn(templates: TemplateSet, texts: Mapping[str, str]) -> Iterator[Problem]:
    """Why nested templates cannot be read, however little of them still looks like one."""
    inside = {child for document in templates.documents.values() for _, child in nested(document)}
    for name in sorted(inside & texts.keys() - templates.documents.keys()):
        try:
            parse(texts[name], name)
        except NoTemplate:
            continue
        except TemplateError as error:
            yield problem_of(name, error)


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _with_nested(path: Path) -> tuple[dict[str, str], list[Problem]]:
    """A file and the templates beside or below it that it nests, by name, and what of them cannot be read."""
    texts: dict[str, str] = {}
    unread: list[Problem] = []
    waiting = [path.name]
    while waiting:
        name = waiting.pop()
        read = file_text(path.parent / name, name)
        if isinstance(read, Problem):
            unread.append(read)
            continue
        texts[name] = read
        try:
            children = nested(parse(read, name)) if _bytes(read) <= BYTES else ()
            waiting.extend(child for _, child in children if _follows(path.parent, child, texts))
        except NoTemplate:
            continue
        except TemplateError as error:
            unread.append(problem_of(name, error))
    return texts, unread


def _follows(folder: Path, name: str, texts: Mapping[str, str]) -> bool:
    return name not in texts and not name.startswith(("../", "/")) and (folder / name).is_file()


def _too_large(name: str, size: int) -> Finding:
    message = f"{size:,} bytes: CloudFormation takes at most {BYTES:,} in one template, so it is not read"
    return file_rules.TOO_LARGE.finding(Hit(name, (), message), 1)


def _unreadable(problem: Problem) -> Finding:
    hit = Hit(problem.name, (), problem.sentence.rstrip("."))
    return file_rules.UNREADABLE.finding(hit, problem.line or 1)


class _Beside(NamedTuple):
    """What is known of files that are no templates of the set."""

    told: set[str]  # of which a finding says what is wrong already
    texts: Mapping[str, str]
    is_file: Callable[[str], bool]


def _nesting(templates: TemplateSet, beside: _Beside) -> Iterator[Finding]:
    """What is wrong with the nested stacks: a template that is not there, one that nests itself."""
    children = {name: dict(nested(document)) for name, document in templates.documents.items()}
    for name, inside in children.items():
        for logical_id, child in inside.items():
            document = templates.documents[name]
            if child not in children:
                yield from _not_there(document, logical_id, child, beside)
            elif name in _reached(child, children):
                by_way = "" if child == name else f" by way of {child}"
                yield _of_stack(file_rules.CIRCLE, document, logical_id, f"the stack nests itself{by_way}")


def _not_there(document: Document, logical_id: str, child: str, beside: _Beside) -> Iterator[Finding]:
    """A local nested template that is missing cannot be deployed; one that is elsewhere is only not seen."""
    if child in beside.told:
        return
    if child in beside.texts:
        said = f"the nested {child} is no template: it has no Resources with a Type"
        yield _of_stack(file_rules.NOT_THERE, document, logical_id, said)
    elif beside.is_file(child):
        said = f"the nested template {child} is not among the files, so nothing in it has been checked"
        yield _of_stack(file_rules.NOT_READ, document, logical_id, said)
    else:
        said = f"the nested template {child} does not exist"
        yield _of_stack(file_rules.NOT_THERE, document, logical_id, said)


def _of_stack(rule: Rule, document: Document, logical_id: str, message: str) -> Finding:
    path = ("Resources", logical_id, "Properties", "TemplateURL")
    return rule.finding(Hit(document.name, path, message, logical_id), document.line(path))


def _reached(name: str, children: Mapping[str, Mapping[str, str]]) -> set[str]:
    """A template and all that it nests, however deep."""
    reached, waiting = {name}, [name]
    while waiting:
        for child in children.get(waiting.pop(), {}).values():
            if child not in reached:
                reached.add(child)
                waiting.append(child)
    return reached
