"""What shall stand in the account: one stack with what it nests, fully said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from showcore_cfn.cost.terms import Terms, terms_of
from showcore_cfn.deploy.package import Location
from showcore_cfn.settings import Settings
from showcore_cfn.template.load import parse

BOOTSTRAP_TEMPLATE = "bootstrap.yaml"
ROOT_TEMPLATE = "root.yaml"
PROTECTION = "DatabaseDeletionProtection"


@dataclass(frozen=True, slots=True)
class Desired:
    """One root stack. `templates` are texts by file name, `root` the one that nests the others."""

    account_id: str
    region: str
    stack_name: str
    templates: Mapping[str, str]
    root: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str] = field(default_factory=dict)
    bucket: str = ""  # needed where the root nests anything
    role_arn: str | None = None  # what CloudFormation acts as; None: as the caller, whose session may end
    description: str = ""  # of the change set
    change_set_name: str | None = None
    notification_arns: tuple[str, ...] = ()
    on_failure: str | None = None  # ROLLBACK, DELETE, DO_NOTHING; only for a stack that is created
    disable_rollback: bool = False
    import_existing: bool = False
    terms: Terms | None = None  # what its month is priced with; None: typical usage
    protected: bool = False  # stack policies and termination protection, once it stands

    @property
    def location(self) -> Location:
        """Where its templates lie."""
        return Location(self.bucket, self.region, self.account_id)


def nest(settings: Settings, templates: Mapping[str, str]) -> Desired:
    """The nest of an environment, with the artifact bucket and the role of `bootstrap`."""
    return Desired(
        account_id=settings.account_id,
        region=settings.region,
        stack_name=settings.stack_name,
        templates=templates,
        root=ROOT_TEMPLATE,
        parameters=settings.parameters(),
        tags=settings.tags,
        bucket=artifact_bucket(settings.prefix, settings.account_id),
        role_arn=service_role(settings.prefix, settings.account_id),
        terms=terms_of(settings),
        protected=True,
    )


def bootstrap(settings: Settings, template: str) -> Desired:
    """The bootstrap stack, which the caller makes with their own rights: the role is in it."""
    parameters = parse(template, BOOTSTRAP_TEMPLATE).body.get("Parameters")
    declared = parameters if isinstance(parameters, dict) else {}
    return Desired(
        account_id=settings.account_id,
        region=settings.region,
        stack_name=bootstrap_stack(settings.prefix),
        templates={BOOTSTRAP_TEMPLATE: template},
        root=BOOTSTRAP_TEMPLATE,
        parameters={name: value for name, value in settings.parameters().items() if name in declared},
        tags=settings.tags,
    )


def bootstrap_stack(prefix: str) -> str:
    """The name of the bootstrap stack."""
    return f"{prefix}-bootstrap"


def artifact_bucket(prefix: str, account_id: str) -> str:
    """The name that `bootstrap.yaml` gives the artifact bucket."""
    return f"{prefix}-artifacts-{account_id}"


def service_role(prefix: str, account_id: str) -> str:
    """The ARN of the role that `bootstrap.yaml` makes for CloudFormation."""
    return f"arn:aws:iam::{account_id}:role/{prefix}-cloudformation"
