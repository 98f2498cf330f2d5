"""S3, as far as packaging needs it. Every call says whose the bucket must be.

A bucket name that can be guessed can be taken by a stranger, who would then be handed the templates:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
"""

from __future__ import annotations

from typing import Any

from showcore_cfn.aws.call import asked


class StoreGateway:
    """`gateways.Store` over boto3."""

    def __init__(self, client: Any, profile: str | None) -> None:
        self._client = client
        self._profile = profile

    def keys(self, bucket: str, prefix: str, owner: str) -> frozenset[str]:
        """The keys that begin with `prefix`, all pages of them."""
        found: set[str] = set()
        token: str | None = None
        while True:
            page = asked(
                *(self._client, "list_objects_v2", self._profile),
                Bucket=bucket,
                Prefix=prefix,
                ExpectedBucketOwner=owner,
                ContinuationToken=token,
            )
            found.update(str(item["Key"]) for item in page.get("Contents", ()))
            token = page.get("NextContinuationToken")
            if not token:
                return frozenset(found)

    def put(self, bucket: str, key: str, body: bytes, owner: str) -> None:
        """Write one object; writing it twice is the same as once."""
        asked(
            *(self._client, "put_object", self._profile),
            Bucket=bucket,
            Key=key,
            Body=body,
            ContentType="application/yaml",
            ExpectedBucketOwner=owner,
        )

    def get(self, bucket: str, key: str, owner: str) -> bytes:
        """Read one object; Missing where there is none."""
        answer = asked(
            *(self._client, "get_object", self._profile), Bucket=bucket, Key=key, ExpectedBucketOwner=owner
        )
        body: bytes = answer["Body"].read()
        return body
