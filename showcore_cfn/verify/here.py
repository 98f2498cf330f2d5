"""A probe run on this machine, for what is seen from the internet."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from showcore_cfn.probes import whole
from showcore_cfn.verify.section14 import Ran

_KEPT = ("PATH", "HOME", "https_proxy", "http_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "SSL_CERT_FILE")


def run_here(script: str, arguments: Sequence[str], timeout_seconds: float) -> Ran:
    """What a probe printed, in a shell that sees none of the AWS settings of this process."""
    try:
        done = subprocess.run(
            ["/bin/sh"],
            input=whole(script, arguments),
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Ran("", f"{script} did not end in {timeout_seconds:.0f} seconds")
    except OSError as error:
        return Ran("", f"there is no /bin/sh here: {error.strerror}")
    return Ran(done.stdout, done.stderr)
