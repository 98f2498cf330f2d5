"""The plan's section 14, as checks over what the probes and drills found."""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.verify.check import Check, Way, check
from showcore_cfn.verify.checks.remedies import MEND
from showcore_cfn.verify.claim import Claim, that, unseen
from showcore_cfn.verify.expected import Expected
from showcore_cfn.verify.facts.probes import (
    BLIND,
    CACHE_PROBE,
    CDN_PROBE,
    DATABASE_PROBE,
    ENDPOINT_PROBE,
    FAILED,
    PASSED,
    RESTORED_BACKUP,
    RESTORED_CACHE,
    RESTORED_SNAPSHOT,
    RUNG_ALARMS,
    Restoration,
    Said,
)
from showcore_cfn.verify.look import Fact, Look

_HOLDS = {PASSED: True, FAILED: False, BLIND: None}
_GROUPS = "Look at the security groups and the route of the private subnet; then at the server's own state."
_FORCE_SSL = "Set rds.force_ssl to 1 in the database's parameter group."
_TLS_MODE = "Set the cache's transit encryption mode to required."
_ENDPOINT = "`showcore runbook vpc-endpoint-troubleshooting` has the steps."
_CDN = f"{MEND} A change takes a quarter of an hour to reach every edge."
_PSQL = "psql ignores sslmode where the plan writes it; the probe sets it as PGSSLMODE."
_CLIENT = "On Amazon Linux 2023 the client is called redis6-cli."
_ONLY_RDS = "AWS Backup restores the database; the cache is restored from a snapshot of its own."


def _probe(
    id: str,
    title: str,
    fact: Fact[tuple[Said, ...]],
    name: str,
    wanted: str,
    remedy: str,
    deviation: str = "",
) -> Check:
    """A check over the lines that a probe said under one name."""

    def body(look: Look, _want: Expected) -> Iterator[Claim]:
        said = look(fact)
        mine = [line for line in said if line.name == name]
        for line in mine:
            yield Claim(name, line.seen, wanted, _HOLDS[line.verdict])
        if not mine:
            blind = "; ".join(line.seen for line in said if line.verdict != PASSED)
            yield unseen(name, blind or "the probe did not come to it", wanted)

    made = check(id, title, sees=(fact,), remedy=remedy, way=Way.PROBE, deviation=deviation)
    return made(body)


database_tls = _probe(
    *("14.1-tls", "psql connects from the private subnet, with TLS", DATABASE_PROBE, "tls"),
    *("encrypted", _GROUPS, _PSQL),
)
database_plaintext = _probe(
    *("14.1-plaintext-refused", "The database refuses a connection without TLS", DATABASE_PROBE),
    *("plaintext-refused", "refused for want of encryption", _FORCE_SSL),
)
database_sql = _probe(
    *(
        "14.1-sql",
        "CREATE TABLE, INSERT and SELECT work",
        DATABASE_PROBE,
        "sql",
        "done and rolled back",
        _GROUPS,
    )
)
cache_tls = _probe(
    *("14.2-tls", "redis-cli connects from the private subnet, with TLS", CACHE_PROBE, "tls", "PONG"),
    *(_GROUPS, _CLIENT),
)
cache_plaintext = _probe(
    *("14.2-plaintext-refused", "The cache refuses a connection without TLS", CACHE_PROBE),
    *("plaintext-refused", "refused", _TLS_MODE),
)
cache_commands = _probe(
    *("14.2-commands", "SET, GET and DEL work", CACHE_PROBE, "commands", "done, and the key is gone", _GROUPS)
)
endpoint_s3 = _probe(
    *("14.3-s3", "S3 answers through its gateway endpoint", ENDPOINT_PROBE, "s3", "a listing", _ENDPOINT)
)
endpoint_logs = _probe(
    *("14.3-logs", "CloudWatch Logs answers through its interface endpoint", ENDPOINT_PROBE, "logs"),
    *("an answer", _ENDPOINT),
)
endpoint_ssm = _probe(
    *("14.3-ssm", "Systems Manager answers through its interface endpoint", ENDPOINT_PROBE, "ssm"),
    *("an answer", _ENDPOINT),
)
private_dns = _probe(
    *("14.3-private-dns", "Service names resolve to addresses inside the VPC", ENDPOINT_PROBE, "private-dns"),
    *("private addresses", _ENDPOINT),
)
no_internet = _probe(
    *(
        "14.3-no-internet",
        "The internet cannot be reached from the private subnet",
        ENDPOINT_PROBE,
        "no-internet",
    ),
    *("no answer", "Delete the route that leads out: private subnets have none (3.4)."),
)
cdn_https = _probe(
    *("14.5-https", "The distribution serves a new object over HTTPS", CDN_PROBE, "https", "200", _CDN)
)
cdn_redirect = _probe(
    *("14.5-redirect", "HTTP is redirected to HTTPS", CDN_PROBE, "redirect", "301 or 302 to https", _CDN)
)
cdn_direct = _probe(
    *("14.5-bucket-closed", "S3 itself refuses the object", CDN_PROBE, "bucket-closed", "403", _CDN)
)
cdn_cache = _probe(
    *(
        "14.5-cache",
        "A second request is served from the cache",
        CDN_PROBE,
        "cache",
        "Hit from cloudfront",
        _CDN,
    )
)
cdn_compression = _probe(
    *("14.5-compression", "The answer is compressed", CDN_PROBE, "compression", "gzip or br", _CDN)
)


def _restored(id: str, title: str, fact: Fact[Restoration]) -> Check:
    """A check that a restore drill brought its marker back."""

    def body(look: Look, _want: Expected) -> Iterator[Claim]:
        found = look(fact)
        holds = found.seen == found.marker
        said = f"{found.seen} at {found.address}, after {found.minutes:.0f} minutes"
        yield that(f"{found.copy} restored as {found.restored}", holds, said, f"the marker {found.marker}")

    remedy = "Do it by hand with the runbook to see where it stops; nobody should need a backup that does not restore."
    return check(id, title, sees=(fact,), remedy=remedy, way=Way.RESTORE_DRILL, deviation=_ONLY_RDS)(body)


database_snapshot = _restored(
    "14.4-rds-snapshot", "A database restored from a snapshot holds the data", RESTORED_SNAPSHOT
)
database_backup = _restored(
    "14.4-rds-backup", "A database restored from AWS Backup holds the data", RESTORED_BACKUP
)
cache_snapshot = _restored(
    "14.4-redis-snapshot", "A cache restored from a snapshot holds the data", RESTORED_CACHE
)


@check(
    "13.1-alarm-drill",
    "Every alarm, set off, reaches its topic",
    sees=(RUNG_ALARMS,),
    remedy="Look at the topic's policy: cloudwatch.amazonaws.com must be allowed to publish.",
    way=Way.ALARM_DRILL,
)
def alarm_drill(look: Look, want: Expected) -> Iterator[Claim]:
    """10.3-10.6, 11.4: up to the topic; whether mail arrives, a person sees."""
    from showcore_cfn.verify.checks.alerts import wanted_alarms

    topics = {want.named(each.name): want.topic_arn(f"{each.topic}-alerts") for each in wanted_alarms(want)}
    for rung in look(RUNG_ALARMS):
        if rung.trouble:
            yield unseen(rung.name, rung.trouble, topics[rung.name])
        else:
            yield that(rung.name, topics[rung.name] in rung.told, rung.told, topics[rung.name])
