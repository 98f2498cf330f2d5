"""The preflight of an environment, from the options of a command."""

from __future__ import annotations

from dataclasses import replace

from showcore_cfn.aws.preflight import AccountGateway
from showcore_cfn.aws.session import connect
from showcore_cfn.commands._deploying import reviewed_templates, settings_of
from showcore_cfn.commands._given import Where
from showcore_cfn.deploy.clock import SystemClock
from showcore_cfn.deploy.desired import nest
from showcore_cfn.deploy.preflight.answer import Answer
from showcore_cfn.deploy.preflight.run import look as look_at
from showcore_cfn.deploy.preflight.wanted import Wanted


def look(where: Where) -> tuple[Answer, ...]:
    """Every answer about the account that the settings name."""
    settings = settings_of(where)
    region = where.region or settings.region
    session = connect(region, profile=where.profile, endpoint_url=where.endpoint_url)
    account = AccountGateway(session, where.profile, settings.account_id, region)
    desired = replace(nest(settings, reviewed_templates()), region=region)
    return look_at(session, account, Wanted(desired), SystemClock().now(), settings.prefix)
