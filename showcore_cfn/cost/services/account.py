"""The trail, Config, and parameters: what watches the account."""

from __future__ import annotations

from showcore_cfn.cost.line import Gap, NoCharge
from showcore_cfn.cost.services.registry import Found, Month, Properties, prices, used

_THOUSANDS_OF_A_PRICE = 100  # events are sold by the hundred thousand


@prices("AWS::CloudTrail::Trail")
def trail(p: Properties, month: Month) -> Found:
    """A copy of the management events; the account's first one is an allowance.

    https://aws.amazon.com/cloudtrail/pricing/
    """
    copies = month.usage["trail_events_thousands"] / _THOUSANDS_OF_A_PRICE
    key = "cloudtrail.management_events.additional_copy.100k"
    yield used("copy of the management events", copies, key)
    for name in ("AdvancedEventSelectors", "InsightSelectors"):
        if p.many(name):
            yield Gap(f"{name} may record events that are not in the price list")
    if any(selector.many("DataResources") for selector in p.each("EventSelectors")):
        yield Gap("data events are not in the price list")


@prices("AWS::Config::ConfigurationRecorder")
def recorder(p: Properties, month: Month) -> Found:
    """Every recorded change (https://aws.amazon.com/config/pricing/)."""
    how = p.inner("RecordingMode").text("RecordingFrequency", "CONTINUOUS").lower()
    yield used("configuration items", month.usage["configuration_items"], f"config.configuration_item.{how}")


@prices("AWS::Config::ConfigRule")
def rule(_: Properties, month: Month) -> Found:
    """Every evaluation (https://aws.amazon.com/config/pricing/)."""
    yield used("rule evaluations", month.usage["rule_evaluations"], "config.rule_evaluation.first_100k")


@prices("AWS::SSM::Parameter")
def parameter(p: Properties, _: Month) -> Found:
    """Standard parameters are free (https://aws.amazon.com/systems-manager/pricing/)."""
    if p.text("Tier", "Standard") != "Standard":
        yield Gap("advanced parameters are not in the price list")
    else:
        yield NoCharge("standard parameters are free", "https://aws.amazon.com/systems-manager/pricing/")
