"""The child process: ministack with the missing resource types, on one loopback port, while its parent lives.

It writes one line of JSON with its port and ends on SIGTERM, on SIGINT, or when its standard input closes,
which also happens when the parent dies without a word.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
from typing import Any

LOOPBACK = "127.0.0.1"
_SETTINGS = {
    "AUTH": "true",  # capabilities are enforced, and nobody reads a bucket without a signature
    "SFTP_ENABLED": "0",
    "IOT_MTLS_ENABLED": "0",
    "LOG_LEVEL": "WARNING",
    "BIND_HOST": LOOPBACK,
    "MINISTACK_HOST": LOOPBACK,
    "DOCKER_HOST": "unix:///nonexistent",  # nothing is ever started in a container
}


def main() -> None:
    """Serve until told to stop."""
    from . import seams

    try:
        seams.check()
    except seams.WrongVersion as error:
        sys.exit(str(error))
    listener = socket.create_server((LOOPBACK, 0))
    os.environ.update(_SETTINGS, GATEWAY_PORT=str(listener.getsockname()[1]))
    register(float(os.environ.get("SHOWCORE_REHEARSAL_PACE", "0")))
    asyncio.run(_serve(listener))


def register(pace_seconds: float) -> None:
    """Put the added and the repaired types into ministack's table, each slowed by `pace_seconds`."""
    from . import added, repaired, seams
    from .resource_type import slowed

    table = seams.handlers()
    for name, resource_type in added.TYPES.items():
        table[name] = resource_type.as_handler()
    for name, repair in repaired.REPAIRS.items():
        table[name] = repair(table[name])
    if pace_seconds:
        for name in [name for name in table if not name.startswith("AWS::CloudFormation::")]:
            table[name] = slowed(table[name], pace_seconds)
    seams.run_every_type_on_a_worker_thread()
    seams.keep_attributes_of_nested_resources()
    seams.list_change_sets_by_arn()


async def _serve(listener: socket.socket) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    from . import seams
    from .answers import Answers

    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.loglevel = "WARNING"
    sys.stdout.write(json.dumps({"port": listener.getsockname()[1]}) + "\n")
    sys.stdout.flush()
    application: Any = Answers(seams.application())
    _end_when_told()
    await serve(application, config, shutdown_trigger=asyncio.Event().wait)


def _end_when_told() -> None:
    """End on a signal, or when the parent has closed its end of our standard input."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _end)
    loop.add_reader(sys.stdin.fileno(), _end)


def _end() -> None:
    """End at once: all is in memory, and open connections or sleeping handlers are not worth waiting for."""
    scratch = os.environ.get("SHOWCORE_REHEARSAL_SCRATCH")
    if scratch:
        shutil.rmtree(scratch, ignore_errors=True)
    os._exit(0)
