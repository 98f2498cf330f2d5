"""The tools of section 14 for a real account, put together."""

from __future__ import annotations

import time
from collections.abc import Callable

from showcore_cfn.aws.gateways import Gateways
from showcore_cfn.aws.inventory import Source
from showcore_cfn.aws.restore_drills import Bench, CacheSnapshot, DatabaseBackup, DatabaseSnapshot
from showcore_cfn.aws.section14 import AlarmBell, PasswordParameter, RunCommand, TestPage
from showcore_cfn.deploy.clock import SystemClock
from showcore_cfn.deploy.operation import Operator
from showcore_cfn.generate import generate
from showcore_cfn.verify.checks.data import the_database
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.here import run_here
from showcore_cfn.verify.look import Look
from showcore_cfn.verify.probe_stack import TEMPLATE, ProbeStack, Unattended, desired
from showcore_cfn.verify.section14 import Tools


def make(gateways: Gateways, source: Source, look: Look, token: str, tell: Callable[[str], None]) -> Tools:
    """All tools. `token` names what belongs to this run: nothing of another run is touched."""
    want, clock = source.want, SystemClock()
    bench = Bench(source, clock, token)
    commands = RunCommand(source, clock)
    probe = desired(want, look(STACK), generate()[TEMPLATE])
    arn = f"arn:aws:rds:{want.region}:{want.account_id}:db:{want.named('db')}"
    role = f"arn:aws:iam::{want.account_id}:role/{want.named('backup')}-{want.parameters['Environment']}-role"
    return Tools(
        host=ProbeStack(probe, Operator(gateways, Unattended(tell), clock), commands),
        secret=PasswordParameter(
            source,
            lambda: the_database(look).secret_arn,
            f"/{want.parameters['Prefix']}/probe/database-{token}",
        ),
        page=TestPage(source, want.bucket("static-assets"), f"showcore-probe-{token}.html"),
        here=run_here,
        database_snapshot=DatabaseSnapshot(bench),
        database_backup=DatabaseBackup(bench, want.named("backup-vault"), role, arn),
        cache_snapshot=CacheSnapshot(bench),
        bell=AlarmBell(source, clock),
        token=lambda: token,
        minutes=lambda: time.monotonic() / 60,
        tell=tell,
    )
