"""What `diff`, `review` and `graph` share: settings where there are any, and sources by what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from showcore_cfn import console
from showcore_cfn.errors import ShowcoreError, UsageError
from showcore_cfn.review import sources
from showcore_cfn.review.sources import DEPLOYED, Source

if TYPE_CHECKING:
    from decimal import Decimal

    from showcore_cfn.aws.session import Session
    from showcore_cfn.review.review import Price
    from showcore_cfn.settings import Settings


_RELEASE = "release:"


class Terms(NamedTuple):
    """What an environment says: the root's parameters, the budget, and the way to its account."""

    settings: Settings | None
    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None

    @property
    def parameters(self) -> Mapping[str, str]:
        """The root's parameters; none without settings, so that defaults count."""
        if self.settings is None:
            return {}
        return {**self.settings.parameters(), "AWS::Region": self.settings.region}

    @property
    def price(self) -> Price | None:
        """How a month is estimated: with the environment's own usage, where there are settings."""
        if self.settings is None:
            return None
        from showcore_cfn.cost.terms import terms_of

        return terms_of(self.settings).of_nest

    @property
    def budget_usd(self) -> Decimal | None:
        """The environment's limit for a month, where it sets one."""
        from decimal import Decimal

        limit = self.settings.max_monthly_usd if self.settings is not None else None
        return None if limit is None else Decimal(str(limit))


def terms(
    settings_file: str,
    env: str | None,
    profile: str | None = None,
    region: str | None = None,
    endpoint_url: str | None = None,
    *,
    only_named: bool = False,
) -> Terms:
    """The terms of an environment; of none where neither a file nor `--env` names one.

    `only_named` leaves a settings file alone unless `--env` is given.
    """
    path = Path(settings_file)
    if env is None and (only_named or not path.exists()):
        return Terms(None, profile, region, endpoint_url)
    from showcore_cfn.settings import load

    return Terms(load(path, env), profile, region, endpoint_url)


def is_in_account(name: str | None) -> bool:
    """Whether a source stands in the account, which the settings name."""
    return name == DEPLOYED or (name is not None and name.startswith(_RELEASE) and not Path(name).exists())


def pair(
    base: str, head: str | None, folder: str, found: Terms, *, from_fork: bool = False
) -> tuple[Source, Source]:
    """The two sources that are compared; the head is the folder on disk unless it is named.

    `from_fork` takes, for a revision, the commit where the current branch left it.
    """
    before = one(base, folder, found) if not from_fork else _at_fork(base, folder, found)
    documents = before.templates.documents.values()
    after = one(head or folder, folder, found, documents)
    return before, after


def one(name: str, folder: str, found: Terms, shared: sources.Documents = ()) -> Source:
    """A source by what it is called: a path, a revision, `deployed`, or `release:ID`."""
    if name == DEPLOYED:
        return _deployed(found)
    if is_in_account(name):
        return _released(name, found)
    if name == folder and not Path(folder).exists():
        raise UsageError(f"there is no folder {folder} here. Name one with --templates, or go where it is.")
    return sources.read(Path(), name, folder, shared)


def _at_fork(base: str, folder: str, found: Terms) -> Source:
    if base == DEPLOYED or base.startswith(_RELEASE) or Path(base).exists():
        return one(base, folder, found)
    revision, colon, inside = base.partition(":")
    fork = sources.fork_point(Path(), revision)
    return one(f"{fork}{colon}{inside}", folder, found)._replace(label=sources.called(base))


_COLOURS: Mapping[str, str] = {
    **dict.fromkeys(("worst", "delete", "replace"), "red"),
    **dict.fromkeys(("warn", "may replace", "change"), "yellow"),
    "add": "green",
}


def paint(tone: str, text: str) -> str:
    """A piece of the report in its colour, where the terminal wants any."""
    return console.paint(text, fg=_COLOURS.get(tone), bold=tone in ("title", "worst"), dim=tone == "dim")


def _deployed(found: Terms) -> Source:
    from showcore_cfn.review.deployed import from_stack

    settings, gateways = _account(found)
    stack = gateways.cloudformation.stack(settings.stack_name)
    if stack is None:
        raise ShowcoreError(
            f"there is no stack {settings.stack_name} to compare with. `showcore deploy` creates it."
        )
    return from_stack(gateways.cloudformation, stack.id, stack.parameters)


def _released(name: str, found: Terms) -> Source:
    """What an earlier deployment left in the artifact bucket; `showcore releases` lists them."""
    from showcore_cfn.deploy import releases
    from showcore_cfn.deploy.desired import nest

    settings, session = _account(found)
    desired = nest(settings, {})
    release = releases.of(session.store, desired, name.removeprefix(_RELEASE))
    texts = releases.again(session.store, desired, release).templates
    return Source(f"release {release.id}", sources.loaded(texts), whole=False, parameters=release.parameters)


def _account(found: Terms) -> tuple[Settings, Session]:
    if found.settings is None:
        raise UsageError("which stack is deployed stands in showcore.toml: write it with `showcore init`.")
    from showcore_cfn.aws.session import connect
    from showcore_cfn.deploy.operation import guard_account

    region = found.region or found.settings.region
    session = connect(region, profile=found.profile, endpoint_url=found.endpoint_url)
    guard_account(session, found.settings.account_id)
    return found.settings, session
