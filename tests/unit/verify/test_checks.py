"""Every check against a right and a wrong state: what passes, what is named, what could not be seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from showcore_cfn.verify.check import Verdict
from showcore_cfn.verify.claim import Claim
from showcore_cfn.verify.facts import alerts, audit, backup, data, money, network, probes, stack, storage
from showcore_cfn.verify.look import CouldNotLook
from showcore_cfn.verify.registry import CHECKS
from tests.unit.verify.world import (
    DEPLOYED,
    NOW,
    Facts,
    changed,
    given,
    outcome,
    right,
    stack_with,
    with_fields,
    with_item,
)
from tests.unit.verify.wrong import WRONG

OFF_BY_DEFAULT = "12.4-anomaly-detection"


@pytest.mark.parametrize("id_", [each.id for each in CHECKS if each.id != OFF_BY_DEFAULT])
def test_a_check_passes_where_everything_is_as_the_plan_wants_it(id_: str) -> None:
    found = outcome(id_, right())
    assert found.verdict is Verdict.PASSED, [claim for claim in found.claims if not claim.holds]


@pytest.mark.task("7.1")
@pytest.mark.task("12.1")
@pytest.mark.task("12.2")
@pytest.mark.task("12.3")
@pytest.mark.task("12.4")
@pytest.mark.task("13.1")
@pytest.mark.task("15.1")
@pytest.mark.task("15.2")
@pytest.mark.task("15.3")
@pytest.mark.parametrize(
    ("id_", "facts", "word"),
    [pytest.param(id_, facts, word, id=f"{id_}-{what}") for id_, what, facts, word in WRONG],
)
def test_a_check_fails_and_names_what_is_wrong(id_: str, facts: Facts, word: str) -> None:
    found = outcome(id_, facts)
    assert found.verdict is Verdict.FAILED
    assert any(word in _told(claim) for claim in found.failures), found.failures


def _told(claim: Claim) -> str:
    return f"{claim.subject}: {claim.seen}, wanted {claim.wanted}"


def test_every_check_has_a_state_that_it_must_reject() -> None:
    rejected = {id_ for id_, _, _, _ in WRONG} | {OFF_BY_DEFAULT}
    blind_only = {"15.3-deployment-calls"}  # it documents who deployed; there is no wrong answer, only none
    assert {each.id for each in CHECKS} - rejected == blind_only


@pytest.mark.parametrize("id_", [each.id for each in CHECKS if each.id != OFF_BY_DEFAULT])
def test_a_check_that_is_denied_its_facts_could_not_look(id_: str) -> None:
    denied: Facts = dict.fromkeys(right(), CouldNotLook("these credentials may not do this"))
    found = outcome(id_, denied)
    assert found.verdict is Verdict.BLIND
    assert found.note == "these credentials may not do this"


@pytest.mark.parametrize(
    ("id_", "facts", "says"),
    [
        pytest.param(
            *("15.1-rules-compliant", with_item(audit.CONFIG_RULES, 0, compliance="INSUFFICIENT_DATA")),
            *("Config has not judged yet",),
            id="15.1-config-has-not-judged",
        ),
        pytest.param(
            *(
                "13.1-no-drift",
                changed(stack.DRIFT, stack.Drift({"s": "no permission"}, ())),
                "no permission",
            ),
            id="13.1-drift-unknown",
        ),
        pytest.param(
            *(
                "12.3-tag-compliance",
                with_item(money.RESOURCE_TAGS, 1, tags=None, said_by="not asked"),
                "not asked",
            ),
            id="12.3-tags-unknown",
        ),
        pytest.param(
            *("12.4-costs", with_fields(money.COSTS, by_tag=False), "is not active"),
            id="12.4-costs-not-by-tag",
        ),
        pytest.param(
            *("15.3-deployment-calls", changed(audit.CHANGES, ()), "none recorded"),
            id="15.3-nothing-recorded",
        ),
        pytest.param(
            *(
                "14.1-sql",
                changed(probes.DATABASE_PROBE, (probes.Said("blind", "tls", "timeout"),)),
                "timeout",
            ),
            id="14.1-the-probe-did-not-come-to-it",
        ),
        pytest.param(
            *(
                "14.1-tls",
                changed(probes.DATABASE_PROBE, (probes.Said("blind", "tls", "timeout"),)),
                "timeout",
            ),
            id="14.1-the-probe-saw-nothing",
        ),
        pytest.param(
            *(
                "13.1-alarm-drill",
                with_item(probes.RUNG_ALARMS, 3, told=(), trouble="throttled"),
                "throttled",
            ),
            id="13.1-an-alarm-could-not-be-set-off",
        ),
    ],
)
def test_what_could_not_be_seen_is_never_fine(id_: str, facts: Facts, says: str) -> None:
    found = outcome(id_, facts)
    assert found.verdict is Verdict.BLIND
    assert any(says in claim.seen for claim in found.unseen)


@pytest.mark.parametrize(
    ("id_", "facts"),
    [
        ("13.1-backup-jobs", {backup.BACKUP_JOBS: ()}),
        ("13.1-recovery-point", {backup.RECOVERY_POINTS: ()}),
        ("13.1-cache-snapshot", {data.CACHE_SNAPSHOTS: ()}),
        ("15.2-trail-delivery", {audit.TRAIL: replace(cast(Any, given(audit.TRAIL)), delivered=None)}),
        (
            "7.1-database-backups",
            {data.DATABASE: replace(cast(Any, given(data.DATABASE)), latest_restorable=None)},
        ),
    ],
)
def test_what_comes_with_time_could_not_be_seen_on_the_first_day(id_: str, facts: Facts) -> None:
    young = stack_with(created=NOW - timedelta(minutes=20))
    assert outcome(id_, {**young, **facts}).verdict is Verdict.BLIND
    assert outcome(id_, {**right(), **facts}).verdict is Verdict.FAILED


def test_a_database_whose_protection_was_taken_off_by_hand_is_found_unless_the_settings_want_none() -> None:
    facts = {**right(), data.DATABASE: replace(cast(Any, given(data.DATABASE)), deletion_protection=False)}
    claims = outcome("7.1-database", facts).claims
    assert [claim.subject for claim in claims if claim.holds is False] == ["deletion protection"]
    assert outcome("7.1-database", facts, DatabaseDeletionProtection="false").verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("id_", "switch"),
    [
        ("7.1-session-endpoint", "SessionMessagesEndpoint"),
        ("13.1-trail", "AccountTier"),
        ("15.2-trail-delivery", "AccountTier"),
        ("15.2-trail-validation", "AccountTier"),
        ("15.3-denied-calls", "AccountTier"),
        ("13.1-config", "AccountTier"),
        ("13.1-config", "ConfigRecorder"),
        ("15.1-rules-compliant", "ConfigRecorder"),
        ("15.1-no-offenders", "ConfigRecorder"),
        ("13.1-session-manager", "SessionPreferences"),
        ("12.4-anomaly-detection", "AnomalyDetection"),
    ],
)
def test_what_the_settings_switch_off_is_said_to_be_off(id_: str, switch: str) -> None:
    found = outcome(id_, right(), **{switch: "false"})
    assert found.verdict is Verdict.OFF
    assert switch in found.note


def test_an_account_without_an_organization_has_no_tag_policy_to_look_for() -> None:
    assert outcome("12.2-tag-policy", changed(money.TAG_POLICY, None)).verdict is Verdict.OFF


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        pytest.param(right(), Verdict.PASSED, id="12.4-watched"),
        pytest.param(changed(money.MONITORS, ()), Verdict.FAILED, id="12.4-no-monitor"),
        pytest.param(with_item(money.MONITORS, 0, subscriptions=0), Verdict.FAILED, id="12.4-nobody-is-told"),
    ],
)
def test_anomaly_detection_is_looked_for_once_it_is_on(facts: Facts, verdict: Verdict) -> None:
    assert outcome(OFF_BY_DEFAULT, facts, AnomalyDetection="true").verdict is verdict


def test_one_endpoint_zone_is_right_where_the_settings_ask_for_one() -> None:
    endpoints = tuple(replace(each, subnet_ids=each.subnet_ids[:1]) for each in given(network.ENDPOINTS))
    facts = changed(network.ENDPOINTS, endpoints)
    for id_ in ("7.1-interface-endpoints", "12.1-minimal-endpoints", "12.1-savings"):
        assert outcome(id_, facts, EndpointZones="1").verdict is Verdict.PASSED
    (said,) = outcome("12.1-savings", facts, EndpointZones="1").claims
    assert said.seen.startswith(
        "29.20 USD a month for 4 endpoint zones; less by 3.65 than a NAT gateway at 32.85"
    )


def test_in_both_zones_the_endpoints_cost_more_than_the_nat_gateway_and_that_is_said() -> None:
    (said,) = outcome("12.1-savings", right()).claims
    assert said.seen == "58.40 USD a month for 8 endpoint zones; costs 25.55 more than a NAT gateway at 32.85"


def test_the_billing_alarm_that_the_estimate_expects_is_no_failure() -> None:
    rings = with_item(alerts.ALARMS, 11, state="ALARM")
    found = outcome("13.1-alarm-states", rings)
    assert found.verdict is Verdict.PASSED
    assert "ALARM, as the estimate expects" in [claim.seen for claim in found.claims]


def test_with_a_certificate_viewers_need_tls_1_2() -> None:
    certificate = "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-0000-0000-000000000000"
    old = with_fields(storage.DISTRIBUTION, default_certificate=False, minimum_tls="TLSv1")
    new = with_fields(storage.DISTRIBUTION, default_certificate=False, minimum_tls="TLSv1.2_2021")
    assert outcome("13.1-viewer-tls", old, CertificateArn=certificate).verdict is Verdict.FAILED
    assert outcome("13.1-viewer-tls", new, CertificateArn=certificate).verdict is Verdict.PASSED


def test_a_second_environment_has_no_billing_alarms_and_no_trail_of_its_own() -> None:
    facts = changed(alerts.ALARMS, given(alerts.ALARMS)[:11] + given(alerts.ALARMS)[13:])
    facts[alerts.LOG_GROUPS] = given(alerts.LOG_GROUPS)[:3]
    for id_ in ("13.1-alarms", "13.1-alarm-actions", "13.1-alarm-metrics", "13.1-log-retention"):
        assert outcome(id_, facts, AccountTier="false").verdict is Verdict.PASSED


def test_another_prefix_is_another_set_of_names() -> None:
    found = outcome("7.1-database", right(), Prefix="other")
    assert [claim.wanted for claim in found.failures] == ["other-db"]


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        pytest.param(
            *("TemplateURL: ./network.yaml", "TemplateURL: https://s3.us-east-1.amazonaws.com/b/abc"),
            Verdict.PASSED,
            id="the-address-of-a-nested-template",
        ),
        pytest.param(
            "  com.aws.cloudformation.Context:", "  Another:", Verdict.PASSED, id="what-people-read"
        ),
        pytest.param("DependsOn:", "Condition:", Verdict.FAILED, id="anything-else"),
    ],
)
def test_a_deployed_root_may_differ_only_in_addresses_and_metadata(
    old: str, new: str, verdict: Verdict
) -> None:
    texts = given(stack.DEPLOYED)
    assert old in texts["root.yaml"]
    facts = changed(stack.DEPLOYED, {**texts, "root.yaml": texts["root.yaml"].replace(old, new)})
    assert outcome("7.1-no-difference", facts).verdict is verdict


def test_a_stack_younger_than_its_first_digest_is_not_asked_for_one() -> None:
    trail = replace(cast(Any, given(audit.TRAIL)), digested=None)
    facts = {**stack_with(created=NOW - timedelta(hours=1)), audit.TRAIL: trail}
    assert outcome("15.2-trail-validation", facts).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    "role",
    [
        pytest.param("showcore-probe-production-role", id="15.3-the-probe"),
        pytest.param("showcore-backup-production-role", id="15.3-a-role-of-the-stacks"),
        pytest.param("aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS", id="15.3-service-linked"),
    ],
)
def test_what_works_with_a_role_of_the_deployment_is_no_stranger(role: str) -> None:
    arn = f"arn:aws:iam::111122223333:role/{role}"
    facts = with_item(audit.CHANGES, 1, caller=arn, caller_type="AssumedRole", invoked_by="")
    name = "showcore-backup-production-role"
    own = stack.StackResource("backup", "BackupRole", "AWS::IAM::Role", name, "CREATE_COMPLETE")
    tree = given(stack.STACK)
    facts[stack.STACK] = replace(tree, resources=(*tree.resources, own))
    assert outcome("15.3-callers", facts).verdict is Verdict.PASSED


def test_the_deployment_s_callers_are_documented() -> None:
    found = outcome("15.3-deployment-calls", right())
    assert [claim.subject for claim in found.claims] == [
        "ExecuteChangeSet by arn:aws:iam::111122223333:user/ada",
        "CreateVpc by arn:aws:iam::111122223333:role/showcore-cloudformation",
    ]
    assert found.claims[0].seen == f"1 times, last {DEPLOYED:%Y-%m-%d} 12:01 UTC"
