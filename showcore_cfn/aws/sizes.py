"""How much is in a bucket or a vault, over boto3."""

from __future__ import annotations

from typing import Any, Protocol

from showcore_cfn.aws.call import asked
from showcore_cfn.aws.vaults import recovery_points
from showcore_cfn.deploy.removal.leftovers import Size

MOST_PAGES = 20  # of a thousand versions: then it is `at least`


class Clients(Protocol):
    """What the gateway needs of `session.Session`."""

    def client(self, service: str) -> Any:
        """A boto3 client."""
        ...


class SizesGateway:
    """`deploy.leftovers.Sizes` over boto3."""

    def __init__(self, clients: Clients, profile: str | None, account_id: str) -> None:
        self._clients = clients
        self._profile = profile
        self._owner = account_id

    def bucket(self, name: str) -> Size:
        """The objects of a bucket, all versions and delete markers of them."""
        things = count = 0
        marker: dict[str, Any] = {}
        for _ in range(MOST_PAGES):
            page = self._ask(
                "s3", "list_object_versions", Bucket=name, ExpectedBucketOwner=self._owner, **marker
            )
            versions = page.get("Versions", [])
            things += len(versions) + len(page.get("DeleteMarkers", []))
            count += sum(int(version["Size"]) for version in versions)
            if not page.get("IsTruncated"):
                return Size(things, count)
            marker = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}
        return Size(things, count, at_least=True)

    def vault(self, name: str) -> Size:
        """The recovery points of a vault."""
        points = recovery_points(self._ask, name)
        return Size(len(points), sum(int(point.get("BackupSizeInBytes") or 0) for point in points))

    def _ask(self, service: str, method: str, **given: Any) -> dict[str, Any]:
        return asked(self._clients.client(service), method, self._profile, **given)
