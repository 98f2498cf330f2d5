"""The facts of `showcore verify`, read from AWS: a reader for each, and one way to ask.

SDK dictionaries stop here: a reader returns values of `showcore_cfn.verify.facts`. It raises CouldNotLook
where AWS does not answer, so that a check can say so; that something does not exist is an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from showcore_cfn.aws.call import action, asked
from showcore_cfn.aws.failures import AwsError
from showcore_cfn.aws.gateways import CloudFormation
from showcore_cfn.aws.translate import explain
from showcore_cfn.verify.expected import Expected
from showcore_cfn.verify.look import CouldNotLook, Fact, Look

T = TypeVar("T")
Answer = Mapping[str, Any]


class Clients(Protocol):
    """What the readers need of `session.Session`."""

    @property
    def cloudformation(self) -> CloudFormation:
        """CloudFormation."""
        ...

    def client(self, service: str) -> Any:
        """A boto3 client."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """An account to ask, and what is expected of it: names that the readers ask for."""

    clients: Clients
    want: Expected
    profile: str | None = None

    def ask(self, service: str, method: str, **given: Any) -> Answer:
        """The answer to one call."""
        return asked(self.clients.client(service), method, self.profile, **given)

    def ask_or(self, missing: Collection[str], service: str, method: str, **given: Any) -> Answer | None:
        """The answer, or None where AWS answers with one of these codes: it does not exist."""
        try:
            return self.ask(service, method, **given)
        except AwsError as error:
            if error.code in missing:
                return None
            raise

    def pages(self, service: str, method: str, key: str, **given: Any) -> list[Any]:
        """The members of a list, all pages of it."""
        client = self.clients.client(service)
        try:
            pages = client.get_paginator(method).paginate(**given)
            return [item for page in pages for item in page.get(key) or ()]
        except (ClientError, BotoCoreError) as error:
            said = explain(error, action(client, method), self.profile)
            raise (said or error) from error


@dataclass(frozen=True, slots=True)
class Reading:
    """A fact and how it is read."""

    name: str
    read: Callable[[Source, Look], object]


def reading(fact: Fact[T], read: Callable[[Source, Look], T]) -> Reading:
    """A reader of a fact; the type checker holds the two together."""
    return Reading(fact.name, read)


def look(source: Source) -> Look:
    """A look at the account: every fact that a check of kind `read` can ask for."""
    from showcore_cfn.aws import (
        inventory_alerts,
        inventory_audit,
        inventory_backup,
        inventory_data,
        inventory_money,
        inventory_network,
        inventory_stack,
        inventory_storage,
        inventory_tags,
    )

    modules = (
        inventory_stack,
        inventory_network,
        inventory_data,
        inventory_storage,
        inventory_alerts,
        inventory_audit,
        inventory_backup,
        inventory_money,
        inventory_tags,
    )
    return look_with(source, (each for module in modules for each in module.READINGS))


def look_with(source: Source, readings: Iterable[Reading]) -> Look:
    """A look with these readers only."""
    return Look({each.name: partial(_told, source, each) for each in readings})


def _told(source: Source, wanted: Reading, look: Look) -> object:
    try:
        return wanted.read(source, look)
    except AwsError as error:
        raise CouldNotLook(str(error)) from error


def first(answers: Any) -> Answer:
    """The first of a list of answers, empty where there is none."""
    found: Answer = answers[0] if answers else {}
    return found


def text(answer: Answer, key: str) -> str:
    """A member as text; nothing where it is left out."""
    found = answer.get(key)
    return "" if found is None else str(found)
