"""Packaging: keys by content, addresses in the root, and nothing else altered."""

from __future__ import annotations

import hashlib

import pytest

from showcore_cfn.deploy.package import Location, package
from showcore_cfn.errors import TemplateError

HERE = Location("artifacts", "us-east-1", "111122223333")
LEAF = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
ROOT = "Resources:\n  # kept\n  Alerts:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: {}\n"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_child_lies_under_the_hash_of_its_bytes() -> None:
    packed = package({"root.yaml": ROOT.format("./alerts.yaml"), "alerts.yaml": LEAF}, "root.yaml", HERE)

    assert dict(packed.objects) == {f"templates/alerts-{sha(LEAF)}.yaml": LEAF.encode()}


@pytest.mark.trap("46")
@pytest.mark.trap("19")
def test_the_root_points_at_the_regional_address_of_the_content() -> None:
    packed = package({"root.yaml": ROOT.format("./alerts.yaml"), "alerts.yaml": LEAF}, "root.yaml", HERE)

    address = f"https://s3.us-east-1.amazonaws.com/artifacts/templates/alerts-{sha(LEAF)}.yaml"
    assert packed.root == ROOT.format(address)


@pytest.mark.trap("47")
@pytest.mark.parametrize("quote", ["'", '"'])
def test_only_the_address_is_altered_comments_and_quotes_stay(quote: str) -> None:
    url = f"{quote}./alerts.yaml{quote}"
    packed = package({"root.yaml": ROOT.format(url), "alerts.yaml": LEAF}, "root.yaml", HERE)

    assert packed.root.startswith("Resources:\n  # kept\n")
    assert f"TemplateURL: {quote}https://" in packed.root


def test_json_is_packaged_as_well() -> None:
    root = '{"Resources": {"A": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "./a.json"}}}}'
    packed = package({"root.json": root, "a.json": "{}"}, "root.json", HERE)

    assert (
        f'"TemplateURL": "https://s3.us-east-1.amazonaws.com/artifacts/templates/a-{sha("{}")}.json"'
        in packed.root
    )


def test_a_change_deep_below_changes_the_address_at_the_top() -> None:
    middle = ROOT.format("./alerts.yaml")
    nest = {"root.yaml": ROOT.format("./middle.yaml"), "middle.yaml": middle, "alerts.yaml": LEAF}
    changed = {**nest, "alerts.yaml": LEAF + "    # other\n"}

    assert package(nest, "root.yaml", HERE).root != package(changed, "root.yaml", HERE).root


def test_templates_that_the_root_does_not_nest_stay_at_home() -> None:
    packed = package({"root.yaml": LEAF, "probe.yaml": LEAF}, "root.yaml", HERE)

    assert (dict(packed.objects), list(packed.hashes)) == ({}, ["root.yaml"])


def test_an_address_that_is_one_already_is_left_alone() -> None:
    root = ROOT.format("https://s3.us-east-1.amazonaws.com/elsewhere/a.yaml")

    assert package({"root.yaml": root}, "root.yaml", HERE).root == root


@pytest.mark.trap("49")
def test_a_root_that_is_too_long_for_the_call_is_uploaded_too() -> None:
    short = package({"root.yaml": LEAF}, "root.yaml", HERE)
    long = package({"root.yaml": LEAF + "#" * 51_200}, "root.yaml", HERE)

    assert (short.template, len(short.objects)) == (LEAF, 0)
    assert long.template.startswith("https://s3.us-east-1.amazonaws.com/artifacts/templates/root-")
    assert len(long.objects) == 1


def test_a_child_that_is_missing_is_named() -> None:
    with pytest.raises(TemplateError, match=r"root\.yaml nests alerts\.yaml, which is not"):
        package({"root.yaml": ROOT.format("./alerts.yaml")}, "root.yaml", HERE)


def test_a_template_that_nests_itself_is_refused() -> None:
    with pytest.raises(TemplateError, match="nests itself"):
        package({"root.yaml": ROOT.format("./root.yaml")}, "root.yaml", HERE)
