"""What a user can act on, and the exit code that each kind of it ends with.

Every error here is one sentence or two: what is wrong, where, and what to do next. Anything else that is
raised is a bug and keeps its traceback. `cli.main` is the only place that turns an error into an exit code.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of `showcore`; `docs/cli.md` prints the same table."""

    DONE = 0
    ERROR = 1
    USAGE = 2  # click's own
    CHANGES = 3  # --detailed-exitcode, templates --check, drift --fail
    STOPPED = 4  # by a guard, a rule or a failed check
    ROLLED_BACK = 5
    NEEDS_RECOVERY = 6
    STILL_RUNNING = 7  # detached, timed out, out of credentials, or begun by somebody else
    INTERRUPTED = 130


class ShowcoreError(Exception):
    """Something the user can mend. `str(error)` is the whole message."""

    exit_code: Exit = Exit.ERROR


class SettingsError(ShowcoreError):
    """`showcore.toml` is missing or holds a value that is not allowed."""


class UsageError(ShowcoreError):
    """The command line asks for something that does not exist or does not go together."""

    exit_code = Exit.USAGE


class WiringError(ShowcoreError):
    """A tier uses a wire that nobody before it provides, or provides one twice."""


class TemplateError(ShowcoreError):
    """A template cannot be read as CloudFormation."""


class ChangesFound(ShowcoreError):
    """There are changes, and the caller asked for an exit code that says so."""

    exit_code = Exit.CHANGES


class Stopped(ShowcoreError):
    """A guard, a rule or a check says no."""

    exit_code = Exit.STOPPED


class RolledBack(ShowcoreError):
    """The deployment failed and CloudFormation restored what was there before."""

    exit_code = Exit.ROLLED_BACK


class NeedsRecovery(ShowcoreError):
    """The stack stands in a status that no deployment can start from; `showcore recover` leads out."""

    exit_code = Exit.NEEDS_RECOVERY


class StillRunning(ShowcoreError):
    """The operation goes on in AWS, but nobody is watching it from here."""

    exit_code = Exit.STILL_RUNNING
