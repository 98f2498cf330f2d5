"""P2: `showcore templates` where nothing changed, against an interpreter that does nothing.

The core is the question itself, which `make templates` asks before it starts the command line; the rest is click.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.measure import Command, compare
from benchmarks.table import Row, by_cpu

AT_MOST, CORE_AT_MOST = 6.0, 2.0
_CORE = "from showcore_cfn.unchanged import what_stands; assert what_stands('templates', 'yaml')"


def rows(bench: Bench) -> Iterator[Row]:
    """The command line and the core; `make` itself for comparison."""
    whole = bench.showcore("templates")
    core = bench.python(_CORE, "core")
    make = Command("make", ("/usr/bin/make", "--quiet", "templates"), bench.clone)
    floor, ours, asked, made = compare(bench.floor, whole, core, make)
    yield by_cpu("P2", "showcore templates, nothing changed", ours, "pass", floor, AT_MOST)
    yield by_cpu("P2", "the same without the command line", asked, "pass", floor, CORE_AT_MOST)
    yield by_cpu("P2", "make templates, nothing changed", made, "pass", floor, None)
