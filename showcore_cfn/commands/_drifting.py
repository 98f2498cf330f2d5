"""The drift of an environment, from the options of a command."""

from __future__ import annotations

from showcore_cfn import console
from showcore_cfn.aws.drift import DriftGateway
from showcore_cfn.aws.session import connect
from showcore_cfn.commands._deploying import reviewed_templates, settings_of
from showcore_cfn.commands._given import Where
from showcore_cfn.deploy.clock import SystemClock
from showcore_cfn.deploy.desired import ROOT_TEMPLATE
from showcore_cfn.deploy.drift.detection import Drift, detect
from showcore_cfn.deploy.drift.outlook import Future, future
from showcore_cfn.deploy.operation import guard_account
from showcore_cfn.deploy.states import Step, state
from showcore_cfn.errors import ShowcoreError, Stopped
from showcore_cfn.review.deployed import from_stack
from showcore_cfn.template.load import TemplateSet, load_set


def look(where: Where) -> tuple[Drift, Future]:
    """What drifted, and what deploying the templates of the folder would do about it."""
    settings = settings_of(where)
    region = where.region or settings.region
    session = connect(region, profile=where.profile, endpoint_url=where.endpoint_url)
    guard_account(session, settings.account_id)
    cloudformation = session.cloudformation
    stack = cloudformation.stack(settings.stack_name)
    if stack is None:
        raise ShowcoreError(f"there is no stack {settings.stack_name}. `showcore deploy` creates it.")
    if state(stack.status).deploy is not Step.UPDATE:
        raise Stopped(
            f"{stack.name} is in {stack.status}; drift is only seen of a stack that has come to rest."
        )
    head = _folder()
    detector = DriftGateway(session.client("cloudformation"), where.profile)
    found = detect(cloudformation, detector, SystemClock(), stack.id, _progress)
    deployed = from_stack(cloudformation, stack.id, stack.parameters)
    pseudo = {"AWS::AccountId": settings.account_id, "AWS::Region": region}
    ahead = future(
        deployed.templates, {**stack.parameters, **pseudo}, head, {**settings.parameters(), **pseudo}
    )
    return found, ahead


def _folder() -> TemplateSet:
    """The nest alone: what stands by itself is no part of the stack."""
    texts = reviewed_templates()
    nested = {name for name in texts if f"./{name}" in texts[ROOT_TEMPLATE]}
    inside = {name: text for name, text in texts.items() if name in {ROOT_TEMPLATE, *nested}}
    return load_set(inside)


def _progress(ended: int, all_: int) -> None:
    console.notice(f"looking for drift: {ended} of {all_} stacks ...")
