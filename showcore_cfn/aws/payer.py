"""The payer's and the management account's own calls: `showcore_cfn.verify.account.Payer` over boto3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from showcore_cfn.aws.call import asked
from showcore_cfn.aws.failures import AwsError
from showcore_cfn.aws.inventory import Answer, first, text
from showcore_cfn.aws.inventory_money import account_plan
from showcore_cfn.aws.values import Identity
from showcore_cfn.verify.account import Organization, Root
from showcore_cfn.verify.facts.money import AccountPlan

_NO_COST_EXPLORER = ("DataUnavailableException", "AccessDeniedException", "ValidationException")


class Account(Protocol):
    """What is needed of `session.Session`."""

    def identity(self) -> Identity:
        """Who asks."""
        ...

    def client(self, service: str) -> Any:
        """A boto3 client."""
        ...


class PayerAccount:
    """The calls, as the credentials of a session may make them."""

    def __init__(self, session: Account, profile: str | None) -> None:
        self._session, self._profile = session, profile

    def account_id(self) -> str:
        """Whose credentials these are."""
        return self._session.identity().account_id

    def organization(self) -> Organization | None:
        """The organization of this account, where there is one; any member may ask."""
        try:
            found = self._ask("organizations", "describe_organization")["Organization"]
        except AwsError as error:
            if error.code == "AWSOrganizationsNotInUseException":
                return None
            raise
        return Organization(text(found, "Id"), text(found, "MasterAccountId"))

    def cost_tags(self) -> Mapping[str, str]:
        """Tag key -> Active or Inactive."""
        found: dict[str, str] = {}
        token: str | None = ""
        while token is not None:
            page = self._ask(
                *("ce", "list_cost_allocation_tags"), Type="UserDefined", NextToken=token or None
            )
            found |= {text(each, "TagKey"): text(each, "Status") for each in page["CostAllocationTags"]}
            token = page.get("NextToken")
        return found

    def activate(self, keys: tuple[str, ...]) -> Mapping[str, str]:
        """Activate cost allocation tags; at most 20 a call, and these are five."""
        wanted = [{"TagKey": key, "Status": "Active"} for key in keys]
        answer = self._ask(*("ce", "update_cost_allocation_tags_status"), CostAllocationTagsStatus=wanted)
        return {text(each, "TagKey"): text(each, "Message") for each in answer.get("Errors") or ()}

    def root(self) -> Root:
        """The root of the organization; an organization has one."""
        found = first(self._ask("organizations", "list_roots")["Roots"])
        types = found.get("PolicyTypes") or ()
        enabled = tuple(text(each, "Type") for each in types if each.get("Status") == "ENABLED")
        return Root(text(found, "Id"), enabled)

    def enable_tag_policies(self, root: str) -> None:
        """Turn the policy type on; that it is being turned on already is well."""
        try:
            self._ask("organizations", "enable_policy_type", RootId=root, PolicyType="TAG_POLICY")
        except AwsError as error:
            if error.code != "PolicyTypeAlreadyEnabledException":
                raise

    def billing_metrics(self) -> bool:
        """Whether EstimatedCharges arrives in CloudWatch."""
        answer = self._ask(
            *("cloudwatch", "list_metrics"), Namespace="AWS/Billing", MetricName="EstimatedCharges"
        )
        return bool(answer["Metrics"])

    def cost_explorer(self) -> bool:
        """Whether Cost Explorer answers; asking for its tags costs nothing, asking for costs a cent."""
        try:
            self._ask("ce", "list_cost_allocation_tags", MaxResults=1)
        except AwsError as error:
            if error.code in _NO_COST_EXPLORER:
                return False
            raise
        return True

    def plan(self) -> AccountPlan:
        """The free tier state of the account."""
        return account_plan(self._ask("freetier", "get_account_plan_state"))

    def _ask(self, service: str, method: str, **given: Any) -> Answer:
        return asked(self._session.client(service), method, self._profile, **given)
