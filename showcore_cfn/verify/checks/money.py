"""Tags and costs as the plan's 12 wants them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from showcore_cfn.verify.check import SwitchedOff, check
from showcore_cfn.verify.checks.network import interface_plan
from showcore_cfn.verify.claim import Claim, equal, none_of, that, unseen
from showcore_cfn.verify.expected import TAG_KEYS, Expected
from showcore_cfn.verify.facts.money import (
    ACCOUNT_PLAN,
    COST_TAGS,
    COSTS,
    MONITORS,
    RESOURCE_TAGS,
    TAG_POLICY,
    Costs,
)
from showcore_cfn.verify.facts.network import ENDPOINTS
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import Look

HOURS_A_MONTH = 730
DAYS_A_MONTH = HOURS_A_MONTH / 24
ENDPOINT_ZONE_USD = 0.01 * HOURS_A_MONTH  # of one interface endpoint in one zone
NAT_GATEWAY_USD = 0.045 * HOURS_A_MONTH
TOLERANCE = 1.25  # of the estimate: usage moves, and the first and last day are not whole
_ZONES = "The plan's 21-28 USD are three or four endpoints in one zone; in both zones they cost twice that."
_FREE = "Interface endpoints have no free tier, so 3-10 USD a month is out of reach."
_ENFORCES = "A tag policy checks the values of tags; it does not make anybody tag."


@check(
    "12.3-tag-compliance",
    "Every stack resource carries the five tags (Property 2)",
    sees=(STACK, RESOURCE_TAGS),
    remedy="Put the tag back by hand: the templates tag everything, and a deployment gives no tag twice.",
    timeout_seconds=180,
)
def tag_compliance(look: Look, want: Expected) -> Iterator[Claim]:
    """2.2, 12.2, 12.3: over the stacks' resources, since the tagging API leaves out what has no tags."""
    for each in look(RESOURCE_TAGS):
        subject = f"{each.path} {each.physical_id.rsplit('/', 1)[-1]}"
        if each.tags is None:
            yield unseen(subject, each.said_by, "five tags")
            continue
        wrong = [
            f"{key}={each.tags.get(key, '(none)')}"
            for key, value in want.tags.items()
            if each.tags.get(key) != value
        ]
        yield none_of(f"{subject}: tags that are missing or differ", wrong)


@check(
    "12.2-cost-tags",
    "The five cost allocation tags are active",
    sees=(COST_TAGS,),
    remedy="`showcore account activate-cost-tags`, from the payer account, a day after the first deployment.",
)
def cost_tags(look: Look, _want: Expected) -> Iterator[Claim]:
    """1.2, 12.2."""
    found = look(COST_TAGS)
    for key in TAG_KEYS:
        yield equal(key, found.get(key, "not known to billing yet"), "Active")


@check(
    "12.2-tag-policy",
    "A tag policy names the five tags",
    sees=(TAG_POLICY,),
    remedy="In the management account: `showcore account enable-tag-policies`, then `organization deploy`.",
    deviation=_ENFORCES,
)
def tag_policy(look: Look, _want: Expected) -> Iterator[Claim]:
    """12.2."""
    found = look(TAG_POLICY)
    if found is None:
        raise SwitchedOff("this account is in no organization; only an organization has tag policies")
    named = {key.lower() for key in json.loads(found or "{}").get("tags", {})}
    yield none_of(
        "tags that the effective policy does not name", [k for k in TAG_KEYS if k.lower() not in named]
    )


@check(
    "12.1-savings",
    "What the endpoints cost against a NAT gateway",
    sees=(STACK, ENDPOINTS),
    remedy="Set EndpointZones to 1 where the NAT gateway's price is what counts.",
    deviation=_ZONES,
)
def savings(look: Look, want: Expected) -> Iterator[Claim]:
    """12.1, 17.2: said with its sign; it fails only where more zones are paid for than the settings ask."""
    zones = sum(len(each.subnet_ids) for each in look(ENDPOINTS) if each.kind == "Interface")
    wanted = len(interface_plan(want)) * int(want.parameters["EndpointZones"])
    cost = zones * ENDPOINT_ZONE_USD
    difference = NAT_GATEWAY_USD - cost
    said = f"saves {difference:.2f}" if difference >= 0 else f"costs {-difference:.2f} more"
    seen = f"{cost:.2f} USD a month for {zones} endpoint zones; {said} than a NAT gateway at {NAT_GATEWAY_USD:.2f}"
    yield that(
        "interface endpoints", zones <= wanted, seen.replace("saves", "less by"), f"at most {wanted} zones"
    )


@check(
    "12.4-costs",
    "Costs stay with the estimate",
    sees=(STACK, COST_TAGS, COSTS),
    remedy="Look at the dearest service; `showcore cost` has the estimate line by line.",
    deviation=_FREE,
)
def costs(look: Look, want: Expected) -> Iterator[Claim]:
    """12.4, 13.1, 17.2: of the last two weeks, or since the deployment, counted up to a month."""
    found = look(COSTS)
    if not found.by_tag:
        yield unseen(
            "costs of this project", "the tag Project is not active: all of the account is counted", "by tag"
        )
    monthly = _monthly(found)
    for service, usd in sorted(found.by_service.items(), key=lambda each: -each[1]):
        if usd >= 0.005:
            yield that(service, True, f"{usd:.2f} USD since {found.first}", "documented")
    if want.monthly_usd is None:
        yield unseen("estimate", "there is none to compare with", "an estimate")
    elif found.by_tag:
        limit = want.monthly_usd * TOLERANCE
        yield that("a month", monthly <= limit, f"{monthly:.2f} USD", f"at most {limit:.2f} USD")


@check(
    "12.4-anomaly-detection",
    "Cost Anomaly Detection watches the project",
    sees=(MONITORS,),
    remedy="Set AnomalyDetection to true once the tag Project is active, and deploy.",
)
def anomaly_detection(look: Look, want: Expected) -> Iterator[Claim]:
    """12.4."""
    if not want.on("AnomalyDetection"):
        raise SwitchedOff(
            "AnomalyDetection is false: it needs the cost allocation tag Project to be active first"
        )
    ours = [each for each in look(MONITORS) if "ShowCore" in each.specification]
    yield that("monitor", bool(ours), [each.name for each in ours], "one on Project=ShowCore")
    for each in ours:
        yield that(f"{each.name}: subscriptions", each.subscriptions > 0, each.subscriptions, "at least one")


@check(
    "12.4-account-plan",
    "The account's plan, and what credits are left",
    sees=(ACCOUNT_PLAN,),
    remedy="A FREE plan closes the account when its credits or its time run out: upgrade before that.",
    deviation=_FREE,
)
def account_plan(look: Look, _want: Expected) -> Iterator[Claim]:
    """12.4."""
    found = look(ACCOUNT_PLAN)
    credits_left = (
        "" if found.credits_left_usd is None else f", {found.credits_left_usd:.2f} USD of credits left"
    )
    ends = f", ends {found.expires}" if found.expires else ""
    said = f"{found.kind} {found.status}{credits_left}{ends}"
    yield that("plan", found.status != "EXPIRED", said, "active")


def _monthly(found: Costs) -> float:
    days = max(1, (found.end - found.first).days)
    return found.total_usd / days * DAYS_A_MONTH
