"""Settings: what `showcore.toml` says of one environment, checked.

`load` reads the file; all that is wrong in it is told at once, each mistake with its line. Its parts:
`settings_fields` (which keys there are and what is allowed), `settings_read` (a table to values),
`settings_rules` (what must hold between values), `settings_file` and `settings_lines` (TOML, and where its
keys stand). `settings_text` writes what this module reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from showcore_cfn.errors import SettingsError
from showcore_cfn.settings_fields import (
    FIELDS,
    MAX_MONTHLY_USD,
    PARAMETER_NAMES,
    REGION,
    FreeTier,
    Problem,
    default_stack_name,
    dotted,
    refusal_of_number,
    refusal_of_usage,
    refusals,
    setting_of,
)
from showcore_cfn.settings_file import SettingsFile, read_file
from showcore_cfn.settings_read import Reading, read
from showcore_cfn.settings_rules import clashes, contradictions, remarks

__all__ = ["FreeTier", "Settings", "load", "load_environment", "plan_defaults", "setting_of"]

PROJECT = "ShowCore"  # value of the tag Project: the plan, 2.2
EXAMPLE_ACCOUNT = "111122223333"  # of AWS's documentation; nobody's
EXAMPLE_ADDRESSES = {
    "CriticalAlertEmail": "critical@example.com",
    "WarningAlertEmail": "warning@example.com",
    "BillingAlertEmail": "billing@example.com",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """One environment. Values that are not allowed raise `SettingsError`, wherever they come from.

    `values` are the root parameters by name; one that is left out has its default. `usage` holds monthly
    amounts for the cost estimate, by the names that it gives them.
    """

    account_id: str
    values: Mapping[str, str]
    stack_name: str = ""  # empty: <prefix>-phase1-<environment>
    region: str = REGION
    usage: Mapping[str, float] = field(default_factory=dict)
    free_tier: FreeTier = FreeTier.NONE
    max_monthly_usd: float | None = None

    def __post_init__(self) -> None:
        defaults = {name: FIELDS[name].default for name in PARAMETER_NAMES}
        given = {name: value for name, value in defaults.items() if value is not None} | dict(self.values)
        object.__setattr__(self, "values", {name: given[name] for name in PARAMETER_NAMES if name in given})
        problems = [*self._problems(given)]
        if problems:
            told = [f"{dotted(problem.key) or 'environment'} {problem.says}" for problem in problems]
            raise SettingsError("; ".join(told) + ".")
        if not self.stack_name:
            object.__setattr__(self, "stack_name", default_stack_name(self.values))

    def _problems(self, given: Mapping[str, str]) -> Iterator[Problem]:
        for name in given:
            if name not in PARAMETER_NAMES:
                yield Problem((name,), "is no root parameter")
        for name in PARAMETER_NAMES:
            if name not in given:
                yield Problem(FIELDS[name].key, f"is missing; allowed is {FIELDS[name].allowed}")
        fields = {name: value for name, value in given.items() if name in FIELDS} | self._own_fields()
        refused = [*refusals(fields)]
        yield from refused
        keys = {problem.key for problem in refused}
        yield from contradictions({name: fields[name] for name in fields if FIELDS[name].key not in keys})
        for name, amount in self.usage.items():
            if problem := refusal_of_usage(name, amount):
                yield problem
        if self.max_monthly_usd is not None and (
            problem := refusal_of_number(MAX_MONTHLY_USD, self.max_monthly_usd, above_zero=True)
        ):
            yield problem

    def _own_fields(self) -> dict[str, str]:
        return {
            "account_id": self.account_id,
            "stack_name": self.stack_name,
            "region": self.region,
            "free_tier": self.free_tier,
        }

    @property
    def environment(self) -> str:
        """The name of the environment's table, and the value of the tag Environment."""
        return self.values["Environment"]

    @property
    def prefix(self) -> str:
        """The first part of every name."""
        return self.values["Prefix"]

    @property
    def tags(self) -> dict[str, str]:
        """The five tags of the plan (2.2), as the stack itself carries them."""
        tagged = ("Phase", "Environment", "ManagedBy", "CostCenter")
        return {"Project": PROJECT, **{name: self.values[name] for name in tagged}}

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is allowed, but may not be what was meant; sentences for a person."""
        return tuple(remarks(self.values))

    def parameters(self) -> dict[str, str]:
        """Every parameter of the root template with its value, in the template's order."""
        return dict(self.values)


def load(path: Path, env: str | None = None) -> Settings:
    """The settings of one environment; `env` may be None where the file holds only one.

    `SettingsError` (exit 1) for a file that is missing, no TOML, or wrong: all mistakes, each with its line.
    `UsageError` (exit 2) for an environment that the file does not hold.
    """
    file = read_file(path)
    if not file.environments and (strays := [*file.strays()]):
        file.refuse(strays)
    return load_environment(file, file.choose(env))


def load_environment(file: SettingsFile, name: str) -> Settings:
    """The settings of an environment that the file holds, checked against those that stand before it."""
    reading = read(name, file.table(name))
    earlier = file.environments[: file.environments.index(name)]
    others = {other: read(other, file.table(other)).values for other in earlier}
    below = [*reading.problems, *contradictions(reading.values), *clashes(reading.values, others)]
    problems = [*file.strays(), *(Problem((name, *problem.key), problem.says) for problem in below)]
    if problems:
        file.refuse(problems)
    return _settings(reading)


def plan_defaults(environment: str = "production") -> Settings:
    """The plan's own figures, an example account and addresses: for commands that need no settings file."""
    return Settings(EXAMPLE_ACCOUNT, {"Environment": environment, **EXAMPLE_ADDRESSES})


def _settings(reading: Reading) -> Settings:
    return Settings(
        account_id=reading.values["account_id"],
        values={name: reading.values[name] for name in PARAMETER_NAMES},
        stack_name=reading.values["stack_name"],
        region=reading.values["region"],
        usage=reading.usage,
        free_tier=FreeTier(reading.values["free_tier"]),
        max_monthly_usd=reading.max_monthly_usd,
    )
