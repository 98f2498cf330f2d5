"""Text to template: YAML with short or long intrinsic functions, or JSON, and sets of templates.

Everything downstream sees long-form intrinsics only: `{"Ref": ..}`, `{"Fn::GetAtt": [a, b]}` and so on.
Line numbers are looked up on demand, since most documents are never asked for one.
"""

from __future__ import annotations

import json
import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from showcore_cfn.errors import TemplateError
from showcore_cfn.template.json_types import Json

if TYPE_CHECKING:
    from types import ModuleType

    from yaml import Node

Place = tuple[str | int, ...]
_SUFFIXES = (".yaml", ".yml", ".json", ".template")
_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "cdk.out"})
_MOST_VALUES = 400_000  # a megabyte, the largest template there is, holds fewer
_NO_PREFIX = frozenset({"Ref", "Condition"})
_TEXT = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"
_STACK = "AWS::CloudFormation::Stack"


class Problem(NamedTuple):
    """Something that could not be read or known: a sentence, and where."""

    name: str
    line: int | None
    sentence: str
    grave: bool = False  # a whole nested template is not there, so that no deployment can begin


class NoTemplate(TemplateError):
    """A text is well-formed, and something else than a template."""


@dataclass(frozen=True, slots=True)
class Document:
    """One template as read. `body` is shared: nobody changes it."""

    name: str
    body: dict[str, Json]
    text: str
    notes: tuple[Problem, ...] = ()
    _lines: dict[Place, int] = field(default_factory=dict, compare=False, repr=False)

    def line(self, path: Place) -> int:
        """The 1-based line of a place in `body`, or of the nearest place above it that has one."""
        if not self._lines:
            self._lines.update(_line_table(self.text, self.name))
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)


class TemplateSet(NamedTuple):
    """Templates that are read together; `root` is the one that nests the others, where there is one."""

    documents: dict[str, Document]
    root: str | None
    problems: tuple[Problem, ...]


def parse(text: str, name: str) -> Document:
    """The document in `text`. Raises TemplateError with the line when it is not a template at all."""
    reader = _Reader(name)
    try:
        body = reader.read(text)
    except RecursionError as error:
        raise TemplateError(f"{name}:1: nested too deeply to be a template.") from error
    if not isinstance(body, dict):
        raise NoTemplate(f"{name}:1: a template is a mapping with a Resources section; this is not one.")
    return Document(name, body, text, tuple(reader.notes))


def load_folder(folder: Path) -> TemplateSet:
    """The templates of a folder and of those below it; files that are no templates are passed over."""
    texts, problems = folder_texts(folder)
    loaded = load_set(texts)
    return TemplateSet(loaded.documents, loaded.root, (*problems, *loaded.problems))


def folder_texts(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """What stands in the files of a folder that may be templates, by name, and what cannot be read."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        read = file_text(path, name)
        if isinstance(read, Problem):
            problems.append(read)
        else:
            texts[name] = read
    return texts, problems


def file_text(path: Path, name: str) -> str | Problem:
    """What stands in a file, or why that cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return Problem(name, None, f"cannot be read: {error}.")


def may_be_template(name: str) -> bool:
    """Whether a file's name ends like a template's."""
    return name.endswith(_SUFFIXES)


def load_set(documents: Mapping[str, str], shared: Iterable[Document] = ()) -> TemplateSet:
    """A set from texts by name. Documents of `shared` with the same name and text are not parsed again."""
    known = {document.name: document for document in shared}
    read: dict[str, Document] = {}
    problems: list[Problem] = []
    for name, text in documents.items():
        same = known.get(name)
        try:
            document = same if same is not None and same.text == text else parse(text, name)
        except TemplateError as error:
            if _claims_to_be_a_template(text):
                problems.append(problem_of(name, error))
            continue
        if is_template(document.body):
            read[name] = document
            problems.extend(document.notes)
    return TemplateSet(read, _root(read), tuple(problems))


def is_template(body: Mapping[str, Json]) -> bool:
    """Whether a mapping is a CloudFormation template and not some other file with the same ending."""
    resources = body.get("Resources")
    if "AWSTemplateFormatVersion" in body or "Transform" in body:
        return True
    return isinstance(resources, dict) and any(
        name.startswith("Fn::") or (isinstance(value, dict) and "Type" in value)
        for name, value in resources.items()
    )


def nested(document: Document) -> Iterator[tuple[str, str]]:
    """(logical id, document name) of each nested stack whose template is a file beside this one."""
    resources = document.body.get("Resources")
    for logical_id, resource in resources.items() if isinstance(resources, dict) else ():
        if isinstance(resource, dict) and resource.get("Type") == _STACK:
            properties = resource.get("Properties")
            url = properties.get("TemplateURL") if isinstance(properties, dict) else None
            if isinstance(url, str) and "://" not in url and "{{resolve:" not in url:
                yield logical_id, posixpath.normpath(posixpath.join(posixpath.dirname(document.name), url))


def _root(documents: Mapping[str, Document]) -> str | None:
    children = {name: {child for _, child in nested(document)} for name, document in documents.items()}
    nesting = [name for name, inside in children.items() if inside & documents.keys()]
    inner = {child for inside in children.values() for child in inside}
    outer = [name for name in nesting if name not in inner]
    return outer[0] if len(outer) == 1 else None


def _files(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED_FOLDERS)
        yield from (Path(where) / name for name in sorted(files) if may_be_template(name))


def _claims_to_be_a_template(text: str) -> bool:
    return "AWSTemplateFormatVersion" in text or ("Resources" in text and "AWS::" in text)


def problem_of(name: str, error: TemplateError) -> Problem:
    """An error of `parse` as a problem of its document."""
    prefix, _, sentence = str(error).partition(": ")
    number = prefix.rpartition(":")[2]
    return Problem(name, int(number) if number.isdigit() else None, sentence)


class _Reader:
    """Reads one text; collects notes, and counts values so that aliases cannot multiply without end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.notes: list[Problem] = []
        self._count = 0
        self._open: set[int] = set()
        self._yaml: ModuleType  # yaml_nodes, once there is YAML to read

    def read(self, text: str) -> Json:
        broken = None
        if text.lstrip("\ufeff \t\r\n")[:1] == "{" or self.name.endswith(".json"):
            try:
                return self._json(json.loads(text.lstrip("\ufeff"), object_pairs_hook=self._pairs))
            except json.JSONDecodeError as error:
                self.notes.clear()  # flow YAML, or broken
                broken = None if self.name.endswith((".yaml", ".yml")) else error
        from showcore_cfn.template import yaml_nodes

        self._yaml = yaml_nodes
        try:
            node = yaml_nodes.compose(text, self.name)
        except TemplateError as error:
            if broken is None:
                raise
            raise _no_json(broken, self.name) from error
        return None if node is None else self._value(node)

    def _pairs(self, pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            twice = {key for key, _ in pairs if key in seen or seen.add(key)}  # type: ignore[func-returns-value]
            for key in sorted(twice):
                self._duplicate(key, None)
        return found

    def _json(self, value: Json) -> Json:
        if isinstance(value, dict):
            return _long({key: self._json(inner) for key, inner in value.items()})
        return [self._json(inner) for inner in value] if isinstance(value, list) else value

    def _duplicate(self, key: str, line: int | None) -> None:
        self.notes.append(Problem(self.name, line, f"the key {key!r} stands twice; the last one is read."))

    def _value(self, node: Node) -> Json:
        """The value of a node, its short-form tag written out. It is asked for every word of every template."""
        tag, content = node.tag, node.value
        short = tag[:1] == "!" and len(tag) > 1
        if isinstance(content, str):
            found = content if short or tag == _TEXT else self._yaml.scalar(node)
        else:
            found = self._collection(node)
        return _intrinsic(tag[1:], found) if short else found

    def _collection(self, node: Node) -> Json:
        self._count += len(node.value)
        if self._count > _MOST_VALUES:
            raise TemplateError(
                f"{self.name}:{_line(node)}: its aliases multiply beyond any template's size."
            )
        if id(node) in self._open:
            raise TemplateError(f"{self.name}:{_line(node)}: an alias stands inside its own anchor.")
        self._open.add(id(node))
        try:
            if isinstance(node, self._yaml.MappingNode):
                return self._mapping(node)
            return [self._value(inner) for inner in node.value]
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: Node) -> dict[str, Json]:
        found: dict[str, Json] = {}
        merged: dict[str, Json] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if key_node.tag == _MERGE:
                merged.update(self._merged(value_node))
                continue
            if not isinstance(key, str):
                raise TemplateError(f"{self.name}:{_line(key_node)}: a key must be text.")
            if key in found:
                self._duplicate(key, _line(key_node))
            found[key] = self._value(value_node)
        return _long({**merged, **found} if merged else found)

    def _merged(self, node: Node) -> dict[str, Json]:
        value = self._value(node)
        parts = value if isinstance(value, list) else [value]
        return {
            key: inner for part in reversed(parts) if isinstance(part, dict) for key, inner in part.items()
        }


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _no_json(error: json.JSONDecodeError, name: str) -> TemplateError:
    """What JSON's own reader has to say, at the last thing written where the text ends too soon."""
    at = max(0, min(error.pos, len(error.doc.rstrip()) - 1))
    line, column = error.doc.count("\n", 0, at) + 1, at - error.doc.rfind("\n", 0, at)
    says = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
    return TemplateError(f"{name}:{line}: not well-formed JSON: {says} at column {column}.")


def _intrinsic(tag: str, value: Json) -> Json:
    key = tag if tag in _NO_PREFIX else f"Fn::{tag}"
    return _long({key: value})


def _long(value: dict[str, Json]) -> dict[str, Json]:
    """`Fn::GetAtt: A.B` as the list `[A, B]`; anything else as it is."""
    if len(value) == 1:
        target = value.get("Fn::GetAtt")
        if isinstance(target, str):
            logical_id, _, attribute = target.partition(".")
            return {"Fn::GetAtt": [logical_id, attribute]}
    return value


def _line_table(text: str, name: str) -> dict[Place, int]:
    from showcore_cfn.template.yaml_nodes import MappingNode, ScalarNode, compose

    table: dict[Place, int] = {(): 1}
    try:
        node = compose(text.replace("\t", " "), name)
    except TemplateError:
        return table
    waiting: list[tuple[Place, Node]] = [((), node)] if node is not None else []
    while waiting and len(table) < _MOST_VALUES:
        path, node = waiting.pop()
        if node.tag[:1] == "!" and len(node.tag) > 1:
            tag = node.tag[1:]
            path = (*path, tag if tag in _NO_PREFIX else f"Fn::{tag}")
            table[path] = _line(node)
        if len(path) > 100:
            continue
        if isinstance(node, MappingNode):
            for key, value in node.value:
                inner = (*path, str(key.value))
                table[inner] = _line(key)
                waiting.append((inner, value))
        elif not isinstance(node, ScalarNode):
            for index, value in enumerate(node.value):
                table[*path, index] = _line(value)
                waiting.append(((*path, index), value))
    return table
