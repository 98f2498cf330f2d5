"""P1: help and version, for the program and for every command, against an interpreter that does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.measure import Command, compare
from benchmarks.table import Row, by_cpu
from cli import SECTIONS

AT_MOST = 5.0
_PEERS = (("sam", "--version"), ("aws", "--version"), ("sceptre", "--version"), ("cfn-lint", "--version"))


def rows(bench: Bench) -> Iterator[Row]:
    """Ours, the slowest of the commands' helps, and the peers for comparison."""
    floor, helped, version = compare(bench.floor, bench.showcore("--help"), bench.showcore("--version"))
    yield by_cpu("P1", "showcore --help", helped, "pass", floor, AT_MOST)
    yield by_cpu("P1", "showcore --version", version, "pass", floor, AT_MOST)
    names = [name for section in SECTIONS.values() for name in section]
    lines = [bench.showcore(name, "--help") for name in names]
    floor, *found = compare(bench.floor, *lines)
    slowest = max(range(len(names)), key=lambda index: found[index].cpu_seconds)
    metric = f"showcore {names[slowest]} --help, the slowest of {len(names)}"
    yield by_cpu("P1", metric, found[slowest], "pass", floor, AT_MOST)
    for name, argument in _PEERS:
        if program := bench.peers.programs.get(name):
            floor, theirs = compare(bench.floor, Command(name, (program, argument)))
            yield by_cpu("P1", f"peer: {name} {argument}", theirs, "pass", floor, None)
