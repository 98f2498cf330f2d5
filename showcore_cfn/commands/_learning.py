"""What the commands that follow an operation remember of how long things take, and where."""

from __future__ import annotations

import os

from showcore_cfn.aws.gateways import Gateways
from showcore_cfn.aws.session import Session
from showcore_cfn.caches import cache_folder
from showcore_cfn.deploy.following.memory import FILE, Memory, MemoryFile, NothingKept


def memory_of(gateways: Gateways) -> Memory:
    """The file in the cache folder. Nothing where the endpoint only plays AWS: its times teach nothing."""
    if isinstance(gateways, Session) and gateways.is_aws:
        return MemoryFile(cache_folder(os.environ) / FILE)
    return NothingKept()
