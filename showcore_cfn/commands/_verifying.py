"""`showcore verify` at the terminal: what is chosen, the question before anything is made, the run."""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from showcore_cfn import console
from showcore_cfn.commands import _verifying_shown as shown
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit, ShowcoreError, Stopped, UsageError
from showcore_cfn.template.load import TemplateSet, load_set
from showcore_cfn.verify.check import Check, Outcome, Verdict, Way
from showcore_cfn.verify.expected import Expected
from showcore_cfn.verify.facts.stack import STACK, NoStack
from showcore_cfn.verify.look import CouldNotLook, Fact, Look
from showcore_cfn.verify.registry import chosen
from showcore_cfn.verify.result import Verification
from showcore_cfn.verify.run import Seen, run

if TYPE_CHECKING:
    from showcore_cfn.aws.inventory import Source
    from showcore_cfn.aws.session import Session
    from showcore_cfn.settings import Settings

DRILLS = {"alarm": Way.ALARM_DRILL, "restore": Way.RESTORE_DRILL}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which checks the command line asks for."""

    only: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    everything: bool = False
    drills: tuple[str, ...] = ()

    def checks(self) -> tuple[Check, ...]:
        """The checks. Raises UsageError where none is left, with what would let one run."""
        found = chosen(
            only=self.only,
            sections=self.sections,
            skip=self.skip,
            drills=[DRILLS[name] for name in self.drills],
            everything=self.everything,
        )
        if not found:
            raise UsageError("no check is left: drills run with --drill alarm or --drill restore.")
        return found


@dataclass(frozen=True, slots=True)
class Telling:
    """How the report is told, and with what it is compared."""

    output: str
    earlier: str | None
    verbose: bool


def tell_list(choice: Choice, output: str) -> Exit:
    """Print the lines of the plan with their checks, or as JSON the checks themselves."""
    named = choice.only or choice.sections or choice.skip
    shown.tell_list({each.id for each in choice.checks()} if named else None, output)
    return Exit.DONE


def verify(where: Where, choice: Choice, telling: Telling, *, yes: bool, trusted: Sequence[str]) -> Exit:
    """Look, tell, and say with the exit code how it went."""
    from showcore_cfn.aws.inventory import Source
    from showcore_cfn.aws.inventory import look as look_at
    from showcore_cfn.aws.session import connect
    from showcore_cfn.commands._deploying import settings_of
    from showcore_cfn.deploy.operation import guard_account

    checks, before = choice.checks(), shown.earlier(telling.earlier)
    settings = settings_of(where)
    session = connect(where.region or settings.region, profile=where.profile, endpoint_url=where.endpoint_url)
    guard_account(session, settings.account_id)
    source = Source(session, expected(settings, session, where.region, trusted), where.profile)
    look = look_at(source)
    unanswerable = left_out(checks, choice.only, session.client("cloudformation").meta.endpoint_url)
    asked = [each for each in checks if each.id not in unanswerable]
    must_stand(asked, choice.only, look, source.want)
    _ask(asked, yes)
    look = look.having(_section14(asked, session, source, look))
    with _progress(len(asked)) as seen:
        outcomes = run(asked, look, source.want, time.monotonic, seen=seen)
    outcomes = in_order(checks, outcomes, unanswerable)
    made = _verification(source.want, settings, look, outcomes, before)
    shown.tell(made, telling.output, telling.verbose)
    return made.exit_code


def must_stand(checks: Sequence[Check], named: Collection[str], look: Look, want: Expected) -> None:
    """Raise ShowcoreError where nothing was deployed yet, unless a check is named that needs no stack."""
    needing = [each for each in checks if any(STACK in (fact, *fact.needs) for fact in each.facts)]
    if not needing or (named and len(needing) < len(checks)):
        return
    try:
        look(STACK)
    except NoStack as error:
        raise ShowcoreError(
            f"no stack {want.stack_name} stands in the account {want.account_id}, {want.region}, yet: `showcore "
            "deploy` creates it. What needs no stack can be asked for by its name, such as --only 13.1-config."
        ) from error
    except CouldNotLook:
        return


def left_out(checks: Sequence[Check], named: Collection[str], endpoint: str) -> Mapping[str, str]:
    """The checks that the embedded AWS cannot answer, with the reason; none against AWS, nor one that is named."""
    from showcore_cfn.rehearse.loopback import is_loopback
    from showcore_cfn.verify.rehearsal import UNANSWERABLE

    if not is_loopback(endpoint):
        return {}
    return {
        each.id: UNANSWERABLE[each.id] for each in checks if each.id in UNANSWERABLE and each.id not in named
    }


def in_order(
    checks: Sequence[Check], outcomes: Sequence[Outcome], unanswerable: Mapping[str, str]
) -> tuple[Outcome, ...]:
    """The outcomes in the order of the checks, those that were left out among them as switched off."""
    found = {each.check.id: each for each in outcomes}
    for check in checks:
        if check.id in unanswerable:
            note = f"the embedded AWS cannot answer it: {unanswerable[check.id]}"
            found[check.id] = Outcome(check, Verdict.OFF, (), note)
    return tuple(found[check.id] for check in checks)


def expected(
    settings: Settings, session: Session, region: str | None = None, trusted: Sequence[str] = ()
) -> Expected:
    """What should stand there now, by the settings and the templates that the code generates."""
    from showcore_cfn.deploy.desired import service_role
    from showcore_cfn.generate import generate

    templates = load_set(generate())
    role = service_role(settings.prefix, settings.account_id)
    return Expected(
        account_id=settings.account_id,
        region=region or settings.region,
        stack_name=settings.stack_name,
        parameters=settings.parameters(),
        now=datetime.now(UTC),
        templates=templates,
        monthly_usd=_estimate(templates, settings),
        trusted=(*trusted, role, *own_patterns(session.identity().arn)),
    )


def own_patterns(arn: str) -> tuple[str, ...]:
    """How CloudTrail may name whoever asks: a session of a role is recorded under the role, path and all."""
    if ":assumed-role/" not in arn:
        return (arn,)
    account, role = arn.split(":")[4], arn.split("/")[1]
    return (f"arn:aws:iam::{account}:role/{role}", f"arn:aws:iam::{account}:role/*/{role}", arn)


def _estimate(templates: TemplateSet, settings: Settings) -> float:
    from showcore_cfn.cost.estimate import estimate
    from showcore_cfn.review.resolve import resolve

    return float(estimate(resolve(templates, settings.parameters())).total)


def _ask(checks: Sequence[Check], yes: bool) -> None:
    """Say what will be made, for how long and how much, and go on only on a yes."""
    warnings = shown.announcements(checks)
    for warning in warnings:
        console.notice(warning)
    if warnings and not yes and not console.confirm("Go on?"):
        raise Stopped("nothing was done: section 14 and drills need a yes.")


def _section14(
    checks: Sequence[Check], session: Session, source: Source, look: Look
) -> dict[Fact[object], object]:
    wanted = {fact for each in checks if each.way is not Way.READ for fact in each.facts}
    if not wanted:
        return {}
    from showcore_cfn.verify.section14 import answers
    from showcore_cfn.verify.tools import make

    try:
        tools = make(session, source, look, secrets.token_hex(4), console.notice)
    except CouldNotLook as error:
        raise ShowcoreError(f"{error}.") from error
    return answers(wanted, tools, look, source.want)


@contextmanager
def _progress(total: int) -> Iterator[Seen]:
    """A counter on a terminal; elsewhere nothing until the report."""
    import sys

    if not sys.stderr.isatty() or console.in_ci():
        yield lambda _outcome: None
        return
    done = 0
    with console.live_console().status(f"0 of {total} checks") as status:

        def seen(outcome: Outcome) -> None:
            nonlocal done
            done += 1
            status.update(f"{done} of {total} checks, last {outcome.check.id}")

        yield seen


def _verification(
    want: Expected, settings: Settings, look: Look, outcomes: tuple[Outcome, ...], before: shown.Earlier
) -> Verification:
    from showcore_cfn.commands._provenance import provenance

    try:
        stack_id, deployed = look(STACK).root.id, look(STACK).changed
    except CouldNotLook:
        stack_id, deployed = "", None
    return Verification(
        account_id=want.account_id,
        region=want.region,
        environment=settings.environment,
        stack_name=want.stack_name,
        began=want.now,
        outcomes=outcomes,
        commit=provenance(),
        stack_id=stack_id,
        deployed=deployed,
        monthly_usd=want.monthly_usd,
        earlier=before.verdicts,
        earlier_began=before.began,
    )
