"""A state that each check must reject, by subject."""

from __future__ import annotations

from tests.unit.verify.world import Case
from tests.unit.verify.wrong import alerts, audit, backup, data, network, probes, stack, storage

WRONG: tuple[Case, ...] = (
    *stack.CASES,
    *network.CASES,
    *data.CASES,
    *storage.CASES,
    *audit.CASES,
    *alerts.CASES,
    *backup.CASES,
    *probes.CASES,
)
