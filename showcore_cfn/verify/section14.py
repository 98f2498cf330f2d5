"""The plan's section 14 as a story: what is put up, asked and taken down, in which order.

Each answer is a value or the reason why there is none; one that fails does not keep the next from being asked.
Whatever was put up is gone at the end. All of AWS stands behind the protocols here, so that a test can let
every step fail once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from showcore_cfn.errors import ShowcoreError
from showcore_cfn.verify.checks.data import the_cache, the_database
from showcore_cfn.verify.checks.network import interface_plan
from showcore_cfn.verify.checks.storage import bucket_named
from showcore_cfn.verify.expected import Expected
from showcore_cfn.verify.facts.data import Database
from showcore_cfn.verify.facts.probes import (
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
    RungAlarm,
    Said,
    understood,
)
from showcore_cfn.verify.facts.storage import DISTRIBUTION
from showcore_cfn.verify.leftovers import Leftovers
from showcore_cfn.verify.look import CouldNotLook, Fact, Look, Missing

MASTER_USER = "postgres"  # 14.1
PROBE_SECONDS = 120.0
INSTALL_SECONDS = 600.0
PAGE_BYTES = 4_000  # CloudFront compresses from 1,000 bytes on


@dataclass(frozen=True, slots=True)
class Ran:
    """What a script printed; `trouble` says why where it did not run to its end."""

    output: str
    trouble: str = ""


class Host(Protocol):
    """The test instance in the private subnet."""

    @property
    def name(self) -> str:
        """What it is, for people."""
        ...

    def create(self) -> None:
        """Put it up and wait until it takes commands."""
        ...

    def run(self, script: str, arguments: Sequence[str], timeout_seconds: float) -> Ran:
        """Run a probe on it."""
        ...

    def delete(self) -> None:
        """Take it down and wait until it is gone; nothing to do where it never was."""
        ...


class Secret(Protocol):
    """The way of the database password to the instance. The password itself is never seen here."""

    @property
    def name(self) -> str:
        """The parameter's name."""
        ...

    def pass_on(self) -> None:
        """Write it into the parameter."""
        ...

    def withdraw(self) -> None:
        """Delete the parameter, where it is there."""
        ...


class Page(Protocol):
    """The test object in the assets bucket."""

    @property
    def key(self) -> str:
        """Its key."""
        ...

    def put(self, body: bytes) -> None:
        """Write it."""
        ...

    def remove(self) -> None:
        """Delete it, every version of it."""
        ...


class Copy(Protocol):
    """Something that is backed up and restored, once."""

    @property
    def copy(self) -> str:
        """The copy's name."""
        ...

    @property
    def restored(self) -> str:
        """The name of what is made of it."""
        ...

    def back_up(self) -> None:
        """Make the copy and wait for it."""
        ...

    def restore(self) -> tuple[str, int]:
        """Make something new of the copy and wait for it; its address and port."""
        ...

    def remove_restored(self) -> None:
        """Delete what was restored, and wait until it is gone."""
        ...

    def remove_copy(self) -> None:
        """Delete the copy."""
        ...


class Bell(Protocol):
    """Alarms, as they are set off."""

    def ring(self, name: str) -> tuple[str, ...]:
        """Set the alarm off; the ARNs that CloudWatch then published to."""
        ...

    def calm(self, name: str) -> None:
        """Put the alarm back into the state that it was in."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything that section 14 does to the world."""

    host: Host
    secret: Secret
    page: Page
    here: Callable[[str, Sequence[str], float], Ran]  # runs a probe on this machine
    database_snapshot: Copy
    database_backup: Copy
    cache_snapshot: Copy
    bell: Bell
    token: Callable[[], str]  # a word that nobody else has
    minutes: Callable[[], float]  # a clock that only goes forward
    tell: Callable[[str], None]


Answers = dict[Fact[object], object]
INSIDE: tuple[Fact[object], ...] = (
    DATABASE_PROBE,
    CACHE_PROBE,
    ENDPOINT_PROBE,
    RESTORED_SNAPSHOT,
    RESTORED_BACKUP,
    RESTORED_CACHE,
)


def answers(wanted: Collection[Fact[object]], tools: Tools, look: Look, want: Expected) -> Answers:
    """The facts of section 14 that are wanted. Raises LeftBehind where something could not be removed."""
    story = _Story(tools, look, want)
    found: Answers = {}
    if CDN_PROBE in wanted:
        found[CDN_PROBE] = _answer(story.cdn)
    if RUNG_ALARMS in wanted:
        found[RUNG_ALARMS] = _answer(story.alarms)
    inside = [fact for fact in INSIDE if fact in wanted]
    if inside:
        found |= story.inside(inside)
    return found


def _answer(ask: Callable[[], object]) -> object:
    """What `ask` finds, or why it finds nothing."""
    try:
        return ask()
    except (CouldNotLook, Missing) as error:
        return error
    except ShowcoreError as error:
        return CouldNotLook(str(error))


@dataclass(frozen=True, slots=True)
class _Story:
    tools: Tools
    look: Look
    want: Expected

    def inside(self, facts: Sequence[Fact[object]]) -> Answers:
        """What only an instance in the private subnet can tell."""
        asked: dict[Fact[object], Callable[[], object]] = {
            DATABASE_PROBE: self.database,
            CACHE_PROBE: self.cache,
            ENDPOINT_PROBE: self.endpoints,
            RESTORED_SNAPSHOT: lambda: self.database_drill(self.tools.database_snapshot),
            RESTORED_BACKUP: lambda: self.database_drill(self.tools.database_backup),
            RESTORED_CACHE: self.cache_drill,
        }
        with self._leftovers() as gone:
            gone.must_go(self.tools.host.name, self.tools.host.delete)
            ready = _answer(self._ready)
            if isinstance(ready, (CouldNotLook, Missing)):
                return dict.fromkeys(facts, ready)
            return {fact: _answer(asked[fact]) for fact in facts}

    def _ready(self) -> None:
        self.tools.tell(f"putting up {self.tools.host.name}")
        self.tools.host.create()
        for said in self._said("prepare.sh", (), INSTALL_SECONDS):
            if said.verdict != PASSED:
                raise CouldNotLook(f"the instance cannot be prepared: {said.seen}")

    def database(self) -> tuple[Said, ...]:
        """14.1."""
        found = the_database(self.look)
        return self._psql(found, found.address, found.port)

    def cache(self) -> tuple[Said, ...]:
        """14.2."""
        found = the_cache(self.look)
        return self._said("redis.sh", (found.address, str(found.port)))

    def endpoints(self) -> tuple[Said, ...]:
        """14.3."""
        services = sorted(interface_plan(self.want))
        return self._said("endpoints.sh", (self.want.region, self.want.bucket("backups"), *services))

    def cdn(self) -> tuple[Said, ...]:
        """14.5."""
        host, page = self.look(DISTRIBUTION).domain, self.tools.page
        bucket = bucket_named(self.look, "StaticAssetsBucket").name
        direct = f"https://{bucket}.s3.{self.want.region}.amazonaws.com/{page.key}"
        with self._leftovers() as gone:
            gone.must_go(f"s3://{bucket}/{page.key}", page.remove)
            page.put(_page())
            ran = self.tools.here("cdn.sh", (host, "443", "80", f"/{page.key}", direct), PROBE_SECONDS)
        return understood(ran.output, ran.trouble)

    def database_drill(self, copy: Copy) -> Restoration:
        """14.4, the database."""
        found = the_database(self.look)
        return self._drill(
            copy,
            lambda address, port, *act: self._psql(found, address, port, *act),
            found.address,
            found.port,
        )

    def cache_drill(self) -> Restoration:
        """14.4, the cache."""
        found = the_cache(self.look)
        return self._drill(self.tools.cache_snapshot, self._redis, found.address, found.port)

    def alarms(self) -> tuple[RungAlarm, ...]:
        """Each alarm of this environment, set off and put back."""
        from showcore_cfn.verify.checks.alerts import wanted_alarms

        return tuple(self._rung(self.want.named(alarm.name)) for alarm in wanted_alarms(self.want))

    def _rung(self, name: str) -> RungAlarm:
        try:
            with self._leftovers() as gone:
                gone.must_go(f"the forced state of {name}", lambda: self.tools.bell.calm(name))
                return RungAlarm(name, self.tools.bell.ring(name))
        except ShowcoreError as error:
            return RungAlarm(name, (), str(error))

    def _drill(
        self, copy: Copy, act: Callable[..., tuple[Said, ...]], address: str, port: int
    ) -> Restoration:
        marker, began = self.tools.token(), self.tools.minutes()
        with self._leftovers() as gone:
            gone.must_go("the marker", lambda: _must(act(address, port, "drop", marker)))
            _must(act(address, port, "write", marker))
            gone.must_go(copy.copy, copy.remove_copy)
            self.tools.tell(f"making {copy.copy}")
            copy.back_up()
            gone.must_go(copy.restored, copy.remove_restored)
            self.tools.tell(f"restoring it as {copy.restored}")
            new_address, new_port = copy.restore()
            seen = act(new_address, new_port, "read", marker)
            took = self.tools.minutes() - began
        read = next((said for said in seen if said.name == "marker-read"), None)
        if read is None:
            raise CouldNotLook(f"{copy.restored} could not be asked: {'; '.join(said.seen for said in seen)}")
        return Restoration(copy.copy, copy.restored, new_address, marker, read.seen, took)

    def _psql(self, database: Database, address: str, port: int, *act: str) -> tuple[Said, ...]:
        secret = self.tools.secret
        with self._leftovers() as gone:
            gone.must_go(f"the parameter {secret.name}", secret.withdraw)
            secret.pass_on()
            return self._said(
                "postgres.sh", (address, str(port), database.db_name, MASTER_USER, secret.name, *act)
            )

    def _redis(self, address: str, port: int, *act: str) -> tuple[Said, ...]:
        return self._said("redis.sh", (address, str(port), *act))

    def _said(
        self, script: str, arguments: Sequence[str], timeout_seconds: float = PROBE_SECONDS
    ) -> tuple[Said, ...]:
        ran = self.tools.host.run(script, arguments, timeout_seconds)
        return understood(ran.output, ran.trouble)

    def _leftovers(self) -> Leftovers:
        return Leftovers(self.tools.tell)


def _must(said: tuple[Said, ...]) -> None:
    """Go on only where the probe could do what it was told."""
    for line in said:
        if line.verdict != PASSED:
            raise CouldNotLook(f"{line.name} {FAILED}: {line.seen}")


def _page() -> bytes:
    line = b"<p>A page for verifying the distribution; it is deleted at once.</p>\n"
    return line * (PAGE_BYTES // len(line) + 1)
