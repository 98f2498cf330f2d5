"""Nests of any size, made of our own tiers: what Phase 1 would be a hundred times over."""

from __future__ import annotations

import json

from showcore_cfn.generate import bodies
from showcore_cfn.template.forms import Body
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.render import render
from showcore_cfn.template.root import ROOT_FILE


def nest(copies: int) -> dict[str, str]:
    """A root that nests every tier so many times over; the copies are wired among themselves, as the tiers are.

    Each copy has a prefix of its own, as no account takes the same names twice.
    """
    made = bodies()
    root, nested = made[ROOT_FILE], _resources(made[ROOT_FILE])
    resources: dict[str, Json] = {}
    files: dict[str, str] = {}
    for number in range(copies):
        for name, stack in nested.items():
            resources[f"{name}{number}"] = _numbered(stack, list(nested), number)
        for name, body in made.items():
            if f'"./{name}"' in json.dumps(nested):
                files[name.replace(".yaml", f"-{number}.yaml")] = render(body)
    whole = {key: value for key, value in root.items() if key not in ("Outputs", "Metadata")}
    return {ROOT_FILE: render({**whole, "Resources": resources}), **files}


def one_template(resources: int) -> str:
    """One template of so many topics with tags; CloudFormation takes 500 resources."""
    topics: dict[str, Json] = {
        f"Topic{number}": {
            "Type": "AWS::SNS::Topic",
            "Properties": {
                "DisplayName": f"Topic {number}",
                "Tags": [{"Key": "Project", "Value": "ShowCore"}],
            },
        }
        for number in range(resources)
    }
    return render({"AWSTemplateFormatVersion": "2010-09-09", "Resources": topics})


def settings(environments: int) -> str:
    """A settings file of so many environments."""
    return "".join(
        f'[env{number}]\naccount_id = "{number:012}"\nprefix = "env{number}"\n'
        f"[env{number}.alert_addresses]\n"
        + "".join(f'{topic} = ["{topic}@example.com"]\n' for topic in ("critical", "warning", "billing"))
        for number in range(environments)
    )


def _resources(body: Body) -> dict[str, Json]:
    found = body["Resources"]
    assert isinstance(found, dict)
    return found


def _numbered(stack: Json, names: list[str], number: int) -> Json:
    text = json.dumps(stack).replace('{"Ref": "Prefix"}', f'"copy{number}"')
    for name in names:
        text = text.replace(f'"{name}"', f'"{name}{number}"')
    found: Json = json.loads(text.replace('.yaml"', f'-{number}.yaml"'))
    return found
