"""Resource types that ministack's CloudFormation lacks: single security group rules, flow logs, instances."""

from __future__ import annotations

from .call import call
from .resource_type import Made, Properties, ResourceType, tag_map, without


def _permission(properties: Properties) -> Properties:
    """The one rule of a separate security group rule, as the API spells it."""
    said = {"Description": properties["Description"]} if "Description" in properties else {}
    other = properties.get("SourceSecurityGroupId") or properties.get("DestinationSecurityGroupId")
    prefix = properties.get("SourcePrefixListId") or properties.get("DestinationPrefixListId")
    return {
        **{name: properties[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in properties},
        **({"IpRanges": [{"CidrIp": properties["CidrIp"], **said}]} if "CidrIp" in properties else {}),
        **(
            {"Ipv6Ranges": [{"CidrIpv6": properties["CidrIpv6"], **said}]} if "CidrIpv6" in properties else {}
        ),
        **({"UserIdGroupPairs": [{"GroupId": other, **said}]} if other else {}),
        **({"PrefixListIds": [{"PrefixListId": prefix, **said}]} if prefix else {}),
    }


def _security_group_rule(way: str) -> ResourceType:
    def create(_name: str, properties: Properties) -> Made:
        made = call(
            "ec2",
            f"authorize_security_group_{way}",
            GroupId=properties["GroupId"],
            IpPermissions=[_permission(properties)],
        )
        rules = made.get("SecurityGroupRules") or [{"SecurityGroupRuleId": _name}]
        return rules[0]["SecurityGroupRuleId"], {"Id": rules[0]["SecurityGroupRuleId"]}

    def delete(_rule: str, properties: Properties) -> None:
        call(
            "ec2",
            f"revoke_security_group_{way}",
            GroupId=properties["GroupId"],
            IpPermissions=[_permission(properties)],
        )

    return ResourceType(create, delete)


def _create_flow_log(_name: str, properties: Properties) -> Made:
    described = without(properties, "ResourceId", "Tags")
    made = call("ec2", "create_flow_logs", ResourceIds=[properties["ResourceId"]], **described)["FlowLogIds"][
        0
    ]
    _retag(made, {}, properties)
    return made, {"Id": made}


def _update_flow_log(flow_log: str, old: Properties, new: Properties) -> Made:
    """Only the tags of a flow log can change in place."""
    if without(old, "Tags") != without(new, "Tags"):
        made = _create_flow_log("", new)
        _delete_flow_log(flow_log, old)
        return made
    _retag(flow_log, old, new)
    return flow_log, {"Id": flow_log}


def _retag(resource: str, old: Properties, new: Properties) -> None:
    gone = [{"Key": key} for key in tag_map(old) if key not in tag_map(new)]
    if gone:
        call("ec2", "delete_tags", Resources=[resource], Tags=gone)
    if new.get("Tags"):
        call("ec2", "create_tags", Resources=[resource], Tags=new["Tags"])


def _delete_flow_log(flow_log: str, _properties: Properties) -> None:
    call("ec2", "delete_flow_logs", FlowLogIds=[flow_log])


def _create_instance(_name: str, properties: Properties) -> Made:
    profile = properties.get("IamInstanceProfile")
    tags = properties.get("Tags")
    made = call(
        "ec2",
        "run_instances",
        MinCount=1,
        MaxCount=1,
        IamInstanceProfile={"Name": profile} if profile else None,
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags}] if tags else None,
        **without(properties, "IamInstanceProfile", "Tags", "PropagateTagsToVolumeOnCreation"),
    )["Instances"][0]
    return made["InstanceId"], {
        "InstanceId": made["InstanceId"],
        "PrivateIp": made.get("PrivateIpAddress", ""),
        "PrivateDnsName": made.get("PrivateDnsName", ""),
    }


def _update_instance(instance: str, old: Properties, new: Properties) -> Made:
    if without(old, "Tags") != without(new, "Tags"):
        made = _create_instance("", new)
        _delete_instance(instance, old)
        return made
    _retag(instance, old, new)
    return instance, {"InstanceId": instance}


def _delete_instance(instance: str, _properties: Properties) -> None:
    call("ec2", "terminate_instances", InstanceIds=[instance])


TYPES: dict[str, ResourceType] = {
    "AWS::EC2::FlowLog": ResourceType(_create_flow_log, _delete_flow_log, _update_flow_log),
    "AWS::EC2::Instance": ResourceType(_create_instance, _delete_instance, _update_instance),
    "AWS::EC2::SecurityGroupEgress": _security_group_rule("egress"),
    "AWS::EC2::SecurityGroupIngress": _security_group_rule("ingress"),
}
