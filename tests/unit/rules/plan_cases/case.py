"""The shape of a case: one rule, what keeps it and what breaks it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """One rule with what keeps it and what breaks it."""

    rule: str
    good: tuple[str, ...]
    bad: tuple[str, ...]


def case(rule: str, good: list[str], bad: list[str]) -> Case:
    return Case(rule, tuple(good), tuple(bad))


def each(form: str, *values: str) -> list[str]:
    return [form % value for value in values]
