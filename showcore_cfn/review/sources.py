"""Where a template set comes from: a git revision, a folder, a file with what it nests, or what is deployed.

Nothing here needs a checkout or credentials; the deployed templates are fetched by `showcore_cfn.aws` and come
in as texts.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

from showcore_cfn.errors import TemplateError, UsageError
from showcore_cfn.review.git_objects import MAX_FILE_BYTES, GitObjects, merge_base, no_such
from showcore_cfn.template.load import (
    Document,
    Problem,
    TemplateSet,
    file_text,
    folder_texts,
    load_set,
    may_be_template,
    nested,
    parse,
)

DEPLOYED = "deployed"
_MOST_FILES = 5_000

Documents: TypeAlias = "Iterable[Document]"  # read already: the same texts are not parsed again


class Source(NamedTuple):
    """A template set and what to call it."""

    label: str  # "main", "templates", "deployed"
    templates: TemplateSet
    folder: str = ""  # from the repository's top to the documents' names, for whoever points at a line
    whole: bool = True  # whether documents beside the root belong to it; what is deployed is one stack
    parameters: Mapping[str, str] | None = None  # the deployed stack's own


def read(where: Path, name: str, folder: str, shared: Documents = ()) -> Source:
    """The templates that `name` stands for: a path, `REV`, or `REV:PATH`; a revision's are in `folder`.

    What exists is a path, even where a revision is called the same: `REV:PATH` names that one. Raises UsageError
    where it stands for nothing.
    """
    path = where / name
    if path.exists():
        return from_path(path, name, shared)
    revision, colon, inside = name.partition(":")
    return from_revision(where, revision, inside if colon else folder, shared)


def from_path(path: Path, name: str, shared: Documents = ()) -> Source:
    """The templates of a folder, or of a file and what it nests."""
    if path.is_dir():
        texts, problems = folder_texts(path)
        return Source(name, loaded(texts, problems, shared), _plain(name))

    def beside(child: str) -> str | None:
        return _file_text(path.parent / child) if (path.parent / child).is_file() else None

    texts = _with_nested(path.name, _file_text(path), beside)
    return Source(name, loaded(texts, [], shared), _plain(posixpath.dirname(name)))


def _with_nested(name: str, text: str, beside: Callable[[str], str | None]) -> dict[str, str]:
    """A text and those that it nests, by name; `beside` has the text of a nested one, None where there is none."""
    texts, waiting = {name: text}, [name]
    while waiting and len(texts) < _MOST_FILES:
        current = waiting.pop()
        for document in load_set({current: texts[current]}).documents.values():
            for _, child in nested(document):
                inner = beside(child) if child not in texts else None
                if inner is not None:
                    texts[child] = inner
                    waiting.append(child)
    return texts


def from_revision(where: Path, revision: str, folder: str, shared: Documents = ()) -> Source:
    """The templates that stand in a folder, or file, of a git revision; none where it has no such folder.

    Raises UsageError for a revision that the clone does not hold.
    """
    with GitObjects(where) as git:
        if git.read(f"{revision}^{{commit}}") is None:
            raise no_such(revision)
        inside = _plain(folder)
        top = f"{revision}:" if _is_bare(where) else f"{revision}:./"
        found = git.read(f"{top}{inside}")
        label = called(revision)
        if found is None:
            nothing = Problem(folder, None, f"{label} holds no {folder}: everything counts as new.")
            return Source(label, TemplateSet({}, None, (nothing,)), inside)
        kind, content, digest = found
        if kind == "blob":
            beside, base = posixpath.split(inside)
            texts, problems = _decoded({base: content})
            if base in texts:
                texts = _with_nested(base, texts[base], lambda name: _text_at(git, top, beside, name))
            return Source(label, loaded(texts, problems, shared), beside)
        texts, problems = _tree_texts(git, content, len(digest) // 2)
    return Source(label, loaded(texts, problems, shared), inside)


def called(revision: str) -> str:
    """A revision as it is shown: a whole hash shortened, any other name as it is."""
    return revision[:12] if re.fullmatch("[0-9a-f]{40,64}", revision) else revision


def fork_point(where: Path, revision: str) -> str:
    """The commit where the current branch left `revision`, or the revision itself where git finds none."""
    return merge_base(where, revision) or revision


def _is_bare(where: Path) -> bool:
    """Whether this is a repository without a working tree, where paths count from its top."""
    return (where / "HEAD").is_file() and (where / "objects").is_dir()


def _text_at(git: GitObjects, top: str, folder: str, name: str) -> str | None:
    path = posixpath.normpath(posixpath.join(folder, name))
    found = None if path.startswith(("../", "/")) else git.read(f"{top}{path}")
    return _decoded({name: found[1]})[0].get(name) if found is not None and found[0] == "blob" else None


def _tree_texts(git: GitObjects, tree: bytes, digest_bytes: int) -> tuple[dict[str, str], list[Problem]]:
    contents: dict[str, bytes] = {}
    for path, digest in git.files(tree, digest_bytes):
        if may_be_template(path) and len(contents) < _MOST_FILES:
            found = git.read(digest)
            if found is not None and len(found[1]) <= MAX_FILE_BYTES:
                contents[path] = found[1]
    return _decoded(contents)


def _decoded(contents: Mapping[str, bytes]) -> tuple[dict[str, str], list[Problem]]:
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for name, content in contents.items():
        try:
            texts[name] = content.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            problems.append(Problem(name, None, f"cannot be read: {error}."))
    return texts, problems


def _file_text(path: Path) -> str:
    read = file_text(path, path.name)
    if isinstance(read, Problem):
        raise UsageError(f"{path} {read.sentence}")
    return read


def loaded(texts: Mapping[str, str], problems: Sequence[Problem] = (), shared: Documents = ()) -> TemplateSet:
    """The set of these texts. One that was a template in `shared` and is none any more is a problem."""
    known = list(shared)
    found = load_set(texts, known)
    told = {problem.name for problem in found.problems}
    broken = [
        _broken(document.name, texts[document.name])
        for document in known
        if document.name in texts and document.name not in {*found.documents, *told}
    ]
    return TemplateSet(found.documents, found.root, (*problems, *found.problems, *broken))


def _broken(name: str, text: str) -> Problem:
    try:
        parse(text, name)
    except TemplateError as error:
        return Problem(name, None, str(error).partition(": ")[2])
    return Problem(name, None, "it is a template no more: nothing in it has a Type.")


def _plain(name: str) -> str:
    plain = posixpath.normpath(name.replace("\\", "/")) if name else ""
    return "" if plain == "." else plain
