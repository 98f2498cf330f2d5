"""The language of the tiers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from troposphere import Ref
from troposphere.sqs import Queue

from showcore_cfn.errors import WiringError
from showcore_cfn.template.forms import CONTEXT
from showcore_cfn.template.parameters import ACCOUNT_TIER, PREFIX, ROOT_PARAMETERS
from showcore_cfn.template.root import described, root
from showcore_cfn.template.schemas import schema
from showcore_cfn.template.stack import Stack, Tier, Wire
from showcore_cfn.template.tags import TAGS_AS_LIST, TAGS_AS_MAP, UNTAGGED

QUEUE_ARN = Wire("first", "QueueArn", "The queue.")


def nothing(stack: Stack) -> None:
    stack.add(Queue("Filler"))


def provides(stack: Stack) -> None:
    stack.add(Queue("Work"))
    stack.provide(QUEUE_ARN, Ref("Work"))


def uses(stack: Stack) -> None:
    stack.add(Queue("Other", QueueName=stack.use(QUEUE_ARN)))


def tier(name: str, build: Callable[[Stack], None], **given: Any) -> Tier:
    return Tier(name, name, "1.1", "A shape.", build, **given)


def one(build: Callable[[Stack], None]) -> dict[str, Any]:
    stack = Stack(tier("first", build))
    build(stack)
    found: dict[str, Any] = stack.template()
    return found


def test_every_resource_gets_the_five_tags_behind_its_own() -> None:
    tags = one(nothing)["Resources"]["Filler"]["Properties"]["Tags"]
    assert tags == [
        {"Key": "Project", "Value": "ShowCore"},
        {"Key": "Phase", "Value": {"Ref": "Phase"}},
        {"Key": "Environment", "Value": {"Ref": "Environment"}},
        {"Key": "ManagedBy", "Value": {"Ref": "ManagedBy"}},
        {"Key": "CostCenter", "Value": {"Ref": "CostCenter"}},
    ]


def test_the_tables_of_tags_agree_with_the_resource_provider_schemas() -> None:
    for kind, name in {**TAGS_AS_MAP, **TAGS_AS_LIST}.items():
        found = schema(kind)
        assert found is not None
        assert found.tag_property == name
        assert found.tags_are_a_map is (kind in TAGS_AS_MAP)
    for kind in UNTAGGED:
        found = schema(kind)
        assert found is not None
        assert kind == "AWS::Config::ConfigRule" or not found.taggable, kind


def test_a_setting_is_declared_once_with_the_root_parameters_description() -> None:
    def build(stack: Stack) -> None:
        stack.add(Queue("Work", QueueName=stack.sub("${Prefix}-a")))
        stack.setting(PREFIX)

    parameters = one(build)["Parameters"]
    assert parameters["Prefix"] == {
        "Type": "String",
        "Description": "First part of every name. A second environment in one account needs another one.",
    }


def test_a_name_follows_the_rule_of_the_plan() -> None:
    def build(stack: Stack) -> None:
        stack.add(Queue("Work", QueueName=stack.named("cache", "queue")))

    name = one(build)["Resources"]["Work"]["Properties"]["QueueName"]
    assert name == {"Fn::Sub": "${Prefix}-cache-${Environment}-queue"}


def test_reasons_travel_in_the_metadata_and_silence_keeps_its_reason() -> None:
    def build(stack: Stack) -> None:
        stack.add(
            Queue("Work"),
            why="Because.",
            must=["Stay."],
            mutability={"QueueName": "must-never-change"},
            silence={"W3691": "Not here."},
        )

    metadata = one(build)["Resources"]["Work"]["Metadata"]
    assert metadata == {
        CONTEXT: {"why": "Because.", "must": ["Stay."], "mutability": {"QueueName": "must-never-change"}},
        "cfn-lint": {"config": {"ignore_checks": ["W3691"]}},
        "showcore": {"silence": {"W3691": "Not here."}},
    }


def test_a_property_that_the_type_does_not_have_is_refused() -> None:
    with pytest.raises(AttributeError, match="Colour"):
        one(lambda stack: stack.add(Queue("Work", Colour="red")) and None)


def test_two_resources_of_one_name_are_refused() -> None:
    def build(stack: Stack) -> None:
        stack.add(Queue("Work"))
        stack.add(Queue("Work"))

    with pytest.raises(WiringError, match="two resources called Work"):
        one(build)


def test_a_wire_is_an_output_a_parameter_and_a_join() -> None:
    stacks = described([tier("first", provides), tier("second", uses)])
    made: Any = root(stacks)
    assert made["Resources"]["Second"]["Properties"]["Parameters"]["QueueArn"] == {
        "Fn::GetAtt": ["First", "Outputs.QueueArn"]
    }
    child: Any = stacks["second"].template()
    assert child["Parameters"]["QueueArn"] == {"Type": "String", "Description": "The queue."}
    parent: Any = stacks["first"].template()
    assert parent["Outputs"]["QueueArn"] == {"Description": "The queue.", "Value": {"Ref": "Work"}}


def provides_twice(stack: Stack) -> None:
    provides(stack)
    stack.provide(QUEUE_ARN, Ref("Work"))


def uses_its_own(stack: Stack) -> None:
    stack.use(QUEUE_ARN)


@pytest.mark.parametrize(
    ("tiers", "sentence"),
    [
        pytest.param(
            [tier("second", uses), tier("first", provides)], "does not stand before it", id="wrong-order"
        ),
        pytest.param(
            [tier("first", nothing), tier("second", uses)],
            "uses QueueArn, which first does not provide",
            id="never-provided",
        ),
        pytest.param([tier("other", provides)], "which belongs to first", id="of-another-tier"),
        pytest.param([tier("first", provides_twice)], "provides QueueArn twice", id="twice"),
        pytest.param([tier("first", uses_its_own)], "its own wire QueueArn", id="its-own"),
        pytest.param(
            [tier("first", provides, switch=ACCOUNT_TIER), tier("second", uses)],
            "a tier that can be switched off",
            id="from-a-switchable-tier",
        ),
        pytest.param(
            [tier("second", nothing, after=("first",))], "comes after first", id="after-a-tier-not-there"
        ),
    ],
)
def test_a_wire_that_cannot_work_is_refused_before_anything_is_written(
    tiers: list[Tier], sentence: str
) -> None:
    with pytest.raises(WiringError, match=sentence):
        described(tiers)


def test_a_tier_waits_for_another_by_dependson_unless_a_wire_orders_them() -> None:
    alone: Any = root(described([tier("first", provides), tier("second", nothing, after=("first",))]))
    assert alone["Resources"]["Second"]["DependsOn"] == "First"
    wired: Any = root(described([tier("first", provides), tier("second", uses, after=("first",))]))
    assert "DependsOn" not in wired["Resources"]["Second"]


def test_a_tier_with_a_switch_stands_under_its_condition() -> None:
    made: Any = root(described([tier("first", nothing, switch=ACCOUNT_TIER)]))
    assert made["Conditions"] == {"AccountTierOn": {"Fn::Equals": [{"Ref": "AccountTier"}, "true"]}}
    assert made["Resources"]["First"]["Condition"] == "AccountTierOn"


def test_every_root_parameter_is_described_labelled_and_grouped() -> None:
    for parameter in ROOT_PARAMETERS:
        assert parameter.description.endswith("."), parameter.name
        assert parameter.label, parameter.name
        assert parameter.group, parameter.name
        assert parameter.pattern is None or parameter.constraint, parameter.name
