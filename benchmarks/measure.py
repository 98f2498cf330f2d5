"""Processes measured in turns: CPU, wall time and peak memory, after a warm-up, as medians.

The machine is shared and its clock varies, so two commands are compared only where they ran side by side: one of
each, then again. CPU is user and system time, that of their own child processes included.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

RUNS = 7
# A small process in between: the kernel counts a child's memory from its parent's at the moment of the fork.
_LAUNCHER = """\
import os, sys
pipe, line = int(sys.argv[1]), sys.argv[2:]
os.set_inheritable(pipe, False)
pid = os.posix_spawn(line[0], line, os.environ)
status, used = os.wait4(pid, 0)[1:]
os.write(pipe, f"{used.ru_utime + used.ru_stime} {used.ru_maxrss} {os.waitstatus_to_exitcode(status)}".encode())
"""
# As a user has it: Python keeps what it compiles.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, where it runs, and what is put in order before each run without being measured."""

    name: str
    line: tuple[str, ...]
    folder: Path | None = None
    variables: Mapping[str, str] | None = None
    before: Callable[[], None] | None = None
    may_end_with: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class Spread:
    """Medians of the runs, with the least and the most CPU."""

    cpu_seconds: float
    least: float
    most: float
    wall_seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class _Run:
    cpu: float
    wall: float
    peak: int


def compare(*commands: Command, runs: int = RUNS) -> tuple[Spread, ...]:
    """The figures of several commands that run in turns."""
    taken: list[list[_Run]] = [[] for _ in commands]
    for number in range(runs + 1):
        for command, found in zip(commands, taken, strict=True):
            once = _run(command)
            if number:  # the first is the warm-up
                found.append(once)
    return tuple(_spread(found) for found in taken)


def _run(command: Command) -> _Run:
    if command.before:
        command.before()
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    nowhere = os.open(os.devnull, os.O_RDWR)
    began = time.perf_counter()
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(writing), *_in_folder(command)],
        {**_ENVIRONMENT, **(command.variables or {})},
        file_actions=[(os.POSIX_SPAWN_DUP2, nowhere, stream) for stream in (0, 1, 2)],
    )
    os.close(writing)
    os.close(nowhere)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = pipe.read()
    os.waitpid(pid, 0)
    wall = time.perf_counter() - began
    cpu, peak, code = said.split()
    if int(code) not in command.may_end_with:
        raise RuntimeError(f"{command.name} ended with {code}: {' '.join(command.line)}")
    return _Run(float(cpu), wall, int(peak) * 1024)


def _in_folder(command: Command) -> Sequence[str]:
    """The command line, by way of `env --chdir` where it has a folder of its own."""
    return ("/usr/bin/env", f"--chdir={command.folder}", *command.line) if command.folder else command.line


def _spread(runs: Sequence[_Run]) -> Spread:
    cpu = [run.cpu for run in runs]
    wall = statistics.median(run.wall for run in runs)
    return Spread(statistics.median(cpu), min(cpu), max(cpu), wall, max(run.peak for run in runs))


def cpu_of(work: Callable[[], object], runs: int = RUNS) -> float:
    """The median CPU seconds of something done in this process."""
    taken = []
    for number in range(runs + 1):
        began = time.process_time()
        work()
        if number:
            taken.append(time.process_time() - began)
    return statistics.median(taken)
