"""Roles that the service they are given to cannot assume, or that do not let it do its work."""

from __future__ import annotations

from showcore_cfn.check.rules.paths import nodes
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.statements import assumable_by, grants

BOOK = Rulebook("iam_roles")
ROLE = "AWS::IAM::Role"
_UG = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg"

# type, path to the role (`*` is each item of a list), the service that must be able to assume it
_USERS: tuple[tuple[str, str, str], ...] = (
    ("AWS::Lambda::Function", "Role", "lambda"),
    ("AWS::RDS::DBInstance", "MonitoringRoleArn", "monitoring.rds"),
    ("AWS::RDS::DBCluster", "MonitoringRoleArn", "monitoring.rds"),
    ("AWS::RDS::DBProxy", "RoleArn", "rds"),
    ("AWS::CloudTrail::Trail", "CloudWatchLogsRoleArn", "cloudtrail"),
    ("AWS::Config::ConfigurationRecorder", "RoleARN", "config"),
    ("AWS::Backup::BackupSelection", "BackupSelection.IamRoleArn", "backup"),
    ("AWS::Events::Rule", "RoleArn", "events"),
    ("AWS::Events::Rule", "Targets.*.RoleArn", "events"),
    ("AWS::Scheduler::Schedule", "Target.RoleArn", "scheduler"),
    ("AWS::Pipes::Pipe", "RoleArn", "pipes"),
    ("AWS::StepFunctions::StateMachine", "RoleArn", "states"),
    ("AWS::ECS::TaskDefinition", "ExecutionRoleArn", "ecs-tasks"),
    ("AWS::ECS::TaskDefinition", "TaskRoleArn", "ecs-tasks"),
    ("AWS::EC2::FlowLog", "DeliverLogsPermissionArn", "vpc-flow-logs"),
    ("AWS::Logs::SubscriptionFilter", "RoleArn", "logs"),
    ("AWS::S3::Bucket", "ReplicationConfiguration.Role", "s3"),
    ("AWS::ApiGateway::Account", "CloudWatchRoleArn", "apigateway"),
    ("AWS::CodeBuild::Project", "ServiceRole", "codebuild"),
    ("AWS::CodePipeline::Pipeline", "RoleArn", "codepipeline"),
    ("AWS::CodeDeploy::DeploymentGroup", "ServiceRoleArn", "codedeploy"),
    ("AWS::Glue::Job", "Role", "glue"),
    ("AWS::Glue::Crawler", "Role", "glue"),
    ("AWS::EKS::Cluster", "RoleArn", "eks"),
    ("AWS::EKS::Nodegroup", "NodeRole", "ec2"),
    ("AWS::DLM::LifecyclePolicy", "ExecutionRoleArn", "dlm"),
    ("AWS::Synthetics::Canary", "ExecutionRoleArn", "lambda"),
    ("AWS::CloudWatch::MetricStream", "RoleArn", "streams.metrics.cloudwatch"),
    ("AWS::AutoScaling::LifecycleHook", "RoleARN", "autoscaling"),
    ("AWS::KinesisFirehose::DeliveryStream", "ExtendedS3DestinationConfiguration.RoleARN", "firehose"),
    ("AWS::KinesisFirehose::DeliveryStream", "S3DestinationConfiguration.RoleARN", "firehose"),
    ("AWS::KinesisFirehose::DeliveryStream", "KinesisStreamSourceConfiguration.RoleARN", "firehose"),
    ("AWS::Cognito::UserPool", "SmsConfiguration.SnsCallerArn", "cognito-idp"),
    ("AWS::Transfer::Server", "LoggingRole", "transfer"),
    ("AWS::SSM::MaintenanceWindowTask", "ServiceRoleArn", "ssm"),
    ("AWS::Batch::ComputeEnvironment", "ServiceRole", "batch"),
)


@BOOK.nest_rule(
    "SC-ROLE-001",
    Severity.REFUSED,
    "A role trusts the service that it is given to",
    why="The service checks that it can assume the role (Lambda, CloudTrail, Config, RDS, Step Functions do at "
    "creation), or silently does nothing.",
    remedy="Name the service in the role's AssumeRolePolicyDocument.",
    source=f"{_UG}/id_roles_create_for-service.html",
)
def trust(view: View) -> Hits:
    for kind, path, service in _USERS:
        for item in view.of(kind):
            for node in nodes(item.properties, path):
                role = node.target(ROLE)
                if role is not None and not assumable_by(role, service):
                    yield node.hit(f"{role.id} does not trust {service}.amazonaws.com.")
    for profile in view.of("AWS::IAM::InstanceProfile"):
        used = any(item.type.startswith(_LAUNCHES) for item in profile.referrers)
        for node in profile["Roles"].each() if used or profile.path in view.shown else ():
            role = node.target(ROLE)
            if role is not None and not assumable_by(role, "ec2"):
                yield node.hit(f"{role.id} does not trust ec2.amazonaws.com.")


_LAUNCHES = ("AWS::EC2::", "AWS::AutoScaling::", "AWS::Batch::", "AWS::EMR::", "AWS::ElasticBeanstalk::")


def _missing(role: Item | None, *actions: str) -> list[str]:
    """The actions that a role certainly lacks."""
    return [action for action in actions if role is not None and grants(role, action) is False]


@BOOK.rule(
    "SC-ROLE-002",
    Severity.REFUSED,
    "The role of a function in a VPC may create network interfaces",
    "AWS::Lambda::Function",
    why="Lambda refuses VpcConfig for a role without ec2:CreateNetworkInterface.",
    remedy="Attach service-role/AWSLambdaVPCAccessExecutionRole.",
    source=f"{_LAMBDA}/configuration-vpc.html#configuration-vpc-permissions",
)
def function_in_vpc(function: Item) -> Hits:
    if function["VpcConfig"]["SubnetIds"].each():
        for action in _missing(function["Role"].target(ROLE), "ec2:CreateNetworkInterface"):
            yield function["VpcConfig"].hit(f"The function's role lacks {action}.")


_SOURCES = {
    "AWS::SQS::Queue": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "AWS::Kinesis::Stream": ("kinesis:GetRecords", "kinesis:GetShardIterator"),
    "AWS::DynamoDB::Table": ("dynamodb:GetRecords", "dynamodb:GetShardIterator"),
}


@BOOK.rule(
    "SC-ROLE-003",
    Severity.REFUSED,
    "The role of a function may read its event source",
    "AWS::Lambda::EventSourceMapping",
    why="Lambda polls with the function's role, and refuses the mapping when the role cannot read.",
    remedy="Attach AWSLambdaSQSQueueExecutionRole, or the one for Kinesis or DynamoDB.",
    source=f"{_LAMBDA}/services-sqs-configure.html#events-sqs-permissions",
)
def event_source(mapping: Item) -> Hits:
    function = mapping["FunctionName"].target("AWS::Lambda::Function")
    source = mapping["EventSourceArn"].target(*_SOURCES)
    if function is not None and source is not None:
        lacking = _missing(function["Role"].target(ROLE), *_SOURCES[source.type])
        if lacking:
            yield mapping["EventSourceArn"].hit(f"The role of {function.id} lacks {', '.join(lacking)}.")


@BOOK.rule(
    "SC-ROLE-004",
    Severity.REFUSED,
    "The role of a function may write to its dead-letter queue",
    "AWS::Lambda::Function",
    why="Lambda refuses a DeadLetterConfig that the role cannot send to.",
    remedy="Allow sqs:SendMessage or sns:Publish.",
    source=f"{_LAMBDA}/invocation-async-retain-records.html",
)
def dead_letters(function: Item) -> Hits:
    node = function["DeadLetterConfig"]["TargetArn"]
    target = node.target("AWS::SQS::Queue", "AWS::SNS::Topic")
    if target is not None:
        action = "sqs:SendMessage" if target.type == "AWS::SQS::Queue" else "sns:Publish"
        for lacking in _missing(function["Role"].target(ROLE), action):
            yield node.hit(f"The function's role lacks {lacking}.")


@BOOK.rule(
    "SC-ROLE-005",
    Severity.DEAD,
    "The role of a function may write logs",
    "AWS::Lambda::Function",
    why="Without logs:CreateLogStream and logs:PutLogEvents the function runs and leaves no trace.",
    remedy="Attach service-role/AWSLambdaBasicExecutionRole.",
    source=f"{_LAMBDA}/monitoring-cloudwatchlogs.html",
)
def function_logs(function: Item) -> Hits:
    lacking = _missing(function["Role"].target(ROLE), "logs:CreateLogStream", "logs:PutLogEvents")
    if lacking:
        yield function["Role"].hit(f"The function's role lacks {', '.join(lacking)}: it writes no logs.")


@BOOK.rule(
    "SC-ROLE-006",
    Severity.REFUSED,
    "The role of a trail may write to its log group",
    "AWS::CloudTrail::Trail",
    why="CloudTrail checks logs:CreateLogStream and logs:PutLogEvents when the trail is created.",
    remedy="Allow both on the log group's streams.",
    source="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html",
)
def trail_logs(trail: Item) -> Hits:
    node = trail["CloudWatchLogsRoleArn"]
    lacking = _missing(node.target(ROLE), "logs:CreateLogStream", "logs:PutLogEvents")
    if lacking:
        yield node.hit(f"The trail's role lacks {', '.join(lacking)}.")


@BOOK.rule(
    "SC-ROLE-007",
    Severity.DEAD,
    "The role of a flow log may write to its log group",
    "AWS::EC2::FlowLog",
    why="The flow log is created and stays in the state Access error.",
    remedy="Allow logs:CreateLogStream, logs:PutLogEvents and logs:DescribeLogStreams.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html",
)
def flow_logs(flow: Item) -> Hits:
    node = flow["DeliverLogsPermissionArn"]
    lacking = _missing(node.target(ROLE), "logs:CreateLogStream", "logs:PutLogEvents")
    if lacking:
        yield node.hit(f"The flow log's role lacks {', '.join(lacking)}.")


@BOOK.rule(
    "SC-ROLE-008",
    Severity.DEAD,
    "The execution role of a task may write its logs and fetch its image and secrets",
    "AWS::ECS::TaskDefinition",
    why="The agent uses the execution role; without these actions every task stops before it starts.",
    remedy="Attach service-role/AmazonECSTaskExecutionRolePolicy; for secrets allow secretsmanager:GetSecretValue.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
)
def execution_role(task: Item) -> Hits:
    needed: list[str] = []
    for container in task["ContainerDefinitions"].each():
        if container["LogConfiguration"]["LogDriver"].text == "awslogs":
            needed.append("logs:PutLogEvents")
        if ".dkr.ecr." in container["Image"].shown:
            needed.append("ecr:BatchGetImage")
        for secret in container["Secrets"].each():
            kind = secret["ValueFrom"].target("AWS::SecretsManager::Secret", "AWS::SSM::Parameter")
            if kind is not None:
                secret_store = kind.type == "AWS::SecretsManager::Secret"
                needed.append("secretsmanager:GetSecretValue" if secret_store else "ssm:GetParameters")
    role = task["ExecutionRoleArn"].target(ROLE)
    for action in _missing(role, *dict.fromkeys(needed)):
        yield task["ExecutionRoleArn"].hit(f"The execution role lacks {action}.")


_TARGETS = {
    "AWS::StepFunctions::StateMachine": "states:StartExecution",
    "AWS::Kinesis::Stream": "kinesis:PutRecord",
    "AWS::KinesisFirehose::DeliveryStream": "firehose:PutRecord",
    "AWS::ECS::Cluster": "ecs:RunTask",
    "AWS::Lambda::Function": "lambda:InvokeFunction",
    "AWS::SQS::Queue": "sqs:SendMessage",
    "AWS::SNS::Topic": "sns:Publish",
}


@BOOK.nest_rule(
    "SC-ROLE-009",
    Severity.DEAD,
    "The role of a rule's or schedule's target may do what the target is for",
    why="EventBridge assumes the role and calls the target; a call that is not allowed fails out of sight.",
    remedy="Allow the action on the target in the role.",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html",
)
def target_role(view: View) -> Hits:
    for item in view.of("AWS::Events::Rule", "AWS::Scheduler::Schedule"):
        for node in item["Targets"].each() if item.type == "AWS::Events::Rule" else (item["Target"],):
            target = node["Arn"].target(*_TARGETS)
            if target is not None:
                for action in _missing(node["RoleArn"].target(ROLE), _TARGETS[target.type]):
                    yield node["RoleArn"].hit(f"The role lacks {action} for {target.id}.")


@BOOK.rule(
    "SC-ROLE-010",
    Severity.REFUSED,
    "The role of Enhanced Monitoring may write the metrics",
    "AWS::RDS::DBInstance",
    why="RDS writes to the log group RDSOSMetrics with this role.",
    remedy="Attach service-role/AmazonRDSEnhancedMonitoringRole.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html",
)
def monitoring_role(db: Item) -> Hits:
    for action in _missing(db["MonitoringRoleArn"].target(ROLE), "logs:PutLogEvents"):
        yield db["MonitoringRoleArn"].hit(f"The monitoring role lacks {action}.")


@BOOK.rule(
    "SC-ROLE-011",
    Severity.DEAD,
    "The role of a backup selection may back up",
    "AWS::Backup::BackupSelection",
    why="Every job of the plan fails without the permissions of AWSBackupServiceRolePolicyForBackup.",
    remedy="Attach service-role/AWSBackupServiceRolePolicyForBackup.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html",
)
def backup_role(selection: Item) -> Hits:
    node = selection["BackupSelection"]["IamRoleArn"]
    for action in _missing(node.target(ROLE), "backup:CopyIntoBackupVault"):
        if grants_nothing_like(node.target(ROLE)):
            yield node.hit(
                f"The role of the selection has no permission to back anything up, such as {action}."
            )


def grants_nothing_like(role: Item | None) -> bool:
    """Whether a role certainly may snapshot neither databases, volumes, tables nor file systems."""
    actions = ("rds:CreateDBSnapshot", "ec2:CreateSnapshot", "dynamodb:CreateBackup", "elasticfilesystem:Backup",
               "s3:GetObjectVersion", "backup:StartBackupJob")  # fmt: skip
    return role is not None and all(grants(role, action) is False for action in actions)


@BOOK.rule(
    "SC-ROLE-012",
    Severity.DEAD,
    "A state machine may call the functions that it names",
    "AWS::StepFunctions::StateMachine",
    why="The execution fails at its first task when the role lacks lambda:InvokeFunction.",
    remedy="Allow lambda:InvokeFunction on the function.",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/lambda-iam.html",
)
def state_machine_calls(machine: Item) -> Hits:
    functions = {
        reference.path
        for reference in machine.references
        if (item := machine.view.items.get(reference.path)) is not None
        and item.type == "AWS::Lambda::Function"
    }
    if functions:
        for action in _missing(machine["RoleArn"].target(ROLE), "lambda:InvokeFunction"):
            yield machine["RoleArn"].hit(f"The state machine's role lacks {action}.")
