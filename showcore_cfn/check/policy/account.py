"""What the plan wants of the account's audit trail: task 1.3."""

from __future__ import annotations

from showcore_cfn.check.policy.ask import REFERENCE, lacks
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity

BOOK = Rulebook("account")
_TRAIL = "AWS::CloudTrail::Trail"
_PAGE = f"{REFERENCE}/aws-resource-cloudtrail-trail.html"


@BOOK.rule(
    "PLAN-1.3-TRAIL-ALL-REGIONS",
    Severity.RISK,
    "A trail records every region",
    _TRAIL,
    why="The plan, 1.3: create the trail for all regions. What happens in another region is what nobody expects.",
    remedy="Set IsMultiRegionTrail to true.",
    source=_PAGE,
)
def trail_records_all_regions(item: Item) -> Hits:
    if lacks(item["IsMultiRegionTrail"], "true"):
        yield item["IsMultiRegionTrail"].hit("the trail records one region only")


@BOOK.rule(
    "PLAN-1.3-LOG-VALIDATION",
    Severity.RISK,
    "A trail validates its log files",
    _TRAIL,
    why="The plan, 1.3: enable log file validation. Without it nobody can tell an altered log from a true one.",
    remedy="Set EnableLogFileValidation to true.",
    source=_PAGE,
)
def trail_validates_its_files(item: Item) -> Hits:
    if lacks(item["EnableLogFileValidation"], "true"):
        yield item["EnableLogFileValidation"].hit("the trail's log files are not validated")


@BOOK.rule(
    "PLAN-4.4-TRAIL-IS-LOGGING",
    Severity.RISK,
    "A trail is switched on",
    _TRAIL,
    why="The plan, 4.4: configure logging. A trail can exist and record nothing.",
    remedy="Set IsLogging to true.",
    source=_PAGE,
)
def trail_is_on(item: Item) -> Hits:
    if lacks(item["IsLogging"], "true"):
        yield item["IsLogging"].hit("the trail is not recording")
