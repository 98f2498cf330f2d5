"""Small template sets for the cost tests, priced without usage unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

from showcore_cfn.cost.allowances import ALWAYS, Allowance
from showcore_cfn.cost.estimate import estimate
from showcore_cfn.cost.line import Estimate
from showcore_cfn.cost.price_list import PriceList
from showcore_cfn.cost.source import Source
from showcore_cfn.cost.usage import Preset, usage
from showcore_cfn.review.resolve import Nest, resolve
from showcore_cfn.template.load import TemplateSet, load_folder, load_set

REPOSITORY = Path(__file__).parents[3]


def nest_of(resources: str, **parameters: str) -> Nest:
    """A nest of one stack, `app`, from the lines below `Resources:`."""
    indented = "".join(f"  {line}\n" for line in resources.strip().splitlines())
    return resolve(load_set({"app.yaml": f"Resources:\n{indented}"}), parameters)


def one(kind: str, properties: str = "{}", logical_id: str = "It") -> str:
    """One resource in flow style."""
    return f"{logical_id}: {{Type: 'AWS::{kind}', Properties: {properties}}}"


def month(
    resources: str,
    used: Mapping[str, float | Decimal] | None = None,
    allowances: Iterable[Allowance] = ALWAYS,
    prices: PriceList | None = None,
) -> Estimate:
    """A month without any use but what is given."""
    figures = usage(Preset.NONE, used or {})
    return estimate(nest_of(resources), usage=figures, allowances=allowances, prices=prices)


def ours(**parameters: str) -> Source:
    """The committed templates, with some parameters of the root."""
    return Source(_templates(), parameters)


@cache
def _templates() -> TemplateSet:
    return load_folder(REPOSITORY / "templates")
