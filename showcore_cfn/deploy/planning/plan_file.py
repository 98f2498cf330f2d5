"""A plan in a file, to be executed later as it is or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from showcore_cfn.deploy.desired import Desired
from showcore_cfn.deploy.planning.plan import Plan
from showcore_cfn.errors import ShowcoreError
from showcore_cfn.files import write_whole

FORMAT = 1


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """What is needed to know that a change set is still the one that was looked at."""

    change_set: str
    stack_id: str
    stack_name: str
    account: str
    region: str
    made: str  # by whom, from which commit
    templates: Mapping[str, str]  # sha256 by file name
    settings: str  # sha256 of parameters, tags and role
    created: str
    format: int = FORMAT


def save(plan: Plan, file: Path) -> None:
    """Write the plan. ShowcoreError where the file cannot be written."""
    saved = SavedPlan(
        change_set=plan.arn,
        stack_id=plan.stack_id,
        stack_name=plan.desired.stack_name,
        account=plan.desired.account_id,
        region=plan.desired.region,
        made=plan.desired.description,
        templates=dict(plan.hashes),
        settings=settings_hash(plan.desired),
        created=plan.created.isoformat(),
    )
    write_whole(file, json.dumps(asdict(saved), indent=2) + "\n")


def read(file: Path) -> SavedPlan:
    """A plan from its file. ShowcoreError where it is none."""
    try:
        body = json.loads(file.read_text(encoding="utf-8"))
        saved = SavedPlan(**body)
    except OSError as error:
        raise ShowcoreError(f"{file} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError) as error:
        raise ShowcoreError(f"{file} is not a plan that `showcore plan --out` wrote.") from error
    if saved.format != FORMAT:
        raise ShowcoreError(f"{file} was written by another version of this tool; plan again.")
    return saved


def differences(saved: SavedPlan, desired: Desired, hashes: Mapping[str, str]) -> tuple[str, ...]:
    """Why the saved plan is no longer what would be deployed now; nothing where it is."""
    return tuple(_differences(saved, desired, hashes))


def _differences(saved: SavedPlan, desired: Desired, hashes: Mapping[str, str]) -> Iterator[str]:
    for what, then, now in (
        ("account", saved.account, desired.account_id),
        ("region", saved.region, desired.region),
        ("stack", saved.stack_name, desired.stack_name),
    ):
        if then != now:
            yield f"it was made for the {what} {then}, and this is {now}"
    changed = sorted(
        name for name in {*saved.templates, *hashes} if saved.templates.get(name) != hashes.get(name)
    )
    if changed:
        yield f"these templates have changed since: {', '.join(changed)}"
    if saved.settings != settings_hash(desired):
        yield "the settings have changed since"


def settings_hash(desired: Desired) -> str:
    """A hash of all that the settings and options put into the change set."""
    said = {
        "parameters": dict(desired.parameters),
        "tags": dict(desired.tags),
        "role": desired.role_arn,
        "notifications": list(desired.notification_arns),
        "import": desired.import_existing,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
