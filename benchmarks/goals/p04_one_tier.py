"""P4: one tier was edited, against generating all and linting all, which is what a plain Makefile does."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.measure import Command, compare
from benchmarks.table import Absent, Row, by_cpu

AT_MOST = 0.35
_GENERATE = "from showcore_cfn.generate import generate; generate()"


def rows(bench: Bench) -> Iterator[Row | Absent]:
    """CPU against the sum of the two steps."""
    if "cfn-lint" not in bench.peers.programs:
        yield Absent("P4", "cfn-lint", bench.peers.missing["cfn-lint"])
        return
    ours = bench.showcore("templates", before=bench.edit_a_tier)
    peer = Command("cfn-lint", (bench.peers.programs["cfn-lint"], *bench.templates()))
    both = Command(
        "generate; cfn-lint *",
        ("/bin/sh", "-c", f'"$0" -c \'{_GENERATE}\' && exec "$@"', bench.peers.python, *peer.line),
        bench.clone,
    )
    edited, plain = compare(ours, both)
    yield by_cpu("P4", "one tier edited", edited, "generate; cfn-lint *", plain, AT_MOST)
