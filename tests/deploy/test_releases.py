"""Releases on the fake: written before and after an execution, listed, and deployed once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from showcore_cfn.commands._releasing import line
from showcore_cfn.commands._reviewing import Terms, pair
from showcore_cfn.deploy import releases
from showcore_cfn.deploy.operation import Result
from showcore_cfn.deploy.planning.plan import Plan
from showcore_cfn.deploy.releases import Log, Release
from showcore_cfn.errors import ShowcoreError, StillRunning, Stopped, UsageError
from showcore_cfn.review.report_text import changes
from showcore_cfn.review.review import review
from showcore_cfn.settings import EXAMPLE_ADDRESSES, Settings
from tests.deploy.conftest import ACCOUNT, BUCKET, STACK, Bench, desired, yes
from tests.deploy.nests import NEST, with_edit
from tests.fakes.cloudformation import Fault

EDITED = with_edit("storage.yaml", "DisplayName: storage", "DisplayName: store")


def test_a_deployment_is_recorded_with_all_that_made_it(bench: Bench) -> None:
    deploy(bench)
    (found,) = listed(bench)
    assert (found.status, found.succeeded, found.stack) == ("CREATE_COMPLETE", True, STACK)
    assert found.who == bench.session().identity().arn
    assert set(found.hashes) == set(NEST)
    assert found.parameters == desired().parameters
    assert found.begun < found.ended


def test_it_is_written_before_anything_is_executed(bench: Bench) -> None:
    start = len(bench.aws.calls)
    deploy(bench)
    names = [(c.operation, str(c.parameters.get("Key", ""))) for c in bench.aws.calls[start:]]
    begun = next(i for i, (_, key) in enumerate(names) if key.endswith("begun.json"))
    executed = next(i for i, (name, _) in enumerate(names) if name == "ExecuteChangeSet")
    assert begun < executed


def test_a_crash_leaves_what_was_begun(bench: Bench) -> None:
    deployment = bench.deployment()
    begin(bench, plan_of(deployment.plan()))
    (found,) = listed(bench)
    assert (found.status, found.ended) == ("not recorded", "")
    assert found.root_text == NEST["root.yaml"]


def test_the_newest_release_stands_first(bench: Bench) -> None:
    deploy(bench)
    bench.aws.clock.advance(60)
    deploy(bench, EDITED)
    newest, oldest = listed(bench)
    assert (newest.status, oldest.status) == ("UPDATE_COMPLETE", "CREATE_COMPLETE")
    assert newest.hashes["storage.yaml"] != oldest.hashes["storage.yaml"]


def test_an_earlier_release_is_deployed_once_more(bench: Bench) -> None:
    deploy(bench)
    bench.aws.clock.advance(60)
    deploy(bench, EDITED)
    assert bench.aws.resource(STACK, "storage/Topic").properties["DisplayName"] == "store"
    first = listed(bench)[-1]
    wanted = releases.again(bench.session().store, desired(EDITED), first)
    assert dict(wanted.templates) == NEST
    deploy(bench, wanted.templates)
    assert bench.aws.resource(STACK, "storage/Topic").properties["DisplayName"] == "storage"


def test_a_release_is_found_by_the_beginning_of_its_id(bench: Bench) -> None:
    deploy(bench)
    (found,) = listed(bench)
    assert releases.of(bench.session().store, desired(), found.id[:12]) == found
    with pytest.raises(UsageError, match="no release begins with 'x'"):
        releases.of(bench.session().store, desired(), "x")


def test_a_template_that_is_not_what_was_uploaded_stops(bench: Bench) -> None:
    deploy(bench)
    (found,) = listed(bench)
    key = f"templates/storage-{found.hashes['storage.yaml']}.yaml"
    bench.session().store.put(BUCKET, key, b"Resources: {}", "111122223333")
    with pytest.raises(ShowcoreError, match=r"storage\.yaml .* is not what was uploaded"):
        releases.again(bench.session().store, desired(), found)


def test_without_bootstrap_the_next_step_is_named(bench: Bench) -> None:
    del bench.aws.s3.buckets[BUCKET]
    with pytest.raises(ShowcoreError, match="run `showcore bootstrap` once"):
        listed(bench)


def test_a_refusal_is_recorded_as_one(bench: Bench) -> None:
    log = begin(bench, plan_of(bench.deployment().plan()))
    with pytest.raises(Stopped), releases.noted(log, bench.watching):
        raise Stopped("the change set is stale.")
    (found,) = listed(bench)
    assert found.status == "Stopped: the change set is stale."
    first, why = line(found).splitlines()
    assert first.startswith(f"{found.id}  Stopped                 ")
    assert why == "    the change set is stale."


@pytest.mark.parametrize("error", [Stopped("it is stale."), StillRunning("ada is at work.")])
def test_what_did_not_begin_is_listed_as_not_executed(bench: Bench, error: ShowcoreError) -> None:
    log = begin(bench, plan_of(bench.deployment().plan()))
    with pytest.raises(type(error)), releases.starting(log, bench.watching):
        raise error
    (found,) = listed(bench)
    assert (found.status, found.succeeded) == (f"not executed: {error}", False)
    first, why = line(found).splitlines()
    assert first.startswith(f"{found.id}  not executed            ")
    assert why == f"    {error}"


def test_what_goes_on_without_us_stays_not_recorded(bench: Bench) -> None:
    log = begin(bench, plan_of(bench.deployment().plan()))
    with pytest.raises(StillRunning), releases.noted(log, bench.watching):
        raise StillRunning("it goes on.")
    assert listed(bench)[0].status == "not recorded"


def test_a_result_that_cannot_be_written_fails_nothing(bench: Bench) -> None:
    log = begin(bench, plan_of(bench.deployment().plan()))
    bench.aws.faults.add(Fault.ACCESS_DENIED, "PutObject", times=9)
    result = Result("CREATE_COMPLETE", None)
    with releases.noted(log, bench.watching) as noted:
        assert noted(result) is result
    assert "could not be written down" in bench.watching.troubles[-1]


def test_a_stack_without_a_bucket_has_no_releases(bench: Bench) -> None:
    log = Log(None, desired(), bench.aws.clock)
    before = len(bench.aws.calls)
    assert log.end("CREATE_COMPLETE") == ""
    assert len(bench.aws.calls) == before


def test_an_earlier_release_is_compared_with_what_is_deployed(bench: Bench) -> None:
    deploy(bench)
    (first,) = listed(bench)
    deploy(bench, with_edit("network.yaml", "10.0.2.0/24", "10.0.3.0/24"))
    found = Terms(Settings(ACCOUNT, EXAMPLE_ADDRESSES, stack_name=STACK))
    before, after = pair(f"release:{first.id}", "deployed", "templates", found)
    compared = review(before, after, found.parameters, with_cost=False)
    assert before.label == f"release {first.id}"
    assert "network/Subnet" in changes(compared, lambda _, text: text)
    assert "database/Database" not in changes(compared, lambda _, text: text)


def deploy(bench: Bench, templates: Mapping[str, str] = NEST) -> None:
    deployment = bench.deployment(templates)
    plan = plan_of(deployment.plan())
    log = begin(bench, plan, templates)
    with releases.noted(log, bench.watching) as noted:
        noted(deployment.execute(deployment.agreed(plan, yes)))


def begin(bench: Bench, plan: Plan, templates: Mapping[str, str] = NEST) -> Log:
    return releases.begin(bench.session(), desired(templates), plan, bench.aws.clock)


def plan_of(found: Any) -> Plan:
    assert isinstance(found, Plan)
    return found


def listed(bench: Bench) -> tuple[Release, ...]:
    return releases.releases(bench.session().store, desired())
