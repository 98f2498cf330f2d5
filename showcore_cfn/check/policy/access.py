"""Who may reach what: security groups, keys and permissions of tasks 4.1, 4.3 and 4.5."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from showcore_cfn.check.policy.ask import REFERENCE, names_one, policies, statements
from showcore_cfn.check.rules.rule import Hit, Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.view import Node

BOOK = Rulebook("access")
_GROUP = "AWS::EC2::SecurityGroup"
_SENSITIVE = (22, 5432, 6379)  # SSH, PostgreSQL, Redis
_DATA = (5432, 6379)
_ALL_PROTOCOLS = ("-1", "all")
_WITH_PORTS = ("tcp", "udp", "6", "17")
_ANY_PORT = -1
_ADMINISTRATORS = ("policy/AdministratorAccess", "policy/PowerUserAccess")
_IAM = (
    *("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"),
    *("AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy"),
)


@BOOK.nest_rule(
    "PLAN-4.5-NO-OPEN-PORT",
    Severity.RISK,
    "No security group opens 22, 5432 or 6379 to everybody",
    why="The plan, 4.1, 4.5 and 15.2: SSH, PostgreSQL and Redis are never reachable from 0.0.0.0/0 or ::/0,"
    " whether named, inside a range or by a rule for all traffic.",
    remedy="Name the security group of the callers as the source.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
)
def no_open_sensitive_port(view: View) -> Hits:
    for rule in _ingress(view):
        ports = _sensitive_ports(rule)
        for source in (rule["CidrIp"], rule["CidrIpv6"]):
            if ports and _is_everybody(source.text):
                yield _may_reach(source, ports)


@BOOK.nest_rule(
    "PLAN-4.1-DATA-BY-GROUP",
    Severity.RISK,
    "PostgreSQL and Redis are reached by security group, not by address",
    why="The plan, 4.1: the data tier admits the application tier. A range of addresses admits whatever is started"
    " in it.",
    remedy="Name the application's security group in SourceSecurityGroupId.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
)
def data_by_group(view: View) -> Hits:
    for rule in _ingress(view):
        ports = tuple(port for port in _sensitive_ports(rule) if port in _DATA)
        for source in (rule["CidrIp"], rule["CidrIpv6"], rule["SourcePrefixListId"]):
            if ports and source.given:
                yield _may_reach(source, ports)


@BOOK.nest_rule(
    "PLAN-4.1-RULE-DESCRIPTION",
    Severity.STYLE,
    "Every security group rule says what it is for",
    why="The plan, 4.1: add a description to each rule. A rule that nobody can explain is never removed.",
    remedy="Add a Description of one sentence.",
    source=f"{REFERENCE}/aws-properties-ec2-securitygroup-ingress.html",
)
def rules_are_described(view: View) -> Hits:
    for rule in (*_ingress(view), *_egress(view)):
        if rule["Description"].absent or rule["Description"].text == "":
            yield rule.hit("a security group rule without a description")


@BOOK.rule(
    "PLAN-4.3-NO-SSH-KEY",
    Severity.RISK,
    "No instance is reached with an SSH key",
    *("AWS::EC2::KeyPair", "AWS::EC2::Instance", "AWS::EC2::LaunchTemplate"),
    "AWS::AutoScaling::LaunchConfiguration",
    why="The plan, 4.3: Session Manager gives access without SSH keys, and writes down who used it.",
    remedy="Remove the key; give the instance the role for Session Manager.",
    source="https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html",
)
def no_ssh_key(item: Item) -> Hits:
    if item.type == "AWS::EC2::KeyPair":
        yield item.hit("an SSH key pair", "Type")
    for key in (item["KeyName"], item.at("LaunchTemplateData", "KeyName")):
        if names_one(key) and item.type != "AWS::EC2::KeyPair":
            yield key.hit("an instance is reached with an SSH key")


@BOOK.rule(
    "PLAN-4.1-NO-WILDCARD",
    Severity.RISK,
    "No permission covers every action on every resource",
    *_IAM,
    why="The plan, 4.1: least privilege. `*` or `service:*` on `*` allows whatever the service will ever offer.",
    remedy="Name the actions, or the resources they are for.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
)
def no_wildcard_permission(item: Item) -> Hits:
    for document in policies(item):
        for statement in statements(document):
            if statement["Effect"].text == "Allow" and "*" in _resources(statement):
                yield from _wildcards(statement)
    for arn in item["ManagedPolicyArns"].each():
        if (arn.text or "").endswith(_ADMINISTRATORS):
            yield arn.hit(f"{arn.text} allows nearly everything")


def _ingress(view: View) -> Iterator[Node]:
    for group in view.of(_GROUP):
        yield from group["SecurityGroupIngress"].each()
    for item in view.of("AWS::EC2::SecurityGroupIngress"):
        yield item.properties


def _egress(view: View) -> Iterator[Node]:
    for group in view.of(_GROUP):
        yield from group["SecurityGroupEgress"].each()
    for item in view.of("AWS::EC2::SecurityGroupEgress"):
        yield item.properties


def _may_reach(source: Node, ports: tuple[int, ...]) -> Hit:
    listed = ", ".join(map(str, ports))
    return source.hit(f"{source.shown} may reach port{'s' if len(ports) > 1 else ''} {listed}")


def _is_everybody(cidr: str | None) -> bool:
    try:
        return cidr is not None and ipaddress.ip_network(cidr.strip(), strict=False).prefixlen == 0
    except ValueError:
        return False


def _sensitive_ports(rule: Node) -> tuple[int, ...]:
    """The sensitive ports that a rule certainly opens."""
    protocol = (rule["IpProtocol"].text or "").lower()
    if protocol in _ALL_PROTOCOLS:
        return _SENSITIVE
    first, last = rule["FromPort"].number, rule["ToPort"].number
    if protocol not in _WITH_PORTS or first is None or last is None:
        return ()
    return _SENSITIVE if first == _ANY_PORT else tuple(port for port in _SENSITIVE if first <= port <= last)


def _resources(statement: Node) -> list[str]:
    """`*` for each resource that means every one."""
    everything = ["*"] if statement["NotResource"].given else []
    return everything + ["*" for text in statement["Resource"].texts() if not text.strip("*:")]


def _wildcards(statement: Node) -> Hits:
    if statement["NotAction"].known:
        yield statement["NotAction"].hit("allows all but a few actions on every resource")
    for action in statement["Action"].each():
        text = action.text or ""
        if text == "*" or text.endswith(":*"):
            yield action.hit(f"allows {text} on every resource")
