"""Numbers as templates give them: numbers, or text of digits."""

from __future__ import annotations

import math

_MOST_DIGITS = 18


def whole(text: str) -> int | None:
    """A short run of plain digits as a number; None for any other text."""
    plain = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if plain else None


def finite(value: object) -> float | None:
    """A number, or text that is one, as a number; None for the rest, and for what is beyond all numbers."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
