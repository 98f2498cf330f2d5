"""P6: reviewing a change of one tier against a git revision: impact, security, cost, as Markdown. No AWS call."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.measure import compare
from benchmarks.table import Row, by_cpu

AT_MOST = 12.0


def rows(bench: Bench) -> Iterator[Row]:
    """Against an interpreter that does nothing."""
    template = bench.clone / "templates" / "database.yaml"
    before = template.read_text("utf-8")
    after = before.replace("BackupRetentionPeriod: 7", "BackupRetentionPeriod: 8")
    assert after != before
    template.write_text(after, encoding="utf-8")
    try:
        floor, found = compare(bench.floor, bench.showcore("review", "--base", "main", "-o", "markdown"))
        yield by_cpu("P6", "review of one tier, Markdown", found, "pass", floor, AT_MOST)
    finally:
        template.write_text(before, encoding="utf-8")
