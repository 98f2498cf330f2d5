"""Resource types that ministack's CloudFormation lacks: those of the account tier and the organization."""

from __future__ import annotations

from .call import call
from .resource_type import Made, Properties, ResourceType, as_text, as_value, tag_map, without

# --- CloudTrail -----------------------------------------------------------------------------------


def _create_trail(name: str, properties: Properties) -> Made:
    trail = properties.get("TrailName") or name
    made = call("cloudtrail", "create_trail", Name=trail, **_trail(properties))
    _tag_trail(made["TrailARN"], {}, properties)
    _set_logging(trail, properties)
    return trail, {"Arn": made["TrailARN"], "SnsTopicArn": made.get("SnsTopicARN", "")}


def _update_trail(trail: str, old: Properties, new: Properties) -> Made:
    made = call("cloudtrail", "update_trail", Name=trail, **_trail(new))
    _tag_trail(made["TrailARN"], old, new)
    _set_logging(trail, new)
    return trail, {"Arn": made["TrailARN"], "SnsTopicArn": made.get("SnsTopicARN", "")}


def _tag_trail(arn: str, old: Properties, new: Properties) -> None:
    gone = [{"Key": key} for key in tag_map(old) if key not in tag_map(new)]
    if gone:
        call("cloudtrail", "remove_tags", ResourceId=arn, TagsList=gone)
    if new.get("Tags"):
        call("cloudtrail", "add_tags", ResourceId=arn, TagsList=new["Tags"])


def _trail(properties: Properties) -> Properties:
    return without(properties, "TrailName", "Tags", "IsLogging", "EventSelectors")


def _set_logging(trail: str, properties: Properties) -> None:
    if properties.get("EventSelectors"):
        call(
            "cloudtrail", "put_event_selectors", TrailName=trail, EventSelectors=properties["EventSelectors"]
        )
    on = str(properties.get("IsLogging", False)).lower() == "true"
    call("cloudtrail", "start_logging" if on else "stop_logging", Name=trail)


def _delete_trail(trail: str, _properties: Properties) -> None:
    call("cloudtrail", "delete_trail", Name=trail)


# --- Config ---------------------------------------------------------------------------------------


def _create_recorder(name: str, properties: Properties) -> Made:
    recorder = properties.get("Name") or name
    described = without(properties, "Name", "StartedOnCreate")
    call("config", "put_configuration_recorder", ConfigurationRecorder={"name": recorder, **described})
    if str(properties.get("StartedOnCreate", True)).lower() == "true":
        call("config", "start_configuration_recorder", ConfigurationRecorderName=recorder)
    return recorder, {}


def _update_recorder(recorder: str, _old: Properties, new: Properties) -> Made:
    return _create_recorder(recorder, {**new, "Name": recorder})


def _delete_recorder(recorder: str, _properties: Properties) -> None:
    call("config", "delete_configuration_recorder", ConfigurationRecorderName=recorder)


def _create_channel(name: str, properties: Properties) -> Made:
    channel = properties.get("Name") or name
    call("config", "put_delivery_channel", DeliveryChannel={**properties, "Name": channel})
    return channel, {}


def _update_channel(channel: str, _old: Properties, new: Properties) -> Made:
    return _create_channel(channel, {**new, "Name": channel})


def _delete_channel(channel: str, _properties: Properties) -> None:
    call("config", "delete_delivery_channel", DeliveryChannelName=channel)


def _create_rule(name: str, properties: Properties) -> Made:
    rule = properties.get("ConfigRuleName") or name
    described = without(properties, "ConfigRuleName", "Compliance", "Tags")
    if "InputParameters" in described:
        described["InputParameters"] = as_text(described["InputParameters"])
    call(
        "config",
        "put_config_rule",
        ConfigRule={"ConfigRuleName": rule, **described},
        Tags=properties.get("Tags"),
    )
    made = call("config", "describe_config_rules", ConfigRuleNames=[rule])["ConfigRules"][0]
    return rule, {"Arn": made["ConfigRuleArn"], "ConfigRuleId": made["ConfigRuleId"]}


def _update_rule(rule: str, _old: Properties, new: Properties) -> Made:
    return _create_rule(rule, {**new, "ConfigRuleName": rule})


def _delete_rule(rule: str, _properties: Properties) -> None:
    call("config", "delete_config_rule", ConfigRuleName=rule)


# --- Systems Manager ------------------------------------------------------------------------------


def _create_document(name: str, properties: Properties) -> Made:
    document = properties.get("Name") or name
    call("ssm", "create_document", **_document(document, properties), Tags=properties.get("Tags"))
    return document, {}


def _update_document(document: str, old: Properties, new: Properties) -> Made:
    if as_value(old.get("Content")) != as_value(new.get("Content")):
        call(
            "ssm",
            "update_document",
            DocumentVersion="$LATEST",
            **without(_document(document, new), "DocumentType"),
        )
    return document, {}


def _document(document: str, properties: Properties) -> Properties:
    described = without(properties, "Name", "Tags", "UpdateMethod", "Content")
    return {**described, "Name": document, "Content": as_text(properties["Content"])}


def _delete_document(document: str, _properties: Properties) -> None:
    call("ssm", "delete_document", Name=document)


# --- Cost Explorer --------------------------------------------------------------------------------


def _create_monitor(_name: str, properties: Properties) -> Made:
    described = without(properties, "ResourceTags")
    if "MonitorSpecification" in described:
        described["MonitorSpecification"] = as_value(described["MonitorSpecification"])
    tags = properties.get("ResourceTags")
    arn = call("ce", "create_anomaly_monitor", AnomalyMonitor=described, ResourceTags=tags)["MonitorArn"]
    return arn, {"MonitorArn": arn}


def _delete_monitor(arn: str, _properties: Properties) -> None:
    call("ce", "delete_anomaly_monitor", MonitorArn=arn)


def _create_subscription(_name: str, properties: Properties) -> Made:
    described = without(properties, "ResourceTags")
    if "ThresholdExpression" in described:
        described["ThresholdExpression"] = as_value(described["ThresholdExpression"])
    tags = properties.get("ResourceTags")
    made = call("ce", "create_anomaly_subscription", AnomalySubscription=described, ResourceTags=tags)
    return made["SubscriptionArn"], {"SubscriptionArn": made["SubscriptionArn"]}


def _delete_subscription(arn: str, _properties: Properties) -> None:
    call("ce", "delete_anomaly_subscription", SubscriptionArn=arn)


# --- Organizations --------------------------------------------------------------------------------


def _create_unit(_name: str, properties: Properties) -> Made:
    made = call("organizations", "create_organizational_unit", **properties)["OrganizationalUnit"]
    return made["Id"], {"Id": made["Id"], "Arn": made["Arn"]}


def _delete_unit(unit: str, _properties: Properties) -> None:
    call("organizations", "delete_organizational_unit", OrganizationalUnitId=unit)


def _create_policy(_name: str, properties: Properties) -> Made:
    described = {"Description": "", **without(properties, "TargetIds", "Content")}
    content = as_text(properties["Content"])
    made = call("organizations", "create_policy", Content=content, **described)["Policy"]["PolicySummary"]
    for target in properties.get("TargetIds", []):
        call("organizations", "attach_policy", PolicyId=made["Id"], TargetId=target)
    return made["Id"], {"Id": made["Id"], "Arn": made["Arn"], "AwsManaged": "false"}


def _delete_policy(policy: str, properties: Properties) -> None:
    for target in properties.get("TargetIds", []):
        call("organizations", "detach_policy", PolicyId=policy, TargetId=target)
    call("organizations", "delete_policy", PolicyId=policy)


TYPES: dict[str, ResourceType] = {
    "AWS::CE::AnomalyMonitor": ResourceType(_create_monitor, _delete_monitor),
    "AWS::CE::AnomalySubscription": ResourceType(_create_subscription, _delete_subscription),
    "AWS::CloudTrail::Trail": ResourceType(_create_trail, _delete_trail, _update_trail),
    "AWS::Config::ConfigRule": ResourceType(_create_rule, _delete_rule, _update_rule),
    "AWS::Config::ConfigurationRecorder": ResourceType(_create_recorder, _delete_recorder, _update_recorder),
    "AWS::Config::DeliveryChannel": ResourceType(_create_channel, _delete_channel, _update_channel),
    "AWS::Organizations::OrganizationalUnit": ResourceType(_create_unit, _delete_unit),
    "AWS::Organizations::Policy": ResourceType(_create_policy, _delete_policy),
    "AWS::SSM::Document": ResourceType(_create_document, _delete_document, _update_document),
}
