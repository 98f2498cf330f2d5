"""Emptying and removing what a nest left, over boto3. Every call to S3 says whose the bucket must be.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-or-empty-bucket.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from showcore_cfn.aws.call import asked, pages
from showcore_cfn.aws.failures import Missing, Refused
from showcore_cfn.aws.sizes import Clients
from showcore_cfn.aws.vaults import missing_where_gone, recovery_points
from showcore_cfn.deploy.removal.emptying import Deleted

_DELETED = "DELETE_COMPLETE"
_BUSY = "DELETING"


class EmptyingGateway:
    """`deploy.emptying.Emptier` over boto3."""

    def __init__(self, clients: Clients, profile: str | None, account_id: str) -> None:
        self._clients = clients
        self._profile = profile
        self._owner = account_id

    def deleted_stacks(self, name: str) -> tuple[str, ...]:
        """The ids of the deleted root stacks of a name, the newest first; CloudFormation knows them for 90 days."""
        stacks = partial(self._ask, "cloudformation", "list_stacks", StackStatusFilter=[_DELETED])
        of_the_name = (stack for stack in pages(stacks, "StackSummaries") if stack["StackName"] == name)
        found = [stack for stack in of_the_name if not stack.get("RootId")]
        found.sort(key=lambda stack: stack["DeletionTime"], reverse=True)
        return tuple(str(stack["StackId"]) for stack in found)

    def holders(self, physical_id: str) -> frozenset[str]:
        """The stacks that a resource belongs to."""
        try:
            answer = self._ask("cloudformation", "describe_stack_resources", PhysicalResourceId=physical_id)
        except Missing:
            return frozenset()
        same = [r for r in answer["StackResources"] if r.get("PhysicalResourceId") == physical_id]
        return frozenset(str(resource["StackId"]) for resource in same)

    def delete_versions(self, bucket: str) -> Deleted:
        """Delete every version and delete marker of a bucket, a thousand a call."""
        deleted, refused, why = 0, 0, ""
        for page in self._versions(bucket):
            marked = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in marked]
            if not objects:
                continue
            answer = self._s3("delete_objects", bucket, Delete={"Objects": objects, "Quiet": True})
            errors = answer.get("Errors", [])
            deleted, refused = deleted + len(objects) - len(errors), refused + len(errors)
            why = why or next((f"{e.get('Key')}: {e.get('Message') or e.get('Code')}" for e in errors), "")
        return Deleted(deleted, refused, why)

    def abort_uploads(self, bucket: str) -> int:
        """Abort every upload that is in progress; how many there were."""
        uploads = [upload for page in self._uploads(bucket) for upload in page.get("Uploads", [])]
        for upload in uploads:
            self._s3("abort_multipart_upload", bucket, Key=upload["Key"], UploadId=upload["UploadId"])
        return len(uploads)

    def delete_bucket(self, bucket: str) -> None:
        """Delete a bucket, which must be empty."""
        self._s3("delete_bucket", bucket)

    def delete_points(self, vault: str) -> Deleted:
        """Begin to delete every recovery point of a vault that is not being deleted already."""
        deleted, refused, why = 0, 0, ""
        points = recovery_points(self._ask, vault)
        for point in points:
            if point.get("Status") == _BUSY:
                continue
            arn = point["RecoveryPointArn"]
            try:
                self._ask("backup", "delete_recovery_point", BackupVaultName=vault, RecoveryPointArn=arn)
                deleted += 1
            except Refused as error:
                refused, why = refused + 1, why or f"{arn}: {error}"
        return Deleted(deleted, refused, why, len(points))

    def delete_vault(self, vault: str) -> None:
        """Delete a vault, which must be empty."""
        with missing_where_gone(self._ask, vault):
            self._ask("backup", "delete_backup_vault", BackupVaultName=vault)

    def _versions(self, bucket: str) -> Iterator[dict[str, Any]]:
        marker: dict[str, Any] = {}
        while True:
            page = self._s3("list_object_versions", bucket, **marker)
            yield page
            if not page.get("IsTruncated"):
                return
            marker = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}

    def _uploads(self, bucket: str) -> Iterator[dict[str, Any]]:
        marker: dict[str, Any] = {}
        while True:
            page = self._s3("list_multipart_uploads", bucket, **marker)
            yield page
            if not page.get("IsTruncated"):
                return
            marker = {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}

    def _s3(self, method: str, bucket: str, **given: Any) -> dict[str, Any]:
        return self._ask("s3", method, Bucket=bucket, ExpectedBucketOwner=self._owner, **given)

    def _ask(self, service: str, method: str, **given: Any) -> dict[str, Any]:
        return asked(self._clients.client(service), method, self._profile, **given)
