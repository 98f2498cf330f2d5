"""The tools of section 14 put together for an account: everything is named for this run, and for no other."""

from __future__ import annotations

from typing import Any, cast

import pytest

from showcore_cfn.aws.gateways import Gateways
from showcore_cfn.verify.here import run_here
from showcore_cfn.verify.look import CouldNotLook, Look
from showcore_cfn.verify.tools import make
from tests.unit.verify.stubbed import Stubs
from tests.unit.verify.world import WANT, right


def test_every_tool_is_named_for_this_run() -> None:
    stubs = Stubs()
    tools = make(cast(Gateways, stubs), stubs.source(), Look.at(right()), "a1b2c3d4", lambda _: None)
    assert tools.host.name == "the stack showcore-probe-production"
    assert (
        tools.secret.name == "/showcore/probe/database-a1b2c3d4"
    )  # the only path that the probe's role may read
    assert tools.page.key == "showcore-probe-a1b2c3d4.html"
    assert tools.database_snapshot.restored == "showcore-db-restored-a1b2c3d4"
    assert tools.database_backup.restored == "showcore-db-backup-restored-a1b2c3d4"
    assert tools.cache_snapshot.restored == "showcore-redis-r-a1b2c3d4"
    assert tools.here is run_here
    assert tools.token() == "a1b2c3d4"
    assert tools.minutes() >= 0


def test_the_backup_is_made_with_the_role_of_the_backup_tier() -> None:
    answers: list[Any] = [
        ("start_backup_job", {"BackupJobId": "j", "RecoveryPointArn": "arn:point"}),
        ("describe_backup_job", {"State": "COMPLETED"}),
    ]
    stubs = Stubs(backup=answers)
    tools = make(cast(Gateways, stubs), stubs.source(), Look.at(right()), "a1b2c3d4", lambda _: None)
    tools.database_backup.back_up()
    _, _, asked = stubs.requests[0]
    assert asked["BackupVaultName"] == "showcore-backup-vault"
    assert asked["IamRoleArn"] == "arn:aws:iam::111122223333:role/showcore-backup-production-role"
    assert asked["ResourceArn"] == "arn:aws:rds:us-east-1:111122223333:db:showcore-db"


def test_the_names_are_those_of_the_templates() -> None:
    from tests.unit.verify.world import TEXTS

    assert "RoleName: !Sub ${Prefix}-backup-${Environment}-role" in TEXTS["backup.yaml"]
    assert "parameter/${Prefix}/probe/*" in TEXTS["probe.yaml"]
    assert WANT.parameters["Prefix"] == "showcore"


def test_without_a_stack_there_is_nothing_to_make_tools_for() -> None:
    stubs = Stubs()
    with pytest.raises(CouldNotLook):
        make(cast(Gateways, stubs), stubs.source(), Look({}), "a1b2c3d4", lambda _: None)
