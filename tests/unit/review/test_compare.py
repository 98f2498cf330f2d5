"""Values compared: like items by what names them, JSON inside strings, text and number as CloudFormation reads."""

from __future__ import annotations

import json

import pytest

from showcore_cfn.review.compare import Edit, edits, never_ordered, same
from showcore_cfn.review.values import Reference, Unknown, Value, joined


def told(before: Value, after: Value, *, ordered: bool = True) -> list[str]:
    """Each difference as `place kind`."""
    return [f"{edit.where} {edit.kind}" for edit in edits(before, after, (), lambda _: ordered)]


STATEMENT: dict[str, Value] = {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"]}
RULE: dict[str, Value] = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16"}
OTHER: dict[str, Value] = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "10.0.0.0/16"}
WIDGETS = json.dumps(
    {"widgets": [{"type": "metric", "properties": {"title": t, "period": 300}} for t in ("CPU", "Storage")]}
)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(5432, "5432", [], id="number-and-text"),
        pytest.param(True, "true", [], id="truth-and-text"),
        pytest.param(1, True, ["root changed"], id="one-is-not-true"),
        pytest.param(5.0, 5, [], id="decimal-and-whole"),
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, [], id="order-of-keys"),
        pytest.param({"a": 1}, {"a": None}, ["a changed"], id="null-is-a-value"),
        pytest.param({"a": 1}, {"b": 1}, ["b added", "a removed"], id="another-key"),
        pytest.param(
            {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]},
            {"Tags": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "3"}]},
            ["Tags[a].Value changed"],
            id="tags-by-key",
        ),
        pytest.param(
            {"Statement": [STATEMENT]},
            {"Statement": [{"Sid": "New", "Effect": "Deny", "Action": "*"}, STATEMENT]},
            ["Statement[New] added"],
            id="statement-put-before",
        ),
        pytest.param(
            {"Statement": STATEMENT}, {"Statement": [STATEMENT]}, [], id="one-statement-is-a-list-of-one"
        ),
        pytest.param({"Action": "s3:a"}, {"Action": ["s3:a"]}, [], id="one-action-is-a-list-of-one"),
        pytest.param(
            {"Action": ["s3:a", "s3:b"]},
            {"Action": ["s3:c", "s3:a"]},
            ["Action[s3:c] added", "Action[s3:b] removed"],
            id="actions-are-a-set",
        ),
        pytest.param(
            {"Rules": [{"Id": "a", "Days": 1}, {"Id": "b", "Days": 2}]},
            {"Rules": [{"Id": "b", "Days": 3}]},
            ["Rules[b].Days changed", "Rules[a] removed"],
            id="lifecycle-rules-by-id",
        ),
        pytest.param(
            {"Dimensions": [{"Name": "A", "Value": "1"}, {"Name": "B", "Value": "2"}]},
            {"Dimensions": [{"Name": "B", "Value": "2"}, {"Name": "A", "Value": "1"}]},
            [],
            id="dimensions-by-name",
        ),
        pytest.param(
            [RULE, OTHER],
            [OTHER, {**RULE, "CidrIp": "10.0.0.0/8"}],
            ["[1].CidrIp changed", " reordered"],
            id="ingress-rules-by-likeness",
        ),
        pytest.param(["a", "b"], ["b", "a"], [" reordered"], id="order-that-counts"),
        pytest.param(["a", "b"], ["a", "c"], ["[c] changed"], id="scalar-at-its-place"),
        pytest.param(["a", "a"], ["a"], ["[a] removed"], id="twice-and-once"),
        pytest.param(
            WIDGETS,
            WIDGETS.replace('"CPU", "period": 300', '"CPU", "period": 60'),
            ["widgets[CPU].properties.period changed"],
            id="json-in-a-string",
        ),
        pytest.param('{"a": 1}', '{ "a":1 }', [], id="formatting-of-json-in-a-string"),
        pytest.param('{"a": 1', '{"a": 2', ["root changed"], id="no-json-after-all"),
        pytest.param(Reference("a/B"), Reference("a/C"), ["root changed"], id="reference"),
        pytest.param(Reference("a/B"), Reference("a/B", "Arn"), ["root changed"], id="attribute"),
    ],
)
def test_what_differs_is_found_where_it_stands(before: Value, after: Value, expected: list[str]) -> None:
    assert told(before, after) == [line.replace("root ", " ") for line in expected]


def test_the_order_of_a_set_means_nothing() -> None:
    assert told(["a", "b"], ["b", "a"], ordered=False) == []
    assert told([RULE, OTHER], [OTHER, RULE], ordered=False) == []


def one(before: Value, after: Value) -> Edit:
    (found,) = edits(before, after)
    return found


def test_a_difference_beside_what_is_unknown_is_certain_and_one_in_it_is_not() -> None:
    account = Unknown("${AWS::AccountId}")
    first, second = joined(["arn:", account, ":a"]), joined(["arn:", account, ":b"])
    assert one(first, second).certain
    assert not one(Unknown("${Email}"), Unknown("${Address}")).certain
    assert not one("x", Unknown("${Email}")).certain


def test_both_branches_of_a_condition_are_compared_inside() -> None:
    def branch(size: str) -> Value:
        return Unknown("If", form={"Fn::If": ["Large", size, "small"]})

    assert one(branch("a"), branch("b")).where == "Fn::If[b]"


def test_json_around_a_reference_is_compared_inside() -> None:
    def body(period: int) -> Value:
        return joined(['{"metrics": "', Reference("db/Database"), f'", "period": {period}}}'])

    assert told(body(60), body(300)) == ["period changed"]
    assert told(body(60), body(60)) == []


def test_user_data_is_compared_as_what_it_encodes() -> None:
    found = one("IyEvYmluL3NoCmEK", "IyEvYmluL3NoCmIK")
    assert (found.before, found.after) == ("IyEvYmluL3NoCmEK", "IyEvYmluL3NoCmIK")
    assert told("IyEvYmluL3NoCmEK", "#!/bin/sh\na\n") == []


@pytest.mark.parametrize(
    ("path", "is_set"),
    [
        (("PolicyDocument", "Statement"), True),
        (("PolicyDocument", "Statement", "*", "Principal", "X"), True),
        (("PolicyDocument", "Statement", "*", "Condition", "StringEquals", "aws:x"), True),
        (("Tags",), True),
        (("CacheBehaviors",), False),
        ((), False),
    ],
)
def test_sets_are_known_by_their_names(path: tuple[str, ...], is_set: bool) -> None:
    assert never_ordered(path) is is_set


def test_equal_values_are_the_same_to_the_letter_but_for_spelling() -> None:
    assert same({"a": [1, "true"]}, {"a": ["1", True]})
    assert not same({"a": [1, 2]}, {"a": [2, 1]})
    assert not same([1], [1, 1])
