"""P3: generation, lint and the plan's rules with no cache at all, against `cfn-lint templates/*` alone.

It pays on two idle cores; on a busy machine both processes wait for the same one.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.measure import Command, compare
from benchmarks.table import Absent, Row, by_cpu, by_wall

WALL_AT_MOST, CPU_AT_MOST = 0.65, 0.80


def rows(bench: Bench) -> Iterator[Row | Absent]:
    """Wall time and CPU."""
    if "cfn-lint" not in bench.peers.programs:
        yield Absent("P3", "cfn-lint", bench.peers.missing["cfn-lint"])
        return
    ours = bench.showcore("templates", "--no-cache", "--out", "cold")
    peer = Command("cfn-lint", (bench.peers.programs["cfn-lint"], *bench.templates()))
    cold, lint = compare(ours, peer)
    yield by_wall("P3", "everything from cold, wall", cold, "cfn-lint templates/*", lint, WALL_AT_MOST)
    yield by_cpu("P3", "everything from cold, CPU", cold, "cfn-lint templates/*", lint, CPU_AT_MOST)
