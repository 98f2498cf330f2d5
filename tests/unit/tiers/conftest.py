"""The project's own templates, generated and resolved as an environment would see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest

from showcore_cfn.generate import generate
from showcore_cfn.review.resolve import Nest, resolve
from showcore_cfn.template.load import load_set

ACCOUNT = "111122223333"
GIVEN = {
    "CriticalAlertEmail": "critical@example.com",
    "WarningAlertEmail": "warning@example.com",
    "BillingAlertEmail": "billing@example.com",
    "AWS::AccountId": ACCOUNT,
}

Resolve = Callable[..., Nest]
Properties = dict[str, Any]


@cache
def nest_with(*changes: tuple[str, str]) -> Nest:
    """The nest under the default parameters but for these."""
    return resolve(load_set(generate()), {**GIVEN, **dict(changes)})


@pytest.fixture
def nest() -> Nest:
    return nest_with()


@pytest.fixture
def properties() -> Callable[..., Properties]:
    """The resolved properties of one resource, by path, under parameters that differ from the defaults."""

    def find(path: str, **parameters: str) -> Properties:
        found: Any = nest_with(*parameters.items()).resources[path].properties
        assert isinstance(found, dict)
        return found

    return find


@pytest.fixture
def of_type() -> Callable[..., dict[str, Properties]]:
    """The resolved properties of all resources of a type, by path."""

    def find(kind: str, **parameters: str) -> dict[str, Properties]:
        resources: Mapping[str, Any] = nest_with(*parameters.items()).resources
        return {path: one.properties for path, one in resources.items() if one.type == kind}

    return find
