"""Amazon ECS: services and task definitions."""

from __future__ import annotations

import re

from showcore_cfn.check.rules import names
from showcore_cfn.check.rules.paths import repeated
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.topology import SUBNET, public
from showcore_cfn.check.rules.view import Node

BOOK = Rulebook("containers")
SERVICE, TASK = "AWS::ECS::Service", "AWS::ECS::TaskDefinition"
LISTENER, LISTENER_RULE = "AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule"
TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
_DG = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
_API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference"


def _containers(task: Item) -> tuple[Node, ...]:
    return task["ContainerDefinitions"].each()


@BOOK.rule(
    "SC-ECS-001",
    Severity.REFUSED,
    "A service names a launch type or capacity providers",
    SERVICE,
    why="LaunchType and CapacityProviderStrategy exclude each other.",
    remedy="Keep one of them.",
    source=f"{_API}/API_CreateService.html",
)
def launch_type(service: Item) -> Hits:
    if service["LaunchType"].given and service["CapacityProviderStrategy"].each():
        yield service["LaunchType"].hit("LaunchType stands beside CapacityProviderStrategy.")


@BOOK.rule(
    "SC-ECS-002",
    Severity.REFUSED,
    "A service's load balancer names a container and a port of its tasks",
    SERVICE,
    why="ECS answers that the container does not exist in the task definition, or does not expose the port.",
    remedy="Use the container's Name and one of its ContainerPorts.",
    source=f"{_API}/API_LoadBalancer.html",
)
def balanced_container(service: Item) -> Hits:
    task = service["TaskDefinition"].target(TASK)
    known = [c["Name"].text for c in _containers(task)] if task is not None else [None]
    for node in service["LoadBalancers"].each():
        name, port = node["ContainerName"].text, node["ContainerPort"].number
        if None in known or name is None or task is None:
            continue
        if name not in known:
            yield node["ContainerName"].hit(f"{task.id} has no container {name}.")
            continue
        mapped = [m["ContainerPort"].number for c in _containers(task) if c["Name"].text == name
                  for m in c["PortMappings"].each()]  # fmt: skip
        if port is not None and None not in mapped and port not in mapped:
            yield node["ContainerPort"].hit(f"The container {name} exposes no port {port:g}.")


@BOOK.nest_rule(
    "SC-ECS-003",
    Severity.REFUSED,
    "A service waits for the listener of its target group",
    why="ECS answers that the target group does not have an associated load balancer when the listener comes later.",
    remedy="Let the service DependsOn the listener or the listener rule.",
    source=f"{_DG}/service-load-balancing.html",
)
def service_before_listener(view: View) -> Hits:
    for service in view.of(SERVICE):
        for node in service["LoadBalancers"].each():
            group = node["TargetGroupArn"].target(TARGETS)
            referrers = group.referrers if group is not None else []
            listeners = [item for item in referrers if item.type in (LISTENER, LISTENER_RULE)]
            if group is not None and not listeners and view.complete:
                yield node.hit(f"No listener leads to {group.id}.")
            elif listeners and not any(view.before(listener, service) for listener in listeners):
                yield node.hit(f"{service.id} does not wait for {listeners[0].id}.")


@BOOK.rule(
    "SC-ECS-004",
    Severity.REFUSED,
    "Tasks with a network interface of their own have targets by address",
    SERVICE,
    why="With awsvpc the target group must have TargetType ip; instance is the default.",
    remedy="Set TargetType: ip on the target group.",
    source=f"{_DG}/service-load-balancing.html",
)
def target_type(service: Item) -> Hits:
    task = service["TaskDefinition"].target(TASK)
    for node in service["LoadBalancers"].each():
        group = node["TargetGroupArn"].target(TARGETS)
        if group is None or task is None or task["NetworkMode"].text != "awsvpc":
            continue
        if group["TargetType"].absent or group["TargetType"].text == "instance":
            yield node["TargetGroupArn"].hit(f"{group.id} has targets by instance; awsvpc needs ip.")


@BOOK.rule(
    "SC-ECS-005",
    Severity.REFUSED,
    "A grace period for health checks stands beside a load balancer",
    SERVICE,
    why="HealthCheckGracePeriodSeconds is refused for a service without one.",
    remedy="Take it away.",
    source=f"{_API}/API_CreateService.html",
)
def grace_period(service: Item) -> Hits:
    seconds = service["HealthCheckGracePeriodSeconds"]
    balanced = service["LoadBalancers"].given or service["ServiceRegistries"].given
    if seconds.number and not balanced and service["VpcLatticeConfigurations"].absent:
        yield seconds.hit("The service has no load balancer.")


@BOOK.rule(
    "SC-ECS-006",
    Severity.DEAD,
    "A Fargate task can reach its image",
    SERVICE,
    why="In a public subnet a task reaches registries only with a public address; without one it never starts.",
    remedy="Set AssignPublicIp: ENABLED, or use private subnets with a NAT gateway or endpoints.",
    source=f"{_DG}/fargate-task-networking.html",
)
def unreachable_registry(service: Item) -> Hits:
    node = service["NetworkConfiguration"]["AwsvpcConfiguration"]
    address, subnets = node["AssignPublicIp"], node["Subnets"].targets(SUBNET)
    endpoints = [e["ServiceName"].shown for e in service.view.of("AWS::EC2::VPCEndpoint")]
    if service["LaunchType"].text != "FARGATE" or any(".ecr." in name for name in endpoints) or not subnets:
        return
    if (address.absent or address.text == "DISABLED") and all(public(subnet) for subnet in subnets):
        yield node.hit("The tasks stand in public subnets without public addresses.")


@BOOK.rule(
    "SC-ECS-007",
    Severity.REFUSED,
    "A task with secrets, an own image or awslogs on Fargate has an execution role",
    TASK,
    why="The agent fetches images of ECR and secrets, and on Fargate writes logs, with ExecutionRoleArn.",
    remedy="Add a role with AmazonECSTaskExecutionRolePolicy.",
    source=f"{_DG}/task_execution_IAM_role.html",
)
def execution_role(task: Item) -> Hits:
    fargate = "FARGATE" in task["RequiresCompatibilities"].texts()
    if task["ExecutionRoleArn"].given:
        return
    for container in _containers(task):
        logs = container["LogConfiguration"]["LogDriver"].text == "awslogs"
        if container["Secrets"].each() or (fargate and (logs or ".dkr.ecr." in container["Image"].shown)):
            yield container.hit("The task has no ExecutionRoleArn.")


@BOOK.rule(
    "SC-ECS-008",
    Severity.DEAD,
    "The log group of a container exists, or the agent may make it",
    TASK,
    why="The task stops with ResourceInitializationError when the group is missing and nobody may make it.",
    remedy="Refer to an AWS::Logs::LogGroup with !Ref.",
    source=f"{_DG}/using_awslogs.html",
)
def missing_log_group(task: Item) -> Hits:
    groups = task.view.of("AWS::Logs::LogGroup")
    named = [g["LogGroupName"].text for g in groups]
    for container in _containers(task):
        options = container["LogConfiguration"]["Options"]
        node, text = options["awslogs-group"], options["awslogs-group"].text
        if (
            text is None
            or options["awslogs-create-group"].flag
            or node.target("AWS::Logs::LogGroup") is not None
        ):
            continue
        close = [n for n in named if n is not None and n.lower().strip("/") == text.lower().strip("/")]
        if close:
            yield node.hit(f"There is no group {text}; it is {close[0]}.")


@BOOK.rule(
    "SC-ECS-009",
    Severity.REFUSED,
    "A container has memory, within that of its task",
    TASK,
    why="Without memory of the task each container needs its own; a reservation lies below the limit.",
    remedy="Set Memory on the task, or on each container.",
    source=f"{_API}/API_ContainerDefinition.html",
)
def memory(task: Item) -> Hits:
    whole = task["Memory"].number
    for container in _containers(task):
        hard, soft = container["Memory"].number, container["MemoryReservation"].number
        if task["Memory"].absent and container["Memory"].absent and container["MemoryReservation"].absent:
            if container.entries():
                yield container.hit("The container has no memory.")
        elif hard is not None and whole is not None and hard > whole:
            yield container["Memory"].hit(f"{hard:g} MiB are more than the task's {whole:g}.")
        elif hard is not None and soft is not None and soft > hard:
            yield container["MemoryReservation"].hit(f"{soft:g} MiB are more than the limit of {hard:g}.")


@BOOK.rule(
    "SC-ECS-010",
    Severity.REFUSED,
    "Containers depend on containers of their task, and not in a circle",
    TASK,
    why="ECS refuses an unknown container and a circle in DependsOn.",
    remedy="Correct the container's name.",
    source=f"{_API}/API_ContainerDependency.html",
)
def dependencies(task: Item) -> Hits:
    known = [container["Name"].text for container in _containers(task)]
    for name in repeated(known):
        yield task["ContainerDefinitions"].hit(f"Two containers are called {name}.")
    for container in _containers(task) if None not in known else ():
        for node in container["DependsOn"].each():
            other = node["ContainerName"].text
            if other is not None and (other not in known or other == container["Name"].text):
                yield node.hit(f"The container cannot wait for {other}.")
        for mount in container["MountPoints"].each():
            volume = mount["SourceVolume"].text
            volumes = [v["Name"].text for v in task["Volumes"].each()]
            if volume is not None and None not in volumes and volume not in volumes:
                yield mount.hit(f"The task has no volume {volume}.")


@BOOK.rule(
    "SC-ECS-011",
    Severity.DEAD,
    "A deployment can make progress",
    SERVICE,
    why="With MinimumHealthyPercent 100 and MaximumPercent 100 no task may be stopped and none started.",
    remedy="Set MaximumPercent to 200, or MinimumHealthyPercent to 0.",
    source=f"{_API}/API_DeploymentConfiguration.html",
)
def stuck(service: Item) -> Hits:
    node = service["DeploymentConfiguration"]
    least, most = node["MinimumHealthyPercent"].number, node["MaximumPercent"].number
    if least is not None and most is not None and (most <= least or most < 100):
        yield node.hit(f"Between {least:g} and {most:g} percent no task can be exchanged.")


@BOOK.rule(
    "SC-ECS-012",
    Severity.REFUSED,
    "A secret of a container is named by its ARN, or a parameter by its name",
    TASK,
    why="ValueFrom takes the ARN of a secret, with :key:: for a field of it, or the name or ARN of a parameter.",
    remedy="Use !Ref of the secret.",
    source=f"{_DG}/secrets-envvar-secrets-manager.html",
)
def secret_reference(task: Item) -> Hits:
    for container in _containers(task):
        for secret in container["Secrets"].each():
            text = secret["ValueFrom"].shown
            arn = names.arn(secret["ValueFrom"].value)
            if text.startswith("{{resolve:"):
                yield secret["ValueFrom"].hit("A dynamic reference puts the secret itself here.")
            elif (
                arn is not None
                and arn.service == "secretsmanager"
                and re.fullmatch(r"secret:[^:]+:[^:]+", arn.resource)
            ):
                yield secret["ValueFrom"].hit(f"{text} needs :: after the key.")
