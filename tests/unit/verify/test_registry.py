"""The checks among which one chooses, and the lines of the plan that they answer."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from showcore_cfn.errors import UsageError
from showcore_cfn.permissions.commands import COMMANDS
from showcore_cfn.verify.check import Way
from showcore_cfn.verify.lines import LINES, SECTION_TITLES
from showcore_cfn.verify.registry import CHECKS, chosen

LINES_OF_THE_PLAN = {
    "7.1": 8,
    "12.1": 9,
    "12.2": 3,
    "12.3": 3,
    "12.4": 4,
    "13.1": 9,
    "14.1": 7,
    "14.2": 7,
    "14.3": 6,
    "14.4": 10,
    "14.5": 7,
    "15.1": 4,
    "15.2": 6,
    "15.3": 4,
}
IDS = [each.id for each in CHECKS]


@pytest.mark.parametrize(
    ("task", "count"), [pytest.param(task, count, id=task) for task, count in LINES_OF_THE_PLAN.items()]
)
def test_every_line_of_the_plan_has_a_check_or_says_who_else_answers(task: str, count: int) -> None:
    lines = [line for line in LINES if line.task == task]
    assert [line.number for line in lines] == list(range(1, count + 1))
    for line in lines:
        assert bool(line.checks) != bool(line.otherwise), line


def test_every_check_answers_a_line_and_every_line_names_checks_that_exist() -> None:
    named = {id_ for line in LINES for id_ in line.checks}
    assert named == set(IDS)


def test_ids_are_unique_and_made_of_a_task_and_words() -> None:
    assert [id_ for id_, count in Counter(IDS).items() if count > 1] == []
    for id_ in IDS:
        assert re.fullmatch(r"\d+\.\d-[a-z0-9]+(-[a-z0-9]+)*", id_), id_
        assert id_.split("-")[0] in LINES_OF_THE_PLAN
        assert id_.split(".")[0] in SECTION_TITLES


def test_every_check_says_what_it_needs_and_what_to_do() -> None:
    for each in CHECKS:
        assert each.actions, each.id
        assert all(re.fullmatch(r"[a-z0-9-]+:[A-Za-z]+", action) for action in each.actions), each.id
        assert each.remedy.endswith("."), each.id
        assert not each.title.endswith("."), each.id
        assert each.timeout_seconds > 0


def test_what_the_checks_need_is_what_the_policy_of_the_command_grants() -> None:
    needed = {action for each in CHECKS for action in each.actions}
    assert needed - COMMANDS["verify"] == set()


def test_checks_that_only_look_need_nothing_that_writes() -> None:
    writes = re.compile(r":(Create|Delete|Put|Set|Start|Stop|Modify|Run|Send|Restore|Execute|Terminate|Add)")
    for each in CHECKS:
        if each.way is Way.READ:
            assert [action for action in each.actions if writes.search(action)] == [], each.id


def test_the_checks_stand_in_the_order_of_the_plan() -> None:
    tasks = [[int(part) for part in each.section.split(".")] for each in CHECKS]
    assert tasks == sorted(tasks)


def test_without_a_word_all_that_only_look_are_chosen() -> None:
    assert {each.way for each in chosen()} == {Way.READ}
    assert len(chosen()) == sum(each.way is Way.READ for each in CHECKS)


def test_everything_is_section_14_too_but_no_drill() -> None:
    assert {each.way for each in chosen(everything=True)} == {Way.READ, Way.PROBE}


def test_drills_run_only_by_name() -> None:
    assert chosen(only=["14.4"]) == ()
    assert [each.id for each in chosen(only=["14.4"], drills=[Way.RESTORE_DRILL])] == [
        "14.4-rds-snapshot",
        "14.4-rds-backup",
        "14.4-redis-snapshot",
    ]
    assert chosen(drills=[Way.ALARM_DRILL])[-1].section >= "13"
    assert "13.1-alarm-drill" in [each.id for each in chosen(drills=[Way.ALARM_DRILL])]


@pytest.mark.parametrize(
    ("word", "some", "none"),
    [
        ("14.1", "14.1-tls", "14.2-tls"),
        ("14", "14.5-cache", "7.1-vpc"),
        ("12.1", "7.1-no-nat-gateway", "7.1-vpc"),  # a line of 12.1, at home in 7.1
        ("7", "7.1-vpc", "12.2-cost-tags"),
        ("7.1-vpc", "7.1-vpc", "7.1-subnets"),
    ],
)
def test_a_word_is_an_id_a_task_or_a_section(word: str, some: str, none: str) -> None:
    ids = [each.id for each in chosen(only=[word])]
    assert some in ids
    assert none not in ids
    assert ids == [each.id for each in chosen(sections=[word])]


def test_what_is_skipped_is_left_out() -> None:
    ids = [each.id for each in chosen(skip=["12", "7.1-vpc"])]
    assert "7.1-vpc" not in ids
    assert "12.2-cost-tags" not in ids
    assert "7.1-subnets" in ids


@pytest.mark.parametrize("word", ["7.1-vpcs", "1", "16", "network", ""])
def test_a_word_that_means_nothing_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="there is no check"):
        chosen(only=[word])


def test_a_near_miss_is_helped() -> None:
    with pytest.raises(UsageError, match=r"Did you mean 7\.1-vpc"):
        chosen(skip=["7.1-vcp"])
