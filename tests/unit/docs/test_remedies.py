"""What the checks advise: commands that exist, and nothing that AWS does not do."""

from __future__ import annotations

import re
import shlex

import pytest

from showcore_cfn.verify.registry import CHECKS
from tests.unit.docs import aws_cli, showcore_cli
from tests.unit.docs.shell import spans

_AWS = [(each.id, span) for each in CHECKS for span in spans(each.remedy) if span.startswith("aws ")]
_OURS = [(each.id, span) for each in CHECKS for span in spans(each.remedy) if span.startswith("showcore ")]
_OF_THE_CLI_ALONE = "aws cloudtrail validate-logs"


@pytest.mark.parametrize("remedy", [each.remedy for each in CHECKS], ids=[each.id for each in CHECKS])
def test_no_remedy_trusts_a_deployment_to_undo_what_was_done_by_hand(remedy: str) -> None:
    """CloudFormation leaves alone what no template changed, and no command deploys one tier."""
    assert not re.search(
        r"\b[Dd]eploy (the [a-z ]*tier|again)|overwritten|puts the templates' values", remedy
    )


@pytest.mark.parametrize(("check", "command"), _OURS)
def test_showcore_would_take_every_remedy(check: str, command: str) -> None:
    assert showcore_cli.complaints(shlex.split(command)) == []


@pytest.mark.parametrize(("check", "command"), [each for each in _AWS if each[1] != _OF_THE_CLI_ALONE])
def test_aws_knows_every_remedy(check: str, command: str) -> None:
    """What is left out there, such as the name of the resource, stands in the finding."""
    said = aws_cli.complaints(shlex.split(command))
    assert [each for each in said if not each.endswith(("is required", "wants a value"))] == []
