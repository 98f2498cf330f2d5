"""Changes against what the templates say of themselves."""

from __future__ import annotations

from showcore_cfn.review.intent import CONTEXT
from showcore_cfn.template.json_types import Json
from tests.unit.review.sets import one, reviewed, template

WHY = "Renaming it loses the data."


def context(**entries: Json) -> Json:
    return {CONTEXT: {"why": WHY, **entries}}


def told(before: str, after: str) -> list[str]:
    return [
        f"{intent.level}: {intent.sentence} {intent.why}".strip()
        for intent in reviewed(before, after).intents
    ]


def database(name: str, size: str = "small", **entries: Json) -> str:
    properties: Json = {"DBName": name, "DBInstanceClass": size, "StorageEncrypted": True}
    return template(D=one("AWS::RDS::DBInstance", properties, Metadata=context(**entries)))


def test_a_property_that_must_never_change_is_called_out_with_its_reason() -> None:
    marks: Json = {"DBName": "must-never-change", "DBInstanceClass": "free-to-tune"}
    assert told(database("a", mutability=marks), database("b", "large", mutability=marks)) == [
        f"must-never-change: app/D: DBName is marked must-never-change. {WHY}"
    ]


def test_the_mark_of_the_resource_counts_where_a_property_has_none() -> None:
    found = told(database("a", mutable="review-required"), database("b", mutable="review-required"))
    assert found == [f"review-required: app/D: DBName is marked review-required. {WHY}"]


def test_the_strictest_comes_first() -> None:
    marks: Json = {"DBName": "must-never-change", "DBInstanceClass": "change-with-constraints"}
    found = told(database("a", mutability=marks), database("b", "large", mutability=marks))
    assert [line.partition(":")[0] for line in found] == ["must-never-change", "change-with-constraints"]


def test_a_change_cannot_excuse_itself() -> None:
    marks: Json = {"DBName": "must-never-change"}
    found = told(database("a", mutability=marks), database("b", mutability={"DBName": "free-to-tune"}))
    assert found == [
        f"must-never-change: app/D: DBName is marked must-never-change. {WHY}",
        "must-never-change: app/D: the mark of DBName goes from must-never-change to free-to-tune. " + WHY,
    ]


def test_a_sentence_that_must_hold_is_shown_when_its_subject_changes() -> None:
    must: Json = ["Encrypted at rest.", "One zone only."]
    before = database("a", must=must)
    after = before.replace('"StorageEncrypted": true', '"StorageEncrypted": false')
    assert told(before, after) == [f"must: app/D must hold: Encrypted at rest. {WHY}"]
    assert told(before, database("b", must=must)) == []


def test_a_sentence_that_is_taken_out_is_shown() -> None:
    assert told(database("a", must=["Encrypted at rest."]), database("a", must=[])) == [
        f"must: app/D: the sentence is taken out: Encrypted at rest. {WHY}"
    ]


def test_a_sentence_of_the_whole_template_counts_for_what_it_names() -> None:
    head = (
        f"Metadata: {{{CONTEXT}: {{must: [No NAT gateway.]}}}}\nResources:\n  V: {{Type: 'AWS::EC2::VPC'}}\n"
    )
    assert told(head, head + "  N: {Type: 'AWS::EC2::NatGateway'}\n") == [
        "must: app/N must hold: No NAT gateway."
    ]
    assert told(head, head + "  N: {Type: 'AWS::EC2::InternetGateway'}\n") == []


def test_removing_a_marked_resource_is_called_out() -> None:
    found = told(database("a", mutable="must-never-change"), template())
    assert found == [f"must-never-change: app/D: the whole resource is marked must-never-change. {WHY}"]


def test_metadata_alone_is_no_change_to_the_account_and_says_so() -> None:
    review = reviewed(database("a"), database("a", mutable="free-to-tune"))
    assert review.changes_nothing
    assert (review.intents, review.security) == ((), ())


def test_a_malformed_block_says_nothing_and_breaks_nothing() -> None:
    blocks: list[Json] = [
        None,
        [],
        "x",
        {"mutable": 3, "mutability": [], "must": "x", "why": {}},
        {"must": [1, None]},
    ]
    for block in blocks:
        metadata: Json = {CONTEXT: block}
        broken = template(D=one("AWS::RDS::DBInstance", {"DBName": "a"}, Metadata=metadata))
        assert told(broken, broken.replace('"DBName": "a"', '"DBName": "b"')) == []
