"""`showcore protect` and `unprotect` at the terminal: what guards the nest, the question, the change."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from showcore_cfn import console
from showcore_cfn.aws.values import Stack
from showcore_cfn.commands._given import Where
from showcore_cfn.commands._looking import Here, look
from showcore_cfn.commands._progress import watcher
from showcore_cfn.commands._recording import recorded
from showcore_cfn.deploy import protecting
from showcore_cfn.deploy.desired import PROTECTION
from showcore_cfn.deploy.operation import Operator, Result
from showcore_cfn.deploy.protecting import Part, Protection
from showcore_cfn.deploy.states import Step, state
from showcore_cfn.errors import Exit, ShowcoreError, Stopped
from showcore_cfn.review.deployed import from_stack
from showcore_cfn.review.resolve import Nest, resolve
from showcore_cfn.settings import Settings, setting_of

_LOST = {
    Part.TERMINATION: "the stack can be deleted",
    Part.POLICIES: "a deployment may replace or delete what holds data without --allow-replace or --allow-delete",
    Part.DATABASE: "the database can be deleted, in the console as well",
}
_TAKEN_OFF = (
    f"The settings say {setting_of(PROTECTION)} = false: the next deployment takes the database's protection off "
    "again unless that is changed to true."
)


def protect(where: Where, only: Collection[str], *, show: bool, yes: bool, output: str) -> Exit:
    """Show what guards the nest, and put on what is missing once that is agreed to."""
    here = look(where)
    stack, nest = _standing(here)
    found = protecting.look(here.cloudformation, stack, nest)
    missing = [part for part in found.missing if not only or part in only]
    if show or not missing:
        return _told(found, here.settings, output)
    console.notice("\n".join(lines(found, here.settings)))
    if Part.DATABASE in missing and not _wants_database(here.settings):
        console.notice(_TAKEN_OFF)
    if not (yes or console.confirm(f"Put on {', '.join(missing)} of {stack.name}?")):
        raise Stopped("not protected: nothing was changed.")
    _run(here, protecting.put_on, stack, nest, missing)
    now = _again(here, nest)
    code = _told(now, here.settings, output)
    _must_be_on(now, missing, stack)
    return code


def unprotect(where: Where, only: Collection[str], *, yes: bool, output: str) -> Exit:
    """Say what is lost, ask for the stack's name, take it off."""
    here = look(where)
    stack, nest = _standing(here)
    found = protecting.look(here.cloudformation, stack, nest)
    parts = [part for part in found.standing if not only or part in only]
    if not parts:
        return _told(found, here.settings, output)
    for part in parts:
        console.notice(f"Without {part.value}: {_LOST[part]}.")
    if Part.POLICIES in parts and Part.TERMINATION not in parts:
        console.notice(
            "A deployment puts them back where it changes something; `showcore protect` puts all back."
        )
    _ask(stack, yes)
    _run(here, protecting.take_off, stack, nest, parts)
    return _told(_again(here, nest), here.settings, output)


def lines(found: Protection, settings: Settings) -> Iterator[str]:
    """What guards the nest, a line each."""
    yield f"termination  {_word(found.termination)}"
    for stack, kept in found.policies.items():
        yield f"policies     {_word(kept)}  {stack}"
    if found.database is not None:
        yield f"database     {_word(found.database)} as deployed{_again_off(found, settings)}"


def _standing(here: Here) -> tuple[Stack, Nest]:
    stack = here.existing()
    if state(stack.status).deploy is not Step.UPDATE:
        raise Stopped(f"{stack.name} is in {stack.status}; wait until it has come to rest.")
    deployed = from_stack(here.cloudformation, stack.id, stack.parameters)
    pseudo = {"AWS::AccountId": here.settings.account_id, "AWS::Region": here.settings.region}
    return stack, resolve(deployed.templates, {**stack.parameters, **pseudo})


def _run(here: Here, do: protecting.Doing, stack: Stack, nest: Nest, parts: Collection[Part]) -> None:
    what = "protect" if do is protecting.put_on else "unprotect"
    with watcher("events") as lines_:
        operator = Operator(here.gateways, lines_)
        with recorded(operator, here.settings, f"{what} {', '.join(parts)}") as noted:
            do(operator, stack, nest, parts)
            now = here.cloudformation.stack(stack.id)
            noted(Result(now.status if now else "DELETE_COMPLETE", now))


def _again(here: Here, nest: Nest) -> Protection:
    stack = here.cloudformation.stack(here.existing().id)
    return protecting.look(here.cloudformation, stack or here.existing(), nest)


def _must_be_on(now: Protection, parts: Collection[Part], stack: Stack) -> None:
    """ShowcoreError where one of the parts is off all the same."""
    still = [part.value for part in now.missing if part in parts]
    if still:
        raise ShowcoreError(
            f"{', '.join(still)} of {stack.name} is still off: CloudFormation took the call, and does not tell it "
            "back. `showcore protect` tries again."
        )


def _ask(stack: Stack, yes: bool) -> None:
    if not yes and console.typed("Type the name of the stack to go on") != stack.name:
        raise Stopped("not unprotected: the name that was typed is another one. Nothing was changed.")


def _told(found: Protection, settings: Settings, output: str) -> Exit:
    if output == "json":
        said = {
            "termination": found.termination,
            "policies": dict(found.policies),
            "database": found.database,
        }
        console.result(json.dumps(said, indent=2))
    else:
        console.result("\n".join(lines(found, settings)))
    return Exit.DONE


def _word(on: bool) -> str:
    return "on " if on else "OFF"


def _wants_database(settings: Settings) -> bool:
    return settings.parameters()[PROTECTION] == "true"


def _again_off(found: Protection, settings: Settings) -> str:
    wanted = _wants_database(settings)
    if found.database and not wanted:
        return f"  the next deployment takes it off, unless {setting_of(PROTECTION)} = true is set"
    if not found.database and wanted:
        return f"  the next deployment switches it on: {setting_of(PROTECTION)} = true"
    return ""
