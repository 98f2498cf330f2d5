"""A faithful fake of the AWS CloudFormation API, with the little of S3 and STS that a deployment needs.

It is an HTTP server on a random port of 127.0.0.1, so unmodified boto3, with its retries, is what is tested:

    with FakeAws() as aws:
        cloudformation = aws.client("cloudformation")    # boto3; or your own client with endpoint_url=aws.url
        ...
        aws.clock.advance(600)                           # ten minutes pass, in milliseconds

**The constructor.** `FakeAws(region="us-east-1", account_id="111122223333", seconds_per_call=0, page_size=100,
change_page_size=100)`. `aws.environment()` is what a subprocess needs (AWS_ENDPOINT_URL, keys, region).

**Time.** Nothing happens until the clock moves: `aws.clock.advance(seconds)`; or give the engine
`sleep=aws.clock.sleep`, `now=aws.clock.now`, `monotonic=aws.clock.monotonic`; or let every call take time,
`FakeAws(seconds_per_call=2)`. `aws.clock.settle()` lets everything under way end. `aws.durations[type]` is how
many seconds a resource type takes to make; `aws.clock.call_in(seconds, function)` schedules an accident.

**State.** `aws.put_stack(name, templates, status=..., parameters=...)` makes a stack and its nested ones, at
once and in any state; `templates` is a folder, or texts by file name with `root.yaml` among them.
`aws.stack("showcore")`, `aws.stack("showcore", "database")`, `aws.resource("showcore", "database/Database")`
look at what there is; `aws.litter()` names every change set, shell and upload that a tidy engine leaves not.

**Resources that fail.** `aws.fail("database/Database", reason="...", on="create")`; `on` is create, update,
delete or rollback, `times=1`. A path is the nested stack's logical id, in any case, and the logical id in it;
`"Database"` alone is a resource of the root, such as the nested stack itself.
`aws.hide_property_values("database/Database")`: IncludePropertyValues drops it, with a warning.
`aws.find_invalid("database/Database", name=..., reason=..., path=..., mode="FAIL")`: early validation.
`aws.drift("database/Database", {"/MultiAZ": ("false", "true")})`: changed by hand.
`aws.s3.buckets["name"]` can be filled, so that its deletion fails.

**Faults of calls.** `aws.faults.add(Fault.THROTTLING, "DescribeStacks", times=2)`, or `at=7` for the call with
that index. A reset after the server acted is `Fault.LOST_ANSWER`. `aws.expire("ASIA...", in_seconds=3600)`.
`aws.before_call` and `aws.after_call` are called with each `Call`, in the server's thread.

**Counting.** `aws.calls` holds every request: service, operation, parameters, time, what was answered;
`aws.calls.counts()`, `.names()`, `.of("DescribeStacks")`.

What is imitated, from which source, and what is only believed: `FACTS.md` in this folder.
"""

from __future__ import annotations

from tests.fakes.cloudformation.account import Beliefs
from tests.fakes.cloudformation.calls import Call, Calls
from tests.fakes.cloudformation.clock import Clock
from tests.fakes.cloudformation.fake import ACCESS_KEY, FakeAws
from tests.fakes.cloudformation.faults import Fault, Faults

__all__ = ["ACCESS_KEY", "Beliefs", "Call", "Calls", "Clock", "FakeAws", "Fault", "Faults"]
