"""Releases: what was deployed, by whom, when and how it ended, kept beside the templates it was made of.

A release is two objects that are never overwritten: one written before the execution, with everything that is
needed to deploy it again, and one after it, with the result. A crash in between loses nothing: the first says
what was begun, and `showcore status` how it stands. Nested templates lie in the same bucket under their hashes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from showcore_cfn.aws.failures import AwsError, Missing
from showcore_cfn.aws.gateways import Gateways, Store
from showcore_cfn.deploy.clock import Clock
from showcore_cfn.deploy.desired import Desired
from showcore_cfn.deploy.following.follow import Watcher
from showcore_cfn.deploy.operation import Operator, Result
from showcore_cfn.deploy.package import KEY_PREFIX
from showcore_cfn.deploy.parallel import together
from showcore_cfn.deploy.planning.plan import Plan
from showcore_cfn.errors import ShowcoreError, StillRunning, UsageError
from showcore_cfn.template.json_types import Json

FOLDER = "releases"
UNKNOWN = "not recorded"  # the execution began, and nobody wrote down how it ended
NOT_EXECUTED = "not executed"  # it did not begin: somebody else was faster, or AWS refused
_BEGUN, _ENDED = "begun.json", "ended.json"


class Shelf(Protocol):
    """Where releases are read."""

    def keys(self, bucket: str, prefix: str, owner: str) -> frozenset[str]:
        """The keys that begin with `prefix`."""
        ...

    def get(self, bucket: str, key: str, owner: str) -> bytes:
        """Read one object."""
        ...


@dataclass(frozen=True, slots=True)
class Release:
    """One deployment, or something else that was done to the stack: then it has no templates.

    Times are UTC, as ISO 8601; `hashes` are those of the packaged templates.
    """

    id: str
    begun: str
    stack: str
    who: str  # the ARN behind the credentials
    what: str = ""  # "commit 1a2b3c4 by ada@laptop"; "destroy, commit 1a2b3c4 by ada@laptop"
    change_set: str = ""
    root: str = ""  # file name of the root
    root_text: str = ""
    hashes: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    ended: str = ""
    status: str = UNKNOWN

    @property
    def succeeded(self) -> bool:
        """Whether it is known to have ended well."""
        return self.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")


@dataclass(frozen=True, slots=True)
class Log:
    """One release while it is being made. Without a store nothing is written: the bootstrap stack has none."""

    store: Store | None
    desired: Desired
    clock: Clock
    id: str = ""

    def end(self, status: str) -> str:
        """Write down how it ended; what went wrong with that, or nothing: the deployment itself is done."""
        if self.store is None:
            return ""
        body = {"ended": _stamp(self.clock.now()), "status": status}
        try:
            _put(self.store, self.desired, f"{self.id}/{_ENDED}", body)
        except AwsError as error:
            return f"the result of release {self.id} could not be written down: {error}"
        return ""


@contextmanager
def starting(log: Log, watcher: Watcher) -> Iterator[None]:
    """Writes down that what was to be started inside was not executed, where it raises an error."""
    try:
        yield
    except ShowcoreError as error:
        _tell(watcher, log.end(f"{NOT_EXECUTED}: {error}"))
        raise


@contextmanager
def noted(log: Log, watcher: Watcher) -> Iterator[Callable[[Result], Result]]:
    """Hands on the result of what is done inside, and writes it down; also that it was refused or failed.

    What goes on in AWS without us stays `not recorded`. That the writing fails is told, and stops nothing.
    """

    def note(result: Result) -> Result:
        _tell(watcher, log.end(result.status))
        return result

    try:
        yield note
    except StillRunning:
        raise
    except ShowcoreError as error:
        _tell(watcher, log.end(f"{type(error).__name__}: {error}"))
        raise


def _tell(watcher: Watcher, trouble: str) -> None:
    if trouble:
        watcher.trouble(trouble)


def begin(gateways: Gateways, desired: Desired, plan: Plan, clock: Clock) -> Log:
    """Write down what is about to be executed. AwsError: it cannot be written, so nothing should be executed."""
    if not desired.bucket:
        return Log(None, desired, clock)
    empty = _release(gateways, desired, clock, plan.arn)
    release = replace(
        empty,
        what=desired.description,
        change_set=plan.arn,
        root=desired.root,
        root_text=desired.templates[desired.root],
        hashes=plan.hashes,
        parameters=desired.parameters,
        tags=desired.tags,
    )
    return _begun(gateways, desired, clock, release)


def begin_other(operator: Operator, desired: Desired, what: str) -> Log:
    """Write down that something else is about to be done to the stack, such as its deletion.

    That it cannot be written is told, and stops nothing: what protects or deletes must not hang on a bucket.
    """
    gateways, clock = operator.gateways, operator.clock
    try:
        release = replace(_release(gateways, desired, clock, operator.new_token()), what=what)
        return _begun(gateways, desired, clock, release)
    except AwsError as error:
        operator.watcher.trouble(f"{what}: not recorded among the releases. {error}")
        return Log(None, desired, clock)


def _release(gateways: Gateways, desired: Desired, clock: Clock, unique: str) -> Release:
    """A release that says when, of which stack and by whom."""
    now = clock.now()
    return Release(
        id=f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{hashlib.sha256(unique.encode()).hexdigest()[:8]}",
        begun=_stamp(now),
        stack=desired.stack_name,
        who=gateways.identities.identity().arn,
    )


def _begun(gateways: Gateways, desired: Desired, clock: Clock, release: Release) -> Log:
    _put(gateways.store, desired, f"{release.id}/{_BEGUN}", _body(release))
    return Log(gateways.store, desired, clock, release.id)


def releases(shelf: Shelf, desired: Desired) -> tuple[Release, ...]:
    """Every release of a stack, newest first. ShowcoreError where the bucket was never made."""
    try:
        keys = shelf.keys(desired.bucket, f"{FOLDER}/{desired.stack_name}/", desired.account_id)
    except Missing as error:
        raise ShowcoreError(
            f"there is no artifact bucket {desired.bucket}: run `showcore bootstrap` once for this account."
        ) from error
    ids = sorted({key.split("/")[2] for key in keys if key.endswith(_BEGUN)}, reverse=True)
    return tuple(together(partial(_read, shelf, desired, identifier, keys) for identifier in ids))


def of(shelf: Shelf, desired: Desired, identifier: str) -> Release:
    """One release, by its id or the beginning of it. UsageError where there is none, or more than one."""
    found = [release for release in releases(shelf, desired) if release.id.startswith(identifier)]
    if len(found) == 1:
        return found[0]
    which = ", ".join(release.id for release in found) or "`showcore releases` lists them"
    raise UsageError(f"{'no' if not found else 'more than one'} release begins with {identifier!r}: {which}.")


def again(shelf: Shelf, desired: Desired, release: Release) -> Desired:
    """What that release deployed, to be deployed once more: its templates and its parameters.

    UsageError where it was no deployment, ShowcoreError where a template is gone or is not what it was.
    """
    if not release.root:
        raise UsageError(
            f"release {release.id} was no deployment ({release.what}): it cannot be deployed again."
        )
    nested = {name: digest for name, digest in release.hashes.items() if name != release.root}
    texts = together(partial(_template, shelf, desired, name, digest) for name, digest in nested.items())
    templates = {release.root: release.root_text, **dict(zip(nested, texts, strict=True))}
    return replace(
        desired,
        templates=templates,
        root=release.root,
        parameters=dict(release.parameters),
        tags=dict(release.tags),
        description=f"release {release.id} again: {release.what}",
    )


def _template(shelf: Shelf, desired: Desired, name: str, digest: str) -> str:
    stem, dot, ending = name.rpartition(".")
    body = shelf.get(desired.bucket, f"{KEY_PREFIX}/{stem}-{digest}{dot}{ending}", desired.account_id)
    if hashlib.sha256(body).hexdigest() != digest:
        raise ShowcoreError(f"{name} in {desired.bucket} is not what was uploaded: its hash is another one.")
    return body.decode()


def _read(shelf: Shelf, desired: Desired, identifier: str, keys: frozenset[str]) -> Release:
    begun = _get(shelf, desired, f"{identifier}/{_BEGUN}")
    there = f"{FOLDER}/{desired.stack_name}/{identifier}/{_ENDED}" in keys
    ended = _get(shelf, desired, f"{identifier}/{_ENDED}") if there else {}
    return Release(
        id=identifier,
        **{name: str(begun.get(name, "")) for name in ("begun", "stack", "what", "who", "change_set")},
        root=str(begun["root"]),
        root_text=str(begun["root_text"]),
        hashes=dict(_texts(begun["hashes"])),
        parameters=dict(_texts(begun["parameters"])),
        tags=dict(_texts(begun["tags"])),
        ended=str(ended.get("ended", "")),
        status=str(ended.get("status", UNKNOWN)),
    )


def _body(release: Release) -> dict[str, Json]:
    return {
        "begun": release.begun,
        "stack": release.stack,
        "what": release.what,
        "who": release.who,
        "change_set": release.change_set,
        "root": release.root,
        "root_text": release.root_text,
        "hashes": dict(release.hashes),
        "parameters": dict(release.parameters),
        "tags": dict(release.tags),
    }


def _put(store: Store, desired: Desired, key: str, body: Mapping[str, Json]) -> None:
    data = json.dumps(body, indent=2).encode()
    store.put(desired.bucket, f"{FOLDER}/{desired.stack_name}/{key}", data, desired.account_id)


def _get(shelf: Shelf, desired: Desired, key: str) -> dict[str, Json]:
    body = shelf.get(desired.bucket, f"{FOLDER}/{desired.stack_name}/{key}", desired.account_id)
    found: dict[str, Json] = json.loads(body)
    return found


def _texts(value: Json) -> Iterator[tuple[str, str]]:
    for key, text in value.items() if isinstance(value, dict) else ():
        yield key, str(text)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
