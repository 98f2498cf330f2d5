"""P11: peak memory of the commands that are run most, against an interpreter that does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.aws import PLAINLY, deploying
from benchmarks.bench import Bench
from benchmarks.measure import Command, compare
from benchmarks.table import Row, by_peak

CURRENT_AT_MOST, REVIEW_AT_MOST, DEPLOY_AT_MOST = 1.6, 3.0, 5.0


def rows(bench: Bench) -> Iterator[Row]:
    """The commands; the deployment is a first one, against the fake AWS."""
    make = Command("make", ("/usr/bin/make", "--quiet", "templates"), bench.clone)
    lines = (make, bench.showcore("templates"), bench.showcore("review", "--base", "main", "-o", "markdown"))
    floor, made, current, review = compare(bench.floor, *lines, runs=3)
    yield by_peak("P11", "make templates, nothing changed", made, "pass", floor, CURRENT_AT_MOST)
    yield by_peak("P11", "showcore templates, nothing changed", current, "pass", floor, None)
    yield by_peak("P11", "review of one tier", review, "pass", floor, REVIEW_AT_MOST)
    with deploying(bench) as aws:
        line = bench.showcore(*PLAINLY, variables=aws.variables, before=aws.begin)
        floor, deployed = compare(bench.floor, line, runs=3)
    yield by_peak("P11", "a first deployment", deployed, "pass", floor, DEPLOY_AT_MOST)
