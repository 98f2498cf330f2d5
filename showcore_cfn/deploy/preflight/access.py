"""Whether whoever asks is in the right account, with enough time, and with what `bootstrap` makes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from showcore_cfn.aws.failures import Missing
from showcore_cfn.aws.gateways import Gateways
from showcore_cfn.aws.values import Stack
from showcore_cfn.deploy.desired import BOOTSTRAP_TEMPLATE, Desired, bootstrap_stack
from showcore_cfn.deploy.preflight.account import ANOTHER_ACCOUNT, Account
from showcore_cfn.deploy.preflight.answer import Answer, blocks, fine, note
from showcore_cfn.deploy.preflight.wanted import Wanted
from showcore_cfn.deploy.states import Step, state

REGION = "us-east-1"  # the plan's, 3.1; billing metrics and CloudFront's exist only there
MINUTES = 40  # a creation: the database and the distribution take a quarter of an hour, with room
_LINKED = {
    "AWSServiceRoleForRDS": "RDS",
    "AWSServiceRoleForElastiCache": "ElastiCache",
    "AWSServiceRoleForBackup": "Backup",
}
_TOPICS = "AWS::SNS::Topic"


def identity(gateways: Gateways, desired: Desired) -> Iterator[Answer]:
    """The account of the credentials is the one of the settings."""
    found = gateways.identities.identity()
    if found.account_id == desired.account_id:
        yield fine("account", f"{found.account_id}, as {found.arn.rpartition(':')[2]}")
    else:
        yield blocks(
            "account",
            f"the credentials belong to {found.account_id}, and the settings name {desired.account_id}",
            "use another --profile, or correct account_id in the settings",
        )


def region(desired: Desired) -> Iterator[Answer]:
    """The templates are written for one region."""
    if desired.region == REGION:
        yield fine("region", REGION)
    else:
        yield blocks(
            "region",
            f"{desired.region}: the templates are for {REGION}",
            f"leave out --region or say {REGION}",
        )


def time_left(gateways: Gateways, now: datetime) -> Iterator[Answer]:
    """The credentials last as long as a creation. If not, CloudFormation goes on without us."""
    expires = gateways.identities.expires()
    if expires is None:
        yield fine("credentials", "they do not end, or renew themselves")
        return
    minutes = int((expires - now).total_seconds() // 60)
    if minutes >= MINUTES:
        yield fine("credentials", f"they last {minutes} more minutes")
    else:
        yield note(
            "credentials",
            f"they end in {max(0, minutes)} minutes, and a first deployment takes up to {MINUTES};"
            " CloudFormation goes on by itself, but the database's protection is set only afterwards",
            "renew them first (`aws sso login`), or run `showcore deploy` once more afterwards",
        )


def status(stack: Stack | None, desired: Desired) -> Iterator[Answer]:
    """The root stack is in a status that a deployment can start from."""
    row = state(stack.status if stack else None)
    says = f"{desired.stack_name}: {row.meaning}"
    if row.deploy in (Step.CREATE, Step.UPDATE):
        yield fine("stack", says)
    elif row.deploy is Step.WATCH:
        yield blocks("stack", says, "`showcore watch` follows it to its end")
    else:
        yield blocks("stack", says, "`showcore recover` leads out")


def bootstrapped(gateways: Gateways, account: Account, desired: Desired, prefix: str) -> Iterator[Answer]:
    """The artifact bucket and the service role are there, the role as these templates need it."""
    name = bootstrap_stack(prefix)
    stack = gateways.cloudformation.stack(name)
    remedy = "`showcore bootstrap`, once, as an administrator"
    if stack is None or state(stack.status).deploy is not Step.UPDATE:
        yield blocks("bootstrap", f"{name}: {state(stack.status if stack else None).meaning}", remedy)
        return
    whose = account.taken("AWS::S3::Bucket", [desired.bucket]).get(desired.bucket)
    if whose is None:
        yield blocks("bootstrap", f"the artifact bucket {desired.bucket} is gone", remedy)
    elif whose == ANOTHER_ACCOUNT:
        yield blocks(
            "bootstrap",
            f"the artifact bucket {desired.bucket} belongs to another account",
            "upload nothing; take another prefix",
        )
    elif gateways.cloudformation.template(stack.id) != desired.templates[BOOTSTRAP_TEMPLATE]:
        yield note(
            "bootstrap",
            "the role of CloudFormation is older than these templates, and may lack what they need",
            "`showcore bootstrap` shows the difference and brings it up to date",
        )
    else:
        yield fine("bootstrap", f"{desired.bucket} and the service role, as these templates need them")


def linked_roles(account: Account) -> Iterator[Answer]:
    """The first use of a service makes its role by itself; that it is missing is only good to know."""
    missing = [service for role, service in _LINKED.items() if not account.has_role(role)]
    if missing:
        yield fine("service-linked roles", f"made by the first deployment: {', '.join(missing)}")
    else:
        yield fine("service-linked roles", "all there")


def confirmations(account: Account, wanted: Wanted) -> Iterator[Answer]:
    """Whoever has not confirmed the mail of AWS gets no alert."""
    pending: dict[str, list[str]] = {}
    there = 0
    for each in wanted.by_type().get(_TOPICS, ()):
        desired = wanted.desired
        arn = f"arn:aws:sns:{desired.region}:{desired.account_id}:{each.name}"
        try:
            found = account.unconfirmed(arn)
        except Missing:
            found = None
        there += found is not None
        for address in found or ():
            pending.setdefault(address, []).append(each.name)
    for address, topics in pending.items():
        yield note(
            "alert addresses",
            f"{address} has not confirmed {', '.join(topics)}, and gets no alert",
            "open the mail from AWS Notifications and confirm; it can be sent again from the SNS console",
        )
    if not pending:
        yield fine(
            "alert addresses", "all confirmed" if there else "asked to confirm by the first deployment"
        )
