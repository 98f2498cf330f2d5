"""What rules ask of a nest: readers, references, the order of creation, silence, and other parameter values."""

from __future__ import annotations

from showcore_cfn.check.rules import check_all, rules
from showcore_cfn.check.rules.rule import Severity
from showcore_cfn.check.rules.statements import grants
from showcore_cfn.check.rules.topology import public
from showcore_cfn.check.rules.variants import variants
from showcore_cfn.check.rules.view import View
from showcore_cfn.review.resolve import resolve
from showcore_cfn.template.load import load_set


def view(text: str, **more: str) -> View:
    templates = load_set({"template.yaml": text, **{f"{name}.yaml": body for name, body in more.items()}})
    return View(resolve(templates), templates)


def ids(text: str) -> set[str]:
    templates = load_set({"template.yaml": text})
    return {finding.rule for finding in check_all(resolve(templates), templates)}


READERS = """
Parameters:
  Given: {Type: String}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
  Topic:
    Type: AWS::SNS::Topic
    DeletionPolicy: Retain
    Properties:
      Text: plain
      Number: '30'
      Flag: 'TRUE'
      Asked: !Ref Given
      Part: !Sub 'a-${Given}'
      Secret: '{{resolve:ssm:name}}'
      Left: !Ref AWS::NoValue
      List: [a, !Ref Given, c]
      One: only
      Deep: {Inner: [{Key: value}]}
      Own: !GetAtt Queue.Arn
      Named: orders
      Arn: !Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:orders'
"""


def test_a_reader_answers_none_for_what_is_missing_or_not_known() -> None:
    (topic,) = view(READERS).of("AWS::SNS::Topic")
    assert (topic["Text"].text, topic["Number"].number, topic["Flag"].flag) == ("plain", 30.0, True)
    for name in ("Asked", "Part", "Secret", "Left", "Nothing", "List", "Deep"):
        node = topic[name]
        assert (node.text, node.number, node.flag) == (None, None, None)
    assert topic.at("Deep", "Inner", 0, "Key").text == "value"
    assert topic.at("Deep", "Inner", 7, "Key").absent
    assert topic.at("Asked", "Inner").given
    assert topic.attribute("DeletionPolicy") == "Retain"
    assert topic.attribute("UpdateReplacePolicy") is None


def test_missing_is_told_from_unknown() -> None:
    (topic,) = view(READERS).of("AWS::SNS::Topic")
    assert topic["Nothing"].absent
    assert topic["Left"].absent
    assert topic["Asked"].given
    assert not topic["Asked"].known
    assert topic["Text"].known


def test_lists_and_single_values_read_alike() -> None:
    (topic,) = view(READERS).of("AWS::SNS::Topic")
    assert topic["List"].texts() == ["a", "c"]
    assert len(topic["List"].each()) == 3
    assert topic["One"].texts() == ["only"]
    assert topic["Nothing"].each() == ()
    assert topic["Part"].pieces == ("a-", None)
    assert topic["Part"].shown.startswith("a-${")


def test_a_resource_is_found_by_reference_by_name_and_by_arn() -> None:
    found = view(READERS)
    (topic,), (queue,) = found.of("AWS::SNS::Topic"), found.of("AWS::SQS::*")
    assert {topic[name].target() for name in ("Own", "Named", "Arn")} == {queue}
    assert topic["Own"].target("AWS::SNS::Topic") is None
    assert topic["Text"].target() is None
    assert queue.referrers == [topic]
    assert topic.referrers == []


ROOT = """
Resources:
  First: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}
  Second: {Type: AWS::CloudFormation::Stack, DependsOn: First, Properties: {TemplateURL: child.yaml}}
"""
CHILD = """
Resources:
  A: {Type: AWS::SQS::Queue}
  B: {Type: AWS::SQS::Queue, Properties: {Tags: [{Key: other, Value: !GetAtt A.Arn}]}}
  C: {Type: AWS::SQS::Queue, DependsOn: B}
  D: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub '${C.QueueName}-d'}}
"""


def test_what_is_finished_before_something_else_starts() -> None:
    found = view(ROOT, child=CHILD)
    items = found.items
    assert found.before(items["First/A"], items["First/D"])
    assert not found.before(items["First/D"], items["First/A"])
    assert not found.before(items["First/A"], items["First/A"])
    assert found.before(items["First/D"], items["Second/A"])
    assert not found.before(items["Second/A"], items["First/D"])
    assert found.top_of("child.yaml") == "template.yaml"


NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Join: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Open: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Closed: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Alone: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  Out: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  In: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Way:
    Type: AWS::EC2::Route
    DependsOn: Join
    Properties: {RouteTableId: !Ref Out, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  OpenOut: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Open, RouteTableId: !Ref Out}}
  ClosedIn: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Closed, RouteTableId: !Ref In}}
"""


def test_which_subnets_are_public() -> None:
    items = {item.id: item for item in view(NETWORK).items.values()}
    assert [public(items[name]) for name in ("Open", "Closed", "Alone")] == [True, False, None]


ROLES = """
Resources:
  Known:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}
      Policies: [{PolicyName: a, PolicyDocument: {Statement: [{Effect: Allow, Action: 'sqs:Send*', Resource: '*'}]}}]
  Elsewhere:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}
      ManagedPolicyArns: ['arn:aws:iam::111122223333:policy/own']
  Extra:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: b
      Roles: [!Ref Known]
      PolicyDocument: {Statement: [{Effect: Allow, Action: 'sns:Publish', Resource: '*'}]}
"""


def test_what_a_role_may_do() -> None:
    items = {item.id: item for item in view(ROLES).items.values()}
    assert grants(items["Known"], "sqs:SendMessage") is True
    assert grants(items["Known"], "sns:Publish") is True
    assert grants(items["Known"], "s3:GetObject") is False
    assert grants(items["Elsewhere"], "s3:GetObject") is None


def queue(metadata: str) -> str:
    return f"""
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Metadata: {metadata}
    Properties: {{QueueName: 'not allowed'}}
"""


def test_a_resource_is_excused_from_a_rule_with_a_reason_only() -> None:
    (rule,) = ids(queue("{}"))
    assert ids(queue(f"{{showcore: {{silence: {{{rule}: A test of silence.}}}}}}")) == set()
    assert ids(queue(f"{{showcore: {{silence: {{{rule}: ' '}}}}}}")) == {rule, "SC-META-001"}
    assert ids(queue(f"{{showcore: {{silence: {{{rule}: }}}}}}")) == {rule, "SC-META-001"}
    assert ids(queue("{showcore: {silence: {SC-SQS-999: No such rule.}}}")) == {rule, "SC-META-002"}


LOOP = """
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Queues:
    - Name
    - [a, b]
    - Queue${Name}:
        Type: AWS::SQS::Queue
        Metadata: {showcore: {silence: {SC-SQS-001: A test of silence.}}}
        Properties: {QueueName: !Sub 'not allowed ${Name}'}
"""


def test_silence_reaches_what_a_loop_makes() -> None:
    assert ids(LOOP) == set()
    assert ids(LOOP.replace("A test of silence.", "' '")) == {"SC-SQS-001", "SC-META-001"}


BEHIND = """
Parameters:
  Stage: {Type: String, Default: test, AllowedValues: [test, production]}
Conditions:
  Production: !Equals [!Ref Stage, production]
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Hidden: {Type: AWS::SQS::Queue, Condition: Production, Properties: {QueueName: 'not allowed'}}
"""


def test_what_stands_behind_a_condition_is_looked_at_too() -> None:
    templates = load_set({"template.yaml": BEHIND})
    assert [set(nest.resources) for nest in variants(resolve(templates), templates)] == [
        {"template/Queue", "template/Hidden"}
    ]
    assert [finding.resource for finding in check_all(resolve(templates), templates)] == ["Hidden"]


def test_rules_are_many_sourced_and_told_apart() -> None:
    found = rules()
    assert len({rule.id for rule in found}) == len(found) >= 150
    assert all(rule.source.startswith("https://") for rule in found)
    assert {rule.severity for rule in found} == set(Severity)
