"""What Amazon RDS refuses of storage and availability."""

from __future__ import annotations

from showcore_cfn.check.rules.rds import engine, family
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity

BOOK = Rulebook("rds_storage")
DB = "AWS::RDS::DBInstance"
_API = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"
_GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"
_GIB_MIN_SSD = 20


@BOOK.rule(
    "SC-RDS-007",
    Severity.REFUSED,
    "gp3 storage below the striping threshold names neither Iops nor StorageThroughput",
    DB,
    why="Below 400 GiB (200 GiB for Oracle) gp3 has 3,000 IOPS and 125 MiB/s, and RDS refuses to provision more.",
    remedy="Leave Iops and StorageThroughput out, or allocate 400 GiB.",
    source=f"{_GUIDE}/CHAP_Storage.html#gp3-storage",
)
def gp3_iops(db: Item) -> Hits:
    threshold = {"oracle": 200, "sqlserver": 0}.get(family(db), 400)
    size = db["AllocatedStorage"].number
    if db["StorageType"].text != "gp3" or size is None or not engine(db) or size >= threshold:
        return
    for name in ("Iops", "StorageThroughput"):
        if db[name].number is not None:
            yield db[name].hit(
                f"{name} cannot be set for gp3 storage of {size:g} GiB, below {threshold} GiB."
            )


@BOOK.rule(
    "SC-RDS-008",
    Severity.REFUSED,
    "Provisioned IOPS storage names its Iops, and in a ratio that RDS takes",
    DB,
    why="io1 and io2 need Iops, from 1,000, and io1 50 for each GiB at the most.",
    remedy="Give Iops between 1,000 and 50 for each GiB, or use gp3.",
    source=f"{_GUIDE}/CHAP_Storage.html#USER_PIOPS",
)
def provisioned_iops(db: Item) -> Hits:
    kind, size, iops = db["StorageType"].text, db["AllocatedStorage"].number, db["Iops"].number
    if kind not in ("io1", "io2"):
        return
    if db["Iops"].absent:
        yield db["StorageType"].hit(f"{kind} storage needs Iops.")
    elif iops is not None and iops < 1_000:
        yield db["Iops"].hit(f"{iops:g} IOPS are too few for {kind}: 1,000 at least.")
    elif kind == "io1" and iops is not None and size and iops / size > 50:
        yield db["Iops"].hit(f"{iops:g} IOPS are more than 50 for each of {size:g} GiB.")


@BOOK.rule(
    "SC-RDS-009",
    Severity.REFUSED,
    "Storage autoscaling ends at least 10 % above the allocated storage",
    DB,
    why="RDS refuses a MaxAllocatedStorage that leaves no room to grow.",
    remedy="Set MaxAllocatedStorage at least 10 % above AllocatedStorage; AWS advises 26 %.",
    source=f"{_GUIDE}/USER_PIOPS.Autoscaling.html",
)
def storage_autoscaling(db: Item) -> Hits:
    size, most = db["AllocatedStorage"].number, db["MaxAllocatedStorage"].number
    if size is not None and most is not None and 0 < most < size * 1.1:
        yield db["MaxAllocatedStorage"].hit(
            f"{most:g} GiB is less than 10 % above the {size:g} GiB allocated."
        )


@BOOK.rule(
    "SC-RDS-010",
    Severity.REFUSED,
    "General purpose storage is 20 GiB at least",
    DB,
    why="gp2 and gp3 volumes of PostgreSQL, MySQL and MariaDB start at 20 GiB; io1 and io2 at 100 GiB.",
    remedy="Allocate 20 GiB (100 GiB for io1 and io2) or more.",
    source=_API,
)
def smallest_storage(db: Item) -> Hits:
    if family(db) not in ("postgres", "mysql", "mariadb"):
        return
    kind, size = db["StorageType"].text, db["AllocatedStorage"].number
    least = 100 if kind in ("io1", "io2") else _GIB_MIN_SSD
    if size is not None and size < least and (kind in ("gp2", "gp3", "io1", "io2")):
        yield db["AllocatedStorage"].hit(f"{size:g} GiB are too few for {kind}: {least} at least.")


@BOOK.rule(
    "SC-RDS-011",
    Severity.REFUSED,
    "A Multi-AZ instance names no Availability Zone",
    DB,
    why="RDS chooses the zones of a Multi-AZ instance and refuses AvailabilityZone beside MultiAZ.",
    remedy="Take AvailabilityZone away, or set MultiAZ to false.",
    source=_API,
)
def multi_az_zone(db: Item) -> Hits:
    if db["MultiAZ"].flag and db["AvailabilityZone"].given:
        yield db["AvailabilityZone"].hit("AvailabilityZone stands beside MultiAZ: true.")


@BOOK.rule(
    "SC-RDS-012",
    Severity.REFUSED,
    "A DB subnet group covers two Availability Zones",
    "AWS::RDS::DBSubnetGroup",
    "AWS::DocDB::DBSubnetGroup",
    "AWS::Neptune::DBSubnetGroup",
    why="RDS refuses a subnet group whose subnets stand in fewer than two zones, also for one single-AZ instance.",
    remedy="Add a subnet in a second zone.",
    source=f"{_GUIDE}/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
)
def subnet_group_zones(group: Item) -> Hits:
    node = group["SubnetIds"]
    if not node.closed or not node.each():
        return
    subnets = [subnet.target("AWS::EC2::Subnet") for subnet in node.each()]
    if len(subnets) == 1 and (subnets[0] is not None or node[0].text is not None):
        yield node.hit("The group holds one subnet; RDS wants two zones.")
        return
    zones = [subnet["AvailabilityZone"].value for subnet in subnets if subnet is not None]
    if len(zones) == len(node.each()) and zones[0] is not None and all(zone == zones[0] for zone in zones):
        yield node.hit(f"All subnets stand in {subnets[0]['AvailabilityZone'].shown if subnets[0] else ''}.")


@BOOK.rule(
    "SC-RDS-017",
    Severity.REFUSED,
    "A publicly accessible instance stands in a VPC with DNS names and an internet gateway",
    DB,
    why="RDS refuses PubliclyAccessible where the VPC has no internet gateway or no DNS host names.",
    remedy="Set PubliclyAccessible to false, or give the VPC both.",
    source=f"{_GUIDE}/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
)
def public_without_gateway(db: Item) -> Hits:
    if not db["PubliclyAccessible"].flag:
        return
    group = db["DBSubnetGroupName"].target("AWS::RDS::DBSubnetGroup")
    subnets = group["SubnetIds"].targets("AWS::EC2::Subnet") if group else []
    for vpc in {s["VpcId"].target("AWS::EC2::VPC") for s in subnets} - {None}:
        assert vpc is not None
        attached = (
            a["VpcId"].target("AWS::EC2::VPC") is vpc
            for a in db.view.of("AWS::EC2::VPCGatewayAttachment")
            if a["InternetGatewayId"].given
        )
        if vpc["EnableDnsHostnames"].absent or vpc["EnableDnsHostnames"].flag is False or not any(attached):
            yield db["PubliclyAccessible"].hit(f"{vpc.id} has no internet gateway or no DNS host names.")
