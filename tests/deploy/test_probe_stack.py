"""The probe stack of section 14 through the engine: it stands while it is needed, and goes from any status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from showcore_cfn.deploy.operation import Operator
from showcore_cfn.errors import ShowcoreError
from showcore_cfn.verify.probe_stack import ProbeStack, Unattended, desired
from showcore_cfn.verify.section14 import Ran
from tests.deploy.conftest import Bench
from tests.unit.verify.world import STACK, TEXTS, WANT

NAME = "showcore-probe-production"
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


@dataclass
class Commands:
    """Run Command, as far as the stack needs it."""

    online: list[str] = field(default_factory=list)
    error: BaseException | None = None

    def wait_until_online(self, instance: str, timeout_seconds: float) -> None:
        self.online.append(instance)
        if self.error:
            raise self.error

    def run(self, instance: str, script: str, arguments: Sequence[str], timeout_seconds: float) -> Ran:
        return Ran(f"passed\t{script}\t{instance}")


@pytest.fixture(autouse=True)
def image(bench: Bench) -> None:
    bench.aws.account.ssm[IMAGE] = "ami-0123456789abcdef0"


def probe(bench: Bench, commands: Commands | None = None, told: list[str] | None = None) -> ProbeStack:
    wanted = desired(WANT, STACK, TEXTS["probe.yaml"])
    watcher = Unattended((told if told is not None else []).append)
    operator = Operator(bench.session(), watcher, bench.aws.clock)
    return ProbeStack(wanted, operator, commands or Commands())


def stands(bench: Bench) -> bool:
    return bench.session().cloudformation.stack(NAME) is not None


def test_the_instance_stands_in_the_first_private_subnet_and_the_application_s_group() -> None:
    wanted = desired(WANT, STACK, TEXTS["probe.yaml"])
    assert wanted.parameters == {
        "SubnetId": "subnet-priv-a",
        "ApplicationSecurityGroupId": "sg-app",
        "Prefix": "showcore",
        "Phase": "Phase1",
        "Environment": "production",
        "ManagedBy": "CloudFormation",
        "CostCenter": "ShowCore",
    }
    assert not wanted.protected
    assert wanted.role_arn == "arn:aws:iam::111122223333:role/showcore-cloudformation"
    assert wanted.stack_name == NAME


@pytest.mark.task("14.1")
def test_it_is_put_up_used_and_taken_down(bench: Bench) -> None:
    commands = Commands()
    host = probe(bench, commands)
    host.create()
    (instance,) = commands.online
    assert instance
    assert host.run("redis.sh", ("h", "6379"), 60).output == f"passed\tredis.sh\t{instance}"
    host.delete()
    assert not stands(bench)


@pytest.mark.task("14.1")
def test_one_that_was_never_put_up_needs_no_taking_down(bench: Bench) -> None:
    probe(bench).delete()
    assert not stands(bench)


@pytest.mark.task("14.1")
def test_one_that_fails_is_told_and_can_be_taken_down(bench: Bench) -> None:
    bench.aws.fail("ProbeInstance", "You have requested more vCPU capacity than your current limit")
    told: list[str] = []
    host = probe(bench, told=told)
    with pytest.raises(ShowcoreError, match=r"could not be put up: .*more vCPU capacity"):
        host.create()
    assert any("ProbeInstance" in line for line in told)
    host.delete()
    assert not stands(bench)


@pytest.mark.task("14.1")
def test_one_whose_agent_stays_silent_is_taken_down(bench: Bench) -> None:
    host = probe(bench, Commands(error=ShowcoreError("the agent did not answer")))
    with pytest.raises(ShowcoreError, match="the agent did not answer"):
        host.create()
    assert stands(bench)
    host.delete()
    assert not stands(bench)


@pytest.mark.task("14.1")
def test_ctrl_c_while_it_is_put_up_leaves_the_follow_and_the_half_made_stack_goes(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleep = bench.aws.clock.sleep

    def interrupted(seconds: float) -> None:
        if bench.session().cloudformation.stack(NAME).status == "CREATE_IN_PROGRESS":  # type: ignore[union-attr]
            monkeypatch.setattr(bench.aws.clock, "sleep", sleep)
            raise KeyboardInterrupt
        sleep(seconds)

    monkeypatch.setattr(bench.aws.clock, "sleep", interrupted)
    host = probe(bench)
    with pytest.raises(KeyboardInterrupt):
        host.create()
    assert stands(bench)
    host.delete()
    assert not stands(bench)
