"""A faithful fake of the AWS CloudFormation API, with the little of S3 and STS that a deployment needs.

It is an HTTP server on a random port of 127.0.0.1, so unmodified boto3, with its retries, is what is tested:

    with FakeAws() as aws:
        cloudformation = aws.client("cloudformation")    # boto3; or your own client with endpoint_url=aws.url
        ...
        aws.clock.advance(600)                           # ten minutes pass, in milliseconds

`aws.environment()` is what another process needs to find it; `aws.retries_sleep_here(monkeypatch)` has botocore's
pauses between retries pass on the fake's clock. A mistake in the fake itself is raised when the block ends.

**Time.** Nothing happens until the clock moves: `aws.clock.advance(seconds)`; or give the engine
`sleep=aws.clock.sleep`, `now=aws.clock.now`, `monotonic=aws.clock.monotonic`; or let every call take time,
`FakeAws(seconds_per_call=2)`. `aws.clock.settle()` lets everything under way end. `aws.durations[type] = seconds`
says how long a resource type takes; `aws.clock.call_in(seconds, function)` schedules an accident.

**State.** `aws.put_stack(name, templates, status=..., parameters=...)` makes a stack and its nested ones, at
once and in any state; `templates` is a folder, texts by file name with `root.yaml` among them, or one text.
`aws.put_nest(templates)` stores the nested templates and returns the root that points at them.
`aws.stack("showcore")`, `aws.stack("showcore", "database")`, `aws.resource("showcore", "database/Database")`
look at what there is; `aws.litter()` names every change set and empty stack that a tidy engine does not leave;
`aws.s3.buckets[name].objects` is what was uploaded.

**Resources that fail.** `aws.fail("database/Database", "No.", on="create")`; `on` is create, update, delete or
rollback. A path is the nested stack's logical id, in any case, and the logical id in it; `"Database"` alone is
a resource of the root, such as the nested stack itself.
`aws.find_invalid("database/Database", "No such class.")`: early validation of the next change sets.
`aws.hide_property_values("database/Database")`: IncludePropertyValues drops it, with a warning.
`aws.take_name("AWS::S3::Bucket", "taken")`: something outside of any stack has this name.
`aws.drift("showcore", "database/Database", {"/MultiAZ": ("false", "true")})`: changed by hand.

**Faults of calls.** `aws.faults.add(Fault.THROTTLING, "DescribeStacks", times=2)`, or `at=7` for the first call
from that index on. `Fault.RESET` cuts the connection before the server acted, `Fault.LOST_ANSWER` after it.
`aws.expire(in_seconds=3600)` has the credentials run out. `aws.before_call(hook)` and `aws.after_call(hook)` are
called with each `Call`, in the server's thread.

**Counting.** `aws.calls` holds every request: service, operation, parameters, time, what was answered;
`aws.calls.counts()`, `.names()`, `.of("DescribeStacks")`.

**Doubt.** `aws.beliefs` are the places where what AWS does is not certain; turn them around, too. What is
imitated, from which source, and what is only believed: `FACTS.md` in this folder.
"""

from __future__ import annotations

from tests.fakes.cloudformation.account import Beliefs
from tests.fakes.cloudformation.calls import Call, Calls
from tests.fakes.cloudformation.clock import Clock
from tests.fakes.cloudformation.fake import ACCESS_KEY, FakeAws
from tests.fakes.cloudformation.faults import Fault, Faults

__all__ = ["ACCESS_KEY", "Beliefs", "Call", "Calls", "Clock", "FakeAws", "Fault", "Faults"]
