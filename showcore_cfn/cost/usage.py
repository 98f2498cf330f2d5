"""What is assumed of a month: gigabytes, requests, sessions. Settings and options override each figure.

Three presets stand side by side in `usage.toml`, so that the distance between them shows which assumption
matters. Each figure is meant for one resource (one endpoint, one bucket, one database), so that two of them cost
twice as much.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from showcore_cfn.errors import UsageError

_NOTHING: Mapping[str, float | Decimal] = MappingProxyType({})
SESSION_LOG_GB = Decimal("0.001")  # what one log-in session writes to its log: about a megabyte


class Preset(StrEnum):
    """Ready-made assumptions."""

    NONE = "none"  # nothing is stored, sent or asked for: what stands there costs this much all by itself
    LOW = "low"
    TYPICAL = "typical"
    HIGH = "high"


class Assumption(NamedTuple):
    """One figure of a month, in three sizes."""

    key: str
    unit: str
    low: Decimal
    typical: Decimal
    high: Decimal
    meaning: str

    def at(self, preset: Preset) -> Decimal:
        """The figure of a preset."""
        sizes = {Preset.LOW: self.low, Preset.TYPICAL: self.typical, Preset.HIGH: self.high}
        return sizes.get(preset, Decimal(0))


def _read() -> Mapping[str, Assumption]:
    text = Path(__file__).with_name("usage.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text, parse_float=Decimal)
    return MappingProxyType(
        {
            key: Assumption(
                key,
                entry["unit"],
                Decimal(entry["low"]),
                Decimal(entry["typical"]),
                Decimal(entry["high"]),
                entry["meaning"],
            )
            for key, entry in raw.items()
        }
    )


ASSUMPTIONS: Mapping[str, Assumption] = _read()


@dataclass(frozen=True, slots=True)
class Usage:
    """The figures of one estimate: a preset, and what was said otherwise."""

    preset: Preset
    values: Mapping[str, Decimal]
    given: frozenset[str] = frozenset()

    def __getitem__(self, key: str) -> Decimal:
        return self.values[key]

    def with_(self, key: str, value: Decimal) -> Usage:
        """The same with one figure changed."""
        return Usage(self.preset, MappingProxyType({**self.values, key: value}), self.given | {key})


def usage(preset: Preset = Preset.TYPICAL, own: Mapping[str, float | Decimal] = _NOTHING) -> Usage:
    """The figures of a preset with own ones over them. Raises UsageError for an unknown or negative one."""
    values = {key: assumption.at(preset) for key, assumption in ASSUMPTIONS.items()}
    for key, value in own.items():
        values[_known(key)] = _amount(key, value)
    return Usage(preset, MappingProxyType(values), frozenset(own))


def parse_assumption(text: str) -> tuple[str, Decimal]:
    """`KEY=VALUE` of `--assume`. Raises UsageError where it is not that."""
    key, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--assume {text!r} is not KEY=VALUE, such as --assume cdn_out_gb=200.")
    return _known(key.strip()), _amount(key.strip(), value.strip())


def parse_preset(text: str) -> Preset:
    """The preset of that name. Raises UsageError where there is none."""
    try:
        return Preset(text)
    except ValueError:
        raise UsageError(f"there is no usage called {text!r}; there are {', '.join(Preset)}.") from None


def _known(key: str) -> str:
    if key in ASSUMPTIONS:
        return key
    from difflib import get_close_matches

    near = get_close_matches(key, ASSUMPTIONS, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "see `showcore cost --show assumptions`."
    raise UsageError(f"no assumption is called {key!r}; {hint}")


def _amount(key: str, value: object) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise UsageError(f"{key} is {value}; an assumption is a number, 0 or more.")
    return amount
