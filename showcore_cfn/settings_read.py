"""One environment's table of `showcore.toml` as parameter values, and every mistake in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from showcore_cfn.settings_fields import (
    BY_KEY,
    FIELDS,
    MAX_MONTHLY_USD,
    TABLES,
    TOPICS,
    Field,
    Key,
    Problem,
    default_stack_name,
    dotted,
    refusal_of_number,
    refusal_of_usage,
    shown,
    text_of,
)

ADDRESS_LIST = "a list of one to three e-mail addresses"


@dataclass(slots=True)
class Reading:
    """What a table says. A value that is refused is missing from `values`; one left out has its default."""

    environment: str
    values: dict[str, str] = field(default_factory=dict)
    usage: dict[str, float] = field(default_factory=dict)
    max_monthly_usd: float | None = None
    problems: list[Problem] = field(default_factory=list)


def read(environment: str, table: Mapping[str, object]) -> Reading:
    """The values and the problems of one environment."""
    reading = Reading(environment)
    _take(reading, FIELDS["Environment"], environment)
    seen = {FIELDS["Environment"].key}
    for key, value in _leaves(table):
        seen.add(key)
        _read_leaf(reading, key, value)
    for known in FIELDS.values():
        if known.key not in seen:
            _leave_out(reading, known, seen)
    if reading.values.get("stack_name") == "" and {"Prefix", "Environment"} <= reading.values.keys():
        reading.values["stack_name"] = default_stack_name(reading.values)
    return reading


def _leaves(table: Mapping[str, object], above: Key = ()) -> Iterator[tuple[Key, object]]:
    """Each key with what stands there; tables and lists are entered where the layout has them."""
    for name, value in table.items():
        key = (*above, name)
        if key in TOPICS and isinstance(value, list):
            yield key, value
            yield from (((*key, number), address) for number, address in enumerate(value[:3]))
        elif (key in TABLES) and isinstance(value, dict):
            yield from _leaves(value, key)
        else:
            yield key, value


def _read_leaf(reading: Reading, key: Key, value: object) -> None:
    if key in TOPICS:
        reading.problems.extend(_list_problems(key, value))
    elif key[:-1] in TOPICS:
        _take_address(reading, key, value)
    elif key in BY_KEY:
        _take(reading, BY_KEY[key], value)
    elif (key[0] == "usage" and len(key) > 1) or key == MAX_MONTHLY_USD:
        _take_number(reading, key, value)
    elif key in TABLES:
        whole = f"a table, [{reading.environment}.{dotted(key)}]"
        reading.problems.append(Problem(key, f"is {shown(value)}; allowed is {whole}"))
    else:
        reading.problems.append(_unknown(reading.environment, key))


def _take(reading: Reading, known: Field, value: object) -> None:
    problem = known.refusal(value)
    if problem:
        reading.problems.append(problem)
    else:
        reading.values[known.name] = text_of(value)


def _take_address(reading: Reading, key: Key, value: object) -> None:
    first = TOPICS[key[:-1]][0]  # an element of the list is never empty, as the first parameter is not
    problem = first.refusal(value)
    if problem:
        reading.problems.append(Problem(key, problem.says))
    else:
        reading.values[BY_KEY[key].name] = text_of(value)


def _take_number(reading: Reading, key: Key, value: object) -> None:
    is_limit = key == MAX_MONTHLY_USD
    name = str(key[1])
    problem = refusal_of_number(key, value, above_zero=True) if is_limit else refusal_of_usage(name, value)
    if problem:
        reading.problems.append(problem)
    elif isinstance(value, int | float):
        if is_limit:
            reading.max_monthly_usd = float(value)
        else:
            reading.usage[name] = float(value)


def _list_problems(key: Key, value: object) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield Problem(key, f"is {shown(value)}; allowed is {ADDRESS_LIST}")
    elif not 1 <= len(value) <= 3:
        count = len(value) or "no"
        yield Problem(key, f"holds {count} addresses; allowed is {ADDRESS_LIST}")


def _leave_out(reading: Reading, known: Field, seen: set[Key]) -> None:
    if known.default is not None:
        reading.values[known.name] = known.default
        return
    key = known.key[:-1] if known.key[:-1] in TOPICS else known.key
    if not {key, key[:1]} & seen:  # an empty list has been told already
        allowed = ADDRESS_LIST if key in TOPICS else f"{known.allowed}, in quotes"
        reading.problems.append(Problem(key, f"is missing; allowed is {allowed}"))


def _unknown(environment: str, key: Key) -> Problem:
    from difflib import get_close_matches

    known = [*BY_KEY, *TOPICS, *TABLES, MAX_MONTHLY_USD]
    for other in known:
        if other[-1:] == key[-1:]:
            table = dotted((environment, *other[:-1]))
            return Problem(key, f"is not a setting there; it belongs below [{table}]")
    beside = sorted({str(other[-1]) for other in known if len(other) == len(key) and other[:-1] == key[:-1]})
    near = get_close_matches(str(key[-1]), beside, n=1)
    hint = f"the nearest is {near[0]}" if near else f"allowed there is {', '.join(beside)}"
    return Problem(key, f"is not a setting; {hint}")
