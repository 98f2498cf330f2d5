"""Releases at the terminal: recording one around an execution, listing them, taking one up again."""

from __future__ import annotations

import json

from showcore_cfn import console
from showcore_cfn.aws.session import connect
from showcore_cfn.commands._given import Where
from showcore_cfn.deploy import releases
from showcore_cfn.deploy.desired import Desired, nest
from showcore_cfn.deploy.operation import guard_account
from showcore_cfn.deploy.releases import Release
from showcore_cfn.errors import Exit
from showcore_cfn.settings import load

_NONE = "No releases of {stack} yet: `showcore deploy` records each."


def tell(where: Where, output: str, at_most: int) -> Exit:
    """Print the releases, newest first."""
    from pathlib import Path

    settings = load(Path(where.settings_file), where.env)
    session = connect(where.region or settings.region, profile=where.profile, endpoint_url=where.endpoint_url)
    guard_account(session, settings.account_id)
    desired = nest(settings, {})
    found = releases.releases(session.store, desired)[:at_most]
    if output == "json":
        console.result(json.dumps([_as_json(release) for release in found], indent=2))
    else:
        console.result("\n".join(line(r) for r in found) or _NONE.format(stack=desired.stack_name))
    return Exit.DONE


def again(where: Where, desired: Desired, identifier: str) -> Desired:
    """What an earlier release deployed, in the place of what the folder holds."""
    session = connect(desired.region, profile=where.profile, endpoint_url=where.endpoint_url)
    guard_account(session, desired.account_id)
    release = releases.of(session.store, desired, identifier)
    console.notice(f"Release {release.id}: {release.what}, begun {release.begun}, {release.status}.")
    return releases.again(session.store, desired, release)


def line(release: Release) -> str:
    """A release as one line; why it was stopped stands below it."""
    who = release.who.rpartition(":")[2]
    status, _, why = release.status.partition(": ")
    said = f"{release.id}  {status:<24} {release.what}  ({who})"
    return f"{said}\n    {why}" if why else said


def _as_json(release: Release) -> dict[str, object]:
    return {
        "id": release.id,
        "begun": release.begun,
        "ended": release.ended,
        "status": release.status,
        "what": release.what,
        "who": release.who,
        "change_set": release.change_set,
        "templates": dict(release.hashes),
        "parameters": dict(release.parameters),
    }
