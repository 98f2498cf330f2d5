"""Protection of a nest that stands on the fake: seen, put on, taken off, all of it or a part."""

from __future__ import annotations

import json
from typing import Any

import pytest

from showcore_cfn.deploy import protecting, protection
from showcore_cfn.deploy.planning.comparison import Comparison, Templates
from showcore_cfn.deploy.protecting import Part, Protection
from showcore_cfn.review.resolve import Nest
from tests.deploy.conftest import STACK, Bench, desired, yes

EVERYTHING = tuple(Part)


@pytest.fixture
def standing(bench: Bench) -> Bench:
    """The small nest, deployed without any protection."""
    bench.deployment().run(yes)
    return bench


def test_a_nest_without_protection_is_seen_as_such(standing: Bench) -> None:
    found = look(standing)
    assert found.missing == EVERYTHING
    assert found.policies == {"database": False, "storage": False}


def test_all_of_it_is_put_on(standing: Bench) -> None:
    put_on(standing, EVERYTHING)
    assert look(standing).missing == ()
    assert standing.aws.stack(STACK).termination_protection
    policy = json.loads(standing.session().cloudformation.stack_policy(nested(standing, "database")) or "")
    assert policy["Statement"][1]["Resource"] == ["LogicalResourceId/Database"]
    assert standing.aws.resource(STACK, "database/Database").properties["DeletionProtection"] in (
        True,
        "true",
    )


@pytest.mark.parametrize("wished", [None, "mine"])
def test_it_is_known_whether_the_last_update_only_switched_the_protection_of_the_database(
    bench: Bench, wished: str | None
) -> None:
    bench.deployment().run(yes)
    assert switched(bench) == ""
    put_on(bench, (Part.DATABASE,))
    assert switched(bench) == "on"
    take_off(bench, (Part.DATABASE,))
    assert switched(bench) == "off"
    bench.deployment(parameters={"Retention": "8"}, change_set_name=wished).run(yes)
    assert switched(bench) == ""


def test_that_is_how_a_first_deployment_ends_whatever_its_change_set_is_called(bench: Bench) -> None:
    wanted = {"DatabaseDeletionProtection": "true"}

    bench.deployment(parameters=wanted, change_set_name="mine").run(yes)

    assert switched(bench) == "on"


def switched(bench: Bench) -> str:
    stack = bench.operator().cloudformation.stack(STACK)
    assert stack is not None
    return protection.switched(stack)


def test_the_policies_follow_the_database_and_termination_protection_is_last_on_and_first_off(
    standing: Bench,
) -> None:
    start = len(standing.aws.calls)
    put_on(standing, EVERYTHING)
    take_off(standing, EVERYTHING)
    order = [
        call.operation
        for call in standing.aws.calls[start:]
        if call.operation in ("SetStackPolicy", "ExecuteChangeSet", "UpdateTerminationProtection")
    ]
    policies, database, termination = (
        ["SetStackPolicy"] * 2,
        ["ExecuteChangeSet"],
        ["UpdateTerminationProtection"],
    )
    assert order == [*database, *policies, *termination, *termination, *policies, *database]


def test_a_part_is_put_on_by_itself(standing: Bench) -> None:
    put_on(standing, (Part.TERMINATION,))
    found = look(standing)
    assert (found.termination, found.missing) == (True, (Part.POLICIES, Part.DATABASE))


def test_a_part_is_taken_off_by_itself(standing: Bench) -> None:
    put_on(standing, EVERYTHING)
    take_off(standing, (Part.DATABASE,))
    found = look(standing)
    assert (found.termination, found.missing) == (True, (Part.DATABASE,))


def test_the_database_is_switched_by_one_parameter_and_nothing_else(standing: Bench) -> None:
    put_on(standing, (Part.DATABASE,))
    given: Any = standing.aws.calls.of("CreateChangeSet")[-1].parameters
    assert given["UsePreviousTemplate"] in (True, "true")
    values = {each["ParameterKey"]: each["ParameterValue"] for each in given["Parameters"]}
    assert values == {**desired().parameters, "DatabaseDeletionProtection": "true"}
    assert standing.aws.litter() == []


def test_a_policy_that_somebody_else_wrote_does_not_count(standing: Bench) -> None:
    put_on(standing, EVERYTHING)
    open_ = {"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}
    standing.session().cloudformation.set_stack_policy(nested(standing, "storage"), json.dumps(open_))
    found = look(standing)
    assert found.policies == {"database": True, "storage": False}
    assert (Part.POLICIES in found.missing, Part.POLICIES in found.standing) == (True, True)


def look(bench: Bench) -> Protection:
    cloudformation = bench.session().cloudformation
    stack = cloudformation.stack(STACK)
    assert stack is not None
    return protecting.look(cloudformation, stack, nest())


def put_on(bench: Bench, parts: tuple[Part, ...]) -> None:
    stack = bench.session().cloudformation.stack(STACK)
    assert stack is not None
    protecting.put_on(bench.operator(), stack, nest(), parts)


def take_off(bench: Bench, parts: tuple[Part, ...]) -> None:
    stack = bench.session().cloudformation.stack(STACK)
    assert stack is not None
    protecting.take_off(bench.operator(), stack, nest(), parts)


def nest() -> Nest:
    wanted = desired()
    return Comparison(Templates(wanted.templates, wanted.parameters), None).head


def nested(bench: Bench, tier: str) -> str:
    return bench.aws.stack(STACK, tier).id
