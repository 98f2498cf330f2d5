"""What AWS offers here: zones, engine versions, instance classes."""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.deploy.preflight.account import Account
from showcore_cfn.deploy.preflight.answer import Answer, blocks, fine, note
from showcore_cfn.deploy.preflight.wanted import Wanted
from showcore_cfn.settings import setting_of

POOR_ZONE = "use1-az3"  # lacks newer services and classes
_DATABASE = "AWS::RDS::DBInstance"
_CACHE = "AWS::ElastiCache::ReplicationGroup"
_ZONES = ("AvailabilityZoneA", "AvailabilityZoneB")


def zones(account: Account, wanted: Wanted) -> Iterator[Answer]:
    """The two zones exist, are open, and are not the one that lacks services."""
    found = {zone.name: zone for zone in account.zones()}
    chosen = [wanted.desired.parameters[parameter] for parameter in _ZONES]
    fit = (zone for zone in found.values() if zone.state == "available" and zone.id != POOR_ZONE)
    others = ", ".join(sorted({zone.name for zone in fit} - {*chosen})) or "the zones that are open to you"
    for parameter, name in zip(_ZONES, chosen, strict=True):
        zone = found.get(name)
        if zone is None or zone.state != "available":
            yield blocks(
                "zones",
                f"{name} {'is not a zone of this account' if zone is None else f'is {zone.state}'}",
                f"set {setting_of(parameter)} to one of {others}",
            )
        elif zone.id == POOR_ZONE:
            yield note(
                "zones",
                f"{name} is {POOR_ZONE} in this account, where newer services and classes are missing",
                f"before the first deployment, set {setting_of(parameter)} to one of {others}",
            )
        else:
            yield fine("zones", f"{name} is {zone.id}")


def database(account: Account, wanted: Wanted) -> Iterator[Answer]:
    """RDS offers the engine version and, in our zone, the instance class."""
    engine, version = wanted.text(_DATABASE, "Engine"), wanted.text(_DATABASE, "EngineVersion")
    found = account.engine_versions(engine, version)
    if not found:
        yield blocks(
            "database engine",
            f"RDS offers no {engine} {version} here",
            "change the version in the database tier to one that `aws rds describe-db-engine-versions` lists",
        )
        return
    newest = found[-1]
    yield fine("database engine", f"{engine} {version}: {newest} is the newest on offer")
    instance_class, zone = (
        wanted.text(_DATABASE, "DBInstanceClass"),
        wanted.text(_DATABASE, "AvailabilityZone"),
    )
    places = account.zones_of_class(engine, newest, instance_class)
    if zone in places:
        yield fine("database class", f"{instance_class} is on offer in {zone}")
    else:
        where = f"only in {', '.join(sorted(places))}" if places else "nowhere here"
        yield blocks(
            "database class",
            f"{instance_class} for {engine} {newest} is on offer {where}, and not in {zone}",
            f"set {setting_of('AvailabilityZoneA')} to a zone that has it",
        )


def cache(account: Account, wanted: Wanted) -> Iterator[Answer]:
    """ElastiCache offers the engine version."""
    engine, version = wanted.text(_CACHE, "Engine"), wanted.text(_CACHE, "EngineVersion")
    if account.cache_versions(engine, version):
        yield fine("cache engine", f"{engine} {version} is on offer")
    else:
        yield blocks(
            "cache engine",
            f"ElastiCache offers no {engine} {version} here",
            "change the version in the cache tier to one that `aws elasticache describe-cache-engine-versions` lists",
        )


def plan(account: Account) -> Iterator[Answer]:
    """Which offers of the free tier hold depends on when the account was opened.

    https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier.html
    """
    found = account.plan()
    if found is None:
        yield fine("free tier", "the account says nothing of a plan; `showcore cost` shows both bills")
        return
    kind, status = found
    if kind == "FREE":
        yield note(
            "free tier",
            f"a free account plan ({status.lower()}): credits pay, and the account closes when they or its months"
            " are over, with everything in it",
            "upgrade to a paid plan before this holds data that matters",
        )
    else:
        yield fine("free tier", f"a {kind.lower()} account plan ({status.lower()})")
