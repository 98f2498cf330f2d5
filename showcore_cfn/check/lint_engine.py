"""cfn-lint as a library: the only module that imports it, and only when there is something to judge.

Every setting is given here, so that `AWS_REGION`, a `.cfnlintrc` in the home folder or in the project, and
newer schemas in the user's cache (`cfn-lint --update-specs`) change no verdict. Informational rules are on,
and so are W4011 and W4012, which judge `com.aws.cloudformation.Context` metadata; I4010, which asks for it on
every resource, is off. What a template's own `Metadata: cfn-lint` silences stays silent.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

from showcore_cfn.check import lint_child
from showcore_cfn.check.lint_severity import INCOMPLETE
from showcore_cfn.template.json_types import Json

if TYPE_CHECKING:
    from cfnlint.config import ConfigMixIn
    from cfnlint.match import Match
    from cfnlint.rules import CloudFormationLintRule, Rules

REGION = "us-east-1"
INCLUDED = ("I",)  # beside the errors and warnings that are always on
OFF = frozenset({"I4010"})
WORTH_A_CHILD_BYTES = 20_000  # less is linted before a second process is up
_NUMBER_BYTES = 4
_OF_TYPES = "Resources/AWS::"  # how the places of a rule begin that speaks of resource types
_CALLED_BY_PLACE = ["E1101"]
_MAY_HIDE_A_TYPE = re.compile(r"Transform|\\[xuU\r\n]")  # a macro makes resources, an escape is any letter
TEMPLATES_PER_COLLECTION = 100  # without collection each leaves about 2 MB behind

Row: TypeAlias = "list[Json]"  # rule, message, path, line: what JSON carries out of a child or a cache


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A template to judge, and every text that cfn-lint may read while it does, by name."""

    name: str
    texts: Mapping[str, str]

    @property
    def size(self) -> int:
        """Characters of the template itself: its cost grows with them."""
        return len(self.texts[self.name])


def judge(jobs: Sequence[Job]) -> list[list[Row]]:
    """The rows of each job, in its order. A child loads cfn-lint where this process has not yet."""
    if not jobs:
        return []
    loaded = "cfnlint.runner" in sys.modules
    child = None if loaded else lint_child.start(lambda: cast(Json, _judge_here(jobs)))
    answer = child.answer() if child else None
    return _judge_here(jobs) if answer is None else cast("list[list[Row]]", answer)


def _judge_here(jobs: Sequence[Job]) -> list[list[Row]]:
    """In this process, and beside it in a child where there is a second core and enough to do."""
    with _uncollected():
        queue = _Queue(jobs)
        gc.freeze()
        child = lint_child.start(lambda: cast(Json, list(queue.judged()))) if _worth_a_child(jobs) else None
        try:
            found = dict(queue.judged())
        except BaseException:
            if child:
                child.stop()
            raise
        answer = child.answer() if child else None
        found.update(cast("list[tuple[int, list[Row]]]", answer or []))
        missing = [
            number for number in range(len(jobs)) if number not in found
        ]  # its child took them and died
        found.update((number, queue.verdict(number)) for number in missing)
    return [found[number] for number in range(len(jobs))]


def _worth_a_child(jobs: Sequence[Job]) -> bool:
    return _cores() > 1 and len(jobs) > 1 and sum(job.size for job in jobs) >= WORTH_A_CHILD_BYTES


class _Queue:
    """Jobs that a process and its child take in turns, the largest first, so that both end at the same time.

    What they share is their position in a file that holds the numbers of the jobs.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._config, rules = _linter()
        self._rules = _concerned(rules, jobs)
        self._numbers = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # open as long as it is shared
        order = sorted(range(len(jobs)), key=lambda number: -jobs[number].size)
        self._numbers.write(b"".join(number.to_bytes(_NUMBER_BYTES) for number in order))
        self._numbers.seek(0)

    def judged(self) -> Iterator[tuple[int, list[Row]]]:
        """The number and the rows of one job after the other, until none is left."""
        for taken, number in enumerate(iter(lambda: self._numbers.read(_NUMBER_BYTES), b""), start=1):
            yield int.from_bytes(number), self.verdict(int.from_bytes(number))
            if taken % TEMPLATES_PER_COLLECTION == 0:
                gc.collect()
                gc.freeze()

    def verdict(self, number: int) -> list[Row]:
        """The rows of one job."""
        return _verdict(self._jobs[number], self._config, self._rules)


def _cores() -> int:
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cyclic collector: it takes a fifth of cfn-lint's time and finds next to nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _verdict(job: Job, config: ConfigMixIn, rules: Rules) -> list[Row]:
    """One template, in a folder that holds the texts of its job and nothing else.

    cfn-lint follows a nested stack's local `TemplateURL` for its parameters anywhere, for its outputs only
    below the current folder: so that folder is the current one while it looks.
    """
    from cfnlint.runner.template import run_template_by_file_path

    with tempfile.TemporaryDirectory(prefix="showcore-lint-") as folder:
        for name, text in job.texts.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        with contextlib.chdir(folder):
            try:
                return [_row(match) for match in run_template_by_file_path(job.name, config, rules, False)]
            except Exception as error:  # it does not survive every malformed template
                said = (
                    f"cfn-lint fails over this template ({type(error).__name__}: {error}): it is not judged"
                )
                return [[INCOMPLETE, said, [], 1]]


def _row(match: Match) -> Row:
    path = [step if isinstance(step, int) else str(step) for step in getattr(match, "path", None) or ()]
    return [match.rule.id, str(match.message), cast(Json, path), match.linenumber]


@cache
def _linter() -> tuple[ConfigMixIn, Rules]:
    """cfn-lint's configuration and rules, loaded once."""
    from cfnlint.config import ConfigMixIn
    from cfnlint.rules import Rules
    from cfnlint.runner import Runner

    _use_bundled_schemas()
    logging.getLogger("cfnlint").addHandler(logging.NullHandler())  # what it logs, it also reports
    config = ConfigMixIn(
        ["--config-file", os.devnull],
        regions=[REGION],
        include_checks=list(INCLUDED),
        include_experimental=True,
    )
    rules = Rules({rule_id: rule for rule_id, rule in Runner(config).rules.items() if rule_id not in OFF})
    return config, rules


def _concerned(rules: Rules, jobs: Sequence[Job]) -> Rules:
    """The rules that these templates can meet: a rule for types that none of them names is only in the way.

    E1101 asks each of its rules at every place of every template; four in ten speak of a few resource types alone.
    """
    from cfnlint.rules import Rules

    texts = "\0".join(job.texts[job.name] for job in jobs)
    if _MAY_HIDE_A_TYPE.search(texts):
        return rules
    return Rules({name: rule for name, rule in rules.items() if _may_apply(rule, texts)})


def _may_apply(rule: CloudFormationLintRule, texts: str) -> bool:
    places: Sequence[str] = getattr(rule, "keywords", ())
    if rule.parent_rules != _CALLED_BY_PLACE or not all(place.startswith(_OF_TYPES) for place in places):
        return True
    return not places or any(place.split("/")[1] in texts for place in places)


def _use_bundled_schemas() -> None:
    """Point cfn-lint at the schemas that came with it; left alone it takes the user's where these are newer.

    The manager is one object that the whole package shares, so it is made anew in its place.
    """
    import cfnlint
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

    schemas = Path(cfnlint.__file__).parent / "data" / "schemas"
    type(PROVIDER_SCHEMA_MANAGER).__init__(
        PROVIDER_SCHEMA_MANAGER, providers_dir=schemas / "providers", resources_dir=schemas / "resources"
    )
