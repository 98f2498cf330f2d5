"""P12: asking for the verdict on templates that were judged before, against the cfn-lint command on the same files.

Two ways are kept: the record of the last run without findings, which is what `make templates` asks, and the verdict
under the content of the templates alone, which outlives an edit that was taken back.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.measure import Command, compare
from benchmarks.table import Absent, Row, by_cpu

AT_MOST = 1 / 100
_RECORD = "from showcore_cfn.unchanged import what_stands; assert what_stands('templates', 'yaml')"
_CONTENT = """\
import os
from showcore_cfn.check.validate import check_generated
texts = {}
for name in os.listdir("templates"):
    with open(f"templates/{name}", encoding="utf-8") as file:
        texts[name] = file.read()
assert not check_generated(texts)
"""


def rows(bench: Bench) -> Iterator[Row | Absent]:
    """CPU of a process that reads the templates and asks for their verdict, either way."""
    if "cfn-lint" not in bench.peers.programs:
        yield Absent("P12", "cfn-lint", bench.peers.missing["cfn-lint"])
        return
    peer = Command("cfn-lint", (bench.peers.programs["cfn-lint"], *bench.templates()))
    recorded, kept, lint = compare(bench.python(_RECORD, "record"), bench.python(_CONTENT, "content"), peer)
    yield by_cpu(
        "P12", "verdict on all templates, by record", recorded, "cfn-lint templates/*", lint, AT_MOST
    )
    yield by_cpu("P12", "verdict on all templates, by content", kept, "cfn-lint templates/*", lint, AT_MOST)
