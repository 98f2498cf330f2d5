"""What AWS has billed, as Cost Explorer tells it: read-only, 0.01 USD for each request.

https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from showcore_cfn.aws import failures
from showcore_cfn.aws.call import asked

REGION = "us-east-1"  # Cost Explorer has this one endpoint: https://ce.us-east-1.amazonaws.com
REQUEST_USD = Decimal("0.01")
_NOT_USE = ("Credit", "Refund", "Tax", "Enterprise Discount Program Discount")


@dataclass(frozen=True, slots=True)
class Billed:
    """USD by service between two days, the second not included."""

    services: Mapping[str, Decimal]
    estimated: bool  # AWS may still change the figures
    requests: int


class Bills(Protocol):
    """What the cost command asks of Cost Explorer."""

    def by_service(self, start: date, end: date, tag: tuple[str, str] | None) -> Billed:
        """What was used by service, credits and taxes aside; of one tag's resources, or of the whole account."""
        ...

    def tag_status(self, key: str) -> str | None:
        """ "Active" or "Inactive"; None where billing does not know the tag, or this account may not ask."""
        ...


class CostExplorer:
    """Cost Explorer behind `Bills`. Needs ce:GetCostAndUsage and ce:ListCostAllocationTags."""

    def __init__(self, client: Any, profile: str | None = None) -> None:
        self._client, self._profile = client, profile

    def by_service(self, start: date, end: date, tag: tuple[str, str] | None) -> Billed:
        """What was used by service. Raises AccessDenied, or Missing where Cost Explorer has no data."""
        services: dict[str, Decimal] = {}
        estimated, requests = False, 0
        for page in self._pages(start, end, tag):
            requests += 1
            for period in page["ResultsByTime"]:
                estimated = estimated or bool(period.get("Estimated"))
                for group in period.get("Groups", ()):
                    service = str(group["Keys"][0])
                    amount = Decimal(str(group["Metrics"]["UnblendedCost"]["Amount"]))
                    services[service] = services.get(service, Decimal(0)) + amount
        return Billed(services, estimated, requests)

    def _pages(self, start: date, end: date, tag: tuple[str, str] | None) -> Iterator[dict[str, Any]]:
        token: str | None = None
        while True:
            page = self._page(start, end, tag, token)
            yield page
            token = page.get("NextPageToken")
            if not token:
                return

    def _page(self, start: date, end: date, tag: tuple[str, str] | None, token: str | None) -> dict[str, Any]:
        try:
            return asked(
                self._client,
                "get_cost_and_usage",
                self._profile,
                TimePeriod={"Start": start.isoformat(), "End": end.isoformat()},
                Granularity="MONTHLY",
                Metrics=["UnblendedCost"],
                GroupBy=[{"Type": "DIMENSION", "Key": "SERVICE"}],
                Filter=_filter(tag),
                NextPageToken=token,
            )
        except failures.AwsError as error:
            if error.code == "DataUnavailableException":
                raise failures.Missing(
                    "Cost Explorer has no data for that time: open it once in the Billing console, which switches "
                    "it on, and ask again after 24 hours.",
                    code=error.code,
                    operation=error.operation,
                ) from error
            raise

    def tag_status(self, key: str) -> str | None:
        """The status of a cost allocation tag; only the payer account may ask."""
        try:
            answer = asked(
                self._client, "list_cost_allocation_tags", self._profile, TagKeys=[key], Type="UserDefined"
            )
        except failures.AccessDenied:
            return None
        found = [tag["Status"] for tag in answer.get("CostAllocationTags", ()) if tag["TagKey"] == key]
        return str(found[0]) if found else None


def _filter(tag: tuple[str, str] | None) -> dict[str, Any]:
    used = {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": list(_NOT_USE)}}}
    if tag is None:
        return used
    mine = {"Tags": {"Key": tag[0], "Values": [tag[1]], "MatchOptions": ["EQUALS"]}}
    return {"And": [mine, used]}
