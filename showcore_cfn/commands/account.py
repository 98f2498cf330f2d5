"""`showcore account`: what stands outside the nest, in the payer's and the management account."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit

_dry_run = click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")


@click.group(short_help="Cost allocation tags, tag policies, billing preferences.")
def command() -> None:
    """What no template can set, in the account whose credentials are given: the payer, or the management account.

    Each command looks first and does only what is missing: doing it again does nothing.
    """


@command.command(short_help="Activate the five cost allocation tags.")
@_given.where
@options.yes
@_dry_run
def activate_cost_tags(where: Where, yes: bool, dry_run: bool) -> Exit:
    """Activate the five cost allocation tags, in the payer account (12.2).

    Needs ce:ListCostAllocationTags, ce:UpdateCostAllocationTagsStatus, organizations:DescribeOrganization.
    """
    from showcore_cfn.commands import _account as account

    return account.activate_cost_tags(where, yes=yes, dry_run=dry_run)


@command.command(short_help="Turn tag policies on for the organization.")
@_given.where
@options.yes
@_dry_run
def enable_tag_policies(where: Where, yes: bool, dry_run: bool) -> Exit:
    """Turn the policy type TAG_POLICY on, in the management account (12.2).

    Needs organizations:DescribeOrganization, organizations:ListRoots, organizations:EnablePolicyType.
    """
    from showcore_cfn.commands import _account as account

    return account.enable_tag_policies(where, yes=yes, dry_run=dry_run)


@command.command(short_help="Billing preferences, and the console's way to them.")
@_given.where
def billing_preferences(where: Where) -> Exit:
    """Say how the billing preferences stand, with the steps in the console: there is no API that sets them.

    Needs cloudwatch:ListMetrics, ce:ListCostAllocationTags.
    """
    from showcore_cfn.commands import _account as account

    return account.billing_preferences(where)


@command.command(short_help="The account's plan, and what credits are left.")
@_given.where
def free_tier(where: Where) -> Exit:
    """Say the account's plan, what credits are left and when it ends.

    Needs freetier:GetAccountPlanState.
    """
    from showcore_cfn.commands import _account as account

    return account.free_tier(where)


@command.group(short_help="The organizational unit and the tag policy.")
def organization() -> None:
    """The template of the organization, in the management account: plan, deploy, destroy (1.1, 12.2)."""


_parent = click.option(
    "--parent-id",
    metavar="ID",
    help="Root (r-...) or unit (ou-...) that the new unit stands under; the root where it is left out.",
)


@organization.command(short_help="Make the change set and show it.")
@_given.where
@_parent
@options.output("text", "json")
def plan(where: Where, parent_id: str | None, output: str) -> Exit:
    """Make the change set for the organization's template and show it. Nothing is changed."""
    from showcore_cfn.commands import _account as account

    return account.plan_organization(where, parent_id, output)


@organization.command(short_help="Plan, confirm, execute, follow.")
@_given.where
@_parent
@options.yes
@_given.progress
@options.output("text", "json")
def deploy(where: Where, parent_id: str | None, yes: bool, progress: str, output: str) -> Exit:
    """Deploy the organizational unit and the tag policy, after a question."""
    from showcore_cfn.commands import _account as account

    return account.deploy_organization(where, parent_id, output, yes=yes, progress=progress)


@organization.command(short_help="Delete the unit and the policy.")
@_given.where
@options.yes
@_given.progress
@options.output("text", "json")
def destroy(where: Where, yes: bool, progress: str, output: str) -> Exit:
    """Delete the organizational unit and the tag policy. A unit that holds accounts cannot be deleted."""
    from showcore_cfn.commands import _account as account

    return account.destroy_organization(where, output, yes=yes, progress=progress)
