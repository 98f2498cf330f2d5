"""The IAM action of a call, where it is not the call's own name: the one table, as the messages spell actions.

Prefixes: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
Operations of S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from __future__ import annotations

_PREFIXES = {  # of the services that botocore names otherwise
    "cloudcontrol": "cloudformation",
    "resourcegroupstaggingapi": "tag",
    "service-quotas": "servicequotas",
}
_S3 = {
    "DeleteObjects": "DeleteObject",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjectsV2": "ListBucket",
}


def action_of(service: str, operation: str) -> str:
    """`servicequotas:GetServiceQuota`, of botocore's name of the service and AWS's of the operation."""
    named = _S3.get(operation, operation) if service == "s3" else operation
    return f"{_PREFIXES.get(service, service)}:{named}"
