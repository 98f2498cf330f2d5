"""All checks at once: each by itself, so that one that cannot look hides no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial

from showcore_cfn.aws.failures import AwsError, CredentialsExpired, NoCredentials
from showcore_cfn.aws.gateways import CloudFormation, Gateways
from showcore_cfn.aws.values import Stack
from showcore_cfn.deploy.contents import contents
from showcore_cfn.deploy.parallel import together
from showcore_cfn.deploy.preflight import access, names, offers, singletons
from showcore_cfn.deploy.preflight.account import Account
from showcore_cfn.deploy.preflight.answer import Answer, Verdict
from showcore_cfn.deploy.preflight.wanted import Standing, Wanted

Check = tuple[str, Callable[[], Iterable[Answer]]]


def look(
    gateways: Gateways, account: Account, wanted: Wanted, now: datetime, prefix: str
) -> tuple[Answer, ...]:
    """Every answer, in the order of the checks. Asks nothing more where the account is another one."""
    desired = wanted.desired
    first = [*access.identity(gateways, desired), *access.region(desired)]
    if any(answer.verdict is Verdict.BLOCKS for answer in first):
        return tuple(first)
    stack = gateways.cloudformation.stack(desired.stack_name)
    ours = standing(gateways.cloudformation, stack)
    checks = _checks(gateways, account, wanted, now, prefix, stack, ours)
    answers = together(partial(_answered, *check) for check in checks)
    return (*first, *(answer for found in answers for answer in found))


def standing(cloudformation: CloudFormation, stack: Stack | None) -> Standing:
    """Everything in a stack and in those nested in it."""
    there = contents(cloudformation, stack.id) if stack else {}
    return Standing(frozenset(each.physical_id for each in there.values()), frozenset(there))


def _checks(
    gateways: Gateways,
    account: Account,
    wanted: Wanted,
    now: datetime,
    prefix: str,
    stack: Stack | None,
    ours: Standing,
) -> Iterator[Check]:
    desired = wanted.desired
    yield "credentials", partial(access.time_left, gateways, now)
    yield "stack", partial(access.status, stack, desired)
    yield "bootstrap", partial(access.bootstrapped, gateways, account, desired, prefix)
    yield "zones", partial(offers.zones, account, wanted)
    yield "database engine", partial(offers.database, account, wanted)
    yield "cache engine", partial(offers.cache, account, wanted)
    yield "AWS Config", partial(singletons.config, account, wanted, ours)
    yield "CloudTrail", partial(singletons.trails, account, wanted, ours, desired.region)
    yield "cost anomalies", partial(singletons.anomalies, account, wanted)
    yield "VPC quota", partial(singletons.networks, account, ours)
    yield "service-linked roles", partial(access.linked_roles, account)
    yield "alert addresses", partial(access.confirmations, account, wanted)
    yield "free tier", partial(offers.plan, account)
    yield from names.checks(account, wanted.by_type().items(), ours, desired.stack_name)


def _answered(name: str, check: Callable[[], Iterable[Answer]]) -> tuple[Answer, ...]:
    try:
        return tuple(check())
    except (CredentialsExpired, NoCredentials):
        raise
    except AwsError as error:
        return (Answer(name, Verdict.UNSEEN, str(error)),)
