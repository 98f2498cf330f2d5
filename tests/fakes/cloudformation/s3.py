"""Buckets and their objects, as far as a deployment needs them."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field
from datetime import datetime

from tests.fakes.cloudformation.clock import Clock
from tests.fakes.cloudformation.errors import ServiceError

_NULL = "null"


@dataclass(slots=True)
class Object:
    """One version of an object, or a delete marker."""

    key: str
    version: str
    body: bytes
    modified: datetime
    headers: dict[str, str] = field(default_factory=dict)
    marker: bool = False

    @property
    def etag(self) -> str:
        """The entity tag, in quotes as it is sent."""
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


@dataclass(slots=True)
class Bucket:
    """A bucket: every version of every object, the oldest first, and its settings as they were sent."""

    name: str
    owner: str
    created: datetime
    region: str
    versioning: str = ""  # Enabled or Suspended
    objects: list[Object] = field(default_factory=list)
    settings: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, str] = field(default_factory=dict)  # in progress: id -> key
    late: list[str] = field(
        default_factory=list
    )  # keys that somebody writes after the next listings, one each
    held: set[str] = field(default_factory=set)  # keys whose versions cannot be deleted: a legal hold

    def latest(self, key: str) -> Object | None:
        """What a plain GET finds; None where it is deleted."""
        found = next((o for o in reversed(self.objects) if o.key == key), None)
        return None if found is None or found.marker else found

    def current(self) -> list[Object]:
        """The objects a plain listing shows, by key."""
        keys = sorted({o.key for o in self.objects})
        return [found for found in (self.latest(key) for key in keys) if found is not None]


class S3:
    """The buckets that an account can see; those of others are there to be refused."""

    def __init__(self, account_id: str, region: str, clock: Clock) -> None:
        self.account_id, self.region, self.clock = account_id, region, clock
        self.buckets: dict[str, Bucket] = {}
        self._numbers = itertools.count(1)

    def create(self, name: str, owner: str = "") -> Bucket:
        """Make a bucket; for one's own in us-east-1, once more is no error."""
        found = self.buckets.get(name)
        if found is not None and found.owner != self.account_id:
            raise ServiceError(
                "BucketAlreadyExists",
                "The requested bucket name is not available. The bucket namespace is shared by all users of the "
                "system. Please select a different name and try again.",
                409,
            )
        if found is not None and self.region != "us-east-1":
            raise ServiceError(
                "BucketAlreadyOwnedByYou",
                "Your previous request to create the named bucket succeeded and you already own it.",
                409,
            )
        if found is None:
            found = Bucket(name, owner or self.account_id, self.clock.now(), self.region)
            self.buckets[name] = found
        return found

    def bucket(self, name: str, expected_owner: str = "") -> Bucket:
        """A bucket; raises where there is none, it is another's, or not who was expected owns it."""
        found = self.buckets.get(name)
        if found is None:
            raise ServiceError("NoSuchBucket", "The specified bucket does not exist", 404)
        if found.owner != self.account_id or (expected_owner and expected_owner != found.owner):
            raise ServiceError("AccessDenied", "Access Denied", 403)
        return found

    def put(self, bucket: Bucket, key: str, body: bytes, headers: dict[str, str] | None = None) -> Object:
        """Store an object; the versions before stay where versioning says so."""
        stored = Object(key, self._version(bucket), body, self.clock.now(), headers or {})
        if bucket.versioning != "Enabled":
            bucket.objects = [o for o in bucket.objects if o.key != key or o.version != _NULL]
        bucket.objects.append(stored)
        return stored

    def read(self, bucket_name: str, key: str, version: str = "") -> bytes:
        """The content of an object."""
        return self.get(self.bucket(bucket_name), key, version).body

    def get(self, bucket: Bucket, key: str, version: str = "") -> Object:
        """An object, or one version of it."""
        if version:
            found = next((o for o in bucket.objects if o.key == key and o.version == version), None)
        else:
            found = bucket.latest(key)
        if found is None:
            raise ServiceError("NoSuchKey", "The specified key does not exist.", 404)
        return found

    def delete(self, bucket: Bucket, key: str, version: str = "") -> Object | None:
        """Delete an object, or for good one version of it; the delete marker where one was made."""
        if version:
            bucket.objects = [o for o in bucket.objects if (o.key, o.version) != (key, version)]
            return None
        if bucket.versioning == "Enabled":
            marker = Object(key, self._version(bucket), b"", self.clock.now(), marker=True)
            bucket.objects.append(marker)
            return marker
        bucket.objects = [o for o in bucket.objects if o.key != key]
        return None

    def drop(self, name: str) -> None:
        """Delete a bucket; raises where anything is in it, old versions and delete markers too."""
        if self.bucket(name).objects:
            raise ServiceError("BucketNotEmpty", "The bucket you tried to delete is not empty", 409)
        del self.buckets[name]

    def _version(self, bucket: Bucket) -> str:
        return f"v{next(self._numbers):08d}" if bucket.versioning == "Enabled" else _NULL
