"""Elastic Load Balancing: balancers, listeners, rules and target groups."""

from __future__ import annotations

from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.topology import SUBNET, public

BOOK = Rulebook("balancers")
BALANCER, LISTENER = "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::Listener"
LISTENER_RULE, TARGETS = (
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
)
_ELB = "https://docs.aws.amazon.com/elasticloadbalancing/latest"


def kind(balancer: Item) -> str | None:
    """application, network or gateway."""
    node = balancer["Type"]
    return "application" if node.absent else node.text


@BOOK.rule(
    "SC-ELB-001",
    Severity.REFUSED,
    "The subnets of an application load balancer stand in two zones",
    BALANCER,
    why="Elastic Load Balancing answers that at least two subnets in two different Availability Zones must be given.",
    remedy="Add a subnet of a second zone.",
    source=f"{_ELB}/application/application-load-balancers.html",
)
def two_zones(balancer: Item) -> Hits:
    node = balancer["Subnets"]
    subnets = node.targets(SUBNET)
    zones = [subnet["AvailabilityZone"].value for subnet in subnets]
    if (
        kind(balancer) != "application"
        or not node.closed
        or len(subnets) != len(node.each())
        or len(zones) < 2
    ):
        return
    if zones[0] is not None and all(zone == zones[0] for zone in zones):
        yield node.hit("All subnets stand in one zone.")


@BOOK.rule(
    "SC-ELB-002",
    Severity.DEAD,
    "A load balancer that faces the internet stands in public subnets",
    BALANCER,
    why="In a subnet without a way to an internet gateway nothing reaches it.",
    remedy="Name the public subnets, or set Scheme: internal.",
    source=f"{_ELB}/application/application-load-balancers.html",
)
def private_subnets(balancer: Item) -> Hits:
    scheme = balancer["Scheme"]
    for node in balancer["Subnets"].each():
        subnet = node.target(SUBNET)
        if (
            subnet is not None
            and (scheme.absent or scheme.text == "internet-facing")
            and public(subnet) is False
        ):
            yield node.hit(f"{subnet.id} has no way to an internet gateway.")


_PROTOCOLS = {
    "application": ("HTTP", "HTTPS"),
    "network": ("TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"),
    "gateway": ("GENEVE",),
}


@BOOK.rule(
    "SC-ELB-003",
    Severity.REFUSED,
    "A listener speaks what its load balancer speaks",
    LISTENER,
    why="Application load balancers speak HTTP and HTTPS, network load balancers TCP, TLS and UDP.",
    remedy="Change the protocol, or the type of the load balancer.",
    source=f"{_ELB}/APIReference/API_CreateListener.html",
)
def listener_protocol(listener: Item) -> Hits:
    balancer = listener["LoadBalancerArn"].target(BALANCER)
    spoken = _PROTOCOLS.get(kind(balancer) or "") if balancer is not None else None
    protocol = listener["Protocol"].text
    if spoken is not None and protocol is not None and protocol not in spoken:
        yield listener["Protocol"].hit(f"{protocol} is not spoken by {balancer.id if balancer else ''}.")


@BOOK.nest_rule(
    "SC-ELB-004",
    Severity.REFUSED,
    "A target group fits the load balancer that leads to it",
    why="HTTP and HTTPS groups belong to application load balancers, TCP and UDP groups to network load balancers.",
    remedy="Change the protocol of the target group.",
    source=f"{_ELB}/application/load-balancer-target-groups.html",
)
def group_protocol(view: View) -> Hits:
    for listener in view.of(LISTENER):
        balancer = listener["LoadBalancerArn"].target(BALANCER)
        spoken = _PROTOCOLS.get(kind(balancer) or "") if balancer is not None else None
        for action in listener["DefaultActions"].each():
            group = action["TargetGroupArn"].target(TARGETS)
            protocol = group["Protocol"].text if group is not None else None
            if spoken is not None and protocol is not None and protocol not in spoken:
                yield action["TargetGroupArn"].hit(f"{group.id if group else ''} speaks {protocol}.")


@BOOK.rule(
    "SC-ELB-005",
    Severity.REFUSED,
    "An action has what its type needs",
    LISTENER,
    LISTENER_RULE,
    why="forward needs a target group, redirect RedirectConfig, fixed-response FixedResponseConfig; the last action "
    "answers.",
    remedy="Add the configuration of the action's type.",
    source=f"{_ELB}/APIReference/API_Action.html",
)
def actions(listener: Item) -> Hits:
    needed = {
        "forward": ("TargetGroupArn", "ForwardConfig"),
        "redirect": ("RedirectConfig",),
        "fixed-response": ("FixedResponseConfig",),
        "authenticate-oidc": ("AuthenticateOidcConfig",),
        "authenticate-cognito": ("AuthenticateCognitoConfig",),
    }
    for key in ("DefaultActions", "Actions"):
        for action in listener[key].each():
            names = needed.get(action["Type"].text or "", ())
            if names and all(action[name].absent for name in names):
                yield action.hit(f"{action['Type'].text} needs {names[0]}.")


@BOOK.nest_rule(
    "SC-ELB-006",
    Severity.REFUSED,
    "A priority is used once by listener, from 1 to 50000",
    why="Elastic Load Balancing answers PriorityInUse.",
    remedy="Give each rule its own priority.",
    source=f"{_ELB}/APIReference/API_CreateRule.html",
)
def priorities(view: View) -> Hits:
    seen: dict[tuple[str, float], Item] = {}
    for rule in view.of(LISTENER_RULE):
        number, listener = rule["Priority"].number, rule["ListenerArn"].target(LISTENER)
        if number is not None and not 1 <= number <= 50_000:
            yield rule["Priority"].hit(f"{number:g} is no priority.")
        if number is None or listener is None or rule.resource.condition is not None:
            continue
        other = seen.setdefault((listener.path, number), rule)
        if other is not rule:
            yield rule["Priority"].hit(f"{other.id} has the priority {number:g} too.")


@BOOK.nest_rule(
    "SC-ELB-007",
    Severity.REFUSED,
    "A port of a load balancer has one listener",
    why="Elastic Load Balancing answers DuplicateListener.",
    remedy="Merge the listeners, with rules for what differs.",
    source=f"{_ELB}/APIReference/API_CreateListener.html",
)
def ports(view: View) -> Hits:
    seen: dict[tuple[str, float], Item] = {}
    for listener in view.of(LISTENER):
        port, balancer = listener["Port"].number, listener["LoadBalancerArn"].target(BALANCER)
        if port is None or balancer is None or listener.resource.condition is not None:
            continue
        other = seen.setdefault((balancer.path, port), listener)
        if other is not listener:
            yield listener["Port"].hit(f"{other.id} listens on {port:g} already.")


@BOOK.rule(
    "SC-ELB-008",
    Severity.REFUSED,
    "A health check ends before the next begins",
    TARGETS,
    why="The timeout must be less than the interval; the path begins with a slash.",
    remedy="Lower HealthCheckTimeoutSeconds.",
    source=f"{_ELB}/application/target-group-health-checks.html",
)
def health_check(group: Item) -> Hits:
    timeout, interval = group["HealthCheckTimeoutSeconds"], group["HealthCheckIntervalSeconds"].number
    http = group["Protocol"].text in ("HTTP", "HTTPS")
    if http and timeout.number is not None and interval is not None and timeout.number >= interval:
        yield timeout.hit(f"{timeout.number:g} seconds are not less than the interval of {interval:g}.")
    path = group["HealthCheckPath"].text
    if path is not None and not path.startswith("/"):
        yield group["HealthCheckPath"].hit(f"{path} does not begin with a slash.")


@BOOK.nest_rule(
    "SC-ELB-009",
    Severity.DEAD,
    "A target group is led to by a listener",
    why="Targets of a group that no listener and no rule names get no traffic, and their health is never checked.",
    remedy="Name the group in an action.",
    source=f"{_ELB}/application/load-balancer-target-groups.html",
)
def unused_group(view: View) -> Hits:
    for group in view.of(TARGETS) if view.of(BALANCER) else ():
        used = group.path in view.shown or any(
            item.type in (LISTENER, LISTENER_RULE) for item in group.referrers
        )
        if not used and view.complete and group.resource.condition is None:
            yield group.hit(f"No listener leads to {group.id}.")
