"""The operator of a command that follows an operation, with what it remembers of how long things take."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from showcore_cfn.aws.gateways import Gateways
from showcore_cfn.aws.session import Session
from showcore_cfn.caches import cache_folder
from showcore_cfn.commands._progress import watcher
from showcore_cfn.deploy.following.memory import FILE, Memory, MemoryFile, NothingKept
from showcore_cfn.deploy.operation import Operator


@contextmanager
def operating(gateways: Gateways, progress: str, at_most_seconds: float | None = None) -> Iterator[Operator]:
    """An operator whose progress is shown in this mode."""
    memory = memory_of(gateways)
    with watcher(progress, durations=memory.durations()) as lively:
        yield Operator(gateways, lively, at_most_seconds=at_most_seconds, memory=memory)


def memory_of(gateways: Gateways) -> Memory:
    """The file in the cache folder. Nothing where the endpoint only plays AWS: its times teach nothing."""
    if isinstance(gateways, Session) and gateways.is_aws:
        return MemoryFile(cache_folder(os.environ) / FILE)
    return NothingKept()
