"""Organizational unit and tag policy, 1.1 and 12.2: a template of its own, for the management account alone.

CloudFormation cannot switch tag policies on; `showcore account enable-tag-policies` does
(https://docs.aws.amazon.com/organizations/latest/APIReference/API_EnablePolicyType.html). A tag policy keeps the
spelling and the values of tags; it does not make anybody set them.
"""

from __future__ import annotations

from troposphere import GetAtt, Ref
from troposphere.organizations import OrganizationalUnit, Policy

from showcore_cfn.template.stack import Stack, Tier
from showcore_cfn.template.tags import PROJECT

TAG_KEYS = ("Project", "Phase", "Environment", "ManagedBy", "CostCenter")  # 2.2


def build(stack: Stack) -> None:
    """The unit, and the policy on it."""
    parent = stack.parameter(
        "ParentId",
        "Organization",
        "Parent",
        Type="String",
        Description="Root (r-...) or organizational unit (ou-...) that the new unit stands under.",
        AllowedPattern="^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$",
        ConstraintDescription="An id such as r-ab12 or ou-ab12-cd34ef56.",
    )
    stack.add(
        OrganizationalUnit("ShowCoreUnit", Name="ShowCore", ParentId=parent),
        why="A unit of its own, so that the tag policy reaches accounts of ShowCore alone.",
        mutability={"ParentId": "must-never-change"},
    )
    tags = {key.lower(): {"tag_key": {"@@assign": key}} for key in TAG_KEYS}
    tags["project"]["tag_value"] = {"@@assign": [PROJECT]}  # type: ignore[dict-item]
    stack.add(
        Policy(
            "TagPolicy",
            Name=stack.named("organization", "tag-policy"),
            Description="Spelling of the five tags of ShowCore",
            Type="TAG_POLICY",
            Content={"tags": tags},
            TargetIds=[Ref("ShowCoreUnit")],
        ),
        why="Keeps the spelling of the tags; it does not make anybody set them.",
        must=["The policy type TAG_POLICY is enabled on the root of the organization first."],
    )
    stack.show("OrganizationalUnitId", "The unit for accounts of ShowCore.", Ref("ShowCoreUnit"))
    stack.show("TagPolicyArn", "The tag policy.", GetAtt("TagPolicy", "Arn"))


TEMPLATE = Tier(
    name="organization",
    title="organizational unit and tag policy",
    tasks="1.1, 12.2",
    shape="Deployed in the management account of the organization, apart from everything else.",
    build=build,
)
