"""Messages name actions as IAM spells them: whoever reads one can look it up, and allow it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from showcore_cfn.aws.call import action, asked
from showcore_cfn.aws.failures import AccessDenied
from showcore_cfn.aws.iam import action_of
from showcore_cfn.permissions.commands import COMMANDS

AWS = Path(__file__).parents[2] / "showcore_cfn" / "aws"
KNOWN = frozenset().union(*COMMANDS.values())


@pytest.mark.parametrize(
    ("service", "method", "says"),
    [
        ("service-quotas", "get_service_quota", "servicequotas:GetServiceQuota"),
        ("resourcegroupstaggingapi", "get_resources", "tag:GetResources"),
        ("cloudcontrol", "get_resource", "cloudformation:GetResource"),
        ("s3", "head_bucket", "s3:ListBucket"),
        ("s3", "list_objects_v2", "s3:ListBucket"),
        ("s3", "delete_objects", "s3:DeleteObject"),
        ("s3", "get_bucket_encryption", "s3:GetEncryptionConfiguration"),
        ("cloudformation", "describe_stacks", "cloudformation:DescribeStacks"),
    ],
)
def test_an_action_is_spelled_as_iam_does(service: str, method: str, says: str) -> None:
    assert action(client(service), method) == says


@pytest.mark.parametrize(
    "method",
    [
        *("head_bucket", "list_object_versions", "list_multipart_uploads", "list_objects_v2", "get_object"),
        *("get_bucket_encryption", "get_bucket_lifecycle_configuration", "get_public_access_block"),
        *("get_bucket_ownership_controls", "get_bucket_policy", "get_bucket_policy_status"),
        *("get_bucket_versioning", "abort_multipart_upload", "delete_bucket", "delete_objects"),
        *("delete_object", "put_object"),
    ],
)
def test_what_a_message_says_of_s3_is_an_action_that_the_policies_know(method: str) -> None:
    assert action(client("s3"), method) in KNOWN


def test_every_service_that_the_code_names_has_a_prefix_that_the_policies_know() -> None:
    words = {w for path in AWS.glob("*.py") for w in re.findall(r'"([a-z0-9-]+)"', path.read_text("utf-8"))}
    services = words & set(boto3.session.Session().get_available_services())
    assert {"service-quotas", "rds", "cloudcontrol"} <= services
    prefixes = {each.partition(":")[0] for each in KNOWN}
    assert {s for s in services if action_of(s, "X").partition(":")[0] not in prefixes} == set()


def test_a_refusal_names_the_action() -> None:
    quotas = client("service-quotas")
    with Stubber(quotas) as stub:
        stub.add_client_error("get_service_quota", "AccessDeniedException", "no", http_status_code=400)
        with pytest.raises(AccessDenied, match="may not do servicequotas:GetServiceQuota: no"):
            asked(quotas, "get_service_quota", None, ServiceCode="vpc", QuotaCode="L-F678F1CE")


@cache
def client(service: str) -> Any:
    return boto3.session.Session("a", "b", region_name="us-east-1").client(service)
