"""A rehearsal refuses every endpoint that is not this machine."""

from __future__ import annotations

import pytest

from showcore_cfn.errors import Stopped
from showcore_cfn.rehearse.loopback import is_loopback, refuse_elsewhere, refuse_endpoints_elsewhere


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:4566",
        "http://127.9.9.9",
        "http://localhost:1",
        "http://[::1]:4566",
        "https://LOCALHOST",
    ],
)
def test_this_machine_is_allowed(url: str) -> None:
    assert is_loopback(url)
    assert refuse_elsewhere(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://cloudformation.us-east-1.amazonaws.com",
        "http://0.0.0.0:4566",
        "http://10.0.0.1:4566",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1@example.com",
        "http://[::ffff:10.0.0.1]:1",
        "http://[broken",
        "127.0.0.1:4566",
        "",
    ],
)
def test_any_other_endpoint_is_refused(url: str) -> None:
    assert not is_loopback(url)
    with pytest.raises(Stopped, match="a rehearsal stays on this machine"):
        refuse_elsewhere(url)


@pytest.mark.parametrize(
    "name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_CLOUDFORMATION"]
)
def test_a_variable_that_points_elsewhere_stops_the_rehearsal(name: str) -> None:
    with pytest.raises(Stopped, match=r"https://s3\.amazonaws\.com"):
        refuse_endpoints_elsewhere({name: "https://s3.amazonaws.com"})


def test_variables_that_point_here_or_nowhere_do_not_matter() -> None:
    refuse_endpoints_elsewhere(
        {"AWS_ENDPOINT_URL": "http://localhost:1", "AWS_ENDPOINT_URL_S3": "", "HOME": "/"}
    )
