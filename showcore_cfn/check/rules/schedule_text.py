"""Schedule expressions of EventBridge and the services that took them over: cron with six fields, and rate.

Source: Amazon EventBridge User Guide, "Setting a schedule pattern for scheduled rules".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from showcore_cfn.check.rules.numbers import whole

_MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_DAYS = {name: n for n, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], 1)}
_NONE: Mapping[str, int] = {}
_FIELDS: tuple[tuple[str, int, int, Mapping[str, int]], ...] = (
    ("minutes", 0, 59, _NONE),
    ("hours", 0, 23, _NONE),
    ("day of month", 1, 31, _NONE),
    ("month", 1, 12, _MONTHS),
    ("day of week", 1, 7, _DAYS),
    ("year", 1970, 2199, _NONE),
)
_UNITS = ("minute", "hour", "day")


def problem(text: str) -> str | None:
    """What is wrong with a cron(...) or rate(...) expression; None where nothing is."""
    match = re.fullmatch(r"(cron|rate)\((.*)\)", text.strip(), re.DOTALL)
    if match is None:
        return f"{text} is neither cron(...) nor rate(...)"
    return cron_problem(match[2]) if match[1] == "cron" else rate_problem(match[2])


def rate_problem(text: str) -> str | None:
    """What is wrong with the inside of rate(...)."""
    match = re.fullmatch(r"([0-9]{1,9}) (\w+)", text.strip())
    if match is None or int(match[1]) == 0 or match[2].removesuffix("s") not in _UNITS:
        return f"rate({text}) is no number of minutes, hours or days above 0"
    if (int(match[1]) == 1) is match[2].endswith("s"):
        return f"rate({text}): 1 takes the singular, everything else the plural"
    return None


def cron_problem(text: str) -> str | None:
    """What is wrong with the six fields of cron(...)."""
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"cron({text}) has {len(fields)} fields; it takes six, the last being the year"
    if (fields[2] == "?") is (fields[4] == "?"):
        return f"cron({text}): exactly one of day of month and day of week is ?"
    for field, (name, least, most, words) in zip(fields, _FIELDS, strict=True):
        for part in field.upper().split(","):
            if not _part_holds(part, name, least, most, words):
                return f"cron({text}): {part} is no {name}"
    return None


def _part_holds(part: str, name: str, least: int, most: int, words: Mapping[str, int]) -> bool:
    if part == "?" or part == "*":
        return part == "*" or name.startswith("day")
    if name == "day of month" and re.fullmatch(r"L(-[0-9]+)?|LW|[0-9]+W", part):
        return True
    if name == "day of week":
        last = re.fullmatch(r"([A-Z]{3}|[0-9])?L", part)
        nth = re.fullmatch(r"([A-Z]{3}|[0-9])#([1-5])", part)
        if last or nth:
            day = (last or nth or [None, None])[1]
            return day is None or _number(day, least, most, words) is not None
    base, slash, step = part.partition("/")
    if slash and not whole(step):
        return False
    if base == "*":
        return True
    start, dash, end = base.partition("-")
    first = _number(start, least, most, words)
    return first is not None and (not dash or _number(end, least, most, words) is not None)


def _number(text: str, least: int, most: int, words: Mapping[str, int]) -> int | None:
    number = words.get(text) if text in words else whole(text)
    return number if number is not None and least <= number <= most else None


def times_a_day(text: str) -> list[tuple[int, int]]:
    """Hour and minute at which a simple daily or weekly cron(...) fires; empty for anything less simple."""
    match = re.fullmatch(r"cron\(([0-9]{1,2}) ([0-9]{1,2}) \S+ \S+ \S+ \S+\)", text.strip())
    return [(int(match[2]), int(match[1]))] if match and int(match[2]) < 24 and int(match[1]) < 60 else []
