"""DynamoDB, Kinesis, EFS and Cognito."""

from __future__ import annotations

import re

from showcore_cfn.check.rules.paths import repeated
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.topology import SUBNET

BOOK = Rulebook("data")
TABLE, STREAM, FIREHOSE = (
    "AWS::DynamoDB::Table",
    "AWS::Kinesis::Stream",
    "AWS::KinesisFirehose::DeliveryStream",
)
MACHINE, POOL, CLIENT = (
    "AWS::StepFunctions::StateMachine",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
)
_DDB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"
_COG = "https://docs.aws.amazon.com/cognito/latest/developerguide"


@BOOK.rule(
    "SC-DDB-001",
    Severity.REFUSED,
    "A key has one partition attribute, first, and at most one sort attribute",
    TABLE,
    why="KeySchema begins with HASH; RANGE comes second.",
    remedy="Order the two.",
    source=f"{_DDB}/HowItWorks.CoreComponents.html",
)
def key_schema(table: Item) -> Hits:
    indexes = [*table["GlobalSecondaryIndexes"].each(), *table["LocalSecondaryIndexes"].each()]
    for node in (table["KeySchema"], *(index["KeySchema"] for index in indexes)):
        kinds = [key["KeyType"].text for key in node.each()]
        right = kinds in (["HASH"], ["HASH", "RANGE"])
        if node.closed and None not in kinds and 1 <= len(kinds) <= 2 and not right:
            yield node.hit(f"The key is {', '.join(str(kind) for kind in kinds)}.")


@BOOK.rule(
    "SC-DDB-002",
    Severity.REFUSED,
    "An index has a name of its own, and a local one the table's partition attribute",
    TABLE,
    why="A local index shares the partition attribute and needs a sort attribute; names are unique by table.",
    remedy="Use a global index for another partition attribute.",
    source=f"{_DDB}/LSI.html",
)
def indexes(table: Item) -> Hits:
    local, everything = table["LocalSecondaryIndexes"].each(), table["GlobalSecondaryIndexes"].each()
    names = [index["IndexName"].text for index in (*local, *everything)]
    for name in repeated(names):
        yield table.hit(f"Two indexes are called {name}.", "Properties")
    own = table["KeySchema"][0]["AttributeName"].text
    if local and table["KeySchema"].closed and len(table["KeySchema"].each()) < 2:
        yield table["LocalSecondaryIndexes"].hit("A table with local indexes needs a sort attribute.")
    for index in local:
        first = index["KeySchema"][0]["AttributeName"].text
        if own is not None and first is not None and first != own:
            yield index.hit(f"A local index begins with {own}, not with {first}.")


@BOOK.rule(
    "SC-DDB-003",
    Severity.REFUSED,
    "An index that includes attributes names them",
    TABLE,
    why="NonKeyAttributes is required with INCLUDE and refused with ALL and KEYS_ONLY.",
    remedy="Match ProjectionType and the list.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html",
)
def projection(table: Item) -> Hits:
    for index in (*table["GlobalSecondaryIndexes"].each(), *table["LocalSecondaryIndexes"].each()):
        kind, listed = index["Projection"]["ProjectionType"].text, index["Projection"]["NonKeyAttributes"]
        if kind == "INCLUDE" and listed.absent:
            yield index["Projection"].hit("INCLUDE needs NonKeyAttributes.")
        elif kind in ("ALL", "KEYS_ONLY") and listed.given:
            yield listed.hit(f"{kind} takes no NonKeyAttributes.")


@BOOK.rule(
    "SC-DDB-004",
    Severity.REFUSED,
    "A table whose capacity is provisioned gives each global index its own",
    TABLE,
    why="Global indexes of a provisioned table need ProvisionedThroughput; those of an on-demand table refuse it.",
    remedy="Add it, or set BillingMode: PAY_PER_REQUEST.",
    source=f"{_DDB}/GSI.html",
)
def index_capacity(table: Item) -> Hits:
    mode = "PROVISIONED" if table["BillingMode"].absent else table["BillingMode"].text
    for index in table["GlobalSecondaryIndexes"].each():
        node = index["ProvisionedThroughput"]
        if mode == "PROVISIONED" and node.absent and index.entries():
            yield index.hit("ProvisionedThroughput is missing.")
        elif mode == "PAY_PER_REQUEST" and (node["ReadCapacityUnits"].number or 0) > 0:
            yield node.hit("An on-demand table takes no ProvisionedThroughput.")


@BOOK.rule(
    "SC-DDB-005",
    Severity.REFUSED,
    "A key of a table is one of KMS",
    TABLE,
    why="KMSMasterKeyId is refused unless SSEEnabled is true and SSEType KMS.",
    remedy="Set SSEEnabled: true and SSEType: KMS.",
    source=f"{_DDB}/EncryptionAtRest.html",
)
def encryption(table: Item) -> Hits:
    node = table["SSESpecification"]
    if node["KMSMasterKeyId"].given and node["SSEEnabled"].flag is False:
        yield node["KMSMasterKeyId"].hit("SSEEnabled is false.")


@BOOK.rule(
    "SC-DDB-006",
    Severity.REFUSED,
    "An attribute is a string, a number or bytes, and defined once",
    TABLE,
    why="AttributeType is S, N or B, and each attribute is defined once.",
    remedy="Write S for text.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeDefinition.html",
)
def attributes(table: Item) -> Hits:
    names = [a["AttributeName"].text for a in table["AttributeDefinitions"].each()]
    for name in repeated(names):
        yield table["AttributeDefinitions"].hit(f"{name} is defined twice.")


@BOOK.rule(
    "SC-KIN-001",
    Severity.REFUSED,
    "A stream on demand counts no shards, another one does",
    STREAM,
    why="ShardCount is required for PROVISIONED, the default, and refused for ON_DEMAND.",
    remedy="Keep one of the two.",
    source="https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html",
)
def shards(stream: Item) -> Hits:
    mode, count = stream["StreamModeDetails"]["StreamMode"].text, stream["ShardCount"]
    if mode == "ON_DEMAND" and count.given:
        yield count.hit("A stream on demand takes no ShardCount.")
    elif mode == "PROVISIONED" and count.absent:
        yield stream.hit("ShardCount is missing.", "Properties")


@BOOK.rule(
    "SC-KIN-002",
    Severity.REFUSED,
    "A stream keeps records from one day to a year",
    STREAM,
    why="RetentionPeriodHours goes from 24 to 8760.",
    remedy="Set 24 or more.",
    source="https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html",
)
def retention(stream: Item) -> Hits:
    hours = stream["RetentionPeriodHours"].number
    if hours is not None and not 24 <= hours <= 8_760:
        yield stream["RetentionPeriodHours"].hit(f"{hours:g} hours are not between 24 and 8760.")


@BOOK.rule(
    "SC-KIN-003",
    Severity.REFUSED,
    "A delivery stream buffers one minute or more where it converts or partitions, and has one destination",
    FIREHOSE,
    why="Firehose takes one destination, and at least 64 MB of buffer with dynamic partitioning or conversion.",
    remedy="Set SizeInMBs: 64.",
    source="https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-s3.html",
)
def delivery(stream: Item) -> Hits:
    destinations = [key for key, _ in stream.properties.entries() if key.endswith("DestinationConfiguration")]
    if len(destinations) != 1 and stream.properties.entries():
        yield stream.hit(f"The stream has {len(destinations)} destinations.", "Properties")
    node = stream["ExtendedS3DestinationConfiguration"]
    size = node["BufferingHints"]["SizeInMBs"].number
    bulk = (
        node["DynamicPartitioningConfiguration"]["Enabled"].flag
        or node["DataFormatConversionConfiguration"]["Enabled"].flag
    )
    if bulk and size is not None and size < 64:
        yield node["BufferingHints"].hit(f"A buffer of {size:g} MB is too small: 64 at least.")


@BOOK.nest_rule(
    "SC-EFS-001",
    Severity.REFUSED,
    "A file system has one mount target in each zone",
    why="EFS answers MountTargetConflict.",
    remedy="Keep one subnet for each zone.",
    source="https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html",
)
def mount_targets(view: View) -> Hits:
    seen: dict[tuple[str, str], Item] = {}
    for mount in view.of("AWS::EFS::MountTarget"):
        system, subnet = mount["FileSystemId"].reference, mount["SubnetId"].target(SUBNET)
        zone = subnet["AvailabilityZone"].shown if subnet is not None else ""
        place = zone or (subnet.path if subnet is not None else "")
        if system is None or not place or mount.resource.condition is not None:
            continue
        other = seen.setdefault((system.path, place), mount)
        if other is not mount:
            yield mount.hit(f"{other.id} stands in the same zone.")


@BOOK.rule(
    "SC-EFS-002",
    Severity.REFUSED,
    "A provisioned throughput is named where it is provisioned, and only there",
    "AWS::EFS::FileSystem",
    why="ProvisionedThroughputInMibps is required for provisioned and refused for bursting and elastic.",
    remedy="Match ThroughputMode and the figure.",
    source="https://docs.aws.amazon.com/efs/latest/ug/performance.html",
)
def throughput(system: Item) -> Hits:
    mode, figure = system["ThroughputMode"].text, system["ProvisionedThroughputInMibps"]
    if mode == "provisioned" and figure.absent:
        yield system["ThroughputMode"].hit("ProvisionedThroughputInMibps is missing.")
    elif figure.given and (mode in ("bursting", "elastic") or system["ThroughputMode"].absent):
        yield figure.hit("ThroughputMode is not provisioned.")
    if system["KmsKeyId"].given and system["Encrypted"].flag is False:
        yield system["KmsKeyId"].hit("Encrypted is false.")


@BOOK.rule(
    "SC-COG-001",
    Severity.REFUSED,
    "A client that uses OAuth has flows, scopes and callbacks",
    CLIENT,
    why="AllowedOAuthFlowsUserPoolClient needs AllowedOAuthFlows and AllowedOAuthScopes; code and implicit need "
    "CallbackURLs; client_credentials needs a secret and excludes the others.",
    remedy="Add what the flow needs.",
    source=f"{_COG}/cognito-user-pools-app-idp-settings.html",
)
def oauth(client: Item) -> Hits:
    flows, scopes = client["AllowedOAuthFlows"], client["AllowedOAuthScopes"]
    if client["AllowedOAuthFlowsUserPoolClient"].flag and (flows.absent or scopes.absent):
        yield client["AllowedOAuthFlowsUserPoolClient"].hit(
            "AllowedOAuthFlows or AllowedOAuthScopes is missing."
        )
    named = flows.texts()
    if {"code", "implicit"} & set(named) and client["CallbackURLs"].absent:
        yield flows.hit("CallbackURLs is missing.")
    if "client_credentials" in named:
        if not client["GenerateSecret"].flag and (
            client["GenerateSecret"].absent or client["GenerateSecret"].flag is False
        ):
            yield flows.hit("client_credentials needs GenerateSecret: true.")
        elif len(named) > 1:
            yield flows.hit("client_credentials excludes the other flows.")


@BOOK.rule(
    "SC-COG-002",
    Severity.REFUSED,
    "A callback is an https address, or localhost",
    CLIENT,
    why="Cognito refuses http addresses but http://localhost, and fragments.",
    remedy="Use https.",
    source=f"{_COG}/cognito-user-pools-app-idp-settings.html",
)
def callbacks(client: Item) -> Hits:
    for key in ("CallbackURLs", "LogoutURLs"):
        for node in client[key].each():
            text = node.text or ""
            if (
                text.startswith("http://") and not re.match(r"http://(localhost|127\.0\.0\.1)\b", text)
            ) or "#" in text:
                yield node.hit(f"{text} is no callback.")


@BOOK.rule(
    "SC-COG-003",
    Severity.REFUSED,
    "Flows of a client are of the newer kind or the older one",
    CLIENT,
    why="ALLOW_... flows cannot stand beside ADMIN_NO_SRP_AUTH, USER_PASSWORD_AUTH and CUSTOM_AUTH_FLOW_ONLY.",
    remedy="Use ALLOW_USER_SRP_AUTH and ALLOW_REFRESH_TOKEN_AUTH.",
    source="https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html",
)
def flows(client: Item) -> Hits:
    named = client["ExplicitAuthFlows"].texts()
    newer = [flow for flow in named if flow.startswith("ALLOW_")]
    if newer and len(newer) < len(named):
        yield client["ExplicitAuthFlows"].hit("Flows with and without ALLOW_ are mixed.")


@BOOK.rule(
    "SC-COG-004",
    Severity.REFUSED,
    "Users are named by an alias or by a user name, not both",
    POOL,
    why="UsernameAttributes and AliasAttributes exclude each other.",
    remedy="Keep UsernameAttributes.",
    source=f"{_COG}/user-pool-settings-attributes.html",
)
def aliases(pool: Item) -> Hits:
    if pool["UsernameAttributes"].each() and pool["AliasAttributes"].each():
        yield pool["AliasAttributes"].hit("AliasAttributes stands beside UsernameAttributes.")
    minimum = pool["Policies"]["PasswordPolicy"]["MinimumLength"].number
    if minimum is not None and not 6 <= minimum <= 99:
        yield pool["Policies"]["PasswordPolicy"].hit(f"A minimum of {minimum:g} is not between 6 and 99.")
    if pool["MfaConfiguration"].text == "ON" and not (
        pool["EnabledMfas"].each() or pool["SmsConfiguration"].given
    ):
        yield pool["MfaConfiguration"].hit("ON needs EnabledMfas.")
