"""Each type that is added to the embedded AWS: made, seen by its own service, changed, and gone again."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import Account

TAGS = [{"Key": "Project", "Value": "ShowCore"}]


def _bucket(name: str) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}


def _vpc() -> dict[str, Any]:
    return {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}


def _trail(bucket: str, **more: Any) -> dict[str, Any]:
    properties = {"TrailName": "showcore", "S3BucketName": bucket, "IsLogging": True, "Tags": TAGS}
    return {"Type": "AWS::CloudTrail::Trail", "DependsOn": "Logs", "Properties": {**properties, **more}}


def test_a_trail_logs_validates_and_carries_its_tags(account: Account) -> None:
    bucket = f"trail-{account.id}"
    account.deploy(Logs=_bucket(bucket), Trail=_trail(bucket, EnableLogFileValidation=True))
    cloudtrail = account.client("cloudtrail")
    trail = cloudtrail.describe_trails()["trailList"][0]
    assert (trail["Name"], trail["LogFileValidationEnabled"]) == ("showcore", True)
    assert cloudtrail.get_trail_status(Name="showcore")["IsLogging"] is True
    assert cloudtrail.list_tags(ResourceIdList=[trail["TrailARN"]])["ResourceTagList"][0]["TagsList"] == TAGS


def test_a_trail_is_changed_in_place_and_deleted(account: Account) -> None:
    bucket = f"trail-{account.id}"
    account.deploy(Logs=_bucket(bucket), Trail=_trail(bucket))
    tags = [{"Key": "Phase", "Value": "Phase1"}]
    account.deploy(
        Logs=_bucket(bucket), Trail=_trail(bucket, IsLogging=False, IsMultiRegionTrail=True, Tags=tags)
    )
    cloudtrail = account.client("cloudtrail")
    trail = cloudtrail.describe_trails()["trailList"][0]
    assert trail["IsMultiRegionTrail"] is True
    assert cloudtrail.get_trail_status(Name="showcore")["IsLogging"] is False
    assert cloudtrail.list_tags(ResourceIdList=[trail["TrailARN"]])["ResourceTagList"][0]["TagsList"] == tags
    account.delete()
    assert cloudtrail.describe_trails()["trailList"] == []


def _config(bucket: str, *types: str) -> dict[str, dict[str, Any]]:
    return {
        "Logs": _bucket(bucket),
        "Recorder": {
            "Type": "AWS::Config::ConfigurationRecorder",
            "Properties": {
                "Name": "recorder",
                "RoleARN": "arn:aws:iam::123456789012:role/config",
                "RecordingGroup": {"AllSupported": False, "ResourceTypes": list(types)},
                "RecordingMode": {"RecordingFrequency": "CONTINUOUS"},
            },
        },
        "Channel": {
            "Type": "AWS::Config::DeliveryChannel",
            "Properties": {"Name": "channel", "S3BucketName": {"Ref": "Logs"}},
        },
        "Rule": {
            "Type": "AWS::Config::ConfigRule",
            "DependsOn": ["Recorder", "Channel"],
            "Properties": {
                "ConfigRuleName": "rds-storage-encrypted",
                "Source": {"Owner": "AWS", "SourceIdentifier": "RDS_STORAGE_ENCRYPTED"},
                "Scope": {"ComplianceResourceTypes": ["AWS::RDS::DBInstance"]},
            },
        },
    }


def test_config_records_delivers_and_judges(account: Account) -> None:
    account.deploy(**_config(f"config-{account.id}", "AWS::RDS::DBInstance"))
    config = account.client("config")
    recorder = config.describe_configuration_recorders()["ConfigurationRecorders"][0]
    assert recorder["recordingGroup"]["resourceTypes"] == ["AWS::RDS::DBInstance"]
    assert (
        config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"][0]["recording"]
        is True
    )
    assert (
        config.describe_delivery_channels()["DeliveryChannels"][0]["s3BucketName"] == f"config-{account.id}"
    )
    assert (
        config.describe_config_rules()["ConfigRules"][0]["Source"]["SourceIdentifier"]
        == "RDS_STORAGE_ENCRYPTED"
    )


def test_config_is_changed_in_place_and_leaves_nothing(account: Account) -> None:
    bucket = f"config-{account.id}"
    account.deploy(**_config(bucket, "AWS::RDS::DBInstance"))
    account.deploy(**_config(bucket, "AWS::RDS::DBInstance", "AWS::S3::Bucket"))
    config = account.client("config")
    recorder = config.describe_configuration_recorders()["ConfigurationRecorders"][0]
    assert recorder["recordingGroup"]["resourceTypes"] == ["AWS::RDS::DBInstance", "AWS::S3::Bucket"]
    account.delete()
    assert config.describe_configuration_recorders()["ConfigurationRecorders"] == []
    assert config.describe_delivery_channels()["DeliveryChannels"] == []
    assert config.describe_config_rules()["ConfigRules"] == []


def _preferences(minutes: str) -> dict[str, Any]:
    return {
        "Type": "AWS::SSM::Document",
        "Properties": {
            "Name": "SSM-SessionManagerRunShell",
            "DocumentType": "Session",
            "DocumentFormat": "JSON",
            "UpdateMethod": "NewVersion",
            "Content": {"schemaVersion": "1.0", "inputs": {"idleSessionTimeout": minutes}},
            "Tags": TAGS,
        },
    }


def test_a_document_is_described_and_a_change_is_a_new_version(account: Account) -> None:
    account.deploy(Preferences=_preferences("20"))
    ssm = account.client("ssm")
    described = ssm.describe_document(Name="SSM-SessionManagerRunShell")["Document"]
    assert (described["DocumentType"], described["LatestVersion"], described["Tags"]) == (
        "Session",
        "1",
        TAGS,
    )
    account.deploy(Preferences=_preferences("15"))
    document = ssm.get_document(Name="SSM-SessionManagerRunShell")
    assert document["DocumentVersion"] == "2"
    assert '"idleSessionTimeout": "15"' in document["Content"]


def test_a_deleted_document_is_unknown(account: Account) -> None:
    account.deploy(Preferences=_preferences("20"))
    account.delete()
    ssm = account.client("ssm")
    assert ssm.list_documents()["DocumentIdentifiers"] == []
    with pytest.raises(ssm.exceptions.InvalidDocument):
        ssm.describe_document(Name="SSM-SessionManagerRunShell")


def test_a_document_that_exists_fails_the_stack_that_would_make_it(account: Account) -> None:
    account.deploy(Preferences=_preferences("20"))
    with pytest.raises(AssertionError, match="already exists"):
        account.deploy_as("second", {"Preferences": _preferences("20")})


def _distribution() -> dict[str, Any]:
    origin = {"Id": "assets", "DomainName": "assets.s3.us-east-1.amazonaws.com", "S3OriginConfig": {}}
    behaviour = {
        "TargetOriginId": "assets",
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": "x",
    }
    return {
        "Type": "AWS::CloudFront::Distribution",
        "Properties": {
            "DistributionConfig": {"Enabled": True, "Origins": [origin], "DefaultCacheBehavior": behaviour}
        },
    }


def test_a_monitoring_subscription_switches_the_extra_metrics_on(account: Account) -> None:
    status = {"RealtimeMetricsSubscriptionConfig": {"RealtimeMetricsSubscriptionStatus": "Enabled"}}
    made = account.deploy(
        Distribution=_distribution(),
        Metrics={
            "Type": "AWS::CloudFront::MonitoringSubscription",
            "Properties": {"DistributionId": {"Ref": "Distribution"}, "MonitoringSubscription": status},
        },
    )
    cloudfront = account.client("cloudfront")
    assert (
        cloudfront.get_monitoring_subscription(DistributionId=made["Distribution"])["MonitoringSubscription"]
        == status
    )
    account.deploy(Distribution=_distribution())
    with pytest.raises(ClientError):
        cloudfront.get_monitoring_subscription(DistributionId=made["Distribution"])


def test_a_backup_selection_selects_by_resource_and_tag(account: Account) -> None:
    plan = {
        "BackupPlanName": "showcore-rds-backup-plan",
        "BackupPlanRule": [{"RuleName": "daily", "TargetBackupVault": {"Ref": "Vault"}}],
    }
    selection = {
        "SelectionName": "database",
        "IamRoleArn": "arn:aws:iam::123456789012:role/backup",
        "Resources": ["arn:aws:rds:*:*:db:*"],
        "Conditions": {
            "StringEquals": [{"ConditionKey": "aws:ResourceTag/Project", "ConditionValue": "ShowCore"}]
        },
    }
    resources = {
        "Vault": {"Type": "AWS::Backup::BackupVault", "Properties": {"BackupVaultName": "showcore"}},
        "Plan": {"Type": "AWS::Backup::BackupPlan", "Properties": {"BackupPlan": plan}},
        "Selection": {
            "Type": "AWS::Backup::BackupSelection",
            "Properties": {"BackupPlanId": {"Ref": "Plan"}, "BackupSelection": selection},
        },
    }
    made = account.deploy(**resources)
    backup = account.client("backup")
    kept = backup.get_backup_selection(BackupPlanId=made["Plan"], SelectionId=made["Selection"])
    assert kept["BackupSelection"]["Resources"] == ["arn:aws:rds:*:*:db:*"]
    account.deploy(Vault=resources["Vault"], Plan=resources["Plan"])
    assert backup.list_backup_selections(BackupPlanId=made["Plan"])["BackupSelectionsList"] == []


def test_an_anomaly_monitor_and_its_subscription_are_kept_as_given(account: Account) -> None:
    resources = {
        "Monitor": {
            "Type": "AWS::CE::AnomalyMonitor",
            "Properties": {
                "MonitorName": "showcore",
                "MonitorType": "CUSTOM",
                "MonitorSpecification": '{"Tags": {"Key": "Project", "Values": ["ShowCore"]}}',
                "ResourceTags": TAGS,
            },
        },
        "Subscription": {
            "Type": "AWS::CE::AnomalySubscription",
            "Properties": {
                "SubscriptionName": "showcore",
                "Frequency": "IMMEDIATE",
                "MonitorArnList": [{"Ref": "Monitor"}],
                "Subscribers": [{"Type": "SNS", "Address": "arn:aws:sns:us-east-1:123456789012:billing"}],
                "ThresholdExpression": '{"Dimensions": {"Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE"}}',
            },
        },
    }
    made = account.deploy(**resources)
    explorer = account.client("ce")
    monitor = explorer.get_anomaly_monitors()["AnomalyMonitors"][0]
    assert monitor["MonitorSpecification"]["Tags"]["Values"] == ["ShowCore"]
    subscription = explorer.get_anomaly_subscriptions()["AnomalySubscriptions"][0]
    assert subscription["MonitorArnList"] == [made["Monitor"]]
    account.delete()
    assert explorer.get_anomaly_monitors()["AnomalyMonitors"] == []
    assert explorer.get_anomaly_subscriptions()["AnomalySubscriptions"] == []


def _groups() -> dict[str, dict[str, Any]]:
    group = {"GroupDescription": "a group", "VpcId": {"Ref": "VPC"}}
    nothing_out = {"SecurityGroupEgress": [{"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}]}
    return {
        "VPC": _vpc(),
        "Application": {"Type": "AWS::EC2::SecurityGroup", "Properties": {**group, **nothing_out}},
        "Data": {"Type": "AWS::EC2::SecurityGroup", "Properties": group},
    }


def test_a_security_group_rule_of_its_own_is_in_the_group(account: Account) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": "5432", "Description": "PostgreSQL"}
    rules = {
        "In": {
            "Type": "AWS::EC2::SecurityGroupIngress",
            "Properties": {
                **rule,
                "GroupId": {"Ref": "Data"},
                "SourceSecurityGroupId": {"Ref": "Application"},
            },
        },
        "Out": {
            "Type": "AWS::EC2::SecurityGroupEgress",
            "Properties": {
                **rule,
                "GroupId": {"Ref": "Application"},
                "DestinationSecurityGroupId": {"Ref": "Data"},
            },
        },
    }
    made = account.deploy(**_groups(), **rules)
    ec2 = account.client("ec2")

    def group(name: str) -> Any:
        return ec2.describe_security_groups(GroupIds=[made[name]])["SecurityGroups"][0]

    inward = group("Data")["IpPermissions"][0]
    assert (inward["FromPort"], inward["UserIdGroupPairs"][0]["GroupId"]) == (5432, made["Application"])
    assert inward["UserIdGroupPairs"][0]["Description"] == "PostgreSQL"
    outward = [each["ToPort"] for each in group("Application")["IpPermissionsEgress"] if "ToPort" in each]
    assert outward == [5432]
    account.deploy(**_groups())
    assert group("Data")["IpPermissions"] == []


def test_a_flow_log_watches_the_network(account: Account) -> None:
    flow_log = {
        "Type": "AWS::EC2::FlowLog",
        "Properties": {
            "ResourceId": {"Ref": "VPC"},
            "ResourceType": "VPC",
            "TrafficType": "ALL",
            "LogDestinationType": "cloud-watch-logs",
            "LogGroupName": "/showcore/flow",
            "DeliverLogsPermissionArn": "arn:aws:iam::123456789012:role/flow",
            "MaxAggregationInterval": 600,
            "Tags": TAGS,
        },
    }
    made = account.deploy(VPC=_vpc(), Flow=flow_log)
    ec2 = account.client("ec2")
    found = ec2.describe_flow_logs(FlowLogIds=[made["Flow"]])["FlowLogs"][0]
    assert (found["ResourceId"], found["TrafficType"]) == (made["VPC"], "ALL")
    assert found["Tags"] == TAGS
    account.deploy(VPC=_vpc())
    assert ec2.describe_flow_logs()["FlowLogs"] == []


def test_an_instance_runs_in_its_subnet_with_its_profile(account: Account) -> None:
    resources = {
        "VPC": _vpc(),
        "Subnet": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": {"Ref": "VPC"}, "CidrBlock": "10.0.2.0/24"},
        },
        "Probe": {
            "Type": "AWS::EC2::Instance",
            "Properties": {
                "ImageId": "ami-0123456789abcdef0",
                "InstanceType": "t3.micro",
                "SubnetId": {"Ref": "Subnet"},
                "Tags": TAGS,
            },
        },
    }
    made = account.deploy(**resources)
    ec2 = account.client("ec2")
    instance = ec2.describe_instances(InstanceIds=[made["Probe"]])["Reservations"][0]["Instances"][0]
    assert (instance["InstanceType"], instance["SubnetId"]) == ("t3.micro", made["Subnet"])
    account.delete()
    left = ec2.describe_instances()["Reservations"]
    assert all(each["State"]["Name"] == "terminated" for found in left for each in found["Instances"])


def test_an_organizational_unit_and_a_tag_policy_stand_under_the_root(account: Account) -> None:
    organizations = account.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="TAG_POLICY")
    account.deploy(
        Unit={
            "Type": "AWS::Organizations::OrganizationalUnit",
            "Properties": {"Name": "ShowCore", "ParentId": root},
        },
        Policy={
            "Type": "AWS::Organizations::Policy",
            "Properties": {
                "Name": "showcore-tags",
                "Type": "TAG_POLICY",
                "Content": {"tags": {"Project": {"tag_key": {"@@assign": "Project"}}}},
                "TargetIds": [{"Ref": "Unit"}],
            },
        },
    )
    units = organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
    assert [unit["Name"] for unit in units] == ["ShowCore"]
    policies = organizations.list_policies_for_target(TargetId=units[0]["Id"], Filter="TAG_POLICY")[
        "Policies"
    ]
    assert [policy["Name"] for policy in policies] == ["showcore-tags"]
    account.delete()
    assert organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"] == []


def test_access_logs_are_delivered_from_the_distribution_to_the_bucket(account: Account) -> None:
    bucket = f"access-{account.id}"
    account.deploy(
        Logs=_bucket(bucket),
        Distribution=_distribution(),
        Source={
            "Type": "AWS::Logs::DeliverySource",
            "Properties": {
                "Name": "showcore-cdn",
                "LogType": "ACCESS_LOGS",
                "ResourceArn": {
                    "Fn::Sub": "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Distribution}",
                },
                "Tags": TAGS,
            },
        },
        Destination={
            "Type": "AWS::Logs::DeliveryDestination",
            "Properties": {
                "Name": "showcore-cdn",
                "OutputFormat": "json",
                "DestinationResourceArn": {"Fn::GetAtt": ["Logs", "Arn"]},
            },
        },
        Delivery={
            "Type": "AWS::Logs::Delivery",
            "DependsOn": "Source",
            "Properties": {
                "DeliverySourceName": "showcore-cdn",
                "DeliveryDestinationArn": {"Fn::GetAtt": ["Destination", "Arn"]},
            },
        },
    )
    logs = account.client("logs")
    assert logs.get_delivery_source(name="showcore-cdn")["deliverySource"]["logType"] == "ACCESS_LOGS"
    kept = logs.get_delivery_destination(name="showcore-cdn")["deliveryDestination"]
    assert kept["deliveryDestinationConfiguration"]["destinationResourceArn"] == f"arn:aws:s3:::{bucket}"
    assert logs.describe_deliveries()["deliveries"][0]["deliverySourceName"] == "showcore-cdn"
    account.delete()
    assert logs.describe_deliveries()["deliveries"] == []
