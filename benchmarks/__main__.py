"""`python -m benchmarks [P1 P6 ...]`: measure all goals, or those named, and print the table."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module

import click

from benchmarks import goals
from benchmarks.bench import bench
from benchmarks.peers import peers
from benchmarks.table import Absent, Row, table


def main(wanted: list[str]) -> None:
    """Print the table. A goal that is not met is said, and is no error: it is for a reader to judge."""
    modules = {_goal(info.name): info.name for info in pkgutil.iter_modules(goals.__path__)}
    unknown = [name for name in wanted if name not in modules]
    if unknown:
        sys.exit(f"There is no goal {', '.join(unknown)}; there are {', '.join(modules)}.")
    click.echo("Installing the peers into .cache/benchmarks, where they are not yet ...", err=True)
    found = peers()
    for name, why in found.missing.items():
        click.echo(f"{name} cannot be installed here: {why}", err=True)
    with bench(found) as made:
        rows: list[Row | Absent] = []
        for name in wanted or modules:
            click.echo(f"{name} ...", err=True)
            measured: Iterator[Row | Absent] = import_module(f"benchmarks.goals.{modules[name]}").rows(made)
            rows.extend(measured)
    click.echo(table(rows))


def _goal(module: str) -> str:
    """`P1` of `p01_start`."""
    return f"P{int(module[1:3])}"


if __name__ == "__main__":
    main(sys.argv[1:])
