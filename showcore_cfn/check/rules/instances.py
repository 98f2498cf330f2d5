"""Auto Scaling groups, launch templates, instances and volumes."""

from __future__ import annotations

import re

from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity
from showcore_cfn.check.rules.topology import SUBNET

BOOK = Rulebook("instances")
SCALING, TEMPLATE, INSTANCE = (
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::EC2::LaunchTemplate",
    "AWS::EC2::Instance",
)
_ASG = "https://docs.aws.amazon.com/autoscaling/ec2"
_EC2 = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide"


@BOOK.rule(
    "SC-ASG-001",
    Severity.REFUSED,
    "The desired capacity lies between least and most",
    SCALING,
    why="Auto Scaling answers that desired capacity must be between the specified min size and max size.",
    remedy="Change one of the three.",
    source=f"{_ASG}/APIReference/API_CreateAutoScalingGroup.html",
)
def desired(group: Item) -> Hits:
    least, most, wanted = (group[name].number for name in ("MinSize", "MaxSize", "DesiredCapacity"))
    if wanted is not None and (
        (least is not None and wanted < least) or (most is not None and wanted > most)
    ):
        yield group["DesiredCapacity"].hit(f"{wanted:g} does not lie between MinSize and MaxSize.")


@BOOK.rule(
    "SC-ASG-002",
    Severity.REFUSED,
    "A group launches from one source",
    SCALING,
    why="Exactly one of LaunchTemplate, MixedInstancesPolicy, LaunchConfigurationName and InstanceId is given.",
    remedy="Keep LaunchTemplate.",
    source=f"{_ASG}/APIReference/API_CreateAutoScalingGroup.html",
)
def sources(group: Item) -> Hits:
    keys = ("LaunchTemplate", "MixedInstancesPolicy", "LaunchConfigurationName", "InstanceId")
    given = [name for name in keys if group[name].given]
    if len(given) != 1:
        yield group.hit(f"The group launches from {' and '.join(given) or 'nothing'}.", "Properties")


@BOOK.rule(
    "SC-ASG-003",
    Severity.REFUSED,
    "A group stands in zones or in subnets",
    SCALING,
    why="Without VPCZoneIdentifier and AvailabilityZones the group is refused.",
    remedy="Give VPCZoneIdentifier.",
    source=f"{_ASG}/APIReference/API_CreateAutoScalingGroup.html",
)
def nowhere(group: Item) -> Hits:
    if all(group[name].absent for name in ("VPCZoneIdentifier", "AvailabilityZones", "AvailabilityZoneIds")):
        yield group.hit("Neither VPCZoneIdentifier nor AvailabilityZones is given.", "Properties")


@BOOK.rule(
    "SC-ASG-004",
    Severity.REFUSED,
    "A launch template is named once, with a version that it has",
    SCALING,
    INSTANCE,
    why="LaunchTemplateId and LaunchTemplateName exclude each other, and CloudFormation takes a version by its number, "
    "not $Latest or $Default.",
    remedy="Use !GetAtt Template.LatestVersionNumber.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-autoscaling-autoscalinggroup-launchtemplatespecification.html",
)
def template_version(group: Item) -> Hits:
    node = group["LaunchTemplate"]
    if node["LaunchTemplateId"].given and node["LaunchTemplateName"].given:
        yield node.hit("LaunchTemplateId and LaunchTemplateName are both given.")
    elif group.type == SCALING and node["Version"].text in ("$Latest", "$Default"):
        yield node["Version"].hit(f"CloudFormation refuses {node['Version'].text} for Auto Scaling groups.")


@BOOK.rule(
    "SC-ASG-005",
    Severity.REFUSED,
    "A tag of a group says whether it is passed on",
    SCALING,
    why="PropagateAtLaunch is required.",
    remedy="Add PropagateAtLaunch: true.",
    source=f"{_ASG}/userguide/ec2-auto-scaling-tagging.html",
)
def tags(group: Item) -> Hits:
    for tag in group["Tags"].each():
        if tag["PropagateAtLaunch"].absent and tag.entries():
            yield tag.hit("PropagateAtLaunch is missing.")


@BOOK.rule(
    "SC-EC2-001",
    Severity.REFUSED,
    "An instance's network is described in one place",
    INSTANCE,
    TEMPLATE,
    why="With NetworkInterfaces, subnets and security groups of the instance itself are refused.",
    remedy="Move SubnetId and the groups into the interface.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html",
)
def interfaces(item: Item) -> Hits:
    node = item["LaunchTemplateData"] if item.type == TEMPLATE else item.properties
    for name in ("SubnetId", "SecurityGroupIds", "SecurityGroups"):
        if node["NetworkInterfaces"].each() and node[name].given:
            yield node[name].hit(f"{name} stands beside NetworkInterfaces.")


@BOOK.rule(
    "SC-EC2-002",
    Severity.REFUSED,
    "In a VPC security groups are named by their ids",
    INSTANCE,
    TEMPLATE,
    why="SecurityGroups takes names of the default VPC; with a subnet EC2 refuses it.",
    remedy="Use SecurityGroupIds.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html",
)
def groups_by_name(item: Item) -> Hits:
    node = item["LaunchTemplateData"] if item.type == TEMPLATE else item.properties
    named = node["SecurityGroups"]
    groups = [group.target("AWS::EC2::SecurityGroup") for group in named.each()]
    by_id = any(group is not None and group["VpcId"].given for group in groups) or any(
        text.startswith("sg-") for text in named.texts()
    )
    if named.given and (node["SubnetId"].given or by_id):
        yield named.hit("SecurityGroups takes names; use SecurityGroupIds.")


@BOOK.rule(
    "SC-EC2-003",
    Severity.REFUSED,
    "User data is encoded",
    INSTANCE,
    TEMPLATE,
    "AWS::AutoScaling::LaunchConfiguration",
    why="EC2 answers: invalid BASE64 encoding of user data.",
    remedy="Wrap the script in Fn::Base64.",
    source=f"{_EC2}/user-data.html",
)
def user_data(item: Item) -> Hits:
    node = (item["LaunchTemplateData"] if item.type == TEMPLATE else item.properties)["UserData"]
    first = (node.pieces[0] or "") if node.pieces else ""
    if first.startswith(("#!", "#cloud-config", "<powershell", "<script")):
        yield node.hit("The script is not encoded.")


_IOPS = {"gp3": (3_000, 80_000, 500), "io1": (100, 64_000, 50), "io2": (100, 256_000, 1_000)}


@BOOK.rule(
    "SC-EC2-004",
    Severity.REFUSED,
    "A volume's operations and throughput fit its kind and size",
    "AWS::EC2::Volume",
    INSTANCE,
    TEMPLATE,
    why="gp3 gives 3,000 IOPS and up to 500 for each GiB, io1 50 for each GiB; only gp3 takes a throughput, from 125.",
    remedy="Lower Iops, or enlarge the volume.",
    source=f"{_EC2.replace('AWSEC2', 'ebs').replace('latest/UserGuide', 'latest/userguide')}/ebs-volume-types.html",
)
def volumes(item: Item) -> Hits:
    holder = item["LaunchTemplateData"] if item.type == TEMPLATE else item.properties
    nodes = (
        [m["Ebs"] for m in holder["BlockDeviceMappings"].each()]
        if item.type != "AWS::EC2::Volume"
        else [holder]
    )
    for node in nodes:
        volume = node["VolumeType"].text or ""
        size = node["Size" if item.type == "AWS::EC2::Volume" else "VolumeSize"].number
        iops, throughput = node["Iops"].number, node["Throughput"].number
        least, most, ratio = _IOPS.get(volume, (0, 10**9, 10**9))
        base = 3_000 if volume == "gp3" else 0
        beyond = size is not None and iops is not None and iops > max(size * ratio, base)
        if iops is not None and (not least <= iops <= most or beyond):
            yield node["Iops"].hit(f"{iops:g} IOPS do not fit {volume} of {size or 0:g} GiB.")
        if throughput is not None and (volume != "gp3" or throughput < 125):
            yield node["Throughput"].hit(f"{throughput:g} MiB/s do not fit {volume or 'this volume'}.")


@BOOK.rule(
    "SC-EC2-005",
    Severity.REFUSED,
    "A launch template's group is not named in two ways",
    TEMPLATE,
    why="LaunchTemplateData takes an instance type or requirements, not both.",
    remedy="Keep one of them.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html",
)
def requirements(template: Item) -> Hits:
    node = template["LaunchTemplateData"]
    if node["InstanceType"].given and node["InstanceRequirements"].given:
        yield node["InstanceRequirements"].hit("InstanceRequirements stands beside InstanceType.")


@BOOK.rule(
    "SC-EC2-006",
    Severity.REFUSED,
    "An instance stands in the zone of its subnet",
    INSTANCE,
    why="EC2 refuses an AvailabilityZone other than the subnet's.",
    remedy="Take AvailabilityZone away.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html",
)
def instance_zone(instance: Item) -> Hits:
    subnet = instance["SubnetId"].target(SUBNET)
    own = instance["AvailabilityZone"].text
    other = subnet["AvailabilityZone"].text if subnet is not None else None
    if own is not None and other is not None and own != other:
        yield instance["AvailabilityZone"].hit(f"{subnet.id if subnet else ''} stands in {other}.")


@BOOK.rule(
    "SC-EC2-007",
    Severity.REFUSED,
    "An instance type is written as EC2 writes it",
    INSTANCE,
    TEMPLATE,
    why="db. and cache. types belong to RDS and ElastiCache.",
    remedy="Write t4g.micro.",
    source="https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html",
)
def instance_type(item: Item) -> Hits:
    node = (item["LaunchTemplateData"] if item.type == TEMPLATE else item.properties)["InstanceType"]
    if re.match(r"(db|cache)\.", node.text or ""):
        yield node.hit(f"{node.text} is no instance type of EC2.")
