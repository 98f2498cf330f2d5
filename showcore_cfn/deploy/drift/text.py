"""Drift as text, in the words of the template, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from showcore_cfn.deploy.drift.detection import Difference, Drift, Drifted
from showcore_cfn.deploy.drift.outlook import Future, Outlook
from showcore_cfn.template.json_types import Json

_MOST_NAMED = 6
_MOST_CHARACTERS = 72


def text(drift: Drift, future: Future) -> str:
    """Every difference with what it was and is and what becomes of it; then what was and was not looked at."""
    lines = [line for drifted in drift.drifted for line in _resource(drifted, future)]
    return "\n".join([*lines, *([""] if lines else []), *_summary(drift)])


def as_json(drift: Drift, future: Future) -> dict[str, Json]:
    """The same for a program."""
    return {
        "drifted": bool(drift.drifted),
        "stacks": {
            name: {"status": found.status, "complete": not found.failed, "reason": found.reason}
            for name, found in drift.stacks.items()
        },
        "resources": [_resource_json(drifted, future) for drifted in drift.drifted],
        "looked_at": drift.looked_at,
        "in_sync": drift.in_sync,
        "not_compared": list(drift.unchecked),
    }


def place(drifted: Drifted, difference: Difference) -> str:
    """A property as a template has it: `SecurityGroupIngress[0].CidrIp`, a tag by its key: `Tags[Project]`."""
    steps = difference.path
    key = _tag(drifted.found.expected, steps)
    if key:
        return f"{steps[0]}[{key}]"
    return steps[0] + "".join(f"[{step}]" if step.isdigit() else f".{step}" for step in steps[1:])


def _resource(drifted: Drifted, future: Future) -> Iterator[str]:
    yield f"{drifted.path} ({drifted.found.type}, {drifted.found.physical_id})"
    if drifted.found.status == "DELETED":
        yield "  it was deleted by hand"
        yield from _outlook(future.of_resource(drifted))
        return
    for difference in drifted.found.differences:
        yield f"  {place(drifted, difference)}: {_change(drifted, difference, future)}"
        yield from _outlook(future.of(drifted, difference))


def _change(drifted: Drifted, difference: Difference, future: Future) -> str:
    if difference.kind == "ADD":
        return f"not in the template; in AWS {_short(difference.actual)}"
    words = future.words(drifted, difference)
    written = f"{_short(difference.expected)} in the template{f' ({words})' if words else ''}"
    return f"{written}; {'gone in AWS' if difference.kind == 'REMOVE' else f'{_short(difference.actual)} in AWS'}"


def _outlook(outlook: Outlook) -> Iterator[str]:
    says = f" to {_short(outlook.says)}" if outlook.says else ""
    yield f"    {outlook.fate.value}{says}."
    if outlook.remedy:
        yield f"    -> {outlook.remedy}."


def _summary(drift: Drift) -> Iterator[str]:
    changed, checked = len(drift.drifted), drift.looked_at
    of_all = f" that CloudFormation can check, of {checked + len(drift.unchecked)}" if drift.unchecked else ""
    which = f"{'the ' if of_all else ''}{checked} resources{of_all} in {len(drift.stacks)} stacks"
    if changed:
        yield f"Drift: {changed} of {which}."
    else:
        yield f"No drift: {which}{',' if of_all else ''} are as their templates say."
    if drift.unchecked:
        named = ", ".join(drift.unchecked[:_MOST_NAMED])
        more = len(drift.unchecked) - _MOST_NAMED
        yield (
            f"Not compared, since CloudFormation cannot check their types: {named}"
            f"{f' and {more} more' if more > 0 else ''}."
        )
    for name, reason in drift.failed.items():
        yield f"{name} was not looked at completely: {reason or 'AWS gives no reason'}"


def _resource_json(drifted: Drifted, future: Future) -> dict[str, Json]:
    gone = drifted.found.status == "DELETED"
    return {
        "path": drifted.path,
        "type": drifted.found.type,
        "physical_id": drifted.found.physical_id,
        "status": drifted.found.status.lower(),
        "next_deployment": future.of_resource(drifted).fate.name.lower() if gone else None,
        "differences": [
            {
                "property": place(drifted, each),
                "kind": each.kind.lower(),
                "template": each.expected,
                "aws": each.actual,
                "next_deployment": future.of(drifted, each).fate.name.lower(),
            }
            for each in drifted.found.differences
        ],
    }


def _tag(expected: Json, steps: tuple[str, ...]) -> str:
    """The key of the tag that a path leads into; nothing for another list."""
    tags = expected.get(steps[0]) if isinstance(expected, dict) else None
    if len(steps) < 2 or not isinstance(tags, list) or not steps[1].isdigit() or int(steps[1]) >= len(tags):
        return ""
    tag = tags[int(steps[1])]
    return str(tag["Key"]) if isinstance(tag, dict) and set(tag) == {"Key", "Value"} else ""


def _short(value: str) -> str:
    """A value on one line; a long one cut."""
    try:
        flat = json.dumps(json.loads(value)) if value[:1] in "[{" else value
    except ValueError:
        flat = value
    return flat if len(flat) <= _MOST_CHARACTERS else f"{flat[: _MOST_CHARACTERS - 4]} ..."
