"""A small nest, and the few steps that the tests of the fake take with it."""

from __future__ import annotations

from typing import Any

from tests.fakes.cloudformation import FakeAws

ROOT = """\
Parameters:
  Prefix: {Type: String}
  Secret: {Type: String, NoEcho: true, Default: hunter2}
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./network.yaml
      Parameters: {Prefix: !Ref Prefix}
  Database:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./database.yaml
      Parameters: {Prefix: !Ref Prefix, VpcId: !GetAtt Network.Outputs.VpcId}
  Storage:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./storage.yaml
      Parameters: {Prefix: !Ref Prefix}
Outputs:
  Endpoint: {Value: !GetAtt Database.Outputs.Endpoint}
"""
NETWORK = """\
Parameters:
  Prefix: {Type: String}
Resources:
  VPC:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16, EnableDnsSupport: true}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: 10.0.1.0/24}
Outputs:
  VpcId: {Value: !Ref VPC}
"""
DATABASE = """\
Parameters:
  Prefix: {Type: String}
  VpcId: {Type: String}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: database, VpcId: !Ref VpcId}
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    UpdateReplacePolicy: Snapshot
    Properties:
      DBInstanceIdentifier: !Sub ${Prefix}-db
      DBInstanceClass: db.t3.micro
      AllocatedStorage: "20"
      VPCSecurityGroups: [!Ref Group]
Outputs:
  Endpoint: {Value: !GetAtt Database.Endpoint.Address}
"""
STORAGE = """\
Parameters:
  Prefix: {Type: String}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub "${Prefix}-bucket"}
  Topic:
    Type: AWS::SNS::Topic
    Properties: {TopicName: !Sub "${Prefix}-topic", DisplayName: alarms}
"""
NEST = {"root.yaml": ROOT, "network.yaml": NETWORK, "database.yaml": DATABASE, "storage.yaml": STORAGE}
PREFIX = [{"ParameterKey": "Prefix", "ParameterValue": "show"}]
SAME = [{"ParameterKey": "Prefix", "UsePreviousValue": True}]
CAPABILITIES = ["CAPABILITY_NAMED_IAM"]


class Api:
    """The few steps that most tests take, through a plain boto3 client."""

    def __init__(self, aws: FakeAws) -> None:
        self.aws = aws
        self.client = aws.client("cloudformation", retries={"total_max_attempts": 1})

    def plan(self, templates: Any, name: str = "one", stack: str = "show", **request: Any) -> str:
        """Have a change set made, to its end; its id."""
        body = templates if isinstance(templates, str) else self.aws.put_nest(templates)
        request.setdefault("Parameters", PREFIX)
        request.setdefault("IncludeNestedStacks", True)
        answer = self.client.create_change_set(
            StackName=stack, ChangeSetName=name, TemplateBody=body, Capabilities=CAPABILITIES, **request
        )
        self.aws.clock.settle()
        return str(answer["Id"])

    def described(self, change_set: str, **request: Any) -> dict[str, Any]:
        """DescribeChangeSet."""
        answer: dict[str, Any] = self.client.describe_change_set(ChangeSetName=change_set, **request)
        return answer

    def changes(self, change_set: str, **request: Any) -> dict[str, Any]:
        """All resource changes of a nest by path, `database/Database`."""
        found: dict[str, Any] = {}
        for entry in self.described(change_set, **request)["Changes"]:
            change = entry["ResourceChange"]
            found[change["LogicalResourceId"]] = change
            if "ChangeSetId" in change:
                below = self.changes(change["ChangeSetId"], **request)
                name = change["LogicalResourceId"].lower()
                found.update({f"{name}/{path}": each for path, each in below.items()})
        return found

    def execute(self, change_set: str, **request: Any) -> str:
        """Execute a change set, to its end; the stack's status."""
        stack = self.described(change_set)["StackId"]
        self.client.execute_change_set(ChangeSetName=change_set, **request)
        self.aws.clock.settle()
        return self.status(stack)

    def create(self, templates: Any = NEST, stack: str = "show", **execution: Any) -> str:
        """Create a stack through a change set; its status."""
        return self.execute(self.plan(templates, "first", stack, ChangeSetType="CREATE"), **execution)

    def update(self, templates: Any, name: str = "second", **execution: Any) -> str:
        """Update the stack `show` through a change set; its status."""
        return self.execute(self.plan(templates, name, Parameters=SAME), **execution)

    def status(self, stack: str = "show") -> str:
        """A stack's status."""
        return str(self.client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])

    def reason(self, stack: str = "show") -> str:
        """A stack's status reason."""
        return str(self.client.describe_stacks(StackName=stack)["Stacks"][0].get("StackStatusReason", ""))

    def events(self, stack: str = "show") -> list[tuple[str, str]]:
        """(logical id, status) of a stack's history, the oldest first."""
        return [(event["LogicalResourceId"], event["ResourceStatus"]) for event in self.history(stack)]

    def history(self, stack: str = "show") -> list[dict[str, Any]]:
        """A stack's events, the oldest first, all pages of them."""
        pages = self.client.get_paginator("describe_stack_events").paginate(StackName=stack)
        return [event for page in pages for event in page["StackEvents"]][::-1]


def edited(name: str, old: str, new: str, nest: dict[str, str] = NEST) -> dict[str, str]:
    """The nest with one text exchanged in one of its templates."""
    assert old in nest[name]
    return {**nest, name: nest[name].replace(old, new)}
