"""The S3 and STS of the fake, through boto3."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.fakes.cloudformation import FakeAws

pytest_plugins = ("tests.fakes.cloudformation.fixtures",)
OURS, OTHERS = "111122223333", "444455556666"


@pytest.fixture
def s3(aws: FakeAws) -> Any:
    client = aws.client("s3", retries={"total_max_attempts": 1})
    client.create_bucket(Bucket="artifacts")
    return client


def code(call: Any, **request: Any) -> str:
    """The error code of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    return str(caught.value.response["Error"]["Code"])


def test_what_was_put_can_be_read(s3: Any) -> None:
    put = s3.put_object(Bucket="artifacts", Key="a/b.yaml", Body=b"Resources: {}", Metadata={"who": "me"})
    got = s3.get_object(Bucket="artifacts", Key="a/b.yaml")
    assert (got["Body"].read(), got["ETag"], got["Metadata"]) == (
        b"Resources: {}",
        put["ETag"],
        {"who": "me"},
    )
    assert s3.head_object(Bucket="artifacts", Key="a/b.yaml")["ContentLength"] == 13


def test_what_is_not_there_is_told(s3: Any) -> None:
    assert code(s3.get_object, Bucket="artifacts", Key="none") == "NoSuchKey"
    assert code(s3.head_object, Bucket="artifacts", Key="none") == "404"
    assert code(s3.get_object, Bucket="none", Key="none") == "NoSuchBucket"
    assert code(s3.head_bucket, Bucket="none") == "404"


def test_an_object_is_put_once_where_that_is_asked_for(s3: Any) -> None:
    s3.put_object(Bucket="artifacts", Key="k", Body=b"1", IfNoneMatch="*")
    assert (
        code(s3.put_object, Bucket="artifacts", Key="k", Body=b"2", IfNoneMatch="*") == "PreconditionFailed"
    )
    assert s3.get_object(Bucket="artifacts", Key="k")["Body"].read() == b"1"


@pytest.mark.trap("48")
def test_the_expected_owner_is_checked_on_every_call(aws: FakeAws, s3: Any) -> None:
    s3.put_object(Bucket="artifacts", Key="k", Body=b"1", ExpectedBucketOwner=OURS)
    assert (
        code(s3.put_object, Bucket="artifacts", Key="k", Body=b"2", ExpectedBucketOwner=OTHERS)
        == "AccessDenied"
    )
    assert code(s3.list_objects_v2, Bucket="artifacts", ExpectedBucketOwner=OTHERS) == "AccessDenied"
    assert code(s3.head_bucket, Bucket="artifacts", ExpectedBucketOwner=OTHERS) == "403"
    assert aws.calls.of("PutObject")[0].parameters["x-amz-expected-bucket-owner"] == OURS


@pytest.mark.trap("48")
def test_a_name_that_somebody_else_has_is_no_name_of_ours(aws: FakeAws, s3: Any) -> None:
    aws.s3.create("theirs", owner=OTHERS)
    assert code(s3.create_bucket, Bucket="theirs") == "BucketAlreadyExists"
    assert code(s3.head_bucket, Bucket="theirs") == "403"
    s3.create_bucket(Bucket="artifacts")


def test_outside_of_us_east_1_one_s_own_bucket_is_not_made_twice() -> None:
    with FakeAws(region="eu-west-1") as aws:
        client = aws.client("s3")
        where = {"LocationConstraint": "eu-west-1"}
        client.create_bucket(Bucket="artifacts", CreateBucketConfiguration=where)
        assert (
            code(client.create_bucket, Bucket="artifacts", CreateBucketConfiguration=where)
            == "BucketAlreadyOwnedByYou"
        )
        assert client.get_bucket_location(Bucket="artifacts")["LocationConstraint"] == "eu-west-1"


def test_objects_are_listed_by_prefix_in_pages(s3: Any) -> None:
    for key in ("a/1", "a/2", "a/3", "b/1"):
        s3.put_object(Bucket="artifacts", Key=key, Body=b"x")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket="artifacts", Prefix="a/", PaginationConfig={"PageSize": 2}
    )
    assert [[o["Key"] for o in page["Contents"]] for page in pages] == [["a/1", "a/2"], ["a/3"]]
    assert s3.list_objects_v2(Bucket="artifacts", Prefix="c/")["KeyCount"] == 0


@pytest.mark.trap("44")
def test_a_versioned_bucket_is_empty_when_old_versions_and_markers_are_gone_too(s3: Any) -> None:
    s3.put_bucket_versioning(Bucket="artifacts", VersioningConfiguration={"Status": "Enabled"})
    assert s3.get_bucket_versioning(Bucket="artifacts")["Status"] == "Enabled"
    for body in (b"1", b"2"):
        s3.put_object(Bucket="artifacts", Key="k", Body=body)
    s3.delete_object(Bucket="artifacts", Key="k")
    assert "Contents" not in s3.list_objects_v2(Bucket="artifacts")
    assert code(s3.delete_bucket, Bucket="artifacts") == "BucketNotEmpty"
    found: list[dict[str, str]] = []
    for page in s3.get_paginator("list_object_versions").paginate(
        Bucket="artifacts", PaginationConfig={"PageSize": 2}
    ):
        found += [{"Key": o["Key"], "VersionId": o["VersionId"]} for o in page.get("Versions", [])]
        found += [{"Key": o["Key"], "VersionId": o["VersionId"]} for o in page.get("DeleteMarkers", [])]
    assert len(found) == 3
    s3.delete_objects(Bucket="artifacts", Delete={"Objects": found})
    s3.delete_bucket(Bucket="artifacts")
    assert s3.list_buckets()["Buckets"] == []


def test_an_old_version_can_be_read_by_its_id(s3: Any) -> None:
    s3.put_bucket_versioning(Bucket="artifacts", VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket="artifacts", Key="k", Body=b"1")["VersionId"]
    s3.put_object(Bucket="artifacts", Key="k", Body=b"2")
    assert s3.get_object(Bucket="artifacts", Key="k", VersionId=first)["Body"].read() == b"1"


def test_settings_of_a_bucket_are_kept_as_they_were_sent(s3: Any) -> None:
    assert code(s3.get_public_access_block, Bucket="artifacts") == "NoSuchPublicAccessBlockConfiguration"
    assert code(s3.get_bucket_policy, Bucket="artifacts") == "NoSuchBucketPolicy"
    block = dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_public_access_block(Bucket="artifacts", PublicAccessBlockConfiguration=block)
    s3.put_bucket_encryption(Bucket="artifacts", ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_bucket_policy(Bucket="artifacts", Policy='{"Statement": []}')
    assert s3.get_public_access_block(Bucket="artifacts")["PublicAccessBlockConfiguration"] == block
    encryption = s3.get_bucket_encryption(Bucket="artifacts")["ServerSideEncryptionConfiguration"]
    assert encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert s3.get_bucket_policy(Bucket="artifacts")["Policy"] == '{"Statement": []}'
    s3.delete_bucket_policy(Bucket="artifacts")
    assert code(s3.get_bucket_policy, Bucket="artifacts") == "NoSuchBucketPolicy"


def test_a_bucket_that_a_stack_makes_is_there(aws: FakeAws, s3: Any) -> None:
    aws.put_stack("show", "Resources: {Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: made}}}")
    s3.put_object(Bucket="made", Key="k", Body=b"x")


def test_a_request_without_a_signature_is_refused(aws: FakeAws) -> None:
    from botocore import UNSIGNED

    aws.put_template("Resources: {}")
    client = aws.client("s3", signature_version=UNSIGNED)
    assert code(client.get_object, Bucket="templates-of-the-test", Key="template.yaml") == "AccessDenied"


def test_the_caller_is_known(aws: FakeAws) -> None:
    identity = aws.client("sts").get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (OURS, f"arn:aws:iam::{OURS}:user/deployer")


def test_a_role_can_be_assumed_for_its_time(aws: FakeAws) -> None:
    answer = aws.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{OURS}:role/deploy", RoleSessionName="laptop", DurationSeconds=900
    )
    key = answer["Credentials"]["AccessKeyId"]
    sts = aws.client("sts", key)
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:sts::{OURS}:assumed-role/deploy/laptop"
    aws.clock.advance(900)
    assert code(sts.get_caller_identity) == "ExpiredToken"
    assert (answer["Credentials"]["Expiration"] - aws.calls[0].at).total_seconds() == 900


def test_another_process_finds_it_through_the_environment(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3

    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    client = boto3.session.Session().client("cloudformation")
    assert client.list_stacks()["StackSummaries"] == []
    assert client.meta.endpoint_url == aws.url
