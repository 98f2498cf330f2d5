"""Wrong states of the stacks, tags and costs: check, what is wrong, facts, a word of the claim."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from showcore_cfn.verify.facts import money, stack
from tests.unit.verify import world
from tests.unit.verify.world import Case, Facts, changed, given, stack_with, with_fields, with_item


def _resource_with(**fields: Any) -> Facts:
    last = replace(world.STACK.resources[-1], **fields)
    return changed(stack.STACK, replace(world.STACK, resources=(*world.STACK.resources[:-1], last)))


def _deployed_with(name: str, old: str, new: str) -> Facts:
    texts = given(stack.DEPLOYED)
    assert old in texts[name]
    return changed(stack.DEPLOYED, {**texts, name: texts[name].replace(old, new)})


def _tagged(tags: dict[str, str]) -> Facts:
    return with_item(money.RESOURCE_TAGS, 0, tags=tags)


def _without_tag(key: str) -> dict[str, str]:
    return {name: value for name, value in world.TAGS.items() if name != key}


CASES: tuple[Case, ...] = (
    ("7.1-stacks", "a-stack-that-failed", stack_with(status="UPDATE_ROLLBACK_COMPLETE"), "ROLLBACK"),
    ("7.1-stacks", "a-resource-that-failed", _resource_with(status="UPDATE_FAILED"), "UPDATE_FAILED"),
    (
        "7.1-tiers",
        "a-tier-that-is-missing",
        changed(stack.STACK, replace(world.STACK, stacks=world.STACK.stacks[:-1])),
        "backup",
    ),
    (
        "7.1-no-difference",
        "another-retention",
        _deployed_with("database.yaml", "BackupRetentionPeriod: 7", "BackupRetentionPeriod: 1"),
        "Database",
    ),
    (
        "7.1-no-difference",
        "another-nested-parameter",
        _deployed_with("root.yaml", "EndpointZones: !Ref EndpointZones", "EndpointZones: '1'"),
        "Network",
    ),
    (
        "7.1-no-difference",
        "a-template-nobody-knows",
        changed(stack.DEPLOYED, {"strange.yaml": "Resources: {}"}),
        "strange",
    ),
    ("7.1-parameters", "another-value", stack_with(parameters={"EndpointZones": "1"}), "EndpointZones"),
    (
        "12.2-cost-tags",
        "12.2-inactive",
        changed(money.COST_TAGS, {**dict.fromkeys(world.TAGS, "Active"), "Phase": "Inactive"}),
        "Phase",
    ),
    ("12.2-cost-tags", "12.2-unknown", changed(money.COST_TAGS, {}), "not known to billing yet"),
    ("12.2-tag-policy", "12.2-none", changed(money.TAG_POLICY, ""), "Project"),
    (
        "12.2-tag-policy",
        "12.2-one-missing",
        changed(money.TAG_POLICY, '{"tags": {"project": {}}}'),
        "CostCenter",
    ),
    (
        "12.3-tag-compliance",
        "12.3-a-tag-that-is-missing",
        _tagged(_without_tag("CostCenter")),
        "CostCenter=(none)",
    ),
    (
        "12.3-tag-compliance",
        "12.3-another-value",
        _tagged({**world.TAGS, "Project": "showcore"}),
        "Project=showcore",
    ),
    ("12.3-tag-compliance", "12.3-none", _tagged({}), "Project=(none)"),
    (
        "12.4-costs",
        "12.4-dearer-than-estimated",
        with_fields(money.COSTS, by_service={"AmazonRDS": 70.0}),
        "152.08 USD",
    ),
    ("12.4-account-plan", "12.4-expired", with_fields(money.ACCOUNT_PLAN, status="EXPIRED"), "EXPIRED"),
    (
        "13.1-no-drift",
        "a-resource",
        changed(
            stack.DRIFT,
            stack.Drift(
                {"s": "DRIFTED"}, (stack.DriftedResource("cache/RedisCluster", "MODIFIED", ("/Tags/0",)),)
            ),
        ),
        "/Tags/0",
    ),
    ("13.1-termination-protection", "off", stack_with(termination_protection=False), "protected"),
)
