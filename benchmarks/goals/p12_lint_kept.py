"""P12: judging templates whose verdict is kept, against the cfn-lint command that judges them anew each time."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.measure import Command, compare
from benchmarks.table import Absent, Row, by_cpu

AT_MOST = 1 / 100
_JUDGE = """\
import os
from showcore_cfn.check.validate import check_generated
texts = {}
for name in os.listdir("templates"):
    with open(f"templates/{name}", encoding="utf-8") as file:
        texts[name] = file.read()
assert not check_generated(texts)
"""


def rows(bench: Bench) -> Iterator[Row | Absent]:
    """CPU of a process that reads the templates and asks for their verdict."""
    if "cfn-lint" not in bench.peers.programs:
        yield Absent("P12", "cfn-lint", bench.peers.missing["cfn-lint"])
        return
    peer = Command("cfn-lint", (bench.peers.programs["cfn-lint"], *bench.templates()))
    kept, lint = compare(bench.python(_JUDGE, "kept"), peer)
    yield by_cpu("P12", "verdicts of all templates, kept", kept, "cfn-lint templates/*", lint, AT_MOST)
