"""The tags of every stack resource.

The tagging API never returns a resource that has no tags, and some types not at all. So the stacks say which
resources there are, the tagging API tells most of their tags in a few calls, and Cloud Control is asked for
each of the rest. https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from showcore_cfn.aws.failures import AwsError
from showcore_cfn.aws.inventory import Source, reading, text
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.schemas import ResourceSchema, schema
from showcore_cfn.verify.facts.money import RESOURCE_TAGS, Tagged
from showcore_cfn.verify.facts.stack import STACK, StackResource
from showcore_cfn.verify.look import Look

_TAGGING_API = "the tagging API"
_CLOUD_CONTROL = "Cloud Control"
_ENDS = (":", "/")  # what stands before a resource's own name in its ARN


def _resource_tags(source: Source, look: Look) -> tuple[Tagged, ...]:
    known = _by_arn(source)
    return tuple(
        _tagged(source, each, known)
        for each in look(STACK).resources
        if each.physical_id and (kind := schema(each.type)) is not None and kind.taggable
    )


def _by_arn(source: Source) -> Mapping[str, Mapping[str, str]]:
    found = source.pages(
        *("resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList"),
        TagFilters=[{"Key": "Project", "Values": ["ShowCore"]}],
    )
    return {text(each, "ResourceARN"): pairs(each.get("Tags") or []) for each in found}


def _tagged(source: Source, wanted: StackResource, known: Mapping[str, Mapping[str, str]]) -> Tagged:
    for arn, tags in known.items():
        if is_of(arn, wanted):
            return Tagged(wanted.path, wanted.type, wanted.physical_id, tags, _TAGGING_API)
    try:
        found: Mapping[str, str] | None = _by_cloud_control(source, wanted)
        said_by = _CLOUD_CONTROL
    except AwsError as error:
        found, said_by = None, f"not in {_TAGGING_API}; {_CLOUD_CONTROL}: {error}"
    return Tagged(wanted.path, wanted.type, wanted.physical_id, found, said_by)


def is_of(arn: str, resource: StackResource) -> bool:
    """Whether an ARN is that of a stack resource: the same service, and the same name at its end."""
    if arn == resource.physical_id:
        return True
    service = resource.type.split("::")[1].lower()
    name = resource.physical_id
    if name.startswith("https://"):  # the URL of a queue
        name = name.rsplit("/", 1)[-1]
    return arn.split(":")[2] == service and any(arn.endswith(end + name) for end in _ENDS)


def _by_cloud_control(source: Source, wanted: StackResource) -> Mapping[str, str]:
    answer = source.ask(
        *("cloudcontrol", "get_resource"), TypeName=wanted.type, Identifier=wanted.physical_id
    )
    kind = schema(wanted.type)
    properties = json.loads(text(answer["ResourceDescription"], "Properties"))
    return tags_of(kind, properties) if kind is not None else {}


def tags_of(kind: ResourceSchema, properties: dict[str, Json]) -> Mapping[str, str]:
    """The tags among a resource's properties, in whichever form its type writes them."""
    found = properties.get(kind.tag_property or "")
    if isinstance(found, dict):
        return {key: str(value) for key, value in found.items()}
    return pairs(found if isinstance(found, list) else [])


def pairs(tags: list[Json]) -> dict[str, str]:
    """A list of Key and Value as a mapping."""
    return {str(each["Key"]): str(each["Value"]) for each in tags if isinstance(each, dict)}


READINGS = (reading(RESOURCE_TAGS, _resource_tags),)
