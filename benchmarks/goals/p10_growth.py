"""P10: what ten and a hundred times the resources cost, by resource: 1.0 is linear, and more than 1.3 is not.

The small nest is ten times Phase 1 and the large one a hundred times, 13,000 resources; lint is measured over one
template of 50 and of 500 resources, as many as CloudFormation takes; environments over files of 10 and of 100.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import synthetic
from benchmarks.bench import Bench
from benchmarks.measure import cpu_of
from benchmarks.table import Row
from cli import OBJECTS_PER_COLLECTION
from showcore_cfn import template_files
from showcore_cfn.check.lint import lint
from showcore_cfn.check.policy import check_plan
from showcore_cfn.check.rules import check_all
from showcore_cfn.cost.estimate import estimate
from showcore_cfn.deploy.package import Location, package
from showcore_cfn.generate import bodies, texts
from showcore_cfn.review import graph
from showcore_cfn.review.diff import Side, diff
from showcore_cfn.review.graph_text import mermaid
from showcore_cfn.review.report import Form, render
from showcore_cfn.review.resolve import resolve
from showcore_cfn.review.review import review
from showcore_cfn.review.sources import Source
from showcore_cfn.settings import load
from showcore_cfn.template.load import load_set
from showcore_cfn.template.root import ROOT_FILE

AT_MOST = 1.3
SMALL, LARGE = 10, 100
FEW, MANY = 120, 1_008  # templates: ten and eighty-four environments of twelve
RUNS = 3
Work = Callable[[], object]


def rows(_: Bench) -> Iterator[Row]:
    """One row for each step of the commands, collected as seldom as the command line does."""
    gc.set_threshold(OBJECTS_PER_COLLECTION)
    steps = {size: dict(_steps(size)) for size in (SMALL, LARGE)}
    for name in steps[SMALL]:
        few, many = (_seconds(steps[size][name]) for size in (SMALL, LARGE))
        yield _row(name, few, many, LARGE / SMALL)
    yield _row("generate and compare", _seconds(_generate(FEW)), _seconds(_generate(MANY)), MANY / FEW)
    small, large = ({"t.yaml": synthetic.one_template(count)} for count in (50, 500))
    import_module("cfnlint.runner")  # in this process, so that no child lints unmeasured
    lint(small)
    yield _row("lint", _seconds(lambda: lint(small)), _seconds(lambda: lint(large)), 10)
    yield _row("settings", _seconds(_settings(10)), _seconds(_settings(100)), 10)


def _steps(copies: int) -> Iterator[tuple[str, Work]]:
    files = synthetic.nest(copies)
    changed = {n: t.replace("BackupRetentionPeriod: 7", "BackupRetentionPeriod: 8") for n, t in files.items()}
    before, after = load_set(files), load_set(changed)
    base, head = resolve(before), resolve(after)
    yield "read templates", lambda: load_set(files)
    yield "resolve", lambda: resolve(before)
    yield "diff", lambda: diff(Side(before, base), Side(after, head))
    yield "cost", lambda: estimate(base)
    yield "graph", lambda: mermaid(graph.of_nest(base))
    yield "review", lambda: render(Form.MARKDOWN, review(Source("old", before), Source("new", after), {}))
    yield "rules of AWS and of the plan", lambda: [*check_all(base, before), *check_plan(base, before)]
    yield "package", lambda: package(files, ROOT_FILE, Location("bucket", "us-east-1", "111122223333"))


def _generate(templates: int) -> Work:
    """Generation of so many templates, written at first and then compared with what stands."""
    made = bodies()
    rounds = templates // len(made)
    folder = TemporaryDirectory(prefix="showcore-growth-")

    def generate() -> None:
        for number in range(rounds):
            template_files.write(texts(made), Path(folder.name, str(number)))

    return generate


def _settings(environments: int) -> Work:
    folder = TemporaryDirectory(prefix="showcore-growth-")
    file = Path(folder.name, "showcore.toml")
    file.write_text(synthetic.settings(environments), encoding="utf-8")

    def read() -> object:
        assert folder  # lives as long as the work
        return load(file, "env3")

    return read


def _seconds(work: Work) -> float:
    gc.collect()
    return cpu_of(work, RUNS)


def _row(name: str, few: float, many: float, factor: float) -> Row:
    ours, against = (f"{seconds * 1000:,.0f} ms" for seconds in (many, few))
    return Row(
        "P10",
        f"{name}: growth by resource",
        ours,
        f"{factor:.1f} times {against}",
        many / few / factor,
        AT_MOST,
    )
