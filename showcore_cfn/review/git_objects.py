"""Files of a revision, read out of git's object store: one `git cat-file --batch`, no checkout, nothing written.

A tree object is a row of `mode name\\0<hash>` entries (https://git-scm.com/docs/git-cat-file, `BATCH OUTPUT`).
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from showcore_cfn.errors import ShowcoreError, UsageError

MAX_FILE_BYTES = 4_000_000  # CloudFormation takes templates of one megabyte
_FOLDER, _LINK, _MODULE = b"40000", b"120000", b"160000"


class GitObjects:
    """One reader of one repository's objects; a context manager, since a git process stands behind it."""

    def __init__(self, where: Path) -> None:
        command = ["git", "-C", str(where), "cat-file", "--batch"]
        pipe = subprocess.PIPE
        try:
            self._git = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)
        except OSError as error:
            raise ShowcoreError(f"git cannot be run: {error}. Install it, or compare two folders.") from error

    def __enter__(self) -> GitObjects:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._git.communicate()

    def read(self, name: str) -> tuple[str, bytes, str] | None:
        """(kind, content, hash) of an object, by any name that git knows it by; None where there is none.

        Raises UsageError where git itself fails, such as outside a repository.
        """
        if "\n" in name or name.startswith("-"):
            return None
        stdin, stdout = self._git.stdin, self._git.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(name.encode() + b"\n")
            stdin.flush()
        except BrokenPipeError:
            raise UsageError(self._complaint()) from None
        header = stdout.readline().split()
        if not header:
            raise UsageError(self._complaint())
        if len(header) != 3 or header[1] in (b"missing", b"ambiguous"):
            return None
        content = stdout.read(int(header[2]))
        stdout.read(1)
        return header[1].decode(), content, header[0].decode()

    def files(self, tree: bytes, digest_bytes: int, folder: str = "") -> Iterator[tuple[str, str]]:
        """(path, hash) of the regular files of a tree and of the trees below it; links are passed over."""
        for mode, name, digest in _entries(tree, digest_bytes):
            path = f"{folder}{name}"
            if mode == _FOLDER:
                inner = None if name.startswith(".") else self.read(digest)
                if inner is not None:
                    yield from self.files(inner[1], digest_bytes, f"{path}/")
            elif mode not in (_LINK, _MODULE):
                yield path, digest

    def _complaint(self) -> str:
        _, said = self._git.communicate()
        first = said.decode(errors="replace").strip().splitlines()[:1]
        reason = first[0].removeprefix("fatal: ") if first else "no reason given"
        return (
            f"git cannot read this repository: {reason}. Without one, name two folders or files that exist, such as "
            "`showcore diff OLD NEW`."
        )


def merge_base(where: Path, revision: str) -> str | None:
    """The commit that a revision and the current one have in common; None where git finds none."""
    command = ["git", "-C", str(where), "merge-base", "--end-of-options", revision, "HEAD"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise ShowcoreError(f"git cannot be run: {error}. Install it, or compare two folders.") from error
    return found.stdout.strip() or None if found.returncode == 0 else None


def no_such(revision: str) -> UsageError:
    """The error for a revision that is not in the repository."""
    return UsageError(
        f"{revision} is neither a file, a folder nor a revision that this clone holds. "
        "In a shallow clone, fetch it first: git fetch origin " + revision.removeprefix("origin/") + "."
    )


def _entries(tree: bytes, digest_bytes: int) -> Iterator[tuple[bytes, str, str]]:
    at = 0
    while at < len(tree):
        end = tree.index(b"\0", at)
        mode, _, name = tree[at:end].partition(b" ")
        at = end + 1 + digest_bytes
        yield mode, name.decode(errors="surrogateescape"), tree[end + 1 : at].hex()
