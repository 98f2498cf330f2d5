"""What several checks advise in the same words."""

from __future__ import annotations

from typing import Final

# CloudFormation compares templates, not the account: a deployment leaves alone what no template has changed.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
MEND: Final = (
    "`showcore deploy` where `showcore diff deployed` names it;"
    " what was changed by hand goes back by hand, as `showcore drift` says."
)
