"""A new environment for `showcore.toml`: which values it starts with, and the file's text with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from showcore_cfn.errors import UsageError
from showcore_cfn.settings import Settings, load_environment
from showcore_cfn.settings_fields import FIELDS, TABLES, TOPICS, Field, shown
from showcore_cfn.settings_file import SettingsFile, parse, read_file
from showcore_cfn.settings_read import read
from showcore_cfn.settings_text import HEADER, to_toml

DEFAULT_ENVIRONMENT = "production"
MOST_ADDRESSES = 3


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What other environments of the same account have taken, by field name."""

    taken: Mapping[str, Mapping[str, str]]

    def holder(self, name: str, value: str) -> str | None:
        """The environment that has this value already."""
        return next((other for other, values in self.taken.items() if values.get(name) == value), None)


def existing(path: Path) -> SettingsFile | None:
    """The file that an environment will be added to, or None. Its mistakes must be mended first."""
    if not path.exists():
        return None
    file = read_file(path)
    if strays := [*file.strays()]:
        file.refuse(strays)
    return file


def neighbours(file: SettingsFile | None, account_id: str) -> Neighbours:
    """The environments of that account in the file."""
    names = file.environments if file else ()
    found = {name: read(name, file.table(name)).values for name in names} if file else {}
    return Neighbours(
        {name: values for name, values in found.items() if values.get("account_id") == account_id}
    )


def checked_environment(file: SettingsFile | None, name: str, path: Path) -> str:
    """The name, if a new environment may have it; `UsageError` otherwise."""
    if file and name in file.document:
        raise UsageError(f"{path} holds [{name}] already: edit it there, or name another one with --env.")
    if (name,) in TABLES:
        raise UsageError(
            f'--env is "{name}", the name of a table within an environment; allowed is another one.'
        )
    return checked("--env", FIELDS["Environment"], name)


def checked(option: str, field: Field, value: str) -> str:
    """The value of an option, or `UsageError` with what is allowed."""
    problem = field.refusal_of_text(value)
    if problem:
        raise UsageError(f"{option} {problem.says}.")
    return value


def checked_addresses(option: str, topic: str, given: Sequence[str]) -> tuple[str, ...]:
    """One to three different addresses, or `UsageError`."""
    first = TOPICS["alert_addresses", topic][0]
    for number, address in enumerate(given):
        checked(option, first, address)
        if address.lower() in (earlier.lower() for earlier in given[:number]):
            raise UsageError(f"{option} names {shown(address)} twice; allowed is each address once.")
    if not 1 <= len(given) <= MOST_ADDRESSES:
        raise UsageError(f"{option} has {len(given)} addresses; allowed is one to {MOST_ADDRESSES}.")
    return tuple(given)


def checked_prefix(prefix: str, beside: Neighbours) -> str:
    """The prefix that was asked for, if no other environment of the account has it."""
    holder = beside.holder("Prefix", prefix)
    if holder:
        raise UsageError(
            f"--prefix {prefix} is that of [{holder}] in the same account; allowed is another one."
        )
    return checked("--prefix", FIELDS["Prefix"], prefix)


def free_prefix(environment: str, beside: Neighbours) -> str:
    """The plan's prefix, or one with the environment's name where another environment of the account has that."""
    usual = str(FIELDS["Prefix"].default)
    for prefix in (usual, f"{usual}-{environment}", environment):
        if not beside.holder("Prefix", prefix) and not FIELDS["Prefix"].refusal_of_text(prefix):
            return prefix
    raise UsageError(f"no name prefix is left for [{environment}]: give one with --prefix.")


def new_settings(
    environment: str,
    account_id: str,
    prefix: str,
    addresses: Mapping[str, Sequence[str]],
    beside: Neighbours,
) -> Settings:
    """The plan's figures for a new environment, with names of its own where the account is shared."""
    values = {"Environment": environment, "Prefix": prefix}
    for topic, given in addresses.items():
        fields = TOPICS["alert_addresses", topic]
        values |= {field.name: address for field, address in zip(fields, given, strict=False)}
    if beside.holder("DashboardName", str(FIELDS["DashboardName"].default)):
        values["DashboardName"] = f"ShowCore-Phase1-{environment}"
    if beside.holder("AccountTier", "true"):
        values |= dict.fromkeys(("AccountTier", "ConfigRecorder", "SessionPreferences"), "false")
    return Settings(account_id, values)


def with_environment(path: Path, file: SettingsFile | None, settings: Settings) -> str:
    """The whole text of the file with the new environment at its end; it loads, or an error is raised here."""
    before = file.source if file else HEADER
    newline = "\r\n" if "\r\n" in before else "\n"
    ended = before if before.endswith("\n") or not before else before + newline
    text = ended + newline + to_toml(settings).replace("\n", newline)
    load_environment(parse(path, text), settings.environment)
    return text
