"""The test instance of section 14: in the private subnet, without key and public address, for an hour at most.

Amazon Linux 2023 installs packages through the S3 gateway endpoint. There is no endpoint for Secrets Manager or STS,
so the instance cannot read the database secret by itself.
"""

from __future__ import annotations

from troposphere import Base64, Ref, Tags
from troposphere.ec2 import BlockDeviceMapping, EbsBlockDevice, Instance, MetadataOptions
from troposphere.iam import InstanceProfile, Policy, Role

from showcore_cfn.template.stack import Stack, Tier
from showcore_cfn.tiers.policies import BOUNDARY, allow, bucket_arns, document, trust
from showcore_cfn.tiers.storage import BACKUPS_BUCKET

INSTANCE_TYPE = "t3.micro"
VOLUME_GIB = 8  # the least that the image takes
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
LIFETIME_MINUTES = 120  # then the instance ends itself, should nobody have deleted the stack


def build(stack: Stack) -> None:
    """One instance, and a role that may look at what 14.3 looks at."""
    subnet = stack.parameter(
        "SubnetId",
        "Place",
        "Private subnet",
        Type="AWS::EC2::Subnet::Id",
        Description="Output PrivateSubnetAId of the root stack.",
    )
    group = stack.parameter(
        "ApplicationSecurityGroupId",
        "Place",
        "Application security group",
        Type="AWS::EC2::SecurityGroup::Id",
        Description="Output ApplicationSecurityGroupId of the root stack.",
    )
    image = stack.parameter(
        "ImageId",
        "Place",
        "Image",
        Type="AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
        Description="Public parameter of Systems Manager that names the newest Amazon Linux 2023.",
        Default=IMAGE,
    )
    _role(stack)
    stack.add(
        Instance(
            "ProbeInstance",
            ImageId=image,
            InstanceType=INSTANCE_TYPE,
            SubnetId=subnet,
            SecurityGroupIds=[group],
            IamInstanceProfile=Ref("ProbeInstanceProfile"),
            InstanceInitiatedShutdownBehavior="terminate",
            MetadataOptions=MetadataOptions(HttpEndpoint="enabled", HttpTokens="required"),
            BlockDeviceMappings=[
                BlockDeviceMapping(
                    DeviceName="/dev/xvda",
                    Ebs=EbsBlockDevice(
                        VolumeSize=VOLUME_GIB, VolumeType="gp3", Encrypted=True, DeleteOnTermination=True
                    ),
                )
            ],
            PropagateTagsToVolumeOnCreation=True,
            UserData=Base64(f"#!/bin/sh\nshutdown -h +{LIFETIME_MINUTES}\n"),
            Tags=Tags(Name=stack.named("probe", "instance")),
        ),
        why="Ends itself after two hours: a forgotten probe costs cents, not months.",
    )
    stack.show("ProbeInstanceId", "The test instance.", Ref("ProbeInstance"))


def _role(stack: Stack) -> None:
    backups, _ = bucket_arns(stack.sub(BACKUPS_BUCKET))
    stack.add(
        Role(
            "ProbeRole",
            RoleName=stack.named("probe", "role"),
            PermissionsBoundary=BOUNDARY,
            AssumeRolePolicyDocument=trust("ec2.amazonaws.com", any_source=True),
            ManagedPolicyArns=["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"],
            Policies=[
                Policy(
                    PolicyName="look",
                    PolicyDocument=document(
                        allow("ListBackups", ["s3:ListBucket"], backups),
                        allow("Look", ["logs:DescribeLogGroups", "ssm:DescribeInstanceInformation"], "*"),
                        allow(
                            "ReadTheSecretPassedOn",
                            ["ssm:GetParameter"],
                            stack.sub(
                                "arn:${AWS::Partition}:ssm:us-east-1:${AWS::AccountId}:parameter/${Prefix}/probe/*"
                            ),
                        ),
                    ),
                )
            ],
        )
    )
    stack.add(InstanceProfile("ProbeInstanceProfile", Roles=[Ref("ProbeRole")]))


TEMPLATE = Tier(
    name="probe",
    title="test instance",
    tasks="14.1-14.3",
    shape="Made by showcore verify for the tests of section 14 and deleted by it, whatever happens.",
    build=build,
)
