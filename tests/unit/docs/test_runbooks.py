"""The runbooks: their form, their names, and every command in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from showcore_cfn.errors import UsageError
from showcore_cfn.generate import generate
from showcore_cfn.review.resolve import Nest, resolve
from showcore_cfn.runbooks import SECTIONS, Runbook, runbook, runbooks
from showcore_cfn.runbooks.names import OUTPUTS, RESOURCES, names
from showcore_cfn.settings import EXAMPLE_ADDRESSES, Settings, plan_defaults
from showcore_cfn.template.load import load_set
from tests.unit.docs import aws_cli, showcore_cli
from tests.unit.docs.shell import blocks, commands

TOP = Path(__file__).parents[3]
BOOKS = pytest.mark.parametrize("book", runbooks(), ids=[book.name for book in runbooks()])
STAGING = Settings("444455556666", {"Environment": "staging", "Prefix": "try-out", **EXAMPLE_ADDRESSES})
JOB_STATES = "CREATED, PENDING, RUNNING, ABORTING, ABORTED, COMPLETED, FAILED, EXPIRED, PARTIAL"
SNAPSHOT_TYPES = "automated, manual, shared, public, awsbackup"
EXPECTED = {
    "adding-a-tier",
    "adding-an-endpoint",
    "elasticache-backup-restore",
    "going-back-a-release",
    "one-endpoint-zone",
    "rds-backup-restore",
    "restored-database-under-the-stack",
    "rotating-the-database-secret",
    "second-environment",
    "stuck-deployment",
    "subscribing-and-confirming-alerts",
    "tearing-down",
    "upgrading-postgresql-and-redis",
    "vpc-endpoint-troubleshooting",
}


@pytest.fixture(scope="module")
def nest() -> Nest:
    parameters = {**STAGING.parameters(), "AWS::AccountId": STAGING.account_id}
    return resolve(load_set(generate()), parameters, everything=True)


def test_every_runbook_is_there() -> None:
    assert {book.name for book in runbooks()} == EXPECTED


@BOOKS
def test_a_runbook_has_its_sections_in_order(book: Runbook) -> None:
    headings = re.findall(r"^## (.+)$", book.source, re.MULTILINE)
    assert headings == [
        "When to use it",
        "Before you start",
        "Steps",
        "How to know it worked",
        "How to go back",
        "Cost and time",
    ]
    assert tuple(headings) == SECTIONS


@BOOKS
def test_a_runbook_opens_with_a_title_and_one_sentence(book: Runbook) -> None:
    assert book.title and not book.title.endswith(".")
    assert book.summary.endswith(".") and book.summary.count(". ") == 0


@BOOKS
def test_a_runbook_is_narrow_and_plain(book: Runbook) -> None:
    outside = [
        line for line in book.source.splitlines() if not line.lstrip().startswith(("|", "aws ", "psql"))
    ]
    assert max(map(len, outside)) <= 130
    assert book.source.isascii()
    assert book.source.endswith("\n") and "\n\n\n" not in book.source


@BOOKS
def test_every_placeholder_has_a_name(book: Runbook) -> None:
    assert book.placeholders <= names(plan_defaults()).keys()


def test_every_name_is_used_by_a_runbook() -> None:
    used = frozenset().union(*(book.placeholders for book in runbooks()))
    assert names(plan_defaults()).keys() - used == set()


@BOOKS
@pytest.mark.parametrize("settings", [plan_defaults(), STAGING], ids=["plan", "staging"])
def test_aws_would_take_every_command(book: Runbook, settings: Settings) -> None:
    found = [words for block in blocks(book.filled(names(settings))) for words in commands(block)]
    wrong = {" ".join(words): aws_cli.complaints(words) for words in found if words[0] == "aws"}
    assert {command: said for command, said in wrong.items() if said} == {}


@BOOKS
@pytest.mark.parametrize("env", [None, "staging"])
def test_showcore_would_take_every_command(book: Runbook, env: str | None) -> None:
    found = [words for block in blocks(book.filled(names(STAGING, env))) for words in commands(block)]
    wrong = {" ".join(words): showcore_cli.complaints(words) for words in found if words[0] == "showcore"}
    assert {command: said for command, said in wrong.items() if said} == {}


@BOOKS
def test_no_command_is_of_an_unknown_tool(book: Runbook) -> None:
    found = {words[0] for block in blocks(book.source) for words in commands(block)}
    assert found <= {"aws", "showcore", "git", "make", "psql", "redis6-cli", "getent", "curl", "date", "sudo"}


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("aws rds create-db-snapshot --db-instance-identifier a", ["--db-snapshot-identifier is required"]),
        ("aws rds create-db-snapshots", ["no operation rds create-db-snapshots"]),
        ("aws rdss create-db-snapshot", ["no service rdss"]),
        (
            "aws rds wait db-snapshot-availabel --db-snapshot-identifier a",
            ["no waiter rds db-snapshot-availabel"],
        ),
        ("aws rds describe-db-snapshots --snapshot-typ manual", ["no option --snapshot-typ"]),
        ("aws rds describe-db-snapshots --max-records 5", ["no option --max-records"]),
        (
            "aws rds describe-db-snapshots --query 'DBSnapshots[].DBSnapshotIdentifer'",
            ["--query: no DBSnapshotIdentifer"],
        ),
        ("aws rds describe-db-snapshots manual", ["a word that belongs to no option: manual"]),
        (
            "aws rds delete-db-instance --db-instance-identifier a --skip-final-snapshot true",
            ["--skip-final-snapshot: takes no value"],
        ),
        (
            "aws elasticache create-snapshot --snapshot-name a --cache-cluster-id a b",
            ["--cache-cluster-id: takes one value, not ['a', 'b']"],
        ),
        (
            "aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Value=vpc-1",
            ["--filters: no Value in Filter"],
        ),
        (
            "aws backup list-backup-jobs --by-state COMPLETE",
            [f"--by-state: COMPLETE is none of {JOB_STATES}"],
        ),
        (
            "aws elasticache describe-snapshots --snapshot-source manual",
            ["--snapshot-source: manual is none of system, user, says its documentation"],
        ),
        (
            "aws rds describe-db-snapshots --snapshot-type backup",
            [f"--snapshot-type: backup is none of {SNAPSHOT_TYPES}, says its documentation"],
        ),
        ("aws ec2 run-instances --count few", ["--count: few is no number"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_aws_command_is_noticed(command: str, said: list[str]) -> None:
    (words,) = commands(command)
    assert aws_cli.complaints(words) == said


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("showcore deplyo", "no command deplyo"),
        ("showcore deploy --no-such", "No such option"),
        ("showcore deploy now", "unexpected word now"),
        ("showcore verify --only 99.1", "verify knows no 99.1"),
        ("showcore verify --drill fire", "drills: fire is none of alarm, restore"),
        ("showcore account organization deplyo", "no command deplyo"),
        ("showcore runbook rds", "no runbook rds"),
    ],
)
def test_a_wrong_showcore_command_is_noticed(command: str, said: str) -> None:
    (words,) = commands(command)
    assert [each for each in showcore_cli.complaints(words) if each.startswith(said)]


def test_commands_within_commands_are_found() -> None:
    script = "a=$(aws s3 ls \\\n  s3://x) # why\naws b 'c$(d)' \"$(aws e --f '(')\"\nexport G=h\n"
    assert list(commands(script)) == [
        ["aws", "s3", "ls", "s3://x"],
        ["aws", "e", "--f", "("],
        ["aws", "b", "c$(d)", "substituted"],
    ]


@pytest.mark.parametrize(
    ("placeholder", "path", "property_name"),
    [
        ("database", "database/Database", "DBInstanceIdentifier"),
        ("database_subnet_group", "database/RdsSubnetGroup", "DBSubnetGroupName"),
        ("database_parameter_group", "database/RdsParameterGroup", "DBParameterGroupName"),
        ("redis", "cache/RedisCluster", "ReplicationGroupId"),
        ("redis_subnet_group", "cache/ElastiCacheSubnetGroup", "CacheSubnetGroupName"),
        ("assets_bucket", "storage/StaticAssetsBucket", "BucketName"),
        ("backups_bucket", "storage/BackupsBucket", "BucketName"),
        ("cloudtrail_bucket", "account/CloudTrailBucket", "BucketName"),
        ("config_bucket", "account/ConfigBucket", "BucketName"),
        ("artifacts_bucket", "bootstrap/ArtifactBucket", "BucketName"),
        ("vault", "backup/BackupVault", "BackupVaultName"),
        ("zone_a", "database/Database", "AvailabilityZone"),
        ("zone_b", "network/PrivateSubnetB", "AvailabilityZone"),
        ("session_profile", "security/SessionManagerInstanceProfile", "InstanceProfileName"),
    ],
)
def test_a_name_is_the_one_that_the_templates_give(
    nest: Nest, placeholder: str, path: str, property_name: str
) -> None:
    properties = nest.resources[path].properties
    assert isinstance(properties, dict)
    assert names(STAGING)[placeholder] == properties[property_name]


@pytest.mark.parametrize("topic", ["Critical", "Warning", "Billing"])
def test_a_topic_is_the_one_that_the_templates_give(nest: Nest, topic: str) -> None:
    properties = nest.resources[f"alerts/{topic}AlertsTopic"].properties
    assert isinstance(properties, dict)
    arn = names(STAGING)[f"{topic.lower()}_topic"]
    assert arn == f"arn:aws:sns:us-east-1:444455556666:{properties['TopicName']}"


def test_the_ids_that_are_asked_for_stand_in_the_templates(nest: Nest) -> None:
    assert set(RESOURCES.values()) <= nest.resources.keys()
    assert {f"root.{name}" for name in OUTPUTS.values()} <= nest.outputs.keys()


def test_the_plan_s_names_are_the_plan_s() -> None:
    given = names(plan_defaults())
    assert given["database"] == "showcore-db"
    assert given["redis_node"] == "showcore-redis-001"
    assert given["redis_snapshot"] == "showcore-redis-manual-snapshot"
    assert given["vault"] == "showcore-backup-vault"
    assert given["backups_bucket"] == "showcore-backups-<account-id>"
    assert given["env"] == ""


@pytest.mark.parametrize("prefix", ["showcore", "sixteen-letters-"[:15], "abcdefghijklmnop"])
def test_the_name_of_a_redis_snapshot_fits_with_its_date(prefix: str) -> None:
    settings = Settings("444455556666", {"Environment": "staging", "Prefix": prefix, **EXAMPLE_ADDRESSES})
    assert len(names(settings)["redis_snapshot"] + "-20261124") <= 40


def test_tags_with_spaces_are_quoted() -> None:
    values = {"Environment": "staging", "CostCenter": "Show Core", **EXAMPLE_ADDRESSES}
    assert "'Key=CostCenter,Value=Show Core'" in names(Settings("444455556666", values))["copy_tags"]


@pytest.mark.parametrize(
    ("task", "name", "parts"),
    [
        pytest.param(
            *("16.1", "rds-backup-restore"),
            (
                "aws rds create-db-snapshot --db-instance-identifier showcore-db --db-snapshot-identifier",
                "snapshot=showcore-db-manual-snapshot-$(date -u +%Y%m%d)",
                "--source-db-instance-identifier showcore-db --target-db-instance-identifier showcore-db-restored",
                "--restore-time YYYY-MM-DDTHH:MM:SSZ",
                "--db-instance-identifier showcore-db-restored --db-snapshot-identifier",
                "--db-subnet-group-name showcore-database-production-subnet-group",
                "--vpc-security-group-ids <RdsSecurityGroup>",
                "--db-parameter-group-name showcore-database-production-parameter-group",
            ),
            marks=pytest.mark.task("16.1"),
            id="16.1",
        ),
        pytest.param(
            *("16.2", "elasticache-backup-restore"),
            (
                "aws elasticache create-snapshot --cache-cluster-id showcore-redis-001 --snapshot-name",
                "snapshot=showcore-redis-manual-snapshot-$(date -u +%Y%m%d)",
                "aws elasticache create-replication-group",
                "--replication-group-id showcore-redis-restored",
                "--at-rest-encryption-enabled --transit-encryption-enabled",
                "--cache-subnet-group-name showcore-cache-production-subnet-group",
                "--cache-parameter-group-name <ElastiCacheParameterGroup>",
            ),
            marks=pytest.mark.task("16.2"),
            id="16.2",
        ),
        pytest.param(
            *("16.3", "vpc-endpoint-troubleshooting"),
            (
                "aws ec2 describe-vpc-endpoints",
                "--attribute enableDnsSupport",
                "aws ec2 describe-route-tables",
                "getent hosts",
                "7.30 USD a month in each zone",
                "Gateway endpoints, S3 and DynamoDB, are free",
                "attach `<VpcEndpointSecurityGroup>`, and enable private DNS",
            ),
            marks=pytest.mark.task("16.3"),
            id="16.3",
        ),
    ],
)
def test_the_plan_s_three_runbooks_say_what_it_asks_for(task: str, name: str, parts: tuple[str, ...]) -> None:
    page = runbook(name).filled(names(plan_defaults()))
    assert [part for part in parts if part not in page] == []


def test_no_block_of_a_stuck_deployment_takes_two_steps() -> None:
    steps = {"cancel-update-stack", "continue-update-rollback", "rollback-stack", "delete-stack"}
    found = [
        [word for words in commands(block) for word in words if word in steps]
        for block in blocks(runbook("stuck-deployment").source)
    ]
    assert [taken for taken in found if len(taken) > 1] == []
    assert {step for taken in found for step in taken} == steps


@pytest.mark.parametrize("name", ["rds-backup-restore", "elasticache-backup-restore"])
def test_what_is_restored_is_no_part_of_the_nightly_backup(name: str) -> None:
    tags = re.findall(r"Key=Environment,Value=(\S+)", runbook(name).filled(names(STAGING)))
    assert set(tags) == {"staging-drill"}


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("rds-backup-restore", "--availability-zone"),
        ("elasticache-backup-restore", "--preferred-cache-cluster-azs"),
    ],
)
def test_a_restore_may_go_into_the_other_zone(name: str, option: str) -> None:
    page = runbook(name).filled(names(plan_defaults()))
    assert "- After us-east-1a failed" in page
    assert "`zone=us-east-1b`" in page
    assert set(re.findall(rf"{option} (\S+)", page)) == {'"$zone"'}


def test_backups_of_aws_backup_are_asked_for_by_their_type() -> None:
    found = [words for block in blocks(runbook("rds-backup-restore").source) for words in commands(block)]
    assert [words[1:3] for words in found if "--snapshot-type awsbackup" in " ".join(words)] == [
        ["rds", "describe-db-snapshots"]
    ]


@BOOKS
def test_no_list_is_handed_over_as_one_argument(book: Runbook) -> None:
    """Linux takes 128 KiB in one; a thousand object versions are more."""
    found = [words for block in blocks(book.source) for words in commands(block)]
    assert [words for words in found if "--delete" in words and "substituted" in words] == []


def test_a_runbook_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(
        UsageError, match=r"there is no runbook rds-backup\. Did you mean rds-backup-restore\?"
    ):
        runbook("rds-backup")
    with pytest.raises(UsageError, match=r"There are: adding-a-tier, adding-an-endpoint,"):
        runbook("x")


@BOOKS
def test_the_page_in_docs_is_the_runbook_with_the_plan_s_names(book: Runbook) -> None:
    page = (TOP / "docs" / "runbooks" / f"{book.name}.md").read_text(encoding="utf-8")
    assert page == book.filled(names(plan_defaults()))
