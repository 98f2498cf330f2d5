"""KMS keys and Secrets Manager secrets."""

from __future__ import annotations

import json
import re

from showcore_cfn.check.rules import names
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.statements import documents, open_document, statements

BOOK = Rulebook("keys")
KEY, ALIAS, SECRET = "AWS::KMS::Key", "AWS::KMS::Alias", "AWS::SecretsManager::Secret"
_KMS = "https://docs.aws.amazon.com/kms/latest/developerguide"
_SECRETS = "https://docs.aws.amazon.com/secretsmanager/latest"


@BOOK.nest_rule(
    "SC-KMS-001",
    Severity.REFUSED,
    "A key's policy lets somebody of the account administer the key",
    why="KMS answers that the new key policy will not allow you to update the key policy in the future.",
    remedy="Allow kms:* to arn:aws:iam::<account>:root.",
    source=f"{_KMS}/key-policy-default.html",
)
def lock_out(view: View) -> Hits:
    for document in documents(view):
        if (
            document.item.type != KEY
            or document.item["BypassPolicyLockoutSafetyCheck"].flag
            or open_document(document)
        ):
            continue
        keeps = any(
            s.effect == "Allow"
            and (s.open or s.node["Principal"]["AWS"].given or s.everyone)
            and s.covers("kms:PutKeyPolicy")
            for s in statements(document)
        )
        if not keeps:
            yield document.node.hit(
                "Nobody may change the policy of this key afterwards: kms:PutKeyPolicy is missing."
            )


@BOOK.rule(
    "SC-KMS-002",
    Severity.REFUSED,
    "An alias begins with alias/, and not with alias/aws/",
    ALIAS,
    why="Also behind a Sub: alias/aws/ is kept for AWS managed keys.",
    remedy="Write alias/showcore.",
    source="https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html",
)
def alias_name(alias: Item) -> Hits:
    node = alias["AliasName"]
    first = node.pieces[0] if node.pieces else None
    odd = first is not None and (not first.startswith("alias/") or first.startswith("alias/aws/"))
    if odd and not "alias/".startswith(first or ""):
        yield node.hit(f"{node.shown} is no name for an alias.")


@BOOK.rule(
    "SC-KMS-003",
    Severity.REFUSED,
    "Only a symmetric encryption key rotates",
    KEY,
    why="EnableKeyRotation is refused for asymmetric and HMAC keys; RotationPeriodInDays needs it.",
    remedy="Take EnableKeyRotation away, or set it beside RotationPeriodInDays.",
    source=f"{_KMS}/rotate-keys.html",
)
def rotation(key: Item) -> Hits:
    spec = "SYMMETRIC_DEFAULT" if key["KeySpec"].absent else key["KeySpec"].text
    if key["EnableKeyRotation"].flag and spec not in (None, "SYMMETRIC_DEFAULT"):
        yield key["EnableKeyRotation"].hit(f"{spec} keys do not rotate.")
    if key["RotationPeriodInDays"].given and (
        key["EnableKeyRotation"].absent or key["EnableKeyRotation"].flag is False
    ):
        yield key["RotationPeriodInDays"].hit("RotationPeriodInDays needs EnableKeyRotation: true.")


@BOOK.rule(
    "SC-KMS-004",
    Severity.REFUSED,
    "A key is used for what its kind can do",
    KEY,
    why="HMAC keys generate and verify codes, elliptic curve keys sign, symmetric keys encrypt.",
    remedy="Set KeyUsage to GENERATE_VERIFY_MAC, SIGN_VERIFY or ENCRYPT_DECRYPT.",
    source="https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html",
)
def usage(key: Item) -> Hits:
    spec = "SYMMETRIC_DEFAULT" if key["KeySpec"].absent else key["KeySpec"].text or ""
    kind = "ENCRYPT_DECRYPT" if key["KeyUsage"].absent else key["KeyUsage"].text
    allowed: tuple[str, ...] | None = None
    if spec == "SYMMETRIC_DEFAULT":
        allowed = ("ENCRYPT_DECRYPT",)
    elif spec.startswith("HMAC"):
        allowed = ("GENERATE_VERIFY_MAC",)
    elif spec.startswith("RSA"):
        allowed = ("ENCRYPT_DECRYPT", "SIGN_VERIFY")
    elif spec.startswith("ECC"):
        allowed = ("SIGN_VERIFY", "KEY_AGREEMENT")
    if allowed is not None and kind is not None and kind not in allowed:
        yield key["KeyUsage" if key["KeyUsage"].given else "KeySpec"].hit(f"{spec} keys are not for {kind}.")


@BOOK.nest_rule(
    "SC-KMS-005",
    Severity.DEAD,
    "A statement of a key's policy is about the key",
    why="In a key policy Resource means this key; any other ARN than its own makes the statement void.",
    remedy='Write Resource: "*".',
    source=f"{_KMS}/key-policy-overview.html",
)
def policy_resource(view: View) -> Hits:
    for document in documents(view):
        for statement in statements(document) if document.item.type == KEY else ():
            for node in statement.node["Resource"].each():
                arn = names.arn(node.value)
                if arn is not None and arn.service != "kms":
                    yield node.hit(f"{node.shown} is no key.")


@BOOK.rule(
    "SC-SEC-001",
    Severity.REFUSED,
    "A secret is given or generated, not both",
    SECRET,
    why="SecretString and GenerateSecretString exclude each other.",
    remedy="Keep GenerateSecretString.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-secret.html",
)
def given_and_generated(secret: Item) -> Hits:
    if secret["SecretString"].given and secret["GenerateSecretString"].given:
        yield secret["SecretString"].hit("SecretString stands beside GenerateSecretString.")


@BOOK.rule(
    "SC-SEC-002",
    Severity.REFUSED,
    "A template of a generated secret is JSON, with a key for what is generated",
    SECRET,
    why="SecretStringTemplate and GenerateStringKey come together, and the template is a JSON object.",
    remedy='Write {"username": "app"} and GenerateStringKey: password.',
    source=f"{_SECRETS}/apireference/API_GetRandomPassword.html",
)
def generated(secret: Item) -> Hits:
    node = secret["GenerateSecretString"]
    template, key = node["SecretStringTemplate"], node["GenerateStringKey"]
    if template.given is not key.given:
        yield (template if template.given else key).hit(
            "SecretStringTemplate and GenerateStringKey come together."
        )
    if template.text is not None:
        try:
            found = json.loads(template.text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            yield template.hit("The template is no JSON object.")


@BOOK.nest_rule(
    "SC-SEC-003",
    Severity.REFUSED,
    "A password that is generated for RDS leaves out what RDS refuses",
    why='RDS refuses "/", "@", double quotes and spaces in a master password; a generated one holds some of them '
    "sooner or later.",
    remedy='Set ExcludeCharacters to "@/\\ or ExcludePunctuation: true.',
    source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
)
def rds_password(view: View) -> Hits:
    for db in view.of("AWS::RDS::DBInstance", "AWS::RDS::DBCluster"):
        shown = db["MasterUserPassword"].shown
        for secret in view.of(SECRET) if "resolve:secretsmanager" in shown else ():
            node = secret["GenerateSecretString"]
            named = f"${{{secret.path}}}" in shown or (
                secret["Name"].given and f":{secret['Name'].shown}:" in shown
            )
            left_out = node["ExcludeCharacters"]
            safe = node["ExcludePunctuation"].flag or (left_out.given and left_out.text is None)
            if named and node.given and not safe and not set('/@"') <= set(left_out.text or ""):
                yield node.hit(f"The password of {db.id} may hold characters that RDS refuses.")


@BOOK.rule(
    "SC-SEC-004",
    Severity.REFUSED,
    "A generated password is as long as its service takes, and has something to choose from",
    SECRET,
    why="PasswordLength goes from 1 to 4096, and at least one kind of character must be left.",
    remedy="Set PasswordLength to 30.",
    source=f"{_SECRETS}/apireference/API_GetRandomPassword.html",
)
def password_length(secret: Item) -> Hits:
    node = secret["GenerateSecretString"]
    length = node["PasswordLength"].number
    kinds = ("ExcludeLowercase", "ExcludeUppercase", "ExcludeNumbers", "ExcludePunctuation")
    if length is not None and not 1 <= length <= 4_096:
        yield node["PasswordLength"].hit(f"{length:g} characters are no length for a password.")
    if all(node[name].flag for name in kinds):
        yield node.hit("Every kind of character is excluded.")


@BOOK.rule(
    "SC-SEC-005",
    Severity.REFUSED,
    "A secret rotates every day to every thousand days, by function or by template",
    "AWS::SecretsManager::RotationSchedule",
    why="AutomaticallyAfterDays goes from 1 to 1000 and excludes ScheduleExpression; a rotation needs a function.",
    remedy="Give RotationLambdaARN or HostedRotationLambda.",
    source=f"{_SECRETS}/apireference/API_RotationRulesType.html",
)
def rotation_schedule(schedule: Item) -> Hits:
    rules = schedule["RotationRules"]
    days = rules["AutomaticallyAfterDays"]
    if days.number is not None and not 1 <= days.number <= 1_000:
        yield days.hit(f"A secret cannot rotate every {days.number:g} days.")
    if days.given and rules["ScheduleExpression"].given:
        yield days.hit("AutomaticallyAfterDays stands beside ScheduleExpression.")
    if schedule["RotationLambdaARN"].given and schedule["HostedRotationLambda"].given:
        yield schedule["RotationLambdaARN"].hit("RotationLambdaARN stands beside HostedRotationLambda.")


@BOOK.rule(
    "SC-SEC-006",
    Severity.REFUSED,
    "A secret's name has letters, digits and /_+=.@-",
    SECRET,
    why="Also behind a Sub: Secrets Manager refuses other characters.",
    remedy="Use the plain characters; do not end in a hyphen and six characters.",
    source=f"{_SECRETS}/apireference/API_CreateSecret.html",
)
def secret_name(secret: Item) -> Hits:
    node = secret["Name"]
    if any(not re.fullmatch(r"[A-Za-z0-9/_+=.@-]*", piece) for piece in node.pieces if piece):
        yield node.hit(f"{node.shown} holds a character that a secret's name cannot.")
