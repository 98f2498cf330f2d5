"""Whether `make templates` has nothing to do: said from what the last run left, before anything is loaded.

A run that wrote every file and found nothing wrong keeps one record: the hash of all that decided it (the sources
that make and judge templates, Python, cfn-lint and the versions of all libraries beside it, the day) and the hash
of the files it made. Where both still hold, another run would write the same bytes and find nothing again. Whatever
is wrong with a record makes it none.
"""

from __future__ import annotations

import os
import sys
import time

from showcore_cfn import fingerprint
from showcore_cfn.caches import cache_path

DECIDING = (  # every source that a run reads; a test watches one read
    *("check", "permissions", "review", "stacks", "template", "tiers", "commands/templates.py"),
    *("__init__.py", "caches.py", "console.py", "errors.py", "files.py", "fingerprint.py", "generate.py"),
    *("template_files.py", "unchanged.py"),
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def what_stands(folder: str, form: str) -> str | None:
    """What the last run without findings said of the very files that the folder holds; None where one is due.

    `form` is their suffix, `yaml` or `json`. Files of another suffix are no templates of this form.
    """
    known = _known(folder, form)
    return known[0] if known else None


def sentence(counted: str, state: str) -> str:
    """What a run ends with; `counted` is what stands in the folder, `state` what was done to it."""
    return f"{counted}: {state}; lint and the plan's rules find nothing."


def answer_make() -> None:
    """For `make templates`: end with 0 and say so where it has nothing to do, otherwise end silently with 1."""
    options = any(name.startswith("SHOWCORE_TEMPLATES_") for name in os.environ)
    stands = None if options else what_stands("templates", "yaml")
    if stands is None:
        sys.exit(1)
    sys.stdout.write(sentence(stands, "current") + "\n")


def generated(folder: str) -> dict[str, str] | None:
    """The YAML templates of a folder, where they are what the code makes; None where that is not known."""
    known = _known(folder, "yaml")
    return {name: text.decode() for name, text in sorted(known[1].items())} if known else None


def _known(folder: str, form: str) -> tuple[str, dict[str, bytes]] | None:
    """What was said of the files in a folder, and those files; None where the record does not hold for them."""
    try:
        with open(_record(form), encoding="utf-8") as file:
            deciding, files, said, whole = file.read().splitlines()
        if whole != fingerprint.digest((deciding, files, said)) or deciding != _deciding():
            return None
        inside = _inside(folder, form)
        return (said, inside) if files == _digest(inside) else None
    except (OSError, ValueError):
        return None


def keep(files: Mapping[str, str], form: str, said: str) -> None:
    """Remember files that were found without fault, and what was said of them in one line."""
    from pathlib import Path

    from showcore_cfn.files import keep as keep_file

    parts = (_deciding(), _digest({name: text.encode() for name, text in files.items()}), said)
    keep_file(Path(_record(form)), "\n".join((*parts, fingerprint.digest(parts))))


def _record(form: str) -> str:
    return f"{cache_path(os.environ)}/templates/{form}"


def _deciding() -> str:
    """The hash of all that decides a run. The day is of it, as some rules of cfn-lint look at the date."""
    day = time.strftime("%Y-%m-%d", time.gmtime())
    return fingerprint.digest((sys.version, fingerprint.libraries(), fingerprint.sources(*DECIDING), day))


def _inside(folder: str, form: str) -> dict[str, bytes]:
    found = {}
    for name in os.listdir(folder):
        if name.endswith(f".{form}"):
            with open(f"{folder}/{name}", "rb", buffering=0) as file:
                found[name] = file.read()
    return found


def _digest(files: Mapping[str, bytes]) -> str:
    return fingerprint.digest(part for name in sorted(files) for part in (name, files[name]))
