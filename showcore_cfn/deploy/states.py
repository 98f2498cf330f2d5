"""What to do about a stack, by its status and what is wanted: one table, one right next step in each cell.

Statuses: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from showcore_cfn.errors import Exit


class Step(StrEnum):
    """What can be done about a stack."""

    CREATE = "create"  # by a change set of type CREATE
    UPDATE = "update"  # by a change set of type UPDATE
    WATCH = "watch"  # an operation is under way: attach to it, then look again
    DISCARD = "discard"  # nothing is in it: delete what waits on it, and the shell
    ROLL_BACK = "roll back"  # RollbackStack: back to the last good state
    CONTINUE_ROLLBACK = "continue the rollback"  # ContinueUpdateRollback
    DELETE = "delete"
    NOTHING = "nothing"
    BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Row:
    """A status: what it means, and the step for each of the three things that one can want."""

    meaning: str
    deploy: Step
    recover: Step
    destroy: Step


_RUNNING = (Step.WATCH, Step.WATCH, Step.WATCH)
_HEALTHY = (Step.UPDATE, Step.NOTHING, Step.DELETE)
ABSENT = "absent"

STATES: dict[str, Row] = {
    ABSENT: Row("there is no such stack", Step.CREATE, Step.NOTHING, Step.NOTHING),
    "DELETE_COMPLETE": Row("the stack was deleted", Step.CREATE, Step.NOTHING, Step.NOTHING),
    "REVIEW_IN_PROGRESS": Row(
        "a plan for a new stack was made and not executed; nothing exists yet",
        *(Step.CREATE, Step.DISCARD, Step.DISCARD),
    ),
    "CREATE_IN_PROGRESS": Row("the stack is being created", Step.WATCH, Step.WATCH, Step.DELETE),
    "CREATE_COMPLETE": Row("the stack stands as it was first created", *_HEALTHY),
    "CREATE_FAILED": Row(
        "the creation failed and, with rollback off, left what it had made",
        *(Step.ROLL_BACK, Step.ROLL_BACK, Step.DELETE),
    ),
    "ROLLBACK_IN_PROGRESS": Row("a failed creation is being undone", *_RUNNING),
    "ROLLBACK_COMPLETE": Row(
        "the creation failed and was undone; a stack in this status can only be deleted",
        *(Step.DELETE, Step.DELETE, Step.DELETE),
    ),
    "ROLLBACK_FAILED": Row(
        "the creation failed, and undoing it failed too; the stack can only be deleted",
        *(Step.DELETE, Step.DELETE, Step.DELETE),
    ),
    "UPDATE_IN_PROGRESS": Row("the stack is being updated", *_RUNNING),
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": Row(
        "the update is done, and what it replaced is being deleted", *_RUNNING
    ),
    "UPDATE_COMPLETE": Row("the stack stands as it was last updated", *_HEALTHY),
    "UPDATE_FAILED": Row(
        "the update failed and, with rollback off, left the stack half updated",
        *(Step.ROLL_BACK, Step.ROLL_BACK, Step.DELETE),
    ),
    "UPDATE_ROLLBACK_IN_PROGRESS": Row("a failed or cancelled update is being undone", *_RUNNING),
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": Row(
        "the update was undone, and what it had made is being deleted", *_RUNNING
    ),
    "UPDATE_ROLLBACK_COMPLETE": Row("an update failed and was undone; the stack stands as before", *_HEALTHY),
    "UPDATE_ROLLBACK_FAILED": Row(
        "an update failed, and undoing it failed too; the rollback has to be continued",
        *(Step.CONTINUE_ROLLBACK, Step.CONTINUE_ROLLBACK, Step.DELETE),
    ),
    "DELETE_IN_PROGRESS": Row("the stack is being deleted", *_RUNNING),
    "DELETE_FAILED": Row(
        "the deletion failed; the stack still holds what could not be deleted",
        *(Step.DELETE, Step.DELETE, Step.DELETE),
    ),
    "IMPORT_IN_PROGRESS": Row("resources are being imported", *_RUNNING),
    "IMPORT_COMPLETE": Row("resources were imported; the stack stands", *_HEALTHY),
    "IMPORT_ROLLBACK_IN_PROGRESS": Row("a failed import is being undone", *_RUNNING),
    "IMPORT_ROLLBACK_COMPLETE": Row("an import failed and was undone; the stack stands as before", *_HEALTHY),
    "IMPORT_ROLLBACK_FAILED": Row(
        "an import failed, and undoing it failed too; AWS has no call that leads out, its support does",
        *(Step.BY_HAND, Step.BY_HAND, Step.DELETE),
    ),
}


def state(status: str | None) -> Row:
    """The row of a status. One that AWS adds after this was written is running or left alone, by its name."""
    if status in STATES or status is None:
        return STATES[status or ABSENT]
    if status.endswith("_IN_PROGRESS"):
        return Row("an operation is under way", *_RUNNING)
    return Row("this tool does not know this status", Step.BY_HAND, Step.BY_HAND, Step.BY_HAND)


SUCCEEDED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE", "IMPORT_COMPLETE"})
ROLLED_BACK = frozenset({"UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE"})


def exit_of(status: str) -> Exit:
    """The exit code of a deployment that ended in a status."""
    if status in SUCCEEDED:
        return Exit.DONE
    return Exit.ROLLED_BACK if status in ROLLED_BACK else Exit.NEEDS_RECOVERY
