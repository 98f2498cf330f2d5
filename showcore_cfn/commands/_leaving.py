"""What a deletion takes and leaves, from the options of a command."""

from __future__ import annotations

from showcore_cfn.aws.failures import AwsError
from showcore_cfn.aws.session import connect
from showcore_cfn.aws.sizes import SizesGateway
from showcore_cfn.commands._given import Where
from showcore_cfn.commands._looking import Here
from showcore_cfn.cost.price_list import load
from showcore_cfn.deploy import leftovers
from showcore_cfn.errors import TemplateError
from showcore_cfn.review.deployed import from_stack
from showcore_cfn.review.resolve import resolve


def text(here: Here, where: Where) -> str:
    """What deleting the stack takes and leaves, as it is deployed; or that it cannot be seen, which stops nothing."""
    try:
        return _text(here, where)
    except (AwsError, TemplateError) as error:
        return f"What goes and what is left cannot be seen: {error}"


def _text(here: Here, where: Where) -> str:
    stack, settings = here.existing(), here.settings
    region = where.region or settings.region
    deployed = from_stack(here.cloudformation, stack.id, stack.parameters)
    pseudo = {"AWS::AccountId": settings.account_id, "AWS::Region": region}
    nest = resolve(deployed.templates, {**stack.parameters, **pseudo})
    session = connect(region, profile=where.profile, endpoint_url=where.endpoint_url)
    sizes = SizesGateway(session, where.profile, settings.account_id)
    return leftovers.text(leftovers.leaving(here.cloudformation, stack.id, nest, sizes, load()))
