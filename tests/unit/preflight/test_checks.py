"""What a preflight says of an account, check by check."""

from __future__ import annotations

from datetime import timedelta

import pytest

from showcore_cfn.aws.values import STACK_TYPE, StackResource
from showcore_cfn.deploy.preflight.account import Monitor, Trail, Zone
from showcore_cfn.deploy.preflight.answer import Verdict
from tests.unit.preflight.world import NOW, Account, Gateways, answers, of, wanted

REMOTE = "us-west-2"
RETAINED = "showcore-backups-111122223333"


def test_an_empty_account_stops_nothing() -> None:
    assert {answer.verdict for answer in answers()} == {Verdict.FINE}


def test_another_account_ends_the_look() -> None:
    found = answers(gateways=Gateways(account_id="444455556666"))
    assert [(a.check, a.verdict.value) for a in found] == [("account", "blocks"), ("region", "fine")]
    assert "444455556666" in found[0].says


def test_what_cannot_be_seen_is_not_fine_and_hides_nothing_else() -> None:
    found = answers(Account(denied=frozenset({"zones", "recorders"})))
    unseen = {a.check for a in found if a.verdict is Verdict.UNSEEN}
    assert unseen == {"zones", "AWS Config"}
    assert len(found) > 25


class TestCredentials:
    def test_that_end_during_a_creation_are_told(self) -> None:
        ((verdict, says, remedy),) = of("credentials", gateways=Gateways(ends=NOW + timedelta(minutes=12)))
        assert (verdict, "end in 12 minutes" in says) == ("note", True)
        assert "aws sso login" in remedy

    def test_that_outlast_it_are_fine(self) -> None:
        ((verdict, *_),) = of("credentials", gateways=Gateways(ends=NOW + timedelta(hours=4)))
        assert verdict == "fine"


@pytest.mark.parametrize(
    ("status", "verdict", "remedy"),
    [
        (None, "fine", ""),
        ("UPDATE_COMPLETE", "fine", ""),
        ("REVIEW_IN_PROGRESS", "fine", ""),
        ("UPDATE_IN_PROGRESS", "blocks", "`showcore watch` follows it to its end"),
        ("ROLLBACK_COMPLETE", "blocks", "`showcore recover` leads out"),
        ("UPDATE_ROLLBACK_FAILED", "blocks", "`showcore recover` leads out"),
    ],
)
def test_the_status_of_the_stack_decides(status: str | None, verdict: str, remedy: str) -> None:
    gateways = Gateways(stack_status=status, standing={"root": ()})
    ((found, _, mend),) = of("stack", gateways=gateways)
    assert (found, mend) == (verdict, remedy)


class TestBootstrap:
    def test_that_was_never_made_stops(self) -> None:
        ((verdict, _, remedy),) = of("bootstrap", gateways=Gateways(bootstrap_status=None))
        assert (verdict, "showcore bootstrap" in remedy) == ("blocks", True)

    def test_with_older_policies_is_told(self) -> None:
        ((verdict, says, _),) = of("bootstrap", gateways=Gateways(bootstrap_template="Resources: {}"))
        assert (verdict, "older than these templates" in says) == ("note", True)

    def test_whose_bucket_is_gone_stops(self) -> None:
        ((verdict, says, _),) = of("bootstrap", Account(names={}))
        assert (verdict, "is gone" in says) == ("blocks", True)

    def test_whose_bucket_a_stranger_took_stops(self) -> None:
        account = Account(names={"showcore-artifacts-111122223333": "another account"})
        ((verdict, says, _),) = of("bootstrap", account)
        assert (verdict, "another account" in says) == ("blocks", True)


class TestZones:
    def test_that_do_not_exist_stop(self) -> None:
        found = [*of("zones", nest_wanted=wanted(AvailabilityZoneB="us-east-1f"))]
        assert found[1][0] == "blocks"
        assert found[1][2] == "set network.availability_zone_b to one of us-east-1b"

    def test_that_are_the_poor_one_are_told(self) -> None:
        found = [*of("zones", nest_wanted=wanted(AvailabilityZoneB="us-east-1c"))]
        assert (found[0][0], found[1][0]) == ("fine", "note")
        assert (
            found[1][2] == "before the first deployment, set network.availability_zone_b to one of us-east-1b"
        )

    def test_that_are_impaired_stop(self) -> None:
        zones = (Zone("us-east-1a", "use1-az1", "impaired"), Zone("us-east-1b", "use1-az2", "available"))
        assert [verdict for verdict, *_ in of("zones", Account(found_zones=zones))] == ["blocks", "fine"]


class TestOffers:
    def test_the_newest_minor_version_is_the_one_that_is_asked_for(self) -> None:
        ((_, says, _),) = of("database engine")
        assert says == "postgres 16: 16.10 is the newest on offer"

    def test_a_version_that_is_gone_stops(self) -> None:
        ((verdict, *_),) = of("database engine", Account(versions=()))
        assert verdict == "blocks"

    def test_a_class_that_the_zone_lacks_stops(self) -> None:
        ((verdict, says, remedy),) = of("database class", Account(places=frozenset({"us-east-1b"})))
        assert (verdict, "only in us-east-1b" in says) == ("blocks", True)
        assert remedy.startswith("set network.availability_zone_a")

    def test_a_cache_engine_that_is_gone_stops(self) -> None:
        ((verdict, *_),) = of("cache engine", Account(caches=()))
        assert verdict == "blocks"

    @pytest.mark.parametrize(
        ("plan", "verdict"),
        [(None, "fine"), (("PAID", "ACTIVE"), "fine"), (("FREE", "ACTIVE"), "note")],
    )
    def test_a_free_plan_is_told_since_it_ends(self, plan: tuple[str, str] | None, verdict: str) -> None:
        ((found, *_),) = of("free tier", Account(found_plan=plan))
        assert found == verdict


class TestSingletons:
    def test_a_recorder_that_is_there_stops_and_the_setting_is_named(self) -> None:
        ((verdict, says, remedy),) = of("AWS Config", Account(found_recorders=("default",)))
        assert (verdict, "(default)" in says) == ("blocks", True)
        assert "set account.config_recorder = false" in remedy

    def test_a_channel_alone_stops_too(self) -> None:
        ((verdict, *_),) = of("AWS Config", Account(found_channels=("default",)))
        assert verdict == "blocks"

    def test_our_own_recorder_does_not(self) -> None:
        gateways = stands(made("ConfigurationRecorder", "ours", "AWS::Config::ConfigurationRecorder"))
        ((verdict, *_),) = of("AWS Config", Account(found_recorders=("ours",)), gateways)
        assert verdict == "fine"

    @pytest.mark.parametrize("parameter", ["ConfigRecorder", "AccountTier"])
    def test_switched_off_it_is_not_asked_for(self, parameter: str) -> None:
        nest = wanted(**{parameter: "false"})
        ((verdict, *_),) = of("AWS Config", Account(found_recorders=("default",)), nest_wanted=nest)
        assert verdict == "fine"

    def test_a_second_trail_is_paid_for(self) -> None:
        ((verdict, says, _),) = of("CloudTrail", Account(found_trails=(Trail("org", REMOTE),)))
        assert (verdict, "2.00 USD" in says) == ("note", True)

    def test_a_sixth_trail_is_refused(self) -> None:
        trails = tuple(Trail(f"t{n}", "us-east-1") for n in range(5))
        ((verdict, *_),) = of("CloudTrail", Account(found_trails=trails))
        assert verdict == "blocks"

    def test_a_monitor_of_our_name_is_told(self) -> None:
        monitor = Monitor("showcore-cost-production-anomaly-monitor", "CUSTOM")
        nest = wanted(AnomalyDetection="true")
        ((verdict, *_),) = of("cost anomalies", Account(found_monitors=(monitor,)), nest_wanted=nest)
        assert verdict == "note"

    def test_a_monitor_by_service_is_in_nobodys_way(self) -> None:
        monitor = Monitor("Default-Services-Monitor", "DIMENSIONAL")
        nest = wanted(AnomalyDetection="true")
        ((verdict, *_),) = of("cost anomalies", Account(found_monitors=(monitor,)), nest_wanted=nest)
        assert verdict == "fine"

    def test_a_sixth_network_is_refused_until_ours_stands(self) -> None:
        ((verdict, _, remedy),) = of("VPC quota", Account(vpcs=5))
        assert (verdict, "--desired-value 6" in remedy) == ("blocks", True)
        ((again, *_),) = of(
            "VPC quota",
            Account(vpcs=5),
            stands(made("VPC", "vpc-1", "AWS::EC2::VPC")),
        )
        assert again == "fine"


class TestNames:
    def test_of_another_account_stop(self) -> None:
        account = Account()
        account.names[RETAINED] = "another account"
        ((verdict, says, remedy),) = of("names of S3 Bucket", account)
        assert (verdict, "another account" in says, "prefix" in remedy) == ("blocks", True, True)

    def test_of_another_stack_name_it(self) -> None:
        account = Account(owners={RETAINED: "showcore-old"})
        account.names[RETAINED] = "this account"
        ((verdict, says, _),) = of("names of S3 Bucket", account)
        assert (verdict, says) == ("blocks", f"{RETAINED} belongs to the stack showcore-old")

    def test_of_no_stack_offer_the_import_of_what_outlives_a_stack(self) -> None:
        account = Account()
        account.names[RETAINED] = "this account"
        ((_, says, remedy),) = of("names of S3 Bucket", account)
        assert "left of an earlier try" in says
        assert "--import-existing-resources" in remedy
        assert f"aws s3 rb s3://{RETAINED} --force" in remedy

    def test_of_a_log_group_that_rds_left_say_how_to_remove_it(self) -> None:
        account = Account()
        account.names["/aws/rds/instance/showcore-db/postgresql"] = "this account"
        ((verdict, says, remedy),) = of("names of Logs LogGroup", account)
        assert (verdict, "earlier try" in says) == ("blocks", False)
        assert "aws logs delete-log-group --log-group-name /aws/rds/instance/showcore-db/postgresql" in remedy

    def test_of_a_database_are_never_told_to_be_removed_without_a_snapshot(self) -> None:
        account = Account()
        account.names["showcore-db"] = "this account"
        ((_, _, remedy),) = of("names of RDS DBInstance", account)
        assert remedy.startswith("take a snapshot of it first")

    def test_of_the_session_preferences_name_the_setting(self) -> None:
        account = Account()
        account.names["SSM-SessionManagerRunShell"] = "this account"
        ((_, _, remedy),) = of("names of SSM Document", account)
        assert remedy.startswith("set account.session_preferences = false")

    def test_that_are_ours_already_are_fine(self) -> None:
        gateways = stands(made("BackupsBucket", RETAINED, "AWS::S3::Bucket"))
        account = Account()
        account.names[RETAINED] = "this account"
        ((verdict, says, _),) = of("names of S3 Bucket", account, gateways)
        assert (verdict, says) == ("fine", "3 free, 1 already ours")

    def test_an_arn_of_ours_is_known_by_its_end(self) -> None:
        arn = "arn:aws:sns:us-east-1:111122223333:showcore-critical-alerts"
        gateways = stands(made("CriticalAlertsTopic", arn, "AWS::SNS::Topic"))
        account = Account()
        account.names["showcore-critical-alerts"] = "this account"
        ((verdict, *_),) = of("names of SNS Topic", account, gateways)
        assert verdict == "fine"


def test_unconfirmed_addresses_are_told_once_each() -> None:
    topics = "arn:aws:sns:us-east-1:111122223333:showcore-"
    pending = {f"{topics}critical-alerts": ("a@example.com",), f"{topics}billing-alerts": ("a@example.com",)}
    ((verdict, says, _),) = of("alert addresses", Account(pending=pending))
    assert verdict == "note"
    assert says == (
        "a@example.com has not confirmed showcore-critical-alerts, showcore-billing-alerts, and gets no alert"
    )


def test_missing_service_linked_roles_are_made_by_the_deployment() -> None:
    ((verdict, says, _),) = of("service-linked roles", Account(roles=frozenset({"AWSServiceRoleForRDS"})))
    assert (verdict, says) == ("fine", "made by the first deployment: ElastiCache, Backup")


def stands(*resources: StackResource) -> Gateways:
    """A nest that stands, with these resources in one nested stack."""
    nested = StackResource("Storage", "nested", STACK_TYPE, "CREATE_COMPLETE")
    return Gateways(stack_status="CREATE_COMPLETE", standing={"root": (nested,), "nested": resources})


def made(logical_id: str, physical_id: str, kind: str) -> StackResource:
    """A resource that stands."""
    return StackResource(logical_id, physical_id, kind, "CREATE_COMPLETE")
