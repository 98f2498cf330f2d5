"""The readers against stubbed answers, for what moto does not know; shapes are botocore's own."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from showcore_cfn.aws import inventory_stack
from showcore_cfn.deploy.drift.detection import Detection, Difference, Drift, Drifted, ResourceDrift
from showcore_cfn.errors import StillRunning
from showcore_cfn.verify.facts import audit, backup, data, money, stack, storage
from showcore_cfn.verify.facts.network import VPC
from showcore_cfn.verify.look import CouldNotLook, Missing
from tests.unit.verify.stubbed import Stubs
from tests.unit.verify.world import DEPLOYED, NOW, STACK_NAME, stack_with

ARN = f"arn:aws:cloudformation:us-east-1:111122223333:stack/{STACK_NAME}/1"
CHILD = f"arn:aws:cloudformation:us-east-1:111122223333:stack/{STACK_NAME}-Network-X/2"


def _stack(name: str, arn: str, **more: Any) -> dict[str, Any]:
    usual = {"StackName": name, "StackId": arn, "StackStatus": "CREATE_COMPLETE", "CreationTime": DEPLOYED}
    return {"Stacks": [{**usual, **more}]}


def _resource(
    logical_id: str, kind: str, physical_id: str, status: str = "CREATE_COMPLETE"
) -> dict[str, Any]:
    return {
        "LogicalResourceId": logical_id,
        "ResourceType": kind,
        "PhysicalResourceId": physical_id,
        "ResourceStatus": status,
        "LastUpdatedTimestamp": DEPLOYED,
    }


def test_the_stacks_are_walked_from_the_root_down() -> None:
    parameters = [{"ParameterKey": "Prefix", "ParameterValue": "showcore"}]
    nested = _resource("Network", stack.NESTED, CHILD)
    stubs = Stubs(
        cloudformation=[
            (
                "describe_stacks",
                _stack(STACK_NAME, ARN, Parameters=parameters, EnableTerminationProtection=True),
            ),
            ("list_stack_resources", {"StackResourceSummaries": [nested]}),
            ("describe_stacks", _stack(f"{STACK_NAME}-Network-X", CHILD)),
            (
                "list_stack_resources",
                {
                    "StackResourceSummaries": [
                        _resource("VPC", "AWS::EC2::VPC", "vpc-1"),
                        _resource("Old", "AWS::EC2::VPC", "vpc-0", "DELETE_COMPLETE"),
                    ]
                },
            ),
        ]
    )
    tree = stubs.look(with_stack=False)(stack.STACK)
    assert [(each.tier, each.id) for each in tree.stacks] == [("", ARN), ("network", CHILD)]
    assert [each.path for each in tree.resources] == ["root/Network", "network/VPC"]
    assert (tree.root.parameters, tree.root.termination_protection) == ({"Prefix": "showcore"}, True)
    assert tree.id_of("VPC") == "vpc-1"
    with pytest.raises(Missing, match=f"Old in {STACK_NAME}"):
        tree.id_of("Old")
    stubs.all_used()


_PLANNED = {
    "StackId": ARN,
    "StackName": STACK_NAME,
    "CreationTime": datetime(2026, 11, 21, tzinfo=UTC),
    "StackStatus": "REVIEW_IN_PROGRESS",
}


@pytest.mark.parametrize("stacks", [[], [_PLANNED]], ids=["none", "only-planned"])
def test_without_a_stack_nothing_can_be_looked_at_and_the_way_to_one_is_said(stacks: list[Any]) -> None:
    seen = Stubs(cloudformation=[("describe_stacks", {"Stacks": stacks})]).look(with_stack=False)
    for fact in (stack.STACK, VPC, storage.BUCKETS):
        with pytest.raises(
            stack.NoStack, match="no stack showcore-phase1-production stands yet: `showcore deploy`"
        ):
            seen(fact)


def test_drift_is_that_of_the_root_and_of_what_is_nested_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory_stack, "detect", _detected)
    found = Stubs(cloudformation=[]).look()(stack.DRIFT)
    assert found.stacks == {"root": "IN_SYNC", "network": "no permission"}
    assert found.resources == (stack.DriftedResource("network/VPC", "MODIFIED", ("Tags/0/Value",)),)


def _detected(_gateway: object, _detector: object, _clock: object, root_id: str, _progress: object) -> Drift:
    assert root_id == "arn:stack/"
    difference = Difference(("Tags", "0", "Value"), "NOT_EQUAL", "a", "b")
    drifted = ResourceDrift("VPC", "vpc-1", "AWS::EC2::VPC", "MODIFIED", (difference,))
    stacks = {
        "root": Detection("IN_SYNC", reason="90 resources"),
        "network": Detection("UNKNOWN", True, "no permission"),
    }
    return Drift(stacks, (Drifted("network/VPC", drifted),), 90, ())


def test_drift_that_takes_too_long_could_not_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object) -> Drift:
        raise StillRunning("it takes longer than a quarter of an hour")

    monkeypatch.setattr(inventory_stack, "detect", slow)
    with pytest.raises(CouldNotLook, match="a quarter of an hour"):
        Stubs(cloudformation=[]).look()(stack.DRIFT)


def test_the_cache_is_read_from_its_group_its_node_and_its_subnets() -> None:
    group = {
        "ReplicationGroupId": "showcore-redis",
        "Status": "available",
        "MemberClusters": ["showcore-redis-001"],
        "CacheNodeType": "cache.t3.micro",
        "Engine": "redis",
        "AtRestEncryptionEnabled": True,
        "TransitEncryptionEnabled": True,
        "TransitEncryptionMode": "required",
        "SnapshotRetentionLimit": 7,
        "SnapshotWindow": "03:00-04:00",
        "NodeGroups": [{"PrimaryEndpoint": {"Address": "master.internal", "Port": 6379}}],
        "LogDeliveryConfigurations": [
            {"DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": "/aws/elasticache/showcore-redis"}}}
        ],
    }
    node = {
        "CacheClusterId": "showcore-redis-001",
        "EngineVersion": "7.1.0",
        "PreferredAvailabilityZone": "us-east-1a",
        "PreferredMaintenanceWindow": "sun:05:00-sun:06:00",
        "CacheSubnetGroupName": "sub",
        "SecurityGroups": [{"SecurityGroupId": "sg-cache", "Status": "active"}],
        "CacheParameterGroup": {"CacheParameterGroupName": "pg"},
        "NotificationConfiguration": {"TopicArn": "arn:topic", "TopicStatus": "active"},
    }
    subnets = {"CacheSubnetGroups": [{"Subnets": [{"SubnetIdentifier": "subnet-priv-a"}]}]}
    stubs = Stubs(
        elasticache=[
            ("describe_replication_groups", {"ReplicationGroups": [group]}),
            ("describe_cache_clusters", {"CacheClusters": [node]}),
            ("describe_cache_subnet_groups", subnets),
        ]
    )
    assert stubs.look()(data.CACHE) == data.Cache(
        id="showcore-redis",
        status="available",
        node_ids=("showcore-redis-001",),
        node_type="cache.t3.micro",
        engine="redis",
        version="7.1.0",
        zones=("us-east-1a",),
        at_rest=True,
        in_transit=True,
        transit_mode="required",
        retention_days=7,
        snapshot_window="03:00-04:00",
        maintenance_window="sun:05:00-sun:06:00",
        subnet_ids=("subnet-priv-a",),
        group_ids=("sg-cache",),
        parameter_group="pg",
        address="master.internal",
        port=6379,
        topic_arn="arn:topic",
        log_groups=("/aws/elasticache/showcore-redis",),
    )


def test_cache_snapshots_carry_the_time_of_their_nodes() -> None:
    made = NOW - timedelta(hours=9)
    snapshot = {
        "SnapshotName": "automatic.showcore-redis-001",
        "SnapshotSource": "automated",
        "SnapshotStatus": "available",
        "NodeSnapshots": [{"SnapshotCreateTime": made}],
    }
    stubs = Stubs(elasticache=[("describe_snapshots", {"Snapshots": [snapshot, {"SnapshotName": "young"}]})])
    first, young = stubs.look()(data.CACHE_SNAPSHOTS)
    assert first == data.CacheSnapshot("automatic.showcore-redis-001", "automated", "available", made)
    assert young.created is None


def _distribution(certificate: dict[str, Any]) -> dict[str, Any]:
    behaviour = {
        "TargetOriginId": "assets",
        "ViewerProtocolPolicy": "redirect-to-https",
        "Compress": True,
        "CachePolicyId": "policy-1",
    }
    origin = {
        "Id": "assets",
        "DomainName": "showcore-static-assets-111122223333.s3.us-east-1.amazonaws.com",
        "OriginAccessControlId": "OAC1",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    return {
        "Distribution": {
            "Id": "E1",
            "ARN": "arn:aws:cloudfront::111122223333:distribution/E1",
            "Status": "Deployed",
            "LastModifiedTime": NOW,
            "InProgressInvalidationBatches": 0,
            "DomainName": "d1.cloudfront.net",
            "DistributionConfig": {
                "CallerReference": "x",
                "Comment": "",
                "Enabled": True,
                "PriceClass": "PriceClass_100",
                "Origins": {"Quantity": 1, "Items": [origin]},
                "DefaultCacheBehavior": behaviour,
                "ViewerCertificate": certificate,
            },
        }
    }


@pytest.mark.parametrize(
    ("certificate", "default"),
    [
        ({"CloudFrontDefaultCertificate": True, "MinimumProtocolVersion": "TLSv1"}, True),
        ({"ACMCertificateArn": "arn:aws:acm:x", "MinimumProtocolVersion": "TLSv1.2_2021"}, False),
    ],
)
def test_the_distribution_and_its_cache_policy(certificate: dict[str, Any], default: bool) -> None:
    config = {
        "Name": "n",
        "MinTTL": 0,
        "DefaultTTL": 86_400,
        "MaxTTL": 31_536_000,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": True,
            "EnableAcceptEncodingBrotli": True,
            "HeadersConfig": {"HeaderBehavior": "none"},
            "CookiesConfig": {"CookieBehavior": "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "none"},
        },
    }
    policy = {"CachePolicy": {"Id": "policy-1", "LastModifiedTime": NOW, "CachePolicyConfig": config}}
    stubs = Stubs(cloudfront=[("get_distribution", _distribution(certificate)), ("get_cache_policy", policy)])
    found = stubs.look()(storage.DISTRIBUTION)
    assert found.cache == storage.CachePolicy(86_400, 31_536_000, True, True)
    assert found.origins == (
        storage.Origin("showcore-static-assets-111122223333.s3.us-east-1.amazonaws.com", "OAC1", ""),
    )
    assert (found.default_certificate, found.minimum_tls) == (default, certificate["MinimumProtocolVersion"])
    assert (found.viewer_policy, found.compress, found.aliases) == ("redirect-to-https", True, ())


def test_a_distribution_that_is_gone_is_missing() -> None:
    with pytest.raises(Missing, match="the distribution E1"):
        Stubs(cloudfront=[("get_distribution", "NoSuchDistribution")]).look()(storage.DISTRIBUTION)


def test_the_config_recorder_its_channel_and_their_states() -> None:
    stubs = Stubs(
        config=[
            (
                "describe_configuration_recorders",
                {
                    "ConfigurationRecorders": [
                        {"name": "default", "recordingGroup": {"resourceTypes": ["AWS::S3::Bucket"]}}
                    ]
                },
            ),
            (
                "describe_configuration_recorder_status",
                {"ConfigurationRecordersStatus": [{"recording": True, "lastStatus": "Success"}]},
            ),
            ("describe_delivery_channels", {"DeliveryChannels": [{"s3BucketName": "b"}]}),
            (
                "describe_delivery_channel_status",
                {"DeliveryChannelsStatus": [{"configHistoryDeliveryInfo": {"lastStatus": "FAILURE"}}]},
            ),
        ]
    )
    assert stubs.look()(audit.RECORDER) == audit.Recorder(
        "default", True, "SUCCESS", ("AWS::S3::Bucket",), False, "b", "FAILURE"
    )
    assert (
        Stubs(config=[("describe_configuration_recorders", {"ConfigurationRecorders": []})]).look()(
            audit.RECORDER
        )
        is None
    )


def test_config_rules_with_those_who_offend() -> None:
    def rule(name: str) -> dict[str, Any]:
        return {"ConfigRuleName": name, "Source": {"Owner": "AWS", "SourceIdentifier": name.upper()}}

    offender = {"EvaluationResultQualifier": {"ResourceType": "AWS::S3::Bucket", "ResourceId": "open"}}
    stubs = Stubs(
        config=[
            ("describe_config_rules", {"ConfigRules": [rule("a"), rule("b"), rule("c")]}),
            (
                "describe_compliance_by_config_rule",
                {
                    "ComplianceByConfigRules": [
                        {"ConfigRuleName": "a", "Compliance": {"ComplianceType": "COMPLIANT"}},
                        {"ConfigRuleName": "b", "Compliance": {"ComplianceType": "NON_COMPLIANT"}},
                    ]
                },
            ),
            (
                "get_compliance_details_by_config_rule",
                {"EvaluationResults": [{"EvaluationResultIdentifier": offender}]},
            ),
        ]
    )
    assert stubs.look()(audit.CONFIG_RULES) == (
        audit.ConfigRule("a", "A", "COMPLIANT", ()),
        audit.ConfigRule("b", "B", "NON_COMPLIANT", ("AWS::S3::Bucket open",)),
        audit.ConfigRule("c", "C", "INSUFFICIENT_DATA", ()),
    )


def _record(**more: Any) -> str:
    usual = {
        "eventTime": "2026-11-21T12:01:00Z",
        "eventName": "CreateVpc",
        "eventSource": "ec2.amazonaws.com",
        "userIdentity": {
            "type": "AssumedRole",
            "arn": "arn:aws:sts::111122223333:assumed-role/deployer/ada",
            "invokedBy": "cloudformation.amazonaws.com",
            "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/deployer"}},
        },
        "resources": [{"ARN": "arn:aws:ec2:x:vpc/vpc-1"}],
    }
    return json.dumps({**usual, **more})


def test_changes_are_looked_up_since_the_deployment_page_by_page() -> None:
    root = {"type": "Root", "arn": "arn:aws:iam::111122223333:root"}
    stubs = Stubs(
        cloudtrail=[
            ("lookup_events", {"Events": [{"CloudTrailEvent": _record()}], "NextToken": "t"}),
            (
                "lookup_events",
                {"Events": [{"CloudTrailEvent": _record(userIdentity=root, errorCode="AccessDenied")}]},
            ),
        ]
    )
    first, second = stubs.look()(audit.CHANGES)
    assert first == audit.Call(
        time=datetime(2026, 11, 21, 12, 1, tzinfo=UTC),
        name="CreateVpc",
        source="ec2.amazonaws.com",
        caller="arn:aws:iam::111122223333:role/deployer",
        caller_type="AssumedRole",
        invoked_by="cloudformation.amazonaws.com",
        error="",
        resources=("arn:aws:ec2:x:vpc/vpc-1",),
    )
    assert (second.caller, second.caller_type, second.error) == (
        *("arn:aws:iam::111122223333:root", "Root"),
        "AccessDenied",
    )
    _, _, asked = stubs.requests[0]
    assert asked["StartTime"] == DEPLOYED - timedelta(minutes=5)
    assert asked["LookupAttributes"] == [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}]


def test_more_changes_than_can_be_read_are_not_taken_for_all() -> None:
    page = {"Events": [{"CloudTrailEvent": _record()}] * 50, "NextToken": "t"}
    with pytest.raises(CouldNotLook, match="more than 2,000 calls changed something since 2026-11-21"):
        Stubs(cloudtrail=[("lookup_events", page)] * 40).look()(audit.CHANGES)


def test_denied_calls_come_from_the_trail_s_own_log_group() -> None:
    group = "arn:aws:logs:us-east-1:111122223333:log-group:/aws/cloudtrail/showcore:*"
    trail = {"Name": "t", "TrailARN": "arn:trail", "CloudWatchLogsLogGroupArn": group}
    stubs = Stubs(
        cloudtrail=[("describe_trails", {"trailList": [trail]}), ("get_trail_status", {"IsLogging": True})],
        logs=[("filter_log_events", {"events": [{"message": _record(errorCode="AccessDenied")}]})],
    )
    (call,) = stubs.look()(audit.DENIED_CALLS)
    assert call.error == "AccessDenied"
    _, _, asked = stubs.requests[-1]
    assert asked["logGroupName"] == "/aws/cloudtrail/showcore"
    assert "AccessDenied" in asked["filterPattern"]


def test_a_trail_without_a_log_group_cannot_tell_of_denied_calls() -> None:
    stubs = Stubs(
        cloudtrail=[
            ("describe_trails", {"trailList": [{"Name": "t"}]}),
            ("get_trail_status", {"IsLogging": True}),
        ]
    )
    with pytest.raises(CouldNotLook, match="delivers to no log group"):
        stubs.look()(audit.DENIED_CALLS)


def test_the_backup_plan_with_what_it_selects() -> None:
    rule = {
        "RuleName": "daily",
        "TargetBackupVaultName": "showcore-backup-vault",
        "ScheduleExpression": "cron(0 3 * * ? *)",
        "StartWindowMinutes": 480,
        "Lifecycle": {"DeleteAfterDays": 7},
    }
    condition = {"ConditionKey": "aws:ResourceTag/Project", "ConditionValue": "ShowCore"}
    selection = {
        "SelectionName": "s",
        "IamRoleArn": "arn:role",
        "Resources": ["arn:aws:rds:*:*:db:*"],
        "Conditions": {"StringEquals": [condition]},
    }
    stubs = Stubs(
        backup=[
            ("get_backup_plan", {"BackupPlan": {"BackupPlanName": "p", "Rules": [rule]}}),
            ("list_backup_selections", {"BackupSelectionsList": [{"SelectionId": "s-1"}]}),
            ("get_backup_selection", {"BackupSelection": selection}),
        ]
    )
    assert stubs.look()(backup.BACKUP_PLAN) == backup.BackupPlan(
        "p",
        (backup.BackupRule("cron(0 3 * * ? *)", "showcore-backup-vault", 7, 480),),
        ("arn:aws:rds:*:*:db:*",),
        (("Project", "ShowCore"),),
    )


def test_backup_jobs_and_recovery_points_of_the_vault() -> None:
    resource = "arn:aws:rds:us-east-1:111122223333:db:showcore-db"
    job = {
        "BackupJobId": "j",
        "State": "FAILED",
        "ResourceArn": resource,
        "CreationDate": NOW,
        "StatusMessage": "no",
    }
    point = {"RecoveryPointArn": "arn:p", "ResourceArn": resource, "Status": "COMPLETED", "CreationDate": NOW}
    stubs = Stubs(
        backup=[
            ("list_backup_jobs", {"BackupJobs": [job]}),
            ("list_recovery_points_by_backup_vault", {"RecoveryPoints": [point]}),
        ]
    )
    seen = stubs.look()
    assert seen(backup.BACKUP_JOBS) == (backup.BackupJob("j", "FAILED", resource, NOW, "no"),)
    assert seen(backup.RECOVERY_POINTS) == (backup.RecoveryPoint("arn:p", resource, "COMPLETED", NOW),)
    assert stubs.requests[0][2]["ByCreatedAfter"] == NOW - timedelta(days=2)


@pytest.mark.parametrize(("status", "by_tag"), [("Active", True), ("Inactive", False)])
def test_costs_are_counted_by_service_and_by_tag_where_that_is_active(status: str, by_tag: bool) -> None:
    def day(start: str, **services: str) -> dict[str, Any]:
        groups = [
            {"Keys": [name], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}}
            for name, amount in services.items()
        ]
        return {"TimePeriod": {"Start": start, "End": start}, "Groups": groups}

    tag = {"TagKey": "Project", "Type": "UserDefined", "Status": status}
    stubs = Stubs(
        ce=[
            ("list_cost_allocation_tags", {"CostAllocationTags": [tag]}),
            ("get_cost_and_usage", {"ResultsByTime": [day("2026-11-10", RDS="0.5")], "NextPageToken": "t"}),
            ("get_cost_and_usage", {"ResultsByTime": [day("2026-11-11", RDS="0.25", VPC="2")]}),
        ]
    )
    found = stubs.look()(money.COSTS)
    assert found == money.Costs(date(2026, 11, 21), date(2026, 11, 24), {"RDS": 0.75, "VPC": 2.0}, by_tag)
    assert found.total_usd == 2.75
    assert ("Filter" in stubs.requests[-1][2]) == by_tag


def test_costs_of_a_stack_that_is_a_month_old_are_those_of_two_weeks() -> None:
    old = stack_with(created=NOW - timedelta(days=30))[stack.STACK]
    stubs = Stubs(
        ce=[
            ("list_cost_allocation_tags", {"CostAllocationTags": []}),
            ("get_cost_and_usage", {"ResultsByTime": []}),
        ]
    )
    found = stubs.look().having({stack.STACK: old})(money.COSTS)
    assert (found.first, found.end) == (date(2026, 11, 10), date(2026, 11, 24))


def test_a_stack_of_today_has_no_costs_yet() -> None:
    young = stack_with(created=NOW - timedelta(hours=2))[stack.STACK]
    stubs = Stubs(ce=[("list_cost_allocation_tags", {"CostAllocationTags": []})])
    with pytest.raises(CouldNotLook, match="Cost Explorer knows whole days"):
        stubs.look().having({stack.STACK: young})(money.COSTS)


def test_monitors_count_who_listens() -> None:
    monitor = {
        "MonitorArn": "arn:aws:ce::111122223333:anomalymonitor/1",
        "MonitorName": "m",
        "MonitorType": "CUSTOM",
        "MonitorSpecification": {"Tags": {"Key": "Project", "Values": ["ShowCore"]}},
    }
    heard = {
        "MonitorArnList": ["arn:aws:ce::111122223333:anomalymonitor/1"],
        "Subscribers": [{"Type": "SNS", "Address": "arn:topic"}],
        "Frequency": "IMMEDIATE",
        "SubscriptionName": "s",
    }
    stubs = Stubs(
        ce=[
            ("get_anomaly_monitors", {"AnomalyMonitors": [monitor]}),
            ("get_anomaly_subscriptions", {"AnomalySubscriptions": [heard]}),
        ]
    )
    (found,) = stubs.look()(money.MONITORS)
    assert (found.name, found.kind, found.subscriptions) == ("m", "CUSTOM", 1)
    assert "ShowCore" in found.specification


def test_the_account_plan_with_and_without_credits() -> None:
    paid = {"accountId": "111122223333", "accountPlanType": "PAID", "accountPlanStatus": "ACTIVE"}
    free = {
        **paid,
        "accountPlanType": "FREE",
        "accountPlanRemainingCredits": {"amount": 81.5, "unit": "USD"},
        "accountPlanExpirationDate": datetime(2027, 1, 31, tzinfo=UTC),
    }
    for answer, plan in (
        (paid, money.AccountPlan("PAID", "ACTIVE", None, "")),
        (free, money.AccountPlan("FREE", "ACTIVE", 81.5, "2027-01-31")),
    ):
        assert Stubs(freetier=[("get_account_plan_state", answer)]).look()(money.ACCOUNT_PLAN) == plan


@pytest.mark.parametrize(
    ("answer", "policy"),
    [
        ({"EffectivePolicy": {"PolicyContent": '{"tags": {}}'}}, '{"tags": {}}'),
        ("EffectivePolicyNotFoundException", ""),
        ("AWSOrganizationsNotInUseException", None),
    ],
)
def test_the_effective_tag_policy_none_and_no_organization(answer: Any, policy: str | None) -> None:
    stubs = Stubs(organizations=[("describe_effective_policy", answer)])
    assert stubs.look()(money.TAG_POLICY) == policy


def test_an_answer_of_denied_is_told_as_such() -> None:
    stubs = Stubs(organizations=[("describe_effective_policy", "AccessDeniedException")])
    with pytest.raises(CouldNotLook, match="may not do organizations:DescribeEffectivePolicy"):
        stubs.look()(money.TAG_POLICY)


def test_tags_that_the_tagging_api_does_not_know_are_asked_of_cloud_control() -> None:
    role = json.dumps({"RoleName": "r", "Tags": [{"Key": "Project", "Value": "ShowCore"}]})
    vault = json.dumps({"BackupVaultName": "v", "BackupVaultTags": {"Project": "ShowCore"}})
    tree = stack.StackTree(
        Stubs().look()(stack.STACK).stacks,
        (
            stack.StackResource("security", "Role", "AWS::IAM::Role", "r", "CREATE_COMPLETE"),
            stack.StackResource("backup", "BackupVault", "AWS::Backup::BackupVault", "v", "CREATE_COMPLETE"),
            stack.StackResource(
                "alerts", "Queue", "AWS::SQS::Queue", "https://sqs/111122223333/q", "CREATE_COMPLETE"
            ),
            stack.StackResource("account", "Trail", "AWS::CloudTrail::Trail", "t", "CREATE_COMPLETE"),
        ),
    )
    known = {
        "ResourceARN": "arn:aws:sqs:us-east-1:111122223333:q",
        "Tags": [{"Key": "Project", "Value": "ShowCore"}],
    }
    stubs = Stubs(
        resourcegroupstaggingapi=[("get_resources", {"ResourceTagMappingList": [known]})],
        cloudcontrol=[
            ("get_resource", {"ResourceDescription": {"Properties": role}}),
            ("get_resource", {"ResourceDescription": {"Properties": vault}}),
            ("get_resource", "UnsupportedActionException"),
        ],
    )
    found = {each.path: each for each in stubs.look().having({stack.STACK: tree})(money.RESOURCE_TAGS)}
    assert found["security/Role"].tags == {"Project": "ShowCore"}
    assert found["backup/BackupVault"].tags == {"Project": "ShowCore"}
    assert found["alerts/Queue"].said_by == "the tagging API"
    assert found["account/Trail"].tags is None
    assert "UnsupportedActionException" in found["account/Trail"].said_by


@pytest.mark.parametrize(
    ("arn", "kind", "physical_id", "fits"),
    [
        ("arn:aws:ec2:us-east-1:1:vpc/vpc-1", "AWS::EC2::VPC", "vpc-1", True),
        ("arn:aws:ec2:us-east-1:1:vpc/vpc-12", "AWS::EC2::VPC", "vpc-1", False),
        ("arn:aws:s3:::showcore-backups", "AWS::S3::Bucket", "showcore-backups", True),
        ("arn:aws:rds:us-east-1:1:subgrp:same", "AWS::ElastiCache::SubnetGroup", "same", False),
        ("arn:aws:logs:us-east-1:1:log-group:/aws/x", "AWS::Logs::LogGroup", "/aws/x", True),
        ("arn:aws:sns:us-east-1:1:t", "AWS::SNS::Topic", "arn:aws:sns:us-east-1:1:t", True),
    ],
)
def test_an_arn_is_matched_by_service_and_whole_name(
    arn: str, kind: str, physical_id: str, fits: bool
) -> None:
    from showcore_cfn.aws.inventory_tags import is_of

    assert is_of(arn, stack.StackResource("t", "X", kind, physical_id, "CREATE_COMPLETE")) is fits
