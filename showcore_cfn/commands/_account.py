"""`showcore account` at the terminal: whose account it is, the question, what was done."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from showcore_cfn import console
from showcore_cfn.aws.payer import PayerAccount
from showcore_cfn.aws.session import Session, connect
from showcore_cfn.commands import _deploying as deploying
from showcore_cfn.commands import _plan_shown
from showcore_cfn.commands._destroying import destroy
from showcore_cfn.commands._given import Where
from showcore_cfn.commands._looking import Here
from showcore_cfn.commands._progress import watcher
from showcore_cfn.commands._provenance import provenance
from showcore_cfn.commands._telling import told
from showcore_cfn.deploy.desired import Desired
from showcore_cfn.deploy.guard import Lifted
from showcore_cfn.deploy.operation import Operator
from showcore_cfn.deploy.session import Deployment
from showcore_cfn.errors import Exit, Stopped
from showcore_cfn.settings import Settings
from showcore_cfn.template.load import parse
from showcore_cfn.verify import account
from showcore_cfn.verify.account import Step

ORGANIZATION_TEMPLATE = "organization.yaml"


@dataclass(frozen=True, slots=True)
class Outside:
    """The account whose credentials are given; it need not be that of the settings."""

    settings: Settings
    session: Session
    payer: PayerAccount


def activate_cost_tags(where: Where, *, yes: bool, dry_run: bool) -> Exit:
    """Look, ask, activate."""
    payer = _outside(where).payer
    return _done(lambda dry: account.activate_cost_tags(payer, dry_run=dry), yes=yes, dry_run=dry_run)


def enable_tag_policies(where: Where, *, yes: bool, dry_run: bool) -> Exit:
    """Look, ask, turn on."""
    payer = _outside(where).payer
    return _done(
        lambda dry: account.enable_tag_policies(payer, time.sleep, dry_run=dry), yes=yes, dry_run=dry_run
    )


def billing_preferences(where: Where) -> Exit:
    """Tell the preferences and the way to them."""
    console.result(account.text(account.billing_preferences(_outside(where).payer)))
    return Exit.DONE


def free_tier(where: Where) -> Exit:
    """Tell the account's plan."""
    console.result(account.text(account.free_tier(_outside(where).payer)))
    return Exit.DONE


def plan_organization(where: Where, parent_id: str | None, output: str) -> Exit:
    """Make the change set and leave it waiting."""
    outside = _outside(where)
    desired = _organization(outside, where, parent_id)
    with watcher("events") as quiet:
        made = Deployment(desired, Operator(outside.session, quiet)).plan()
    return _plan_shown.tell(made, output, show_dynamic=False, lifted=Lifted())


def deploy_organization(
    where: Where, parent_id: str | None, output: str, *, yes: bool, progress: str
) -> Exit:
    """Plan, ask, execute, follow."""
    outside = _outside(where)
    desired = _organization(outside, where, parent_id)
    return told(deploying.Run(desired, outside.session, yes, progress).deploy(), output)


def destroy_organization(where: Where, output: str, *, yes: bool, progress: str) -> Exit:
    """Ask for the name, delete, follow."""
    outside = _outside(where)
    account.management_root(outside.payer)
    stack = outside.session.cloudformation.stack(_stack_name(outside.settings))
    if stack is None:
        console.notice(f"Nothing to do: there is no stack {_stack_name(outside.settings)}.")
        return Exit.DONE
    here = Here(outside.settings, outside.session, stack)
    return told(destroy(here, yes=yes, unprotect=False, progress=progress), output, outputs=False)


def _outside(where: Where) -> Outside:
    settings = deploying.settings_of(where)
    session = connect(where.region or settings.region, profile=where.profile, endpoint_url=where.endpoint_url)
    return Outside(settings, session, PayerAccount(session, where.profile))


def _done(act: Callable[[bool], list[Step]], *, yes: bool, dry_run: bool) -> Exit:
    """Say what would be done; where that is something, ask, and do it."""
    planned = act(True)
    to_do = any(step.done for step in planned)
    if dry_run or not to_do:
        console.result(account.text(planned))
        return Exit.DONE
    console.notice(account.text(planned))
    if not yes and not console.confirm("Do this?"):
        raise Stopped("nothing was done.")
    console.result(account.text(act(False)))
    return Exit.DONE


def _organization(outside: Outside, where: Where, parent_id: str | None) -> Desired:
    """The stack of the organization's template, made with the caller's own rights."""
    root = account.management_root(outside.payer)
    settings, template = outside.settings, deploying.reviewed_templates()[ORGANIZATION_TEMPLATE]
    declared = parse(template, ORGANIZATION_TEMPLATE).body.get("Parameters")
    names = declared if isinstance(declared, dict) else {}
    own = {name: value for name, value in settings.parameters().items() if name in names}
    return Desired(
        account_id=outside.payer.account_id(),
        region=where.region or settings.region,
        stack_name=_stack_name(settings),
        templates={ORGANIZATION_TEMPLATE: template},
        root=ORGANIZATION_TEMPLATE,
        parameters={"ParentId": parent_id or root.id, **own},
        tags=settings.tags,
        description=provenance(),
    )


def _stack_name(settings: Settings) -> str:
    return f"{settings.prefix}-organization"
