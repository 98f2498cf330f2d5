"""The VPC and what is in it."""

from __future__ import annotations

from dataclasses import dataclass

from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import Fact


@dataclass(frozen=True, slots=True)
class Vpc:
    """The VPC of the network tier."""

    id: str
    cidr: str
    dns_support: bool
    dns_hostnames: bool


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet of the VPC."""

    id: str
    cidr: str
    zone: str
    public_addresses: bool


@dataclass(frozen=True, slots=True)
class Route:
    """A route: where to, and through what."""

    destination: str  # CIDR block or prefix list
    target: str  # "local", "igw-...", "vpce-...", ...
    state: str = "active"


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A route table with the subnets that are associated with it."""

    id: str
    subnet_ids: tuple[str, ...]
    routes: tuple[Route, ...]
    main: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A VPC endpoint, gateway or interface."""

    id: str
    service: str  # "s3", "logs": what follows com.amazonaws.<region>.
    kind: str  # Gateway or Interface
    state: str
    private_dns: bool = False
    subnet_ids: tuple[str, ...] = ()
    route_table_ids: tuple[str, ...] = ()
    group_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One permission of a security group: one source or destination."""

    protocol: str  # "tcp", "-1" for all
    first_port: int
    last_port: int
    peer: str  # CIDR block, group id or prefix list
    description: str = ""

    def reaches(self, port: int) -> bool:
        """Whether the rule lets traffic to a TCP port through."""
        return self.protocol == "-1" or (
            self.protocol in ("tcp", "6") and self.first_port <= port <= self.last_port
        )

    @property
    def said(self) -> str:
        """ "tcp 5432 from sg-1"; an egress rule reads the same way."""
        if self.protocol == "-1":
            return f"everything from {self.peer}"
        ports = (
            str(self.first_port)
            if self.first_port == self.last_port
            else (f"{self.first_port}-{self.last_port}")
        )
        return f"{self.protocol} {ports} from {self.peer}"


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """A security group with its rules."""

    id: str
    name: str
    ingress: tuple[Rule, ...] = ()
    egress: tuple[Rule, ...] = ()


_IN_VPC = (STACK,)
VPC: Fact[Vpc] = Fact("the VPC", ("ec2:DescribeVpcs", "ec2:DescribeVpcAttribute"), _IN_VPC)
SUBNETS: Fact[tuple[Subnet, ...]] = Fact("the subnets", ("ec2:DescribeSubnets",), _IN_VPC)
ROUTE_TABLES: Fact[tuple[RouteTable, ...]] = Fact("the route tables", ("ec2:DescribeRouteTables",), _IN_VPC)
NAT_GATEWAYS: Fact[tuple[str, ...]] = Fact("NAT gateways", ("ec2:DescribeNatGateways",), _IN_VPC)
INTERNET_GATEWAYS: Fact[tuple[str, ...]] = Fact(
    "attached internet gateways", ("ec2:DescribeInternetGateways",), _IN_VPC
)
ENDPOINTS: Fact[tuple[Endpoint, ...]] = Fact("VPC endpoints", ("ec2:DescribeVpcEndpoints",), _IN_VPC)
SECURITY_GROUPS: Fact[tuple[SecurityGroup, ...]] = Fact(
    "the security groups of the VPC", ("ec2:DescribeSecurityGroups",), _IN_VPC
)
