"""Asking for facts: each is looked up once, however many checks ask, and by however many threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar, cast

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class CouldNotLook(Exception):
    """A question that has no answer now: access denied, no such service here, no answer in time."""


class Missing(Exception):
    """An answer too: something that the stack should have made is not there."""


@dataclass(frozen=True, slots=True)
class Fact(Generic[T_co]):
    """A question about the account, the IAM actions that asking it takes, and the facts it is asked with."""

    name: str
    own_actions: tuple[str, ...]
    needs: tuple[Fact[object], ...] = ()

    @property
    def actions(self) -> tuple[str, ...]:
        """All IAM actions that knowing this fact takes."""
        needed = {action for fact in self.needs for action in fact.actions}
        return tuple(sorted({*self.own_actions, *needed}))


Reader = Callable[["Look"], object]


@dataclass(slots=True)
class _Answer:
    lock: Lock = field(default_factory=Lock)
    known: bool = False
    value: object = None
    error: CouldNotLook | Missing | None = None


class Look:
    """Answers facts by their readers. A reader may look at other facts; a refusal is remembered too."""

    def __init__(self, readers: Mapping[str, Reader]) -> None:
        self._readers = readers
        self._answers = {name: _Answer() for name in readers}

    @classmethod
    def at(cls, values: Mapping[Fact[object], object]) -> Look:
        """A look at values that are known already."""
        return cls({fact.name: _constant(value) for fact, value in values.items()})

    def having(self, values: Mapping[Fact[object], object]) -> Look:
        """This look with some facts replaced by values that are known already."""
        return Look({**self._readers} | {fact.name: _constant(value) for fact, value in values.items()})

    def __call__(self, fact: Fact[T]) -> T:
        """The fact's value. Raises CouldNotLook where there is none to be had, Missing where it is absent."""
        answer = self._answers.get(fact.name)
        if answer is None:
            raise CouldNotLook(f"nothing here can tell {fact.name}")
        with answer.lock:
            if not answer.known:
                self._ask(fact.name, answer)
        if answer.error is not None:
            raise answer.error
        return cast(T, answer.value)

    def _ask(self, name: str, answer: _Answer) -> None:
        try:
            answer.value = self._readers[name](self)
        except (CouldNotLook, Missing) as error:
            answer.error = error
        answer.known = True


def _constant(value: object) -> Reader:
    def read(_look: Look) -> object:
        if isinstance(value, (CouldNotLook, Missing)):
            raise value
        return value

    return read
