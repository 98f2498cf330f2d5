"""All templates as text: code and constants in, files out; no clock, account, variable or AWS call."""

from __future__ import annotations

from showcore_cfn.template.forms import Body
from showcore_cfn.template.render import Format, render
from showcore_cfn.template.root import ROOT_FILE, described, root
from showcore_cfn.template.stack import Stack


def bodies() -> dict[str, Body]:
    """Every template as data, by file name: the root, its tiers in order, then those that stand alone."""
    from showcore_cfn.stacks import bootstrap, organization, probe
    from showcore_cfn.tiers import tiers

    stacks = described(tiers())
    found = {ROOT_FILE: root(stacks)}
    found.update((stack.tier.file, stack.template()) for stack in stacks.values())
    for tier in (bootstrap.TEMPLATE, organization.TEMPLATE, probe.TEMPLATE):
        stack = Stack(tier, standalone=True)
        tier.build(stack)
        found[tier.file] = stack.template()
    return found


def generate(form: Format = Format.YAML) -> dict[str, str]:
    """Every template as text, by file name; in JSON the root nests JSON files."""
    return texts(bodies(), form)


def texts(made: dict[str, Body], form: Format = Format.YAML) -> dict[str, str]:
    """The text of templates that `bodies` has made."""
    if form is Format.YAML:
        return {name: render(body) for name, body in made.items()}
    return {
        name.replace(".yaml", ".json"): render(body, form).replace('.yaml"', '.json"')
        for name, body in made.items()
    }
