"""The REST side of S3: requests to operations, answers to XML."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from xml.sax.saxutils import escape

from tests.fakes.cloudformation.errors import ServiceError
from tests.fakes.cloudformation.protocol import timestamp
from tests.fakes.cloudformation.s3 import S3, Bucket, Object

_NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
_SETTINGS = {
    "encryption": ("BucketEncryption", "ServerSideEncryptionConfigurationNotFoundError"),
    "policy": ("BucketPolicy", "NoSuchBucketPolicy"),
    "publicAccessBlock": ("PublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
    "ownershipControls": ("BucketOwnershipControls", "OwnershipControlsNotFoundError"),
    "lifecycle": ("BucketLifecycleConfiguration", "NoSuchLifecycleConfiguration"),
    "tagging": ("BucketTagging", "NoSuchTagSet"),
}
_VERBS = {"GET": "Get", "PUT": "Put", "DELETE": "Delete"}


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request, taken apart."""

    method: str
    bucket: str
    key: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Response:
    """What is answered."""

    body: str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def operation(request: Request) -> str:
    """The name that botocore gives this request."""
    if not request.bucket:
        return "ListBuckets"
    if not request.key:
        return _bucket_operation(request)
    if request.method == "DELETE" and "uploadId" in request.query:
        return "AbortMultipartUpload"
    names = {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}
    return names.get(request.method, request.method)


def _bucket_operation(request: Request) -> str:
    for setting, (name, _) in _SETTINGS.items():
        if setting in request.query:
            return _VERBS.get(request.method, "") + name
    if "versioning" in request.query:
        return _VERBS[request.method] + "BucketVersioning"
    if "location" in request.query:
        return "GetBucketLocation"
    if "delete" in request.query:
        return "DeleteObjects"
    if "versions" in request.query:
        return "ListObjectVersions"
    if "uploads" in request.query:
        return "ListMultipartUploads"
    names = {"PUT": "CreateBucket", "HEAD": "HeadBucket", "DELETE": "DeleteBucket", "GET": "ListObjectsV2"}
    return names.get(request.method, request.method)


def parameters(request: Request) -> dict[str, str]:
    """What is remembered of a request: bucket, key, the query and the headers that matter."""
    kept = {name: value for name, value in request.headers.items() if name.startswith("x-amz-expected")}
    if "if-none-match" in request.headers:
        kept["if-none-match"] = request.headers["if-none-match"]
    return {"Bucket": request.bucket, "Key": request.key, **request.query, **kept}


def handle(s3: S3, request: Request) -> Response:
    """Carry a request out. Raises ServiceError."""
    name = operation(request)
    if name == "ListBuckets":
        return Response(_buckets(s3))
    if name == "CreateBucket":
        s3.create(request.bucket)
        return Response(headers={"location": f"/{request.bucket}"})
    bucket = s3.bucket(request.bucket, request.headers.get("x-amz-expected-bucket-owner", ""))
    handler = _HANDLERS.get(name)
    if handler is not None:
        return handler(s3, bucket, request)
    return _setting(bucket, request)


def error(problem: ServiceError, request: Request) -> str:
    """The XML of an error; a HEAD has no body to carry it."""
    if request.method == "HEAD":
        return ""
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{problem.code}</Code>"
        f"<Message>{escape(problem.message)}</Message><BucketName>{escape(request.bucket)}</BucketName></Error>"
    )


def _put(s3: S3, bucket: Bucket, request: Request) -> Response:
    if request.headers.get("if-none-match") == "*" and bucket.latest(request.key):
        raise ServiceError(
            "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412
        )
    kept = {k: v for k, v in request.headers.items() if k.startswith("x-amz-meta-") or k == "content-type"}
    stored = s3.put(bucket, request.key, _body(request), kept)
    return Response(headers=_object_headers(stored))


def _get(s3: S3, bucket: Bucket, request: Request) -> Response:
    found = s3.get(bucket, request.key, request.query.get("versionId", ""))
    return Response(found.body, headers={**_object_headers(found), **found.headers})


def _delete(s3: S3, bucket: Bucket, request: Request) -> Response:
    version = request.query.get("versionId", "")
    marker = s3.delete(bucket, request.key, version)
    headers = {"x-amz-version-id": marker.version, "x-amz-delete-marker": "true"} if marker else {}
    return Response(status=204, headers=headers)


def _delete_many(s3: S3, bucket: Bucket, request: Request) -> Response:
    found: list[str] = []
    for item in re.findall(r"<Object>(.*?)</Object>", request.body.decode(), re.DOTALL):
        key = _unescaped(_tag(item, "Key"))
        version = _tag(item, "VersionId")
        if version and key in bucket.held:
            found.append(
                f"<Error><Key>{escape(key)}</Key><Code>AccessDenied</Code><Message>Access Denied because object "
                "protected by object lock.</Message></Error>"
            )
            continue
        s3.delete(bucket, key, version)
        found.append(f"<Deleted><Key>{escape(key)}</Key></Deleted>")
    return Response(_document("DeleteResult", "".join(found)))


def _list(_: S3, bucket: Bucket, request: Request) -> Response:
    prefix, after = request.query.get("prefix", ""), _start(request)
    keys = [o for o in bucket.current() if o.key.startswith(prefix) and o.key > after]
    most = int(request.query.get("max-keys", "1000"))
    page, more = keys[:most], len(keys) > most
    inner = "".join(f"<Contents>{_described(o)}</Contents>" for o in page)
    token = base64.b64encode(page[-1].key.encode()).decode() if more else ""
    inner += f"<Name>{bucket.name}</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(page)}</KeyCount>"
    inner += f"<MaxKeys>{most}</MaxKeys><IsTruncated>{str(more).lower()}</IsTruncated>"
    inner += f"<NextContinuationToken>{token}</NextContinuationToken>" if more else ""
    return Response(_document("ListBucketResult", inner))


def _start(request: Request) -> str:
    token = request.query.get("continuation-token", "")
    return base64.b64decode(token).decode() if token else request.query.get("start-after", "")


def _versions(s3: S3, bucket: Bucket, request: Request) -> Response:
    prefix = request.query.get("prefix", "")
    found = [o for o in reversed(bucket.objects) if o.key.startswith(prefix)]
    found.sort(key=lambda o: o.key)
    most = int(request.query.get("max-keys", "1000"))
    key, version = request.query.get("key-marker", ""), request.query.get("version-id-marker", "")
    found = [o for o in found if not key or o.key > key or (o.key == key and o.version < version)]
    page, more = found[:most], len(found) > most
    newest = {o.key: next(v for v in reversed(bucket.objects) if v.key == o.key) for o in page}
    inner = ""
    for o in page:
        tag = "DeleteMarker" if o.marker else "Version"
        inner += (
            f"<{tag}>{_described(o)}<VersionId>{o.version}</VersionId>"
            f"<IsLatest>{str(newest[o.key] is o).lower()}</IsLatest></{tag}>"
        )
    inner += f"<Name>{bucket.name}</Name><IsTruncated>{str(more).lower()}</IsTruncated>"
    if more:
        inner += f"<NextKeyMarker>{escape(page[-1].key)}</NextKeyMarker>"
        inner += f"<NextVersionIdMarker>{page[-1].version}</NextVersionIdMarker>"
    if bucket.late:
        s3.put(bucket, bucket.late.pop(0), b"late")
    return Response(_document("ListVersionsResult", inner))


def _uploads(_: S3, bucket: Bucket, __: Request) -> Response:
    inner = "".join(
        f"<Upload><Key>{escape(key)}</Key><UploadId>{id_}</UploadId></Upload>"
        for id_, key in bucket.uploads.items()
    )
    return Response(_document("ListMultipartUploadsResult", f"{inner}<IsTruncated>false</IsTruncated>"))


def _abort(_: S3, bucket: Bucket, request: Request) -> Response:
    if bucket.uploads.pop(request.query["uploadId"], None) is None:
        raise ServiceError("NoSuchUpload", "The specified upload does not exist.", 404)
    return Response(status=204)


def _put_versioning(_: S3, bucket: Bucket, request: Request) -> Response:
    bucket.versioning = _tag(request.body.decode(), "Status")
    return Response()


def _get_versioning(_: S3, bucket: Bucket, __: Request) -> Response:
    status = f"<Status>{bucket.versioning}</Status>" if bucket.versioning else ""
    return Response(_document("VersioningConfiguration", status))


def _location(_: S3, bucket: Bucket, __: Request) -> Response:
    region = "" if bucket.region == "us-east-1" else bucket.region
    return Response(f"<LocationConstraint {_NAMESPACE}>{region}</LocationConstraint>")


def _head_bucket(_: S3, bucket: Bucket, __: Request) -> Response:
    return Response(headers={"x-amz-bucket-region": bucket.region})


def _drop(s3: S3, bucket: Bucket, _: Request) -> Response:
    s3.drop(bucket.name)
    return Response(status=204)


_HANDLERS: dict[str, Callable[[S3, Bucket, Request], Response]] = {
    "PutObject": _put,
    "GetObject": _get,
    "HeadObject": _get,
    "DeleteObject": _delete,
    "DeleteObjects": _delete_many,
    "ListObjectsV2": _list,
    "ListObjectVersions": _versions,
    "ListMultipartUploads": _uploads,
    "AbortMultipartUpload": _abort,
    "PutBucketVersioning": _put_versioning,
    "GetBucketVersioning": _get_versioning,
    "GetBucketLocation": _location,
    "HeadBucket": _head_bucket,
    "DeleteBucket": _drop,
}


def _setting(bucket: Bucket, request: Request) -> Response:
    name = next((setting for setting in _SETTINGS if setting in request.query), None)
    if name is None:
        raise ServiceError(
            "NotImplemented", "A header you provided implies functionality not implemented", 501
        )
    if request.method == "PUT":
        bucket.settings[name] = request.body
        return Response(status=204 if name in ("policy", "tagging") else 200)
    if request.method == "DELETE":
        bucket.settings.pop(name, None)
        return Response(status=204)
    if name not in bucket.settings:
        raise ServiceError(_SETTINGS[name][1], f"The bucket has no {name}.", 404)
    return Response(bucket.settings[name])


def _buckets(s3: S3) -> str:
    inner = "".join(
        f"<Bucket><Name>{b.name}</Name><CreationDate>{timestamp(b.created)}</CreationDate></Bucket>"
        for b in s3.buckets.values()
        if b.owner == s3.account_id
    )
    owner = f"<Owner><ID>{s3.account_id}</ID></Owner>"
    return _document("ListAllMyBucketsResult", f"{owner}<Buckets>{inner}</Buckets>")


def _described(o: Object) -> str:
    found = f"<Key>{escape(o.key)}</Key><LastModified>{timestamp(o.modified)}</LastModified>"
    return found if o.marker else f"{found}<ETag>{escape(o.etag)}</ETag><Size>{len(o.body)}</Size>"


def _object_headers(o: Object) -> dict[str, str]:
    found = {"etag": o.etag, "last-modified": http_date(o.modified)}
    return found if o.version == "null" else {**found, "x-amz-version-id": o.version}


def http_date(moment: datetime) -> str:
    """A time as HTTP headers write it."""
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")


def _body(request: Request) -> bytes:
    """The object itself: boto3 may send it in signed chunks, with the checksum behind."""
    if "aws-chunked" not in request.headers.get("content-encoding", ""):
        return request.body
    found, rest = b"", request.body
    while rest:
        size_line, _, rest = rest.partition(b"\r\n")
        size = int(size_line.split(b";")[0] or b"0", 16)
        if size == 0:
            break
        found, rest = found + rest[:size], rest[size + 2 :]
    return found


def _document(tag: str, inner: str) -> str:
    return f"<?xml version='1.0' encoding='UTF-8'?><{tag} {_NAMESPACE}>{inner}</{tag}>"


def _tag(xml: str, name: str) -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>", xml, re.DOTALL)
    return found[1] if found else ""


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
