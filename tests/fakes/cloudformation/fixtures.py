"""A running fake for its own tests: `pytest_plugins = ("tests.fakes.cloudformation.fixtures",)`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.cloudformation import FakeAws
from tests.fakes.cloudformation.small import Api


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    with FakeAws() as running:
        yield running


@pytest.fixture
def api(aws: FakeAws) -> Api:
    return Api(aws)
