"""The fake's face: what a test puts in, takes out and lets go wrong."""

from __future__ import annotations

import json
import os
import posixpath
import threading
import types
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self

import boto3
import botocore.session
from botocore.config import Config

from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import nested, parse
from tests.fakes.cloudformation import states
from tests.fakes.cloudformation.account import Account, Beliefs, Durations, Failure, Finding, normal_path
from tests.fakes.cloudformation.calls import Call, Calls
from tests.fakes.cloudformation.clock import Clock
from tests.fakes.cloudformation.faults import Faults
from tests.fakes.cloudformation.model import Resource, Stack, Version
from tests.fakes.cloudformation.parameters import resolve
from tests.fakes.cloudformation.physical import digest
from tests.fakes.cloudformation.s3 import S3
from tests.fakes.cloudformation.server import Server, Services
from tests.fakes.cloudformation.sts import Sts
from tests.fakes.cloudformation.template import read

ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TEMPLATES_BUCKET = "templates-of-the-test"


class FakeAws:
    """CloudFormation, S3 and STS of one account, on a port of this machine. Use it as a context manager."""

    def __init__(
        self,
        region: str = "us-east-1",
        account_id: str = "111122223333",
        seconds_per_call: float = 0,
        page_size: int = 100,
        change_page_size: int = 100,
    ) -> None:
        self.clock = Clock()
        self.account = Account(region, account_id, self.clock)
        self.account.page_size, self.account.change_page_size = page_size, change_page_size
        self._sts = Sts(account_id, self.clock)
        self._services = Services(self.account, self._sts, seconds_per_call)
        self._server = Server(self._services)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | types.TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        if self._services.bugs:
            raise self._services.bugs[0]

    # Reaching it -----------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where it listens: the endpoint_url of all three services."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def client(self, service: str, access_key: str = ACCESS_KEY, **config: Any) -> Any:
        """A boto3 client of `cloudformation`, `s3` or `sts`; `config` goes to botocore's Config."""
        return _session().client(
            service,
            region_name=self.account.region,
            endpoint_url=self.url,
            aws_access_key_id=access_key,
            aws_secret_access_key=SECRET_KEY,
            config=Config(**config),
        )

    def environment(self, access_key: str = ACCESS_KEY) -> dict[str, str]:
        """The variables with which another process, or a boto3 session, finds it and nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": access_key,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": self.account.region,
            "AWS_REGION": self.account.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }

    def retries_sleep_here(self, monkeypatch: Any) -> None:
        """Have botocore's pauses between retries pass on this clock, not on the wall's."""
        monkeypatch.setattr("botocore.endpoint.time", types.SimpleNamespace(sleep=self.clock.sleep))

    # What it remembers -----------------------------------------------------------------------------------

    @property
    def calls(self) -> Calls:
        """Every request so far."""
        return self._services.calls

    @property
    def faults(self) -> Faults:
        """The faults to come."""
        return self._services.faults

    @property
    def s3(self) -> S3:
        """The buckets."""
        return self.account.s3

    @property
    def durations(self) -> Durations:
        """Seconds that each resource type takes."""
        return self.account.durations

    @property
    def beliefs(self) -> Beliefs:
        """Where AWS's behaviour is not certain, what is assumed here."""
        return self.account.beliefs

    def before_call(self, hook: Callable[[Call], None] | None) -> None:
        """Call this before each request is carried out, in the server's thread."""
        self._services.before_call = hook

    def after_call(self, hook: Callable[[Call], None] | None) -> None:
        """Call this after each request was carried out, before the answer is sent."""
        self._services.after_call = hook

    def stack(self, name: str, *path: str) -> Stack:
        """A stack, or the one nested in it under these logical ids, in any case."""
        found = self.account.stack(name)
        for step in path:
            children = {child.logical_id.lower(): child for child in self.account.children(found)}
            found = children[step.lower()]
        return found

    def resource(self, name: str, path: str) -> Resource:
        """A resource of a stack by its path, such as `database/Database`."""
        *nest, logical_id = normal_path(path).split("/")
        resources = self.stack(name, *nest).resources
        return {each.lower(): resource for each, resource in resources.items()}[logical_id]

    def litter(self) -> list[str]:
        """What a tidy deployment does not leave: change sets that can still be seen, and empty stacks."""
        shells = [s.name for s in self.account.stacks.values() if s.status == "REVIEW_IN_PROGRESS"]
        left = [
            f"{change_set.stack.name}/{change_set.name}"
            for change_set in self.account.change_sets.values()
            if not change_set.gone and not change_set.stack.gone and not change_set.root.ended
        ]
        return shells + left

    # What is put in --------------------------------------------------------------------------------------

    def put_template(self, text: str, name: str = "template.yaml") -> str:
        """Store a template; its address as TemplateURL takes it."""
        self.s3.put(self.s3.create(TEMPLATES_BUCKET), name, text.encode())
        return f"https://s3.{self.account.region}.amazonaws.com/{TEMPLATES_BUCKET}/{name}"

    def put_nest(self, templates: Path | Mapping[str, str]) -> str:
        """Store a folder of templates, or texts by file name; the root with its TemplateURLs pointing there."""
        texts = _texts(templates)
        return self._packaged("root.yaml" if "root.yaml" in texts else next(iter(texts)), texts)

    def _packaged(self, name: str, texts: Mapping[str, str]) -> str:
        document = parse(texts[name], name)
        children = dict(nested(document))
        if not children:
            return texts[name]
        body = json.loads(json.dumps(document.body))
        for logical_id, child in children.items():
            packaged = self._packaged(child, texts)
            key = f"{posixpath.splitext(child)[0]}-{digest(packaged).hex()[:16]}.yaml"
            body["Resources"][logical_id]["Properties"]["TemplateURL"] = self.put_template(packaged, key)
        return json.dumps(body)

    def put_stack(
        self,
        name: str,
        templates: Path | Mapping[str, str] | str,
        status: str = "CREATE_COMPLETE",
        parameters: Mapping[str, str] | None = None,
        *,
        tags: Mapping[str, str] | None = None,
        reason: str = "",
        failed: tuple[str, ...] = (),
        then: tuple[str, float] | None = None,
    ) -> Stack:
        """A stack with all that is nested in it, made in no time, in any state.

        `templates` is a folder, texts by file name, or the text of a single template. `failed` are the paths
        of the resources that failed on the way into a failed state. A state in progress lasts for good, or
        turns into `then`: (status, after how many seconds).
        """
        text = templates if isinstance(templates, str) else self.put_nest(templates)
        template = read(text)
        values = resolve(template, parameters or {}, self.account.ssm)
        version = Version(template, values, dict(tags or {}), ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"))
        return states.put(self.account, name, version, status, reason, failed, then)

    def fail(self, path: str, reason: str, on: str = "create", times: int | None = 1) -> None:
        """Have a resource fail; `on` is create, update, delete or rollback, `times` None is for good."""
        self.account.failures.append(Failure(normal_path(path), on, reason, times))

    def find_invalid(
        self,
        path: str,
        reason: str,
        name: str = "PROPERTY_VALIDATION",
        place: str = "",
        mode: str = "FAIL",
    ) -> None:
        """Have early validation find something in a change set that adds or changes a resource."""
        where = place or f"/Resources/{path.rpartition('/')[2]}"
        self.account.findings.append(Finding(normal_path(path), name, reason, where, mode))

    def hide_property_values(self, path: str) -> None:
        """Have IncludePropertyValues leave out a resource, with AWS's warning."""
        self.account.hidden.add(normal_path(path))

    def take_name(self, resource_type: str, name: str) -> None:
        """Have a name be in use already, outside of any stack."""
        self.account.taken[resource_type, name] = "outside"

    def drift(
        self, stack: str, path: str, differences: Mapping[str, tuple[Json, Json]], deleted: bool = False
    ) -> None:
        """Change a resource by hand: property path to (expected, actual); or delete it."""
        resource = self.resource(stack, path)
        resource.drift, resource.deleted_outside = dict(differences), deleted

    def expire(self, access_key: str = ACCESS_KEY, in_seconds: float = 0) -> None:
        """Have credentials run out."""
        self._sts.expire(access_key, in_seconds)


@cache
def _session() -> Any:
    """A session that knows nothing of this machine; the models it reads are read once."""
    core = botocore.session.Session()
    core.set_config_variable("config_file", os.devnull)
    core.set_config_variable("credentials_file", os.devnull)
    return boto3.session.Session(botocore_session=core)


def _texts(templates: Path | Mapping[str, str]) -> Mapping[str, str]:
    if isinstance(templates, Path):
        found = [path for path in sorted(templates.rglob("*")) if path.suffix in (".yaml", ".json")]
        return {path.relative_to(templates).as_posix(): path.read_text(encoding="utf-8") for path in found}
    return templates
