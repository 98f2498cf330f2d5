"""YAML text to nodes, with scalars read as CloudFormation reads them.

CloudFormation reads YAML 1.1 without timestamps, so `2012-10-17` stays text while `yes` is true and `0777` is
an octal number (AWS CloudFormation User Guide, "Template formats"; cfn-lint's decoder does the same).
"""

from __future__ import annotations

import re

import yaml
from yaml import MappingNode, ScalarNode

from showcore_cfn.errors import TemplateError
from showcore_cfn.template.json_types import Json

__all__ = ["MappingNode", "ScalarNode", "compose", "scalar"]

_Base: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

STR, BOOL, INT, FLOAT, NULL, MERGE = (
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "bool", "int", "float", "null", "merge")
)
_TRUE = frozenset({"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
_FALSE = frozenset({"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
_NULL = frozenset({"~", "null", "Null", "NULL", ""})
_INT = re.compile(
    r"[-+]?(?:0b[0-1_]+|0[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*|[1-9][0-9_]*(?::[0-5]?[0-9])+)\Z"
)
_FLOAT = re.compile(
    r"(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
)
_NUMERIC_START = frozenset("-+0123456789.")
_WORD_START = frozenset("yYnNtTfFoO~")


def _tag_of(value: str) -> str:
    first = value[:1]
    if first in _NUMERIC_START and first:
        if _INT.match(value):
            return INT
        return FLOAT if _FLOAT.match(value) else STR
    if not first or first in _WORD_START:
        if value in _NULL:
            return NULL
        return BOOL if value in _TRUE or value in _FALSE else STR
    return MERGE if value == "<<" else STR


class _Loader(_Base):  # type: ignore[valid-type,misc]
    """Composes nodes only; what a plain scalar means is decided by `_tag_of`."""

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: tuple[bool, bool] | bool) -> str:
        if kind is yaml.ScalarNode:
            plain = implicit[0] if isinstance(implicit, tuple) else implicit
            return _tag_of(value or "") if plain else STR
        return "tag:yaml.org,2002:seq" if kind is yaml.SequenceNode else "tag:yaml.org,2002:map"

    def descend_resolver(self, *_: object) -> None:
        """Path resolvers are not used."""

    def ascend_resolver(self) -> None:
        """Path resolvers are not used."""


def compose(text: str, name: str) -> yaml.Node | None:
    """The node tree of the one document in `text`, or None when it is empty. Raises TemplateError."""
    loader = _Loader(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
        return node
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line, text.rstrip().count("\n")) + 1 if mark else 1
        raise TemplateError(
            f"{name}:{line}: not well-formed YAML: {error.problem or error.context}."
        ) from error
    except yaml.YAMLError as error:
        first = str(error).splitlines()[0]
        raise TemplateError(f"{name}:1: not well-formed YAML: {first}.") from error
    except RecursionError as error:
        raise TemplateError(f"{name}:1: nested too deeply to be a template.") from error
    finally:
        loader.dispose()


def scalar(node: yaml.ScalarNode) -> Json:
    """The Python value of a scalar node."""
    value, tag = str(node.value), node.tag
    if tag == INT:
        return _integer(value)
    if tag == FLOAT:
        return _decimal(value)
    if tag == BOOL:
        return value in _TRUE or value.lower() in ("yes", "true", "on")
    return None if tag == NULL else value


def _integer(value: str) -> Json:
    text = value.replace("_", "")
    sign, digits = (-1, text[1:]) if text[:1] == "-" else (1, text.lstrip("+"))
    try:
        if ":" in digits:
            return sign * sum(int(part) * _sixty(n) for n, part in enumerate(reversed(digits.split(":"))))
        if digits[:2] in ("0b", "0x"):
            return sign * int(digits, 0)
        return sign * int(digits, 8 if digits[:1] == "0" and len(digits) > 1 else 10)
    except ValueError:
        return value


def _decimal(value: str) -> Json:
    text = value.replace("_", "").lower()
    if text.lstrip("+-") in (".inf", ".nan"):
        return value  # no template can hold it: kept as it was written
    try:
        if ":" in text:
            return sum(float(part) * _sixty(n) for n, part in enumerate(reversed(text.split(":"))))
        return float(text)
    except ValueError:
        return value


def _sixty(power: int) -> int:
    return int(60**power)
