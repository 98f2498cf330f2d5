"""What should stand there: the names and values that the plan and the settings give, and no live value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from showcore_cfn.template.load import TemplateSet

TAG_KEYS = ("Project", "Phase", "Environment", "ManagedBy", "CostCenter")  # 2.2
VPC_CIDR = "10.0.0.0/16"  # 3.1
BACKUP_RETENTION_DAYS = 7  # 5.3, 6.3, 11.2
LOG_RETENTION_DAYS = 7  # 10.7
NEWEST_BACKUP_HOURS = 26  # a daily backup at 03:00, and two hours to make it


@dataclass(frozen=True, slots=True)
class Expected:
    """One environment as it should be, and the moment it is looked at."""

    account_id: str
    region: str
    stack_name: str
    parameters: Mapping[str, str]  # the root's
    now: datetime  # aware, UTC
    templates: TemplateSet | None = None  # the folder that should be deployed
    monthly_usd: float | None = None  # the estimate of these templates, free tier left out
    trusted: tuple[str, ...] = ()  # ARN patterns of whoever may change things (15.3)

    def named(self, rest: str) -> str:
        """A physical name: the prefix and the rest of it."""
        return f"{self.parameters['Prefix']}-{rest}"

    def bucket(self, component: str) -> str:
        """A bucket's name (8.4: showcore-{component}-{account-id})."""
        return f"{self.named(component)}-{self.account_id}"

    def topic_arn(self, rest: str) -> str:
        """The ARN of a topic of this environment."""
        return f"arn:aws:sns:{self.region}:{self.account_id}:{self.named(rest)}"

    def on(self, switch: str) -> bool:
        """Whether a switch among the root parameters is on."""
        return self.parameters[switch] == "true"

    @property
    def tags(self) -> dict[str, str]:
        """The five tags that every resource carries (2.2, 12.3)."""
        values = [self.parameters[key] if key != "Project" else "ShowCore" for key in TAG_KEYS]
        return dict(zip(TAG_KEYS, values, strict=True))
