"""What stands outside the nest and no template can set: cost allocation tags, tag policies, billing preferences.

Each function looks first and does only what is missing, so that doing it again does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from showcore_cfn.errors import ShowcoreError
from showcore_cfn.verify.expected import TAG_KEYS
from showcore_cfn.verify.facts.money import AccountPlan

ACTIVE, INACTIVE = "Active", "Inactive"
TAG_POLICY = "TAG_POLICY"
_LONGEST_WAIT_SECONDS = 120.0
_POLL_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Organization:
    """The organization that an account is in."""

    id: str
    management_account: str


@dataclass(frozen=True, slots=True)
class Root:
    """The root of an organization, and the policy types that are on."""

    id: str
    enabled: tuple[str, ...]


class Payer(Protocol):
    """The calls that only a payer or a management account may make, and those that tell which one that is."""

    def account_id(self) -> str:
        """Whose credentials these are."""
        ...

    def organization(self) -> Organization | None:
        """The organization of this account, where there is one."""
        ...

    def cost_tags(self) -> Mapping[str, str]:
        """Tag key -> Active or Inactive, of the keys that billing knows."""
        ...

    def activate(self, keys: tuple[str, ...]) -> Mapping[str, str]:
        """Activate cost allocation tags; key -> why not, of those that AWS refuses."""
        ...

    def root(self) -> Root:
        """The root of the organization."""
        ...

    def enable_tag_policies(self, root: str) -> None:
        """Turn the policy type on; AWS takes a moment for it."""
        ...

    def billing_metrics(self) -> bool:
        """Whether EstimatedCharges arrives in CloudWatch."""
        ...

    def cost_explorer(self) -> bool:
        """Whether Cost Explorer is on."""
        ...

    def plan(self) -> AccountPlan:
        """The free tier state of the account."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """One thing of the account: how it is, and what was or would be done about it."""

    what: str
    state: str
    done: str = ""
    by_hand: tuple[str, ...] = ()


def activate_cost_tags(payer: Payer, *, dry_run: bool) -> list[Step]:
    """The five cost allocation tags (12.2). Raises ShowcoreError in an account that is not the payer.

    A key is known to billing about a day after it first stood on something that costs; activating takes
    another day. https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
    """
    _must_pay(payer, "cost allocation tags")
    known = payer.cost_tags()
    inactive = tuple(key for key in TAG_KEYS if known.get(key) == INACTIVE)
    refused = {} if dry_run or not inactive else payer.activate(inactive)
    steps: list[Step] = []
    for key in TAG_KEYS:
        if key not in known:
            steps.append(
                Step(key, "not known to billing yet: it appears about a day after the first deployment")
            )
        elif key not in inactive:
            steps.append(Step(key, "active"))
        elif key in refused:
            raise ShowcoreError(f"AWS does not activate the cost allocation tag {key}: {refused[key]}.")
        else:
            done = "would be activated" if dry_run else "activated; it shows in costs within a day"
            steps.append(Step(key, "inactive", done))
    return steps


def enable_tag_policies(payer: Payer, sleep: Callable[[float], None], *, dry_run: bool) -> list[Step]:
    """The policy type TAG_POLICY of the organization's root (12.2). Raises ShowcoreError elsewhere."""
    _must_manage(payer)
    root = payer.root()
    if TAG_POLICY in root.enabled:
        return [Step(root.id, "tag policies are on")]
    if dry_run:
        return [Step(root.id, "tag policies are off", "would be turned on")]
    payer.enable_tag_policies(root.id)
    waited = 0.0
    while TAG_POLICY not in payer.root().enabled:
        if waited >= _LONGEST_WAIT_SECONDS:
            raise ShowcoreError(
                f"tag policies are still being turned on for {root.id}: look again in a minute."
            )
        sleep(_POLL_SECONDS)
        waited += _POLL_SECONDS
    return [Step(root.id, "tag policies were off", "turned on")]


def billing_preferences(payer: Payer) -> list[Step]:
    """What only the console can set (1.2, 10.6): how it stands, and the way to it."""
    return [
        Step(
            "CloudWatch billing alerts",
            "on" if payer.billing_metrics() else "off: the billing alarms have no data",
            by_hand=(
                "Billing and Cost Management > Billing preferences > Alert preferences > Edit",
                "Receive CloudWatch billing alerts > Update. It cannot be turned off again.",
                "Only the payer account can; data comes within a few hours, in us-east-1 only.",
            ),
        ),
        Step(
            "Cost Explorer",
            "on" if payer.cost_explorer() else "off, or not open to these credentials",
            by_hand=(
                "Billing and Cost Management > Cost Explorer > Launch Cost Explorer",
                "Costs show within a day. For IAM identities: Account > IAM user and role access to billing.",
            ),
        ),
        Step(
            "Free tier alerts",
            "unknown: no API tells",
            by_hand=(
                "Billing and Cost Management > Billing preferences > Alert preferences > Free Tier alerts",
            ),
        ),
    ]


def free_tier(payer: Payer) -> list[Step]:
    """The account's plan, and what is left of it (12.4)."""
    plan = payer.plan()
    steps = [Step("plan", f"{plan.kind} {plan.status}")]
    if plan.credits_left_usd is not None:
        steps.append(Step("credits left", f"{plan.credits_left_usd:.2f} USD"))
    if plan.expires:
        steps.append(Step("ends", plan.expires))
    return steps


def management_root(payer: Payer) -> Root:
    """The root of the organization that these credentials manage, with tag policies on."""
    _must_manage(payer)
    root = payer.root()
    if TAG_POLICY not in root.enabled:
        raise ShowcoreError("tag policies are off: `showcore account enable-tag-policies` first.")
    return root


def text(steps: list[Step]) -> str:
    """The steps as lines; what is to be done by hand below each."""
    width = max(len(step.what) for step in steps)
    rows: list[str] = []
    for step in steps:
        done = f"; {step.done}" if step.done else ""
        rows.append(f"{step.what:<{width}}  {step.state}{done}")
        rows += [f"{'':<{width}}    {number}. {line}" for number, line in enumerate(step.by_hand, 1)]
    return "\n".join(rows)


def _must_pay(payer: Payer, what: str) -> None:
    found, mine = payer.organization(), payer.account_id()
    if found is not None and found.management_account != mine:
        raise ShowcoreError(
            f"{what} belong to the payer, the account {found.management_account}; these are credentials of {mine}. "
            "Give --profile for the payer account."
        )


def _must_manage(payer: Payer) -> None:
    found, mine = payer.organization(), payer.account_id()
    if found is None:
        raise ShowcoreError(
            f"the account {mine} is in no organization: create one in AWS Organizations first. "
            "The plan, 1.1, needs it; nothing else of Phase 1 does."
        )
    if found.management_account != mine:
        raise ShowcoreError(
            f"only the management account {found.management_account} of {found.id} can do this; these are "
            f"credentials of {mine}. Give --profile for the management account."
        )
