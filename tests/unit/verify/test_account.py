"""`showcore account`: looks first, does only what is missing, and says whose account it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from showcore_cfn.aws.payer import PayerAccount
from showcore_cfn.errors import ShowcoreError
from showcore_cfn.verify.account import (
    Organization,
    Root,
    activate_cost_tags,
    billing_preferences,
    enable_tag_policies,
    free_tier,
    management_root,
    text,
)
from showcore_cfn.verify.facts.money import AccountPlan
from tests.unit.verify.stubbed import Stubs

MINE, PAYER = "111122223333", "123456789012"
FIVE = ("Project", "Phase", "Environment", "ManagedBy", "CostCenter")


@dataclass
class Fake:
    """An account, its organization and what was done to them."""

    in_organization: Organization | None = None
    tags: dict[str, str] = field(default_factory=lambda: dict.fromkeys(FIVE, "Inactive"))
    refuses: Mapping[str, str] = field(default_factory=dict)
    enabled: tuple[str, ...] = ()
    takes_polls: int = 0
    activated: list[tuple[str, ...]] = field(default_factory=list)
    turned_on: list[str] = field(default_factory=list)
    metrics: bool = True
    explorer: bool = True

    def account_id(self) -> str:
        return MINE

    def organization(self) -> Organization | None:
        return self.in_organization

    def cost_tags(self) -> Mapping[str, str]:
        return self.tags

    def activate(self, keys: tuple[str, ...]) -> Mapping[str, str]:
        self.activated.append(keys)
        self.tags = {**self.tags, **dict.fromkeys(keys, "Active")}
        return self.refuses

    def root(self) -> Root:
        if self.turned_on:
            self.takes_polls -= 1
            if self.takes_polls < 0:
                self.enabled = ("TAG_POLICY",)
        return Root("r-ab12", self.enabled)

    def enable_tag_policies(self, root: str) -> None:
        self.turned_on.append(root)

    def billing_metrics(self) -> bool:
        return self.metrics

    def cost_explorer(self) -> bool:
        return self.explorer

    def plan(self) -> AccountPlan:
        return AccountPlan("FREE", "ACTIVE", 81.5, "2027-01-31")


MANAGEMENT = Organization("o-1", MINE)
MEMBER = Organization("o-1", PAYER)


@pytest.mark.task("12.2")
def test_inactive_tags_are_activated_once() -> None:
    payer = Fake()
    steps = activate_cost_tags(payer, dry_run=False)
    assert payer.activated == [FIVE]
    assert {step.done for step in steps} == {"activated; it shows in costs within a day"}
    again = activate_cost_tags(payer, dry_run=False)
    assert payer.activated == [FIVE]
    assert {step.state for step in again} == {"active"}


@pytest.mark.task("12.2")
def test_a_dry_run_does_nothing() -> None:
    payer = Fake()
    steps = activate_cost_tags(payer, dry_run=True)
    assert payer.activated == []
    assert {step.done for step in steps} == {"would be activated"}


@pytest.mark.task("12.2")
def test_only_what_is_inactive_is_activated_and_what_billing_does_not_know_is_said() -> None:
    payer = Fake(tags={"Project": "Active", "Phase": "Inactive"})
    steps = {step.what: step for step in activate_cost_tags(payer, dry_run=False)}
    assert payer.activated == [("Phase",)]
    assert steps["Project"].state == "active"
    assert steps["CostCenter"].state.startswith("not known to billing yet")


@pytest.mark.task("12.2")
def test_a_tag_that_aws_refuses_is_an_error() -> None:
    with pytest.raises(ShowcoreError, match="does not activate the cost allocation tag Phase: unknown key"):
        activate_cost_tags(Fake(refuses={"Phase": "unknown key"}), dry_run=False)


@pytest.mark.task("12.2")
def test_a_member_account_is_told_whose_tags_they_are() -> None:
    payer = Fake(in_organization=MEMBER)
    with pytest.raises(ShowcoreError, match=f"the account {PAYER}; these are credentials of {MINE}"):
        activate_cost_tags(payer, dry_run=False)
    assert payer.activated == []


@pytest.mark.task("12.2")
def test_the_management_account_of_an_organization_is_its_payer() -> None:
    assert activate_cost_tags(Fake(in_organization=MANAGEMENT), dry_run=False)


@pytest.mark.task("12.2")
def test_tag_policies_are_turned_on_and_waited_for() -> None:
    payer = Fake(in_organization=MANAGEMENT, takes_polls=2)
    slept: list[float] = []
    (step,) = enable_tag_policies(payer, slept.append, dry_run=False)
    assert payer.turned_on == ["r-ab12"]
    assert len(slept) == 2
    assert step.done == "turned on"
    (again,) = enable_tag_policies(payer, slept.append, dry_run=False)
    assert (again.state, again.done, payer.turned_on) == ("tag policies are on", "", ["r-ab12"])


@pytest.mark.task("12.2")
def test_tag_policies_are_not_waited_for_for_ever() -> None:
    payer = Fake(in_organization=MANAGEMENT, takes_polls=9_999)
    with pytest.raises(ShowcoreError, match="still being turned on for r-ab12"):
        enable_tag_policies(payer, lambda _: None, dry_run=False)


@pytest.mark.task("12.2")
def test_a_dry_run_turns_nothing_on() -> None:
    payer = Fake(in_organization=MANAGEMENT)
    (step,) = enable_tag_policies(payer, lambda _: None, dry_run=True)
    assert (payer.turned_on, step.done) == ([], "would be turned on")


@pytest.mark.task("1.1")
@pytest.mark.parametrize(
    ("organization", "says"),
    [
        (None, f"the account {MINE} is in no organization"),
        (MEMBER, f"only the management account {PAYER} of o-1 can do this; these are credentials of {MINE}"),
    ],
)
def test_only_a_management_account_has_tag_policies(organization: Organization | None, says: str) -> None:
    payer = Fake(in_organization=organization)
    for act in (
        lambda: enable_tag_policies(payer, lambda _: None, dry_run=False),
        lambda: management_root(payer),
    ):
        with pytest.raises(ShowcoreError, match=says):
            act()


@pytest.mark.task("1.1")
def test_the_organization_s_template_needs_tag_policies_first() -> None:
    with pytest.raises(ShowcoreError, match="showcore account enable-tag-policies"):
        management_root(Fake(in_organization=MANAGEMENT))
    on = Fake(in_organization=MANAGEMENT, enabled=("TAG_POLICY",))
    assert management_root(on).id == "r-ab12"


@pytest.mark.task("1.2")
def test_billing_preferences_are_told_with_the_way_through_the_console() -> None:
    said = text(billing_preferences(Fake(metrics=False, explorer=True)))
    assert "CloudWatch billing alerts  off: the billing alarms have no data" in said
    assert "Cost Explorer              on" in said
    assert "1. Billing and Cost Management > Billing preferences" in said


@pytest.mark.task("12.4")
def test_the_free_plan_is_told_with_what_is_left_of_it() -> None:
    assert text(free_tier(Fake())).splitlines() == [
        "plan          FREE ACTIVE",
        "credits left  81.50 USD",
        "ends          2027-01-31",
    ]


# The calls themselves ---------------------------------------------------------------------------------------


def test_cost_tags_are_read_page_by_page_and_activated_in_one_call() -> None:
    def tag(key: str, status: str) -> dict[str, str]:
        return {"TagKey": key, "Type": "UserDefined", "Status": status}

    stubs = Stubs(
        ce=[
            (
                "list_cost_allocation_tags",
                {"CostAllocationTags": [tag("Project", "Active")], "NextToken": "t"},
            ),
            ("list_cost_allocation_tags", {"CostAllocationTags": [tag("Phase", "Inactive")]}),
            ("update_cost_allocation_tags_status", {"Errors": [{"TagKey": "Phase", "Message": "no"}]}),
        ]
    )
    payer = PayerAccount(stubs, None)
    assert payer.cost_tags() == {"Project": "Active", "Phase": "Inactive"}
    assert payer.activate(("Phase",)) == {"Phase": "no"}
    assert stubs.requests[-1][2] == {"CostAllocationTagsStatus": [{"TagKey": "Phase", "Status": "Active"}]}


def test_the_organization_and_none() -> None:
    found = {"Organization": {"Id": "o-abcdefghij", "MasterAccountId": PAYER}}
    stubs = Stubs(
        organizations=[
            ("describe_organization", found),
            ("describe_organization", "AWSOrganizationsNotInUseException"),
        ]
    )
    payer = PayerAccount(stubs, None)
    assert payer.organization() == Organization("o-abcdefghij", PAYER)
    assert payer.organization() is None
    assert payer.account_id() == MINE


def test_the_root_and_turning_tag_policies_on_twice() -> None:
    types = [
        {"Type": "TAG_POLICY", "Status": "PENDING_ENABLE"},
        {"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"},
    ]
    stubs = Stubs(
        organizations=[
            ("list_roots", {"Roots": [{"Id": "r-ab12", "PolicyTypes": types}]}),
            ("enable_policy_type", {}),
            ("enable_policy_type", "PolicyTypeAlreadyEnabledException"),
        ]
    )
    payer = PayerAccount(stubs, None)
    assert payer.root() == Root("r-ab12", ("SERVICE_CONTROL_POLICY",))
    payer.enable_tag_policies("r-ab12")
    payer.enable_tag_policies("r-ab12")
    stubs.all_used()


@pytest.mark.parametrize(("metrics", "on"), [([], False), ([{"MetricName": "EstimatedCharges"}], True)])
def test_billing_alerts_are_on_where_their_metric_arrives(metrics: list[dict[str, str]], on: bool) -> None:
    assert (
        PayerAccount(Stubs(cloudwatch=[("list_metrics", {"Metrics": metrics})]), None).billing_metrics() is on
    )


def test_cost_explorer_that_does_not_answer_is_off() -> None:
    stubs = Stubs(
        ce=[("list_cost_allocation_tags", "AccessDeniedException"), ("list_cost_allocation_tags", {})]
    )
    payer = PayerAccount(stubs, None)
    assert payer.cost_explorer() is False
    assert payer.cost_explorer() is True
