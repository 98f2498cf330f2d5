"""For each of the plan's rules resources that keep it and resources that break it.

A case is the inside of a template's Resources section; several bad ones each break the rule.
"""

from tests.unit.rules.plan_cases import data, delivery, network

CASES = (*network.CASES, *data.CASES, *delivery.CASES)
