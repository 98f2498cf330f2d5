"""Section 5 of the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from showcore_cfn.review.resolve import Nest
from showcore_cfn.review.values import Reference

Find = Callable[..., dict[str, Any]]


@pytest.mark.task("5.2")
@pytest.mark.task("5.3")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("DBInstanceIdentifier", "showcore-db", id="16.1-showcore-db"),
        pytest.param("DBName", "showcore", id="5.2-named-showcore"),
        pytest.param("MasterUsername", "postgres", id="14.1-postgres"),
        pytest.param("Engine", "postgres", id="5.2-postgresql"),
        pytest.param("EngineVersion", "16", id="5.2-version-16"),
        pytest.param("DBInstanceClass", "db.t3.micro", id="5.2-db.t3.micro"),
        pytest.param("MultiAZ", False, id="5.2-single-zone"),
        pytest.param("AvailabilityZone", "us-east-1a", id="5.2-us-east-1a"),
        pytest.param("AllocatedStorage", "20", id="5.2-20-gib"),
        pytest.param("StorageType", "gp3", id="5.2-gp3"),
        pytest.param("StorageEncrypted", True, id="5.2-encrypted"),
        pytest.param("PubliclyAccessible", False, id="4.1-not-public"),
        pytest.param("BackupRetentionPeriod", 7, id="5.3-kept-7-days"),
        pytest.param("PreferredBackupWindow", "03:00-04:00", id="5.3-backup-window"),
        pytest.param("PreferredMaintenanceWindow", "sun:04:00-sun:05:00", id="5.3-maintenance-window"),
        pytest.param("EnableCloudwatchLogsExports", ["postgresql", "upgrade"], id="10.7-logs"),
        pytest.param("CopyTagsToSnapshot", True, id="11.2-tags-on-snapshots"),
        pytest.param("ManageMasterUserPassword", True, id="no-password-in-a-template"),
        pytest.param("DBSubnetGroupName", Reference("database/RdsSubnetGroup"), id="5.1-subnet-group"),
        pytest.param("DBParameterGroupName", Reference("database/RdsParameterGroup"), id="5.1-parameters"),
        pytest.param("VPCSecurityGroups", [Reference("security/RdsSecurityGroup")], id="5.2-group-of-4.1"),
        pytest.param("DeletionProtection", False, id="F5-off-at-first"),
    ],
)
def test_the_instance_is_as_the_plan_has_it(properties: Find, name: str, value: object) -> None:
    assert properties("database/Database")[name] == value


@pytest.mark.task("5.2")
def test_the_key_is_the_free_one_of_aws_and_gp3_keeps_its_baseline(properties: Find) -> None:
    assert not properties("database/Database").keys() & {"KmsKeyId", "Iops", "StorageThroughput"}


@pytest.mark.task("5.1")
def test_the_parameter_group_requires_tls_and_caps_connections(properties: Find) -> None:
    group = properties("database/RdsParameterGroup")
    assert group["Family"] == "postgres16"
    assert group["Parameters"] == {"rds.force_ssl": "1", "max_connections": "100"}


@pytest.mark.task("5.1")
def test_the_subnet_group_holds_the_private_subnets_of_both_zones(properties: Find) -> None:
    assert properties("database/RdsSubnetGroup")["SubnetIds"] == [
        Reference("network/PrivateSubnetA"),
        Reference("network/PrivateSubnetB"),
    ]


@pytest.mark.task("10.7")
@pytest.mark.parametrize(
    ("group", "name"),
    [
        pytest.param("PostgresqlLogGroup", "/aws/rds/instance/showcore-db/postgresql", id="10.7-postgresql"),
        pytest.param("UpgradeLogGroup", "/aws/rds/instance/showcore-db/upgrade", id="10.7-upgrade"),
    ],
)
def test_log_groups_stand_before_the_instance_and_keep_7_days(
    properties: Find, nest: Nest, group: str, name: str
) -> None:
    found = properties(f"database/{group}")
    assert (found["LogGroupName"], found["RetentionInDays"]) == (name, 7)
    assert group in nest.resources["database/Database"].raw["DependsOn"]  # type: ignore[operator]


def test_the_database_leaves_a_snapshot_when_it_goes(nest: Nest) -> None:
    raw = nest.resources["database/Database"].raw
    assert (raw["DeletionPolicy"], raw["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")


def test_deletion_protection_follows_its_parameter(properties: Find) -> None:
    assert properties("database/Database", DatabaseDeletionProtection="true")["DeletionProtection"] is True


def test_enhanced_monitoring_is_off_unless_asked_for(properties: Find, of_type: Find) -> None:
    off = properties("database/Database")
    assert off["MonitoringInterval"] == 0
    assert "MonitoringRoleArn" not in off
    on = properties("database/Database", EnhancedMonitoring="true")
    assert on["MonitoringInterval"] == 60
    assert on["MonitoringRoleArn"] == Reference("database/EnhancedMonitoringRole", "Arn")


def test_the_secret_is_an_output_and_the_password_nowhere(nest: Nest) -> None:
    assert nest.outputs["root.DatabaseSecretArn"] == Reference(
        "database/Database", "MasterUserSecret.SecretArn"
    )
    assert nest.outputs["root.DatabaseEndpoint"] == Reference("database/Database", "Endpoint.Address")
