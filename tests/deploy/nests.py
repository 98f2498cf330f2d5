"""Small nests for the tests: a root, a network, a database fed by it, and a store that stands alone."""

from __future__ import annotations

ROOT = """
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Prefix: {Type: String, Default: showcore}
  Retention: {Type: String, Default: '7'}
  DatabaseDeletionProtection: {Type: String, Default: 'false'}
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
      Parameters:
        Prefix: !Ref Prefix
        VpcId: !GetAtt Network.Outputs.VpcId
        SubnetId: !GetAtt Network.Outputs.SubnetId
        Retention: !Ref Retention
        DatabaseDeletionProtection: !Ref DatabaseDeletionProtection
  Storage:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./storage.yaml
      Parameters: {Prefix: !Ref Prefix}
Outputs:
  VpcId: {Value: !GetAtt Network.Outputs.VpcId}
  Endpoint: {Value: !GetAtt Database.Outputs.Endpoint}
"""
NETWORK = """
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Prefix: {Type: String}
Resources:
  VPC:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: 10.0.2.0/24}
Outputs:
  VpcId: {Value: !Ref VPC}
  SubnetId: {Value: !Ref Subnet}
"""
DATABASE = """
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Prefix: {Type: String}
  VpcId: {Type: String}
  SubnetId: {Type: String}
  Retention: {Type: String}
  DatabaseDeletionProtection: {Type: String}
Resources:
  DatabaseGroup:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: database, VpcId: !Ref VpcId}
  SubnetGroup:
    Type: AWS::RDS::DBSubnetGroup
    Properties: {DBSubnetGroupDescription: database, SubnetIds: [!Ref SubnetId]}
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    UpdateReplacePolicy: Snapshot
    Properties:
      DBInstanceIdentifier: !Sub ${Prefix}-db
      Engine: postgres
      DBInstanceClass: db.t3.micro
      DBSubnetGroupName: !Ref SubnetGroup
      VPCSecurityGroups: [!Ref DatabaseGroup]
      BackupRetentionPeriod: !Ref Retention
      DeletionProtection: !Ref DatabaseDeletionProtection
Outputs:
  Endpoint: {Value: !GetAtt Database.Endpoint.Address}
"""
STORAGE = """
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Prefix: {Type: String}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub '${Prefix}-data-${AWS::AccountId}'}
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: storage}
"""
NEST = {"root.yaml": ROOT, "network.yaml": NETWORK, "database.yaml": DATABASE, "storage.yaml": STORAGE}

SINGLE = """
AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: alone}
Outputs:
  Topic: {Value: !Ref Topic}
"""


def with_edit(name: str, before: str, after: str) -> dict[str, str]:
    """The nest with one text of one template replaced; the text must be there."""
    assert before in NEST[name], f"{before!r} is not in {name}"
    return {**NEST, name: NEST[name].replace(before, after)}


BUCKET_TEXT = """  Bucket:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub '${Prefix}-data-${AWS::AccountId}'}
"""
RENAMED = with_edit("database.yaml", "${Prefix}-db", "${Prefix}-db2")  # replaces the database
WITHOUT_BUCKET = with_edit("storage.yaml", BUCKET_TEXT, "")  # deletes a bucket
WIDER = with_edit(  # opens the database to the world
    "database.yaml",
    "{GroupDescription: database, VpcId: !Ref VpcId}",
    "{GroupDescription: database, VpcId: !Ref VpcId, SecurityGroupIngress: "
    "[{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 0.0.0.0/0}]}",
)


_SETTINGS_ROOT = """
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./network.yaml
      Parameters: {EndpointZones: !Ref EndpointZones}
  Database:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./database.yaml
      Parameters:
        VpcId: !GetAtt Network.Outputs.VpcId
        DatabaseDeletionProtection: !Ref DatabaseDeletionProtection
Outputs:
  VpcId: {Value: !GetAtt Network.Outputs.VpcId}
"""
_SETTINGS_NETWORK = """
Parameters:
  EndpointZones: {Type: String}
Resources:
  VPC: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: !Ref EndpointZones}}
Outputs:
  VpcId: {Value: !Ref VPC}
"""
_SETTINGS_DATABASE = """
Parameters:
  VpcId: {Type: String}
  DatabaseDeletionProtection: {Type: String}
Resources:
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: database, VpcId: !Ref VpcId}}
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    UpdateReplacePolicy: Snapshot
    Properties:
      Engine: postgres
      DBInstanceClass: db.t3.micro
      VPCSecurityGroups: [!Ref Group]
      DeletionProtection: !Ref DatabaseDeletionProtection
"""


def small_templates() -> dict[str, str]:
    """What stands in for the generated templates: all root parameters, two small tiers, and the real bootstrap."""
    from showcore_cfn.generate import generate
    from showcore_cfn.template.parameters import ROOT_PARAMETERS

    declared = "".join(f"  {parameter.name}: {{Type: String}}\n" for parameter in ROOT_PARAMETERS)
    return {
        "root.yaml": f"Parameters:\n{declared}{_SETTINGS_ROOT}",
        "network.yaml": _SETTINGS_NETWORK,
        "database.yaml": _SETTINGS_DATABASE,
        "bootstrap.yaml": generate()["bootstrap.yaml"],
    }
