"""What a deletion takes and leaves, from the options of a command."""

from __future__ import annotations

from dataclasses import dataclass

from showcore_cfn.aws.emptying import EmptyingGateway
from showcore_cfn.aws.failures import AwsError
from showcore_cfn.aws.session import Session, connect
from showcore_cfn.aws.sizes import SizesGateway
from showcore_cfn.aws.values import Stack
from showcore_cfn.commands._given import Where
from showcore_cfn.commands._looking import Here
from showcore_cfn.cost.price_list import load
from showcore_cfn.deploy.removal import leftovers
from showcore_cfn.deploy.removal.leftovers import NOTHING, Leaving, Left
from showcore_cfn.deploy.states import Step, state
from showcore_cfn.errors import TemplateError
from showcore_cfn.review.deployed import from_stack
from showcore_cfn.review.resolve import resolve


@dataclass(frozen=True, slots=True)
class Account:
    """The account of the settings, as far as sizes and emptying go."""

    here: Here
    region: str
    session: Session
    profile: str | None

    @property
    def emptier(self) -> EmptyingGateway:
        """The calls that empty."""
        return EmptyingGateway(self.session, self.profile, self.here.settings.account_id)

    @property
    def sizes(self) -> SizesGateway:
        """The calls that measure."""
        return SizesGateway(self.session, self.profile, self.here.settings.account_id)

    def leaving(self, stack: Stack) -> Leaving:
        """What deleting a stack takes and leaves, as it is, or was, deployed."""
        if state(stack.status).destroy is Step.DISCARD:
            return NOTHING
        deployed = from_stack(self.here.cloudformation, stack.id, stack.parameters)
        pseudo = {"AWS::AccountId": self.here.settings.account_id, "AWS::Region": self.region}
        nest = resolve(deployed.templates, {**stack.parameters, **pseudo})
        return leftovers.leaving(self.here.cloudformation, stack.id, nest, self.sizes, load())

    def seen(self, stack: Stack) -> Leaving | str:
        """The same; or why it cannot be seen, which stops nothing."""
        try:
            return self.leaving(stack)
        except (AwsError, TemplateError) as error:
            return f"What goes and what is left cannot be seen: {error}"

    def still_left(self, found: Leaving) -> tuple[Left, ...]:
        """What is left now."""
        return leftovers.still_left(found.left, self.sizes, load())

    def deleted(self) -> tuple[Stack, Leaving] | None:
        """The stack of the settings that was deleted last, and what it left; None where none is known."""
        for stack_id in self.emptier.deleted_stacks(self.here.settings.stack_name):
            stack = self.here.cloudformation.stack(stack_id)
            if stack is not None and any(self.here.cloudformation.resources(stack_id)):
                return stack, self.leaving(stack)
        return None


def account(here: Here, where: Where) -> Account:
    """The account, by the options of a command."""
    region = where.region or here.settings.region
    session = connect(region, profile=where.profile, endpoint_url=where.endpoint_url)
    return Account(here, region, session, where.profile)
