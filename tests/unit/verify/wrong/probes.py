"""Wrong states of section 14: check, what is wrong, facts, a word of the claim."""

from __future__ import annotations

from dataclasses import replace

from showcore_cfn.verify.facts import probes
from showcore_cfn.verify.look import Fact
from tests.unit.verify.world import Case, Facts, changed, given, with_fields, with_item


def _said(fact: Fact[tuple[probes.Said, ...]], name: str, verdict: str) -> Facts:
    lines = given(fact)
    return changed(
        fact, tuple(replace(each, verdict=verdict) if each.name == name else each for each in lines)
    )


CASES: tuple[Case, ...] = (
    (
        "13.1-alarm-drill",
        "did-not-reach-its-topic",
        with_item(probes.RUNG_ALARMS, 0, told=()),
        "showcore-rds-cpu-high",
    ),
    ("14.1-tls", "14.1-not-encrypted", _said(probes.DATABASE_PROBE, "tls", "failed"), "tls"),
    (
        "14.1-plaintext-refused",
        "14.1-taken",
        _said(probes.DATABASE_PROBE, "plaintext-refused", "failed"),
        "plaintext",
    ),
    ("14.1-sql", "14.1-no", _said(probes.DATABASE_PROBE, "sql", "failed"), "sql"),
    ("14.2-tls", "14.2-not-encrypted", _said(probes.CACHE_PROBE, "tls", "failed"), "tls"),
    (
        "14.2-plaintext-refused",
        "14.2-taken",
        _said(probes.CACHE_PROBE, "plaintext-refused", "failed"),
        "plaintext",
    ),
    ("14.2-commands", "14.2-no", _said(probes.CACHE_PROBE, "commands", "failed"), "commands"),
    ("14.3-s3", "14.3-no", _said(probes.ENDPOINT_PROBE, "s3", "failed"), "s3"),
    ("14.3-logs", "14.3-no", _said(probes.ENDPOINT_PROBE, "logs", "failed"), "logs"),
    ("14.3-ssm", "14.3-no", _said(probes.ENDPOINT_PROBE, "ssm", "failed"), "ssm"),
    ("14.3-private-dns", "14.3-public", _said(probes.ENDPOINT_PROBE, "private-dns", "failed"), "private-dns"),
    (
        "14.3-no-internet",
        "14.3-a-way-out",
        _said(probes.ENDPOINT_PROBE, "no-internet", "failed"),
        "no-internet",
    ),
    ("14.4-rds-snapshot", "14.4-empty", with_fields(probes.RESTORED_SNAPSHOT, seen=""), "a1b2"),
    ("14.4-rds-backup", "14.4-empty", with_fields(probes.RESTORED_BACKUP, seen=""), "a1b2"),
    ("14.4-redis-snapshot", "14.4-another-value", with_fields(probes.RESTORED_CACHE, seen="old"), "a1b2"),
    ("14.5-https", "14.5-no", _said(probes.CDN_PROBE, "https", "failed"), "https"),
    ("14.5-redirect", "14.5-no", _said(probes.CDN_PROBE, "redirect", "failed"), "redirect"),
    ("14.5-bucket-closed", "14.5-open", _said(probes.CDN_PROBE, "bucket-closed", "failed"), "bucket-closed"),
    ("14.5-cache", "14.5-no", _said(probes.CDN_PROBE, "cache", "failed"), "cache"),
    ("14.5-compression", "14.5-no", _said(probes.CDN_PROBE, "compression", "failed"), "compression"),
)
