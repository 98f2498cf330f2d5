"""How many of the rules' bad cases cfn-lint lets through: that is what the rules are for.

The first bad case of each rule is judged, many cases to a template, since a run of cfn-lint costs more than a
resource; a case that is complained of there is judged again on its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any

from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.runner import Runner, run_template_by_data

from showcore_cfn.check.rules import TOPICS, Case, cases

LEAST = 400
A_PATH_IS_NO_MISTAKE_HERE = "W3002"  # the nested cases name their children by path, as `package` wants it
FOUND_BY_BOTH = frozenset(
    [
        "SC-RDS-005",
        "SC-RDS-018",
        "SC-RDS-028",
        "SC-CW-024",
        "SC-IAM-008",
        "SC-IAM-009",
        "SC-IAM-010",
        "SC-IAM-013",
    ]
)


def test_cfn_lint_passes_a_bad_case_of_at_least_400_rules() -> None:
    assert len(firsts()) - len(complained_of()) >= LEAST


def test_what_both_find_is_found_by_cfn_lint_too() -> None:
    assert complained_of() >= FOUND_BY_BOTH


def firsts() -> list[Case]:
    """The first bad case of each rule."""
    found: dict[str, Case] = {}
    for case in (case for topic in TOPICS for case in cases(topic) if not case.good):
        found.setdefault(case.rule, case)
    return list(found.values())


@cache
def complained_of() -> frozenset[str]:
    """The rules whose first bad case cfn-lint complains of."""
    plain = [case for case in firsts() if is_plain(case)]
    doubtful = [case for case in firsts() if not is_plain(case)]
    rest = iter(plain)
    while batch := list(islice(rest, 40)):
        guilty = guilty_prefixes(merged(batch))
        doubtful.extend(case for case in batch if prefix(case) in guilty)
    return frozenset(
        case.rule for case in doubtful if any(True for text in texts(case) for _ in complaints(text))
    )


def texts(case: Case) -> Iterable[Any]:
    return (decode_str(text)[0] for text in case.documents.values())


def is_plain(case: Case) -> bool:
    (first, *others) = case.documents.values()
    return (
        not others
        and first.startswith("{")
        and json.loads(first).keys() == {"AWSTemplateFormatVersion", "Resources"}
    )


def prefix(case: Case) -> str:
    return "X" + case.rule.replace("-", "")


def merged(batch: Iterable[Case]) -> Any:
    resources: dict[str, Any] = {}
    for case in batch:
        (text,) = case.documents.values()
        own = json.loads(text)["Resources"]
        resources.update(
            {prefix(case) + name: renamed(own, prefix(case), body) for name, body in own.items()}
        )
    return decode_str(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}))[0]


def renamed(own: dict[str, Any], mark: str, value: Any, key: str = "") -> Any:
    """A value with the logical ids of its case marked."""
    if isinstance(value, dict):
        return {name: renamed(own, mark, inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        first = key in ("Fn::GetAtt", "Fn::Sub")
        return [renamed(own, mark, v, key if not first or n == 0 else "") for n, v in enumerate(value)]
    if not isinstance(value, str):
        return value
    if key in ("Ref", "Fn::GetAtt", "DependsOn"):
        return mark + value if value in own else value
    if key == "Fn::Sub":
        for name in sorted(own, key=len, reverse=True):
            value = value.replace(f"${{{name}}}", f"${{{mark}{name}}}").replace(
                f"${{{name}.", f"${{{mark}{name}."
            )
    return value


@cache
def linter() -> Runner:
    """cfn-lint with its own rules, loaded once."""
    return Runner(ConfigMixIn(regions=["us-east-1"]))


def complaints(template: Any) -> Iterator[Any]:
    for match in run_template_by_data(template, linter().config, linter().rules):
        if match.rule.id != A_PATH_IS_NO_MISTAKE_HERE:
            yield match


def guilty_prefixes(template: Any) -> set[str]:
    found: set[str] = set()
    for match in complaints(template):
        path = [str(step) for step in match.path or ()]
        name = path[1] if len(path) > 1 and path[0] == "Resources" else ""
        found.update(name[: len(p)] for p in (prefix(case) for case in firsts()) if name.startswith(p))
    return found
