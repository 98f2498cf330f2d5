"""The HTTP server: takes requests apart, lets faults strike, has the services answer."""

from __future__ import annotations

import socket
import struct
import time
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.fakes.cloudformation import change_sets, drift, making, protocol, reading, s3_rest, stacks
from tests.fakes.cloudformation.account import Account
from tests.fakes.cloudformation.calls import Call, Calls
from tests.fakes.cloudformation.errors import ServiceError
from tests.fakes.cloudformation.faults import Fault, Faults, Injected
from tests.fakes.cloudformation.protocol import Record
from tests.fakes.cloudformation.s3_rest import Request, Response, http_date
from tests.fakes.cloudformation.sts import Sts

OPERATIONS: dict[str, Callable[[Account, Record], Record]] = {
    "CreateChangeSet": making.create_change_set,
    "DescribeChangeSet": change_sets.describe_change_set,
    "ListChangeSets": change_sets.list_change_sets,
    "ExecuteChangeSet": change_sets.execute_change_set,
    "DeleteChangeSet": change_sets.delete_change_set,
    "CreateStack": stacks.create_stack,
    "UpdateStack": stacks.update_stack,
    "DeleteStack": stacks.delete_stack,
    "CancelUpdateStack": stacks.cancel_update_stack,
    "RollbackStack": stacks.rollback_stack,
    "ContinueUpdateRollback": stacks.continue_update_rollback,
    "UpdateTerminationProtection": stacks.update_termination_protection,
    "SetStackPolicy": stacks.set_stack_policy,
    "GetStackPolicy": stacks.get_stack_policy,
    "DescribeStacks": reading.describe_stacks,
    "ListStacks": reading.list_stacks,
    "DescribeStackResources": reading.describe_stack_resources,
    "DescribeStackResource": reading.describe_stack_resource,
    "ListStackResources": reading.list_stack_resources,
    "DescribeStackEvents": reading.describe_stack_events,
    "DescribeEvents": reading.describe_events,
    "GetTemplate": reading.get_template,
    "GetTemplateSummary": reading.get_template_summary,
    "ValidateTemplate": reading.validate_template,
    "DetectStackDrift": drift.detect_stack_drift,
    "DescribeStackDriftDetectionStatus": drift.describe_stack_drift_detection_status,
    "DescribeStackResourceDrifts": drift.describe_stack_resource_drifts,
}
_SKEWED = (
    "Signature expired: 20260302T090000Z is now earlier than 20260302T093000Z (20260302T093500Z - 5 min.)",
    "The difference between the request time and the current time is too large.",
)
_UNSIGNED = "The request signature we calculated does not match the signature you provided."
_EXPIRED = ("The security token included in the request is expired", "The provided token has expired.")
_REFUSALS: dict[Fault, tuple[ServiceError, ServiceError]] = {  # of CloudFormation and STS; of S3
    Fault.THROTTLING: (
        ServiceError("Throttling", "Rate exceeded", 400),
        ServiceError("SlowDown", "Please reduce your request rate.", 503),
    ),
    Fault.INTERNAL_ERROR: (
        ServiceError("InternalFailure", "An internal error occurred", 500),
        ServiceError("InternalError", "We encountered an internal error. Please try again.", 500),
    ),
    Fault.UNAVAILABLE: (
        ServiceError("ServiceUnavailable", "Service is unavailable", 503),
        ServiceError("ServiceUnavailable", "Service is unable to handle request.", 503),
    ),
    Fault.EXPIRED_TOKEN: (
        ServiceError("ExpiredToken", _EXPIRED[0], 403),
        ServiceError("ExpiredToken", _EXPIRED[1], 400),
    ),
    Fault.TIME_SKEWED: (
        ServiceError("SignatureDoesNotMatch", _SKEWED[0], 403),
        ServiceError("RequestTimeTooSkewed", _SKEWED[1], 403),
    ),
    Fault.SIGNATURE_MISMATCH: (
        ServiceError("SignatureDoesNotMatch", _UNSIGNED, 403),
        ServiceError("SignatureDoesNotMatch", _UNSIGNED, 403),
    ),
}
_XML = "text/xml"


class Services:
    """The services of one account behind one port."""

    def __init__(self, account: Account, sts: Sts, seconds_per_call: float) -> None:
        self.account, self.sts, self.seconds_per_call = account, sts, seconds_per_call
        self.calls, self.faults = Calls(), Faults()
        self.bugs: list[Exception] = []
        self.before_call: Callable[[Call], None] | None = None
        self.after_call: Callable[[Call], None] | None = None

    def answer(self, request: Request) -> Response | None:
        """The answer to a request; None where the connection is to be cut."""
        service, access_key = _caller(request)
        with self.account.clock.lock:
            self.account.clock.advance(self.seconds_per_call)
            operation, parameters, broken = self._understood(service, request)
            call = Call(len(self.calls), service, operation, parameters, self.account.clock.now(), access_key)
            self.calls.append(call)
            if self.before_call is not None:
                self.before_call(call)
            hit = self.faults.take(call.index, service, operation)
            call.fault = str(hit.fault) if hit is not None else ""
            response = self._answered(request, call, hit, broken)
            if self.after_call is not None:
                self.after_call(call)
        if hit is not None and hit.wall_seconds:
            time.sleep(hit.wall_seconds)
        return response

    def _understood(self, service: str, request: Request) -> tuple[str, Record, ServiceError | None]:
        if service == "s3":
            return s3_rest.operation(request), dict(s3_rest.parameters(request)), None
        form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        try:
            return (*protocol.parse(service, form), None)
        except ServiceError as error:
            return form.get("Action", ""), {}, error

    def _answered(
        self, request: Request, call: Call, hit: Injected | None, broken: ServiceError | None
    ) -> Response | None:
        if hit is not None and hit.fault == Fault.RESET:
            call.answer = "no answer"
            return None
        try:
            self._refuse(call, hit)
            if broken is not None:
                raise broken
            response = self._carry_out(request, call)
            call.answer = "ok"
        except ServiceError as error:
            call.answer = error.code
            response = self._refused(request, call, error)
        except Exception as error:
            self.bugs.append(error)
            response = self._refused(request, call, ServiceError("BugInTheFake", traceback.format_exc()))
        if hit is not None and hit.fault == Fault.LOST_ANSWER:
            call.answer = "no answer"
            return None
        if hit is not None and hit.fault == Fault.SLOW:
            self.account.clock.advance(hit.seconds)
        response.headers.setdefault("date", http_date(self.account.clock.now()))
        return response

    def _refuse(self, call: Call, hit: Injected | None) -> None:
        if hit is not None and hit.fault == Fault.ACCESS_DENIED:
            arn = self.sts.handle("GetCallerIdentity", {}, call.access_key)["Arn"]
            raise ServiceError(
                "AccessDenied",
                f"User: {arn} is not authorized to perform: {call.service}:{call.operation}",
                403,
            )
        if hit is not None and hit.fault in _REFUSALS:
            raise _REFUSALS[hit.fault][call.service == "s3"]
        if self.sts.expired(call.access_key):
            raise _REFUSALS[Fault.EXPIRED_TOKEN][call.service == "s3"]
        if not call.access_key:
            raise ServiceError("AccessDenied", "Access Denied", 403)

    def _carry_out(self, request: Request, call: Call) -> Response:
        if call.service == "s3":
            return s3_rest.handle(self.account.s3, request)
        parameters: Any = call.parameters
        if call.service == "sts":
            result = self.sts.handle(call.operation, parameters, call.access_key)
        elif call.operation in OPERATIONS:
            result = OPERATIONS[call.operation](self.account, parameters)
        else:
            raise ServiceError("NotImplemented", f"This fake does not know {call.operation}.", 501)
        xml = protocol.answer(call.service, call.operation, result, _request_id(call))
        return Response(xml, headers={"content-type": _XML, "x-amzn-requestid": _request_id(call)})

    def _refused(self, request: Request, call: Call, error: ServiceError) -> Response:
        if call.service == "s3":
            return Response(s3_rest.error(error, request), error.status, {"content-type": "application/xml"})
        xml = protocol.error_answer(error, _request_id(call))
        return Response(xml, error.status, {"content-type": _XML, "x-amzn-requestid": _request_id(call)})


def _request_id(call: Call) -> str:
    return f"00000000-0000-4000-8000-{call.index:012d}"


def _caller(request: Request) -> tuple[str, str]:
    """The service that a request was signed for, and the access key: `Credential=KEY/date/region/service/..`."""
    scope = request.headers.get("authorization", "").partition("Credential=")[2].partition(",")[0].split("/")
    return (scope[3], scope[0]) if len(scope) > 3 else ("s3", "")


class Server(ThreadingHTTPServer):
    """Listens on a free port of 127.0.0.1 and nowhere else."""

    daemon_threads = True

    def __init__(self, services: Services) -> None:
        self.services = services
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, *_: object) -> None:
        """A client that went away is no error here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def _serve(self) -> None:
        body = self._read_body()
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        request = Request(
            self.command,
            bucket,
            key,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            body,
        )
        response = self.server.services.answer(request)
        if response is None:
            self._cut()
        else:
            self._send(response)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _serve  # noqa: N815

    def _read_body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            found = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                found += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return found
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def _send(self, response: Response) -> None:
        body = response.body if isinstance(response.body, bytes) else response.body.encode()
        headers = {"server": "fake", "content-length": str(len(body)), **response.headers}
        head = f"HTTP/1.1 {response.status} {self.responses.get(response.status, ('',))[0]}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.wfile.write(head.encode() + b"\r\n" + (b"" if self.command == "HEAD" else body))

    def _cut(self) -> None:
        """Reset the connection, so that the client sees it at once."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """Requests are remembered in `calls`, not printed."""
