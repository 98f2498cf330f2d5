"""Answers in pages: a token says where the next one starts."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TypeVar

from tests.fakes.cloudformation.errors import invalid

_T = TypeVar("_T")


def page(
    items: Sequence[_T], token: str | None, size: int, *, more: bool = False
) -> tuple[list[_T], str | None]:
    """One page and the token of the next. `more` promises another page even where there is none yet."""
    start = 0
    if token:
        try:
            start = int(base64.urlsafe_b64decode(token.encode()))
        except ValueError:
            raise invalid("The specified NextToken is invalid.") from None
    end = start + size
    goes_on = end < len(items) or (more and not token)
    next_token = base64.urlsafe_b64encode(str(min(end, len(items))).encode()).decode()
    return list(items[start:end]), next_token if goes_on else None
