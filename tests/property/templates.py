"""Templates by chance, with every section and every intrinsic function, and one change to each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hypothesis import strategies as st

from showcore_cfn.template.json_types import Json

Body = dict[str, Json]
Path = tuple[str | int, ...]

NAMES = ("Alpha", "Beta", "Gamma", "Delta")
TYPES = (
    *(
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::EC2::SecurityGroup",
        "AWS::RDS::DBInstance",
    ),
    *("AWS::IAM::Role", "AWS::CloudWatch::Alarm", "Custom::Thing", "AWS::Unheard::Of"),
)
TEXT = st.text("abcxyz-./ 059", max_size=8)
SCALAR: st.SearchStrategy[Json] = st.one_of(TEXT, st.integers(-9, 9), st.booleans())


def functions(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Every intrinsic function over values of `inner`, right or wrong."""
    name = st.sampled_from(
        (*NAMES, "Size", "Zones", "AWS::Region", "AWS::AccountId", "AWS::NoValue", "Nobody")
    )
    pair = st.lists(inner, min_size=2, max_size=2)
    forms = {
        "Ref": name,
        "Fn::GetAtt": st.tuples(st.sampled_from(NAMES), st.sampled_from(("Arn", "Name"))).map(list),
        "Fn::Sub": st.one_of(
            name.map(lambda n: f"a-${{{n}}}-b"),
            st.tuples(st.just("${X}/${Size}"), inner.map(lambda v: {"X": v})).map(list),
        ),
        "Fn::Join": st.tuples(TEXT, st.lists(inner, max_size=3)).map(list),
        "Fn::Select": st.tuples(st.integers(0, 3), st.lists(inner, max_size=3)).map(list),
        "Fn::Split": st.tuples(TEXT, inner).map(list),
        "Fn::If": st.tuples(st.sampled_from(("Large", "Mailed", "None")), inner, inner).map(list),
        "Fn::FindInMap": st.tuples(
            st.just("Sizes"), st.sampled_from(("us-east-1", "mars")), st.just("db")
        ).map(list),
        "Fn::Base64": inner,
        "Fn::Cidr": st.tuples(st.just("10.0.0.0/16"), st.integers(0, 4), st.integers(4, 9)).map(list),
        "Fn::GetAZs": st.just(""),
        "Fn::ImportValue": TEXT,
        "Fn::Length": st.lists(inner, max_size=2),
        "Fn::ToJsonString": inner,
        "Fn::Transform": inner.map(lambda v: {"Name": "M", "Parameters": {"P": v}}),
        "Fn::Equals": pair,
    }
    return st.one_of([value.map(lambda v, key=key: {key: v}) for key, value in forms.items()])  # type: ignore[misc]


VALUE: st.SearchStrategy[Json] = st.recursive(
    SCALAR,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(list),
        st.dictionaries(st.sampled_from(("Name", "Id", "Value", "Key", "Tags", "Other")), inner, max_size=3),
        functions(inner),
    ),
    max_leaves=6,
)
PROPERTIES = st.dictionaries(
    st.sampled_from(
        ("BucketName", "Tags", "DisplayName", "Policies", "GroupDescription", "DBName", "Whatever")
    ),
    VALUE,
    max_size=4,
)
ATTRIBUTES: st.SearchStrategy[Mapping[str, Json]] = st.fixed_dictionaries(
    {},
    optional={
        "DeletionPolicy": st.sampled_from(("Retain", "Delete", "Snapshot")),
        "UpdateReplacePolicy": st.sampled_from(("Retain", "Delete")),
        "DependsOn": st.sampled_from(NAMES),
        "Condition": st.sampled_from(("Large", "Mailed")),
        "Metadata": st.dictionaries(TEXT, TEXT, max_size=1),
    },
)


@st.composite
def templates(draw: st.DrawFn) -> Body:
    """A template that may be right or wrong, but is one."""
    resources: Body = {}
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4)):
        attributes: Body = dict(draw(ATTRIBUTES))
        resources[name] = {"Type": draw(st.sampled_from(TYPES)), "Properties": draw(PROPERTIES), **attributes}
    if draw(st.booleans()):
        bucket: Json = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "X"}}}
        resources["Fn::ForEach::Buckets"] = ["X", {"Ref": "Zones"}, {"Bucket${X}": bucket}]
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": draw(TEXT),
        "Metadata": dict[str, Json](draw(st.dictionaries(TEXT, TEXT, max_size=1))),
        "Parameters": {
            "Size": {"Type": "String", "Default": draw(TEXT)},
            "Zones": {"Type": "CommaDelimitedList", "Default": "a,b"},
            "Email": {"Type": "String"},
        },
        "Rules": {"R": {"Assertions": [{"Assert": {"Fn::Equals": ["a", {"Ref": "Size"}]}}]}},
        "Mappings": {"Sizes": {"us-east-1": {"db": draw(TEXT)}}},
        "Conditions": {
            "Large": {"Fn::Equals": [{"Ref": "Size"}, draw(TEXT)]},
            "Mailed": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Email"}, ""]}]},
            "Both": {
                "Fn::And": [
                    {"Condition": "Large"},
                    {"Fn::Or": [{"Condition": "Mailed"}, {"Condition": "Large"}]},
                ]
            },
        },
        "Resources": resources,
        "Outputs": {"O": {"Value": draw(VALUE), "Export": {"Name": draw(TEXT)}}},
    }


def places(value: Json, path: Path = ()) -> Iterator[Path]:
    """Every place of a value, outermost first."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


def mutated(value: Json, path: Path, new: Json) -> Json:
    """The value with another one at a place."""
    if not path:
        return new
    if isinstance(value, dict):
        return {
            key: mutated(inner, path[1:], new) if key == path[0] else inner for key, inner in value.items()
        }
    assert isinstance(value, list)
    return [mutated(inner, path[1:], new) if index == path[0] else inner for index, inner in enumerate(value)]


def at(value: Json, path: Path) -> Json:
    """What stands at a place."""
    for step in path:
        value = value[step]  # type: ignore[index]
    return value
