"""The preflight of an environment, from the options of a command."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from showcore_cfn import console
from showcore_cfn.aws.failures import AwsError
from showcore_cfn.aws.preflight import AccountGateway
from showcore_cfn.aws.session import connect
from showcore_cfn.commands._deploying import reviewed_templates, settings_of
from showcore_cfn.commands._given import Where
from showcore_cfn.deploy.clock import SystemClock
from showcore_cfn.deploy.desired import BOOTSTRAP_TEMPLATE, Desired, nest
from showcore_cfn.deploy.parallel import Asking
from showcore_cfn.deploy.planning.planner import Beside
from showcore_cfn.deploy.preflight import report
from showcore_cfn.deploy.preflight.answer import Answer, Verdict
from showcore_cfn.deploy.preflight.run import look as look_at
from showcore_cfn.deploy.preflight.wanted import Wanted
from showcore_cfn.errors import Stopped
from showcore_cfn.settings import Settings


def look(where: Where) -> tuple[Answer, ...]:
    """Every answer about the account that the settings name."""
    settings = settings_of(where)
    region = where.region or settings.region
    return _look(where, settings, replace(nest(settings, reviewed_templates()), region=region))


def beside(where: Where, settings: Settings, desired: Desired) -> Beside:
    """The same while a plan is made: what blocks stops it, the rest is told; not to be able to look stops nothing."""
    wanted = _with_bootstrap(desired)

    def begin() -> Callable[[], None]:
        looking = Asking().submit(_look, where, settings, wanted)
        return lambda: _heed(looking, desired.import_existing)

    return begin


def _with_bootstrap(desired: Desired) -> Desired:
    """With the bootstrap template of today, where a release has the nest alone: `showcore bootstrap` knows no other."""
    if BOOTSTRAP_TEMPLATE in desired.templates:
        return desired
    today = {BOOTSTRAP_TEMPLATE: reviewed_templates()[BOOTSTRAP_TEMPLATE]}
    return replace(desired, templates={**desired.templates, **today})


def _heed(looking: Future[tuple[Answer, ...]], imports: bool) -> None:
    try:
        answers = looking.result()
    except AwsError as error:
        console.notice(f"The account could not be looked at: {error}")
        return
    blocking = [a for a in answers if a.verdict is Verdict.BLOCKS and not (imports and a.of_a_name)]
    if blocking:
        found = report.listed(blocking)
        raise Stopped(
            f"the account is in the way; --no-preflight plans all the same. Nothing was changed.\n{found}"
        )
    notes = [answer for answer in answers if answer.verdict in (Verdict.NOTE, Verdict.BLOCKS)]
    if notes:
        console.notice(report.listed(notes))
    unseen = sum(answer.verdict is Verdict.UNSEEN for answer in answers)
    if unseen:
        console.notice(f"{unseen} checks of the account could not look; `showcore preflight` says why.")


def _look(where: Where, settings: Settings, desired: Desired) -> tuple[Answer, ...]:
    region = desired.region
    session = connect(region, profile=where.profile, endpoint_url=where.endpoint_url)
    account = AccountGateway(session, where.profile, settings.account_id, region)
    return look_at(session, account, Wanted(desired), SystemClock().now(), settings.prefix)
