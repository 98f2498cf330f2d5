"""Statements as policy documents, split to IAM's limits, with ARNs of one account or of a template.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from awacs.aws import (
    Action,
    Allow,
    ArnEquals,
    Condition,
    ConditionElement,
    PolicyDocument,
    StringEquals,
    StringLike,
)
from awacs.aws import Statement as AwacsStatement
from troposphere import Sub

from showcore_cfn.permissions.statements import Statement

MOST_CHARACTERS = 6144  # of a managed policy, without white space
MOST_POLICIES = 10  # of a role, where nobody raised the quota
LONGEST_PREFIX = "p" * 16  # as the parameter Prefix allows
_OPERATORS: dict[str, type[ConditionElement]] = {
    "ArnEquals": ArnEquals,
    "StringEquals": StringEquals,
    "StringLike": StringLike,
}
_THEMES = {
    "network": ("ec2", "route53"),
    "data": ("backup", "backup-storage", "elasticache", "kms", "rds", "secretsmanager"),
    "delivery": ("cloudformation", "cloudfront", "s3"),
    "identity": ("iam", "sts"),
    "watch": ("cloudwatch", "events", "logs", "sns", "sqs"),
    "account": (),  # whatever the others do not take
}

Text = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Part:
    """One policy: its name's end, and its statements."""

    name: str
    statements: tuple[Statement, ...]


def parts(statements: Iterable[Statement]) -> tuple[Part, ...]:
    """The statements by theme, in parts that IAM takes whatever the prefix is; `data-2` where one is too long."""
    themes: dict[str, list[Statement]] = {theme: [] for theme in _THEMES}
    for statement in statements:
        themes[_theme(statement.service)].append(statement)
    found = [part for theme, own in themes.items() for part in _split(theme, own)]
    if len(found) > MOST_POLICIES:
        raise ValueError(f"{len(found)} policies, and a role takes {MOST_POLICIES}.")
    return tuple(found)


def packed(statements: Iterable[Statement]) -> tuple[Part, ...]:
    """The statements in as few parts as IAM takes, numbered; for a person, whose policies nobody reviews in a diff."""
    first, *rest = _split("", list(statements))
    return (
        Part("1" if rest else "", first.statements),
        *(Part(p.name.strip("-"), p.statements) for p in rest),
    )


def document(statements: Iterable[Statement], text: Text = Sub) -> PolicyDocument:
    """A policy document; `text` fills in an ARN, or leaves it to CloudFormation."""
    return PolicyDocument(
        Version="2012-10-17", Statement=[_statement(statement, text) for statement in statements]
    )


def filled(account_id: str, prefix: str, partition: str = "aws") -> Text:
    """A filler for one account and prefix."""
    values = {"AWS::AccountId": account_id, "AWS::Partition": partition, "Prefix": prefix}

    def fill(text: str) -> str:
        for name, value in values.items():
            text = text.replace(f"${{{name}}}", value)
        return text

    return fill


def substituted(text: str) -> object:
    """The text as a template takes it: Fn::Sub only where something is to be filled in."""
    return Sub(text) if "${" in text else text


def characters(statements: Iterable[Statement]) -> int:
    """The length of a document as IAM counts it, with the longest prefix."""
    return len(json.dumps(as_json(statements, _LONGEST), separators=(",", ":")))


def _split(theme: str, statements: list[Statement]) -> list[Part]:
    groups: list[list[Statement]] = []
    empty, length = characters([]), 0
    for statement in statements:
        alone = characters([statement])  # each is measured once: their lengths and the commas add up
        if alone > MOST_CHARACTERS:
            raise ValueError(f"{statement.sid} alone is longer than a policy may be.")
        longer = length + len(",") + alone - empty
        if not groups or longer > MOST_CHARACTERS:
            groups.append([])
            longer = alone
        groups[-1].append(statement)
        length = longer
    return [
        Part(theme if index == 0 else f"{theme}-{index + 1}", tuple(group))
        for index, group in enumerate(groups)
    ]


def _theme(service: str) -> str:
    return next((theme for theme, services in _THEMES.items() if service in services), "account")


def _statement(statement: Statement, text: Text) -> AwacsStatement:
    given = {"Condition": Condition(_conditions(statement, text))} if statement.conditions else {}
    return AwacsStatement(
        Sid=statement.sid,
        Effect=Allow,
        Action=[Action(*action.split(":", 1)) for action in statement.actions],
        Resource=[text(resource) for resource in statement.resources],
        **given,
    )


def _conditions(statement: Statement, text: Text) -> list[ConditionElement]:
    found: dict[str, dict[str, object]] = {}
    for operator, key, values in statement.conditions:
        texts = [text(value) for value in values]
        found.setdefault(operator, {})[key] = texts[0] if len(texts) == 1 else texts
    return [_OPERATORS[operator](keys) for operator, keys in found.items()]


def as_json(statements: Iterable[Statement], fill: Text) -> Mapping[str, object]:
    """A document as plain data."""
    body: Mapping[str, object] = json.loads(document(statements, fill).to_json())
    return body


_LONGEST = filled("1" * 12, LONGEST_PREFIX)
