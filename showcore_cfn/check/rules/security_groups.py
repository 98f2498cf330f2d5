"""Security groups: rules that EC2 refuses, that open too much, or that open the wrong door."""

from __future__ import annotations

import ipaddress
import json
import re

from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.topology import GROUP, Opening, admits_port, openings, vpc_of
from showcore_cfn.check.rules.view import Node
from showcore_cfn.review.values import text_of

BOOK = Rulebook("security_groups")
_UG = "https://docs.aws.amazon.com/vpc/latest/userguide"
_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html"
_PEERS = ("CidrIp", "CidrIpv6", "SourceSecurityGroupId", "SourceSecurityGroupName", "SourcePrefixListId",
          "DestinationSecurityGroupId", "DestinationPrefixListId")  # fmt: skip


@BOOK.nest_rule(
    "SC-SG-001",
    Severity.REFUSED,
    "A range of ports goes upwards and ends at 65535",
    why="EC2 answers: invalid range of ports.",
    remedy="Put the lower port into FromPort.",
    source=_API,
)
def port_range(view: View) -> Hits:
    for opening in openings(view):
        ports = opening.ports
        if ports is None or opening.protocol not in ("tcp", "udp"):
            continue
        if ports[0] > ports[1] or not 0 <= ports[0] <= 65_535 or not 0 <= ports[1] <= 65_535:
            yield opening.node.hit(f"Ports {ports[0]:g} to {ports[1]:g} are no range.")


@BOOK.nest_rule(
    "SC-SG-002",
    Severity.REFUSED,
    "A description has plain characters, 255 at most",
    why="EC2 takes letters, digits, spaces and ._-:/()#,@[]+=&;{}!$* in descriptions; no apostrophe, no dash longer "
    "than a hyphen, no other alphabet.",
    remedy="Rewrite the description with these characters.",
    source=_API,
)
def description(view: View) -> Hits:
    nodes = [opening.node["Description"] for opening in openings(view)]
    nodes += [group["GroupDescription"] for group in view.of(GROUP)]
    for node in nodes:
        pieces = [piece for piece in node.pieces if piece]
        if any(not re.fullmatch(r"[A-Za-z0-9. _\-:/()#,@\[\]+=&;{}!$*]*", piece) for piece in pieces):
            yield node.hit(f"{node.shown} holds a character that EC2 refuses.")
        elif sum(map(len, pieces)) > 255:
            yield node.hit("The description has more than 255 characters.")


@BOOK.nest_rule(
    "SC-SG-003",
    Severity.REFUSED,
    "A rule says from where, in one way",
    why="Each rule takes exactly one of a block, a prefix list and a security group.",
    remedy="Split the rule, or add what is missing.",
    source=_API,
)
def peers(view: View) -> Hits:
    for opening in openings(view):
        given = [name for name in _PEERS if opening.node[name].given]
        if len(given) != 1 and isinstance(opening.node.value, dict):
            yield opening.node.hit(f"The rule names {' and '.join(given) or 'nobody'}; it takes exactly one.")


_SENSITIVE = {
    20: "FTP", 21: "FTP", 22: "SSH", 23: "Telnet", 445: "SMB", 1433: "SQL Server", 1521: "Oracle", 2049: "NFS",
    2375: "Docker", 2379: "etcd", 3306: "MySQL", 3389: "RDP", 5432: "PostgreSQL", 5439: "Redshift", 5601: "Kibana",
    6379: "Redis", 9200: "Elasticsearch", 11211: "Memcached", 27017: "MongoDB",
}  # fmt: skip


@BOOK.nest_rule(
    "SC-SG-004",
    Severity.RISK,
    "No administration or data port is open to the whole internet",
    why="SSH, RDP and databases open to 0.0.0.0/0 are scanned and attacked within minutes.",
    remedy="Name the security group or the block that needs it; use Session Manager for shells.",
    source=f"{_UG}/security-group-rules.html",
)
def open_to_all(view: View) -> Hits:
    for opening in openings(view):
        ports = opening.ports if opening.protocol in ("tcp", "-1", "udp") else None
        if not opening.ingress or not opening.everywhere or ports is None:
            continue
        found = [f"{name} ({port})" for port, name in _SENSITIVE.items() if ports[0] <= port <= ports[1]]
        if opening.protocol == "-1":
            yield opening.node.hit("Everything is open to the whole internet.")
        elif found:
            more = f" and {len(found) - 1} more" if len(found) > 1 else ""
            yield opening.node.hit(f"{found[0]}{more} is open to the whole internet.")


@BOOK.rule(
    "SC-SG-005",
    Severity.REFUSED,
    "A group's name does not begin with sg-, and has plain characters",
    GROUP,
    why="EC2 keeps sg- for ids.",
    remedy="Rename the group.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html",
)
def group_name(group: Item) -> Hits:
    node = group["GroupName"]
    pieces = [piece for piece in node.pieces if piece]
    if (node.pieces and (node.pieces[0] or "").lower().startswith("sg-")) or node.text == "default":
        yield node.hit(f"{node.shown} is no name for a group.")
    elif any(not re.fullmatch(r"[A-Za-z0-9. _\-:/()#,@\[\]+=&;{}!$*]*", piece) for piece in pieces):
        yield node.hit(f"{node.shown} holds a character that EC2 refuses.")


@BOOK.nest_rule(
    "SC-SG-006",
    Severity.REFUSED,
    "A rule stands once in its group",
    why="EC2 answers InvalidPermission.Duplicate, also for a rule inline and one standing alone.",
    remedy="Keep one of them.",
    source=_API,
)
def rule_twice(view: View) -> Hits:
    seen: dict[str, Opening] = {}
    for opening in openings(view):
        if opening.group is None or not isinstance(opening.node.value, dict):
            continue
        parts = {
            key: text_of(v) for key, v in opening.node.value.items() if key not in ("Description", "GroupId")
        }
        key = json.dumps([opening.group.path, opening.ingress, parts], sort_keys=True)
        if key in seen and opening.node.item.resource.condition is None:
            yield opening.node.hit(f"The same rule stands in {opening.group.id} already.")
        seen[key] = opening


@BOOK.nest_rule(
    "SC-SG-007",
    Severity.REFUSED,
    "A rule names a group of its own VPC",
    why="A group of another VPC can be named only over a peering connection.",
    remedy="Name a group of the same VPC.",
    source=f"{_UG}/security-group-rules.html",
)
def foreign_group(view: View) -> Hits:
    peered = bool(view.of("AWS::EC2::VPCPeeringConnection", "AWS::EC2::TransitGatewayAttachment"))
    for opening in openings(view) if not peered else ():
        other = opening.node["SourceSecurityGroupId"].target(GROUP)
        own, far = vpc_of(opening.group) if opening.group else None, vpc_of(other) if other else None
        if own is not None and far is not None and own is not far:
            yield opening.node["SourceSecurityGroupId"].hit(
                f"{other.id if other else ''} belongs to {far.id}."
            )


_ENGINE_PORTS = {
    "postgres": 5432, "aurora-postgresql": 5432, "mysql": 3306, "aurora-mysql": 3306, "mariadb": 3306,
    "oracle": 1521, "sqlserver": 1433, "redis": 6379, "valkey": 6379, "memcached": 11211,
}  # fmt: skip
_SERVERS = (
    ("AWS::RDS::DBInstance", "VPCSecurityGroups", "postgres"),
    ("AWS::RDS::DBCluster", "VpcSecurityGroupIds", "postgres"),
    ("AWS::ElastiCache::ReplicationGroup", "SecurityGroupIds", "redis"),
    ("AWS::ElastiCache::CacheCluster", "VpcSecurityGroupIds", "redis"),
)


@BOOK.nest_rule(
    "SC-SG-008",
    Severity.DEAD,
    "The group of a database or cache opens the port that it listens on",
    why="Clients connect to the engine's port, or the one in Port; a rule for another port lets nobody in.",
    remedy="Open 5432 for PostgreSQL, 3306 for MySQL, 6379 for Redis.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.RDSSecurityGroups.html",
)
def server_port(view: View) -> Hits:
    for kind, name, fallback in _SERVERS:
        for item in view.of(kind):
            engine = (item["Engine"].text or (fallback if kind.endswith("ReplicationGroup") else "")).lower()
            key = engine if engine.startswith("aurora") else engine.split("-")[0]
            port = item["Port"].number if item["Port"].given else _ENGINE_PORTS.get(key)
            node = item[name]
            if port is not None and node.closed and not admits_port(node.targets(GROUP), node.each(), port):
                yield node.hit(f"No group of {item.id} lets TCP {port:g} in.")


@BOOK.nest_rule(
    "SC-SG-009",
    Severity.REFUSED,
    "A block in a rule is a block",
    why="EC2 answers that the CIDR block is malformed. A single address ends in /32.",
    remedy="Write 203.0.113.7/32.",
    source=_API,
)
def block_form(view: View) -> Hits:
    for opening in openings(view):
        for name in ("CidrIp", "CidrIpv6"):
            node = opening.node[name]
            if node.text is not None and not _is_block(node.text, 4 if name == "CidrIp" else 6):
                yield node.hit(f"{node.text} is no IPv{4 if name == 'CidrIp' else 6} block.")


def _is_block(text: str, version: int) -> bool:
    try:
        return "/" in text and ipaddress.ip_network(text, strict=False).version == version
    except ValueError:
        return False


@BOOK.nest_rule(
    "SC-SG-010",
    Severity.REFUSED,
    "A rule for ports has ports",
    why="TCP and UDP need FromPort and ToPort.",
    remedy="Add the ports; for all of them 0 and 65535.",
    source=_API,
)
def ports_missing(view: View) -> Hits:
    for opening in openings(view):
        if opening.protocol in ("tcp", "udp") and (
            opening.node["FromPort"].absent or opening.node["ToPort"].absent
        ):
            yield opening.node.hit(f"{opening.protocol} needs FromPort and ToPort.")


@BOOK.nest_rule(
    "SC-SG-011",
    Severity.DEAD,
    "The group of a load balancer lets its listeners in",
    why="A listener whose port no group opens is never reached.",
    remedy="Open the listener's port.",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
)
def listener_port(view: View) -> Hits:
    for listener in view.of("AWS::ElasticLoadBalancingV2::Listener"):
        balancer = listener["LoadBalancerArn"].target("AWS::ElasticLoadBalancingV2::LoadBalancer")
        port = listener["Port"].number
        node: Node | None = balancer["SecurityGroups"] if balancer is not None else None
        if node is not None and port is not None and not admits_port(node.targets(GROUP), node.each(), port):
            yield listener["Port"].hit(f"No group of {balancer.id if balancer else ''} lets TCP {port:g} in.")


@BOOK.nest_rule(
    "SC-SG-012",
    Severity.DEAD,
    "The group of a mount target lets NFS in",
    why="Clients mount a file system over TCP 2049.",
    remedy="Open 2049 from the group of the clients.",
    source="https://docs.aws.amazon.com/efs/latest/ug/network-access.html",
)
def mount_port(view: View) -> Hits:
    for mount in view.of("AWS::EFS::MountTarget"):
        node = mount["SecurityGroups"]
        if not admits_port(node.targets(GROUP), node.each(), 2049):
            yield node.hit("No group of the mount target lets TCP 2049 in.")
