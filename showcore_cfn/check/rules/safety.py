"""What is lost or read by others: data without a deletion policy, and secrets in clear."""

from __future__ import annotations

import re

from showcore_cfn.check.rules.rule import Hit, Hits, Item, Rulebook, Severity, View, words
from showcore_cfn.template.json_types import Json

BOOK = Rulebook("safety")
_CFN = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"
_SECRETS = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html"

_HOLDS_DATA = (
    "AWS::S3::Bucket",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::GlobalTable",
    "AWS::EFS::FileSystem",
    "AWS::FSx::FileSystem",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::Cognito::UserPool",
    "AWS::KMS::Key",
    "AWS::Backup::BackupVault",
    "AWS::OpenSearchService::Domain",
    "AWS::Redshift::Cluster",
    "AWS::DocDB::DBCluster",
    "AWS::Neptune::DBCluster",
    "AWS::EC2::Volume",
)


@BOOK.rule(
    "SC-DATA-001",
    Severity.RISK,
    "What holds data says what happens to it when it is deleted or replaced",
    *_HOLDS_DATA,
    why="Without DeletionPolicy a deleted stack takes the data along; without UpdateReplacePolicy a replaced resource "
    "does. Databases are snapshotted at deletion by default, not at replacement.",
    remedy="Write DeletionPolicy and UpdateReplacePolicy: Retain, Snapshot, or Delete where that is meant.",
    source=f"{_CFN}/aws-attribute-updatereplacepolicy.html",
)
def policies(item: Item) -> Hits:
    missing = [name for name in ("DeletionPolicy", "UpdateReplacePolicy") if name not in item.resource.raw]
    if missing:
        yield item.hit(f"{item.id} holds data and has no {' and no '.join(missing)}.")


_SNAPSHOTS = words(
    "AWS::EC2::Volume AWS::ElastiCache::CacheCluster AWS::ElastiCache::ReplicationGroup AWS::Neptune::DBCluster "
    "AWS::RDS::DBCluster AWS::RDS::DBInstance AWS::Redshift::Cluster AWS::DocDB::DBCluster "
    "AWS::CloudFormation::Stack"
)


@BOOK.rule(
    "SC-DATA-002",
    Severity.REFUSED,
    "A resource that is to be snapshotted can be",
    "AWS::*",
    why="Snapshot exists for volumes, caches, databases, Neptune, DocumentDB and Redshift clusters only.",
    remedy="Use Retain.",
    source=f"{_CFN}/aws-attribute-deletionpolicy.html",
)
def snapshot(item: Item) -> Hits:
    for name in ("DeletionPolicy", "UpdateReplacePolicy"):
        if item.attribute(name) == "Snapshot" and item.type not in _SNAPSHOTS:
            yield item.hit(f"{item.type} cannot be snapshotted.", name)


_SECRET_NAME = re.compile(
    r"(^|_)(PASS(WORD|WD)?|SECRET(_?KEY)?|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY)$", re.IGNORECASE
)
_HARMLESS = re.compile(
    r"^$|^\{\{resolve:|^arn:|^/|^(true|false|none|null|changeme|example|\d{1,3})$|\$\{", re.IGNORECASE
)


def _raw(item: Item, *path: str | int) -> Json:
    """A property as written, before its intrinsics are resolved."""
    found: Json = item.resource.raw.get("Properties")
    for step in path:
        if isinstance(found, dict) and isinstance(step, str):
            found = found.get(step)
        elif isinstance(found, list) and isinstance(step, int) and step < len(found):
            found = found[step]
        else:
            return None
    return found


@BOOK.nest_rule(
    "SC-DATA-003",
    Severity.RISK,
    "A secret does not stand in a function's or a container's environment in clear",
    why="Everybody who can read the template, the stack or the function's configuration can read it.",
    remedy="Read it from Secrets Manager at run time, or use Secrets of the container.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
)
def secret_in_environment(view: View) -> Hits:
    for function in view.of("AWS::Lambda::Function"):
        for name, node in function["Environment"]["Variables"].entries():
            value = _raw(function, "Environment", "Variables", name)
            if isinstance(value, str) and _SECRET_NAME.search(name) and not _HARMLESS.search(value):
                yield node.hit(f"{name} stands here in clear.")
    for task in view.of("AWS::ECS::TaskDefinition"):
        for container in task["ContainerDefinitions"].each():
            for node in container["Environment"].each():
                name = node["Name"].text or ""
                value = _raw(task, *node["Value"].path)
                if isinstance(value, str) and _SECRET_NAME.search(name) and not _HARMLESS.search(value):
                    yield node.hit(f"{name} stands here in clear.")


_KEYS = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN (RSA |EC |OPENSSH )?PRIVATE KEY-----|\bghp_[A-Za-z0-9]{36}\b|"
    r"\bxox[bp]-[A-Za-z0-9-]{20,}"
)


_MARKS = ("AKIA", "ASIA", "PRIVATE KEY", "ghp_", "xox")  # cheaper to look for than the whole expression


@BOOK.nest_rule(
    "SC-DATA-004",
    Severity.RISK,
    "No access key and no private key stands in a template",
    why="A key in a template is read by everybody who reads the repository or the stack.",
    remedy="Delete the key where it was made, and use a role or a secret.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/securing_access-keys.html",
)
def key_in_template(view: View) -> Hits:
    for document in view.templates.documents.values():
        marked = any(mark in document.text for mark in _MARKS)
        for match in _KEYS.finditer(document.text) if marked else ():
            if not match[0].endswith("EXAMPLE"):
                yield Hit(document.name, _place(document.body, match[0]), "A key stands in the template.")


def _place(value: Json, text: str) -> tuple[str | int, ...]:
    """The place of the first value that holds a text."""
    waiting: list[tuple[tuple[str | int, ...], Json]] = [((), value)]
    while waiting:
        where, item = waiting.pop()
        if isinstance(item, str) and text in item:
            return where
        if isinstance(item, dict):
            waiting.extend(((*where, key), inner) for key, inner in item.items())
        elif isinstance(item, list):
            waiting.extend(((*where, index), inner) for index, inner in enumerate(item))
    return ()


_IN_CLEAR = (
    ("AWS::SecretsManager::Secret", ("SecretString",)),
    ("AWS::ElastiCache::ReplicationGroup", ("AuthToken",)),
    ("AWS::Amplify::App", ("OauthToken",)),
    ("AWS::IAM::User", ("LoginProfile", "Password")),
    (
        "AWS::OpenSearchService::Domain",
        ("AdvancedSecurityOptions", "MasterUserOptions", "MasterUserPassword"),
    ),
    ("AWS::DMS::Endpoint", ("Password",)),
    ("AWS::AmazonMQ::Broker", ("Users", 0, "Password")),
)


@BOOK.nest_rule(
    "SC-DATA-005",
    Severity.RISK,
    "A password or token does not stand in a property in clear",
    why="Everybody who can read the template or the stack can read it.",
    remedy="Use GenerateSecretString, or a dynamic reference {{resolve:secretsmanager:...}}.",
    source=f"{_CFN}/dynamic-references-secretsmanager.html",
)
def secret_in_clear(view: View) -> Hits:
    for kind, path in _IN_CLEAR:
        for item in view.of(kind):
            value = _raw(item, *path)
            if isinstance(value, str) and not _HARMLESS.search(value):
                yield item.at(*path).hit(f"{path[-1]} stands here in clear.")
    for parameter in view.of("AWS::SSM::Parameter"):
        name, value = parameter["Name"].shown.rsplit("/", 1)[-1].replace("-", "_"), _raw(parameter, "Value")
        if isinstance(value, str) and _SECRET_NAME.search(name) and not _HARMLESS.search(value):
            yield parameter["Value"].hit("A parameter that is called a secret stands here in clear.")


@BOOK.nest_rule(
    "SC-DATA-006",
    Severity.RISK,
    "A secret parameter has no default in clear",
    why="A default stands in the template, NoEcho or not.",
    remedy="Take the default away.",
    source=f"{_CFN}/parameters-section-structure.html",
)
def secret_default(view: View) -> Hits:
    for document in view.templates.documents.values():
        parameters = document.body.get("Parameters")
        for name, declared in parameters.items() if isinstance(parameters, dict) else ():
            if not isinstance(declared, dict) or str(declared.get("Type", "")).startswith("AWS::SSM"):
                continue
            default = declared.get("Default")
            hidden = str(declared.get("NoEcho", "")).lower() == "true"
            called = re.search(r"(Password|Secret|Token|ApiKey|PrivateKey)$", name) is not None
            if (hidden or called) and isinstance(default, str) and not _HARMLESS.search(default):
                place = ("Parameters", name, "Default")
                yield Hit(document.name, place, f"The default of {name} is in clear.")
