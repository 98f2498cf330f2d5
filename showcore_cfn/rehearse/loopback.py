"""A rehearsal talks to this machine and to nothing else."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from showcore_cfn.errors import Stopped


def is_loopback(url: str) -> bool:
    """Whether an endpoint's host is `localhost`, in 127.0.0.0/8 or ::1. Other names are not looked up."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_elsewhere(url: str) -> str:
    """The endpoint itself where it is this machine; anything else stops the rehearsal."""
    if not is_loopback(url):
        raise Stopped(
            f"a rehearsal stays on this machine, and {url or 'an empty endpoint'} is not a loopback address. "
            "Leave --endpoint-url and AWS_ENDPOINT_URL out: the rehearsal brings its own."
        )
    return url


def refuse_endpoints_elsewhere(environ: Mapping[str, str]) -> None:
    """Stop where a variable, `AWS_ENDPOINT_URL_S3` included, sends an AWS client to another machine."""
    for name in sorted(environ):
        if (name == "AWS_ENDPOINT_URL" or name.startswith("AWS_ENDPOINT_URL_")) and environ[name]:
            refuse_elsewhere(environ[name])
