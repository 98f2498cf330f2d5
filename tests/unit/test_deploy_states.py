"""The rule table: for every status that CloudFormation knows, and each intent, the one right next step."""

from __future__ import annotations

import botocore.session
import pytest

from showcore_cfn.deploy.states import ABSENT, STATES, exit_of, state
from showcore_cfn.errors import Exit

# status: (deploy, recover, destroy)
EXPECTED = {
    "absent": ("create", "nothing", "nothing"),
    "DELETE_COMPLETE": ("create", "nothing", "nothing"),
    "REVIEW_IN_PROGRESS": ("create", "discard", "discard"),
    "CREATE_IN_PROGRESS": ("watch", "watch", "delete"),
    "CREATE_COMPLETE": ("update", "nothing", "delete"),
    "CREATE_FAILED": ("roll back", "roll back", "delete"),
    "ROLLBACK_IN_PROGRESS": ("watch", "watch", "watch"),
    "ROLLBACK_COMPLETE": ("delete", "delete", "delete"),
    "ROLLBACK_FAILED": ("delete", "delete", "delete"),
    "UPDATE_IN_PROGRESS": ("watch", "watch", "watch"),
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": ("watch", "watch", "watch"),
    "UPDATE_COMPLETE": ("update", "nothing", "delete"),
    "UPDATE_FAILED": ("roll back", "roll back", "delete"),
    "UPDATE_ROLLBACK_IN_PROGRESS": ("watch", "watch", "watch"),
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": ("watch", "watch", "watch"),
    "UPDATE_ROLLBACK_COMPLETE": ("update", "nothing", "delete"),
    "UPDATE_ROLLBACK_FAILED": ("continue the rollback", "continue the rollback", "delete"),
    "DELETE_IN_PROGRESS": ("watch", "watch", "watch"),
    "DELETE_FAILED": ("delete", "delete", "delete"),
    "IMPORT_IN_PROGRESS": ("watch", "watch", "watch"),
    "IMPORT_COMPLETE": ("update", "nothing", "delete"),
    "IMPORT_ROLLBACK_IN_PROGRESS": ("watch", "watch", "watch"),
    "IMPORT_ROLLBACK_COMPLETE": ("update", "nothing", "delete"),
    "IMPORT_ROLLBACK_FAILED": ("by hand", "by hand", "delete"),
}
EXITS = {
    "CREATE_COMPLETE": 0,
    "UPDATE_COMPLETE": 0,
    "DELETE_COMPLETE": 0,
    "IMPORT_COMPLETE": 0,
    "ROLLBACK_COMPLETE": 5,
    "UPDATE_ROLLBACK_COMPLETE": 5,
    "IMPORT_ROLLBACK_COMPLETE": 5,
    "CREATE_FAILED": 6,
    "UPDATE_FAILED": 6,
    "ROLLBACK_FAILED": 6,
    "UPDATE_ROLLBACK_FAILED": 6,
    "DELETE_FAILED": 6,
}


@pytest.mark.trap("38")
@pytest.mark.parametrize("status", EXPECTED)
def test_each_status_has_one_next_step_for_each_intent(status: str) -> None:
    row = state(None if status == "absent" else status)

    assert (row.deploy, row.recover, row.destroy) == EXPECTED[status]


def test_every_status_of_the_service_model_has_its_row() -> None:
    model = botocore.session.get_session().get_service_model("cloudformation")
    statuses = set(model.shape_for("StackStatus").enum)

    assert statuses == set(STATES) - {ABSENT}


@pytest.mark.trap("22")
def test_a_status_that_aws_adds_later_is_watched_or_left_alone() -> None:
    assert state("ENCHANTMENT_IN_PROGRESS").deploy == "watch"
    assert state("ENCHANTED").deploy == state("ENCHANTED").destroy == "by hand"


@pytest.mark.trap("34")
def test_a_cleanup_is_still_in_progress() -> None:
    assert state("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS").deploy == "watch"


@pytest.mark.parametrize("status", EXITS)
def test_each_end_has_its_exit_code(status: str) -> None:
    assert exit_of(status) == Exit(EXITS[status])
