"""The month that a review tells: that of what stands, on the environment's own terms."""

from __future__ import annotations

from decimal import Decimal

from showcore_cfn.cost.line import Estimate, cents
from showcore_cfn.cost.price_list import load
from showcore_cfn.cost.source import Source as Estimated
from showcore_cfn.cost.terms import Terms, terms_of
from showcore_cfn.cost.usage import Preset, usage
from showcore_cfn.review.resolve import Nest
from showcore_cfn.review.review import review
from showcore_cfn.review.sources import Source, loaded
from showcore_cfn.settings import plan_defaults
from showcore_cfn.template.load import load_folder
from tests.unit.cost.support import REPOSITORY

ROOT = """
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./network.yaml
"""
NETWORK = """
Resources:
  Gateway:
    Type: AWS::EC2::NatGateway
    Properties:
      SubnetId: subnet-1
      AllocationId: eipalloc-1
"""
PROBE = """
Resources:
  Probe:
    Type: AWS::EC2::Instance
    Properties:
      InstanceType: t3.micro
      ImageId: ami-1
"""
BEFORE = {"root.yaml": ROOT, "network.yaml": NETWORK, "probe.yaml": PROBE}
AFTER = {**BEFORE, "network.yaml": NETWORK.replace("eipalloc-1", "eipalloc-2")}


def source(texts: dict[str, str]) -> Source:
    return Source("main", loaded(texts), "templates")


def nothing_used(nest: Nest) -> Estimate:
    return Terms(load(), usage(Preset.NONE)).of_nest(nest)


def test_a_template_beside_the_root_does_not_stand_all_month() -> None:
    found = review(source(BEFORE), source(AFTER), {}, price=nothing_used)
    assert found.cost is not None
    # one NAT gateway: 730 x 0.045 = 32.85; the probe's instance is no part of it
    assert cents(found.cost.before) == cents(found.cost.after) == Decimal("32.85")


def test_templates_without_a_root_are_all_counted() -> None:
    before = {"network.yaml": NETWORK, "probe.yaml": PROBE}
    found = review(
        source(before), source({**before, "network.yaml": AFTER["network.yaml"]}), {}, price=nothing_used
    )
    assert found.cost is not None
    # 32.85 and the instance's 730 x 0.0104 = 7.592
    assert cents(found.cost.after) >= Decimal("40.44")


def test_the_months_are_priced_as_the_caller_says() -> None:
    found = review(source(BEFORE), source(AFTER), {})
    assert found.cost is not None
    # typical usage sends something through the gateway
    assert found.cost.after > Decimal("32.85")


def test_a_review_and_the_estimate_tell_the_same_total_for_our_templates() -> None:
    templates = load_folder(REPOSITORY / "templates")
    settings = plan_defaults()
    parameters = {"AWS::Region": settings.region, **settings.parameters()}
    terms = terms_of(settings)
    texts = {name: document.text for name, document in templates.documents.items()}
    larger = {**texts, "database.yaml": texts["database.yaml"].replace("db.t3.micro", "db.t3.small")}
    found = review(Source("a", loaded(texts)), Source("b", loaded(larger)), parameters, price=terms.of_nest)
    assert found.cost is not None
    assert found.cost.before == terms.of(Estimated(templates, parameters)).total
    assert found.cost.after - found.cost.before == Decimal("13.14")
