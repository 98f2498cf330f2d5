"""Everything that stands in a nest, by path."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from showcore_cfn.aws.gateways import CloudFormation
from showcore_cfn.aws.values import StackResource
from showcore_cfn.deploy.change_set import ROOT, tier_of
from showcore_cfn.deploy.parallel import together

_GONE = "DELETE_COMPLETE"


def contents(cloudformation: CloudFormation, root_id: str) -> Mapping[str, StackResource]:
    """The resources of the root and of every stack nested in it, by `database/Database`; none without an id."""
    root = cloudformation.resources(root_id)
    nested = [each for each in root if each.is_stack and each.physical_id]
    inner = together(partial(cloudformation.resources, each.physical_id) for each in nested)
    tiers = [(ROOT, root), *((tier_of(n.logical_id), found) for n, found in zip(nested, inner, strict=True))]
    return {
        f"{tier}/{each.logical_id}": each
        for tier, found in tiers
        for each in found
        if each.physical_id and each.status != _GONE
    }
