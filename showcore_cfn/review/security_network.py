"""Security group rules, and which subnets find a way to the internet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from showcore_cfn.review.compare import Item, Steps
from showcore_cfn.review.diff import Change, Difference
from showcore_cfn.review.resolve import Resource
from showcore_cfn.review.security import Area, Direction, SecurityChange, follow_moves, listed, uncovered
from showcore_cfn.review.values import Reference, Value, text_of

_GROUP: Final = "AWS::EC2::SecurityGroup"
_RULES: Final = {"AWS::EC2::SecurityGroupIngress": "in", "AWS::EC2::SecurityGroupEgress": "out"}
_INLINE: Final = {"SecurityGroupIngress": "in", "SecurityGroupEgress": "out"}
_PEERS: Final = (
    *("CidrIp", "CidrIpv6", "SourceSecurityGroupId", "DestinationSecurityGroupId", "SourcePrefixListId"),
    *("DestinationPrefixListId", "SourceSecurityGroupName"),
)
_PROTOCOLS: Final = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_ANY: Final = "-1"
_LAST_PORT: Final = 65_535
EVERYWHERE: Final = frozenset({"0.0.0.0/0", "::/0"})
_ROUTE: Final = "AWS::EC2::Route"
_ASSOCIATION: Final = "AWS::EC2::SubnetRouteTableAssociation"
_WAYS_OUT: Final = (
    "GatewayId",
    "NatGatewayId",
    "EgressOnlyInternetGatewayId",
    "TransitGatewayId",
    "InstanceId",
)


class Rule(NamedTuple):
    """One rule of a security group, wherever it is written."""

    group: str
    direction: str  # "in" or "out"
    protocol: str
    first: int | None
    last: int | None
    peer: str
    path: str
    place: Steps

    def covers(self, other: Rule) -> bool:
        """Whether this rule lets through all that the other does."""
        return (
            (self.group, self.direction) == (other.group, other.direction)
            and (self.protocol == _ANY or (self.protocol == other.protocol and self._ports_cover(other)))
            and (self.peer == other.peer or _network_covers(self.peer, other.peer))
        )

    def _ports_cover(self, other: Rule) -> bool:
        if self.first is None or self.last is None or other.first is None or other.last is None:
            return (self.first, self.last) == (other.first, other.last)
        return (self.first <= other.first and other.last <= self.last) or self.first == -1

    @property
    def what(self) -> str:
        """`tcp 5432`, `udp 1000-2000`, `anything`."""
        if self.protocol == _ANY:
            return "anything"
        if self.first is None or self.first == -1 or (self.first, self.last) == (0, _LAST_PORT):
            return f"all {self.protocol}"
        ports = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.protocol} {ports}"


def changes(difference: Difference, touched: list[Change]) -> Iterator[SecurityChange]:
    """Widenings and narrowings of rules and routes."""
    kinds = {change.resource.type for change in touched}
    base, head = follow_moves(difference), list(difference.head.resources.values())
    if kinds & {_GROUP, *_RULES}:
        yield from _rule_changes(base, head)
    if kinds & {_ROUTE, _ASSOCIATION}:
        yield from _route_changes(base, head)


def _rule_changes(base: list[Resource], head: list[Resource]) -> Iterator[SecurityChange]:
    before, after = _rules(base), _rules(head)
    stays = {resource.path for resource in head}
    peers: dict[tuple[str, str, str], list[str]] = {}
    for rule in before:
        peers.setdefault((rule.group, rule.direction, rule.what), []).append(rule.peer)
    for rule in uncovered(after, before, _key, Rule.covers):
        grave = rule.direction == "in" and rule.peer in EVERYWHERE
        near = peers.get((rule.group, rule.direction, rule.what))
        side = "from" if rule.direction == "in" else "to"
        was = f", before only {side} {listed(near, 3)}" if near else ""
        yield _said(rule, Direction.WIDENS, "now lets", f"{was}.", grave)
    for rule in uncovered(before, after, _key, Rule.covers):
        if "/" not in rule.group or rule.group in stays:
            yield _said(rule, Direction.NARROWS, "no longer lets", ".", False)


def _key(rule: Rule) -> tuple[str | int | None, ...]:
    return rule[:6]


def _said(rule: Rule, direction: Direction, verb: str, end: str, grave: bool) -> SecurityChange:
    side = "from" if rule.direction == "in" else "to"
    peer = "everywhere" if rule.peer in EVERYWHERE else rule.peer
    peer = f"{peer} ({rule.peer})" if peer != rule.peer else peer
    sentence = f"{rule.group} {verb} {rule.what} {rule.direction} {side} {peer}{end}"
    area = Area.PUBLIC if grave else Area.NETWORK
    return SecurityChange(direction, area, rule.path, sentence, grave, rule.place)


def _rules(resources: Iterable[Resource]) -> list[Rule]:
    found: list[Rule] = []
    for resource in resources:
        properties = resource.properties
        if not isinstance(properties, dict):
            continue
        if resource.type in _RULES:
            found.append(
                _rule(_called(properties.get("GroupId")), _RULES[resource.type], properties, resource.path)
            )
        elif resource.type == _GROUP:
            found.extend(_inline(resource.path, properties))
    return found


def _inline(path: str, properties: dict[str, Value]) -> Iterator[Rule]:
    for name, direction in _INLINE.items():
        items = properties.get(name)
        for index, item in enumerate(items if isinstance(items, list) else [items]):
            if isinstance(item, dict):
                yield _rule(path, direction, item, path, (name, Item(index, str(index))))
    if "SecurityGroupEgress" not in properties:  # EC2's default rule
        yield Rule(path, "out", _ANY, None, None, "0.0.0.0/0", path, ())


def _rule(group: str, direction: str, item: dict[str, Value], path: str, place: Steps = ()) -> Rule:
    protocol = text_of(item.get("IpProtocol", _ANY)).lower()
    protocol = _PROTOCOLS.get(protocol, protocol)
    peer = next((_called(item[name]) for name in _PEERS if item.get(name) is not None), "nobody")
    first, last = _port(item.get("FromPort")), _port(item.get("ToPort"))
    return Rule(group, direction, protocol, first, last, peer, path, place)


def _port(value: Value) -> int | None:
    try:
        return int(text_of(value))
    except ValueError:
        return None


def _called(value: Value) -> str:
    return value.path if isinstance(value, Reference) else text_of(value)


def _network_covers(wide: str, narrow: str) -> bool:
    if wide == "0.0.0.0/0" and ":" not in narrow:
        return True  # groups and prefix lists are addresses too
    if "/" not in wide or "/" not in narrow or wide.startswith("$"):
        return False
    import ipaddress

    try:
        outer, inner = ipaddress.ip_network(wide, strict=False), ipaddress.ip_network(narrow, strict=False)
    except ValueError:
        return False
    if isinstance(outer, ipaddress.IPv4Network) and isinstance(inner, ipaddress.IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(outer, ipaddress.IPv6Network) and isinstance(inner, ipaddress.IPv6Network):
        return inner.subnet_of(outer)
    return False


def _route_changes(base: list[Resource], head: list[Resource]) -> Iterator[SecurityChange]:
    """Subnets, not route tables: an association that moves to another table counts as well."""
    before, after = _ways_out(base), _ways_out(head)
    stays = {resource.path for resource in head}
    for (subnet, way), path in after.items():
        if (subnet, way) not in before:
            sentence = f"{subnet} now has a way to the internet through {way}."
            yield SecurityChange(Direction.WIDENS, Area.NETWORK, path, sentence)
    for (subnet, way), path in before.items():
        if (subnet, way) not in after and ("/" not in subnet or subnet in stays):
            sentence = f"{subnet} no longer has a way to the internet through {way}."
            yield SecurityChange(Direction.NARROWS, Area.NETWORK, path, sentence)


def _ways_out(resources: list[Resource]) -> dict[tuple[str, str], str]:
    """(subnet, gateway) of each default route that a subnet's table holds, to the route's path."""
    routes: dict[str, list[tuple[str, str]]] = {}
    subnets: list[tuple[str, str]] = []
    for resource in resources:
        properties = resource.properties if isinstance(resource.properties, dict) else {}
        table = _called(properties.get("RouteTableId"))
        if resource.type == _ASSOCIATION:
            subnets.append((_called(properties.get("SubnetId")), table))
        elif resource.type == _ROUTE:
            target = properties.get("DestinationCidrBlock", properties.get("DestinationIpv6CidrBlock"))
            way = next((_called(properties[name]) for name in _WAYS_OUT if name in properties), None)
            if way is not None and text_of(target) in EVERYWHERE:
                routes.setdefault(table, []).append((way, resource.path))
    return {(subnet, way): path for subnet, table in subnets for way, path in routes.get(table, ())}
