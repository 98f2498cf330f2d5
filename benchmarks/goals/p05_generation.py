"""P5: generating all templates, against sceptre rendering the same ones and, where it is asked for, `cdk synth`.

The comparison with the CDK needs node and an application of like size, which is not part of this repository:
`CDK_APP=folder make benchmarks` runs `npx cdk synth` in that folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.measure import Command, compare
from benchmarks.table import Absent, Row, by_cpu

CDK_AT_MOST = 1 / 25
_GENERATE = """\
import gc, os
gc.set_threshold(100_000)
from showcore_cfn.generate import generate
generate()
os._exit(0)
"""


def rows(bench: Bench) -> Iterator[Row | Absent]:
    """Plain generation, as the command does it."""
    ours = bench.python(_GENERATE, "generate")
    floor, made = compare(bench.floor, ours)
    yield by_cpu("P5", "generation of all templates", made, "pass", floor, None)
    if sceptre := bench.peers.programs.get("sceptre"):
        project = _sceptre_project(bench)
        made, theirs = compare(ours, Command("sceptre", (sceptre, "generate", "nest"), project))
        yield by_cpu("P5", "generation of all templates", made, "sceptre generate", theirs, None)
    else:
        yield Absent("P5", "sceptre", bench.peers.missing["sceptre"])
    if application := os.environ.get("CDK_APP"):
        synth = Command("cdk synth", ("npx", "cdk", "synth", "--quiet"), Path(application))
        made, theirs = compare(ours, synth)
        yield by_cpu("P5", "generation of all templates", made, "cdk synth", theirs, CDK_AT_MOST)
    else:
        yield Absent("P5", "cdk synth", "CDK_APP names no application (optional; it wants node and 460 MB).")


def _sceptre_project(bench: Bench) -> Path:
    """Our templates, unmodified, as a project of sceptre's."""
    project = bench.clone / "sceptre"
    (project / "config" / "nest").mkdir(parents=True)
    shutil.copytree(bench.clone / "templates", project / "templates")
    (project / "config" / "config.yaml").write_text("project_code: showcore\nregion: us-east-1\n", "utf-8")
    for path in (project / "templates").iterdir():
        text = f"template:\n  type: file\n  path: {path.name}\n"
        (project / "config" / "nest" / path.name).write_text(text, encoding="utf-8")
    return project
