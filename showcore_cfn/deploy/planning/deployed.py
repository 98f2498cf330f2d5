"""What is deployed, as a template set: the texts that CloudFormation holds, under the names of this set.

A nested template whose address carries the hash of ours is ours, and is not fetched. Where the others stand, the
change set tells, which names every nested stack that it changes.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from showcore_cfn.aws.failures import NO_ANSWER, SIGNED_OUT, AwsError
from showcore_cfn.aws.gateways import CloudFormation
from showcore_cfn.aws.values import Stack
from showcore_cfn.deploy.parallel import together
from showcore_cfn.errors import TemplateError
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import parse

_PACKAGED = re.compile(r"/([^/]+)-([0-9a-f]{64})(\.[a-z]+)$")
_STACK = "AWS::CloudFormation::Stack"


@dataclass(frozen=True, slots=True)
class Ours:
    """Our own set: the root's name, the texts by file name, and the hashes that they are packaged under."""

    root: str
    texts: Mapping[str, str]
    hashes: Mapping[str, str]


def deployed_templates(
    cloudformation: CloudFormation, stack: Stack, root_text: str, ours: Ours, known: Mapping[str, str]
) -> dict[str, str] | None:
    """The deployed texts by our file names; None where they cannot be had. `known` are ARNs by logical id.

    That nobody answers, or listens, is raised: it says nothing about the templates.
    """
    try:
        return _with_children(cloudformation, stack, root_text, ours, known)
    except (*NO_ANSWER, *SIGNED_OUT):
        raise
    except (AwsError, TemplateError, KeyError):
        return None


def _with_children(
    cloudformation: CloudFormation, stack: Stack, text: str, ours: Ours, known: Mapping[str, str]
) -> dict[str, str]:
    urls = _urls(parse(text, ours.root).body)
    names = {logical_id: _name(logical_id, url) for logical_id, url in urls.items()}
    same = {names[i] for i, url in urls.items() if ours.hashes.get(names[i], "-") == _digest(url)}
    changed = [logical_id for logical_id, name in names.items() if name not in same]
    ids = known
    if not all(map(known.get, changed)):
        ids = {resource.logical_id: resource.physical_id for resource in cloudformation.resources(stack.id)}
    texts = together(partial(cloudformation.template, ids[logical_id]) for logical_id in changed)
    found = {names[logical_id]: body for logical_id, body in zip(changed, texts, strict=True)}
    local = text
    for logical_id, url in urls.items():
        local = local.replace(url, f"./{names[logical_id]}")
    return {ours.root: local, **{name: ours.texts[name] for name in same}, **found}


def _urls(body: Mapping[str, Json]) -> dict[str, str]:
    resources = body.get("Resources")
    found: dict[str, str] = {}
    for logical_id, resource in resources.items() if isinstance(resources, dict) else ():
        if isinstance(resource, dict) and resource.get("Type") == _STACK:
            properties = resource.get("Properties")
            url = properties.get("TemplateURL") if isinstance(properties, dict) else None
            if isinstance(url, str):
                found[logical_id] = url
    return found


def _name(logical_id: str, url: str) -> str:
    match = _PACKAGED.search(url)
    return (
        f"{match[1]}{match[3]}" if match else f"{logical_id.lower()}{posixpath.splitext(url)[1] or '.yaml'}"
    )


def _digest(url: str) -> str:
    match = _PACKAGED.search(url)
    return match[2] if match else ""
