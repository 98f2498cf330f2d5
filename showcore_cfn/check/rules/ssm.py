"""Systems Manager: parameters, documents and session preferences."""

from __future__ import annotations

import json
import re
from typing import Any

from showcore_cfn.check.rules.numbers import whole
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View

BOOK = Rulebook("ssm")
PARAMETER, DOCUMENT = "AWS::SSM::Parameter", "AWS::SSM::Document"
_UG = "https://docs.aws.amazon.com/systems-manager/latest/userguide"
_API = "https://docs.aws.amazon.com/systems-manager/latest/APIReference"
_STANDARD_BYTES = 4_096
_PARTICULAR = re.compile(r"\[\[|--|&&|~~|\|\||[+*}]\)[+*{]|\(\?")
_LONG = 500
_SESSION_DOCUMENT = "SSM-SessionManagerRunShell"


@BOOK.rule(
    "SC-SSM-001",
    Severity.REFUSED,
    "A parameter's name does not begin with aws or ssm, and has plain characters",
    PARAMETER,
    why="Names that begin with aws or ssm in any case, with or without a slash, are kept for AWS; letters, digits and "
    "_ . - / are allowed.",
    remedy="Begin with the name of the application: /showcore/database/host.",
    source=f"{_API}/API_PutParameter.html",
)
def parameter_name(parameter: Item) -> Hits:
    node = parameter["Name"]
    first = (node.pieces[0] or "") if node.pieces else ""
    if re.match(r"/?(aws|ssm)", first, re.IGNORECASE):
        yield node.hit(f"{node.shown} begins with a word that is kept for AWS.")
    elif any(not re.fullmatch(r"[A-Za-z0-9_.\-/]*", piece) for piece in node.pieces if piece):
        yield node.hit(f"{node.shown} holds a character that a parameter's name cannot.")


@BOOK.rule(
    "SC-SSM-002",
    Severity.REFUSED,
    "A parameter's hierarchy begins with a slash and has fifteen levels at most",
    PARAMETER,
    why="A name with slashes must begin with one.",
    remedy="Write /showcore/database/host.",
    source=f"{_UG}/sysman-paramstore-hierarchies.html",
)
def parameter_hierarchy(parameter: Item) -> Hits:
    node = parameter["Name"]
    first = node.pieces[0] if node.pieces else None
    whole = "".join(piece or "" for piece in node.pieces)
    if first and "/" in whole and not first.startswith("/"):
        yield node.hit(f"{node.shown} holds slashes and does not begin with one.")
    elif whole.count("/") > 15:
        yield node.hit(f"{node.shown} has more than fifteen levels.")


@BOOK.rule(
    "SC-SSM-003",
    Severity.REFUSED,
    "A standard parameter has 4 KB at most, an advanced one 8 KB",
    PARAMETER,
    why="Longer values are refused.",
    remedy="Set Tier: Advanced, or split the value.",
    source=f"{_UG}/parameter-store-advanced-parameters.html",
)
def parameter_size(parameter: Item) -> Hits:
    text = parameter["Value"].text or ""
    tier = "Standard" if parameter["Tier"].absent else parameter["Tier"].text
    most = {"Standard": _STANDARD_BYTES, "Advanced": 2 * _STANDARD_BYTES}.get(tier or "")
    if most is not None and len(text.encode()) > most:
        yield parameter["Value"].hit(f"The value has {len(text.encode()):,} bytes; {most:,} are allowed.")


@BOOK.rule(
    "SC-SSM-004",
    Severity.REFUSED,
    "A parameter's value fits its pattern and its data type",
    PARAMETER,
    why="AllowedPattern is checked when the parameter is written; aws:ec2:image wants the id of an image.",
    remedy="Correct the value, or the pattern.",
    source=f"{_API}/API_PutParameter.html",
)
def parameter_value(parameter: Item) -> Hits:
    text, pattern = parameter["Value"].text, parameter["AllowedPattern"].text
    if text is None:
        return
    if pattern is not None and not _fits(text, pattern):
        yield parameter["Value"].hit(f"{text} does not fit {pattern}.")
    if parameter["DataType"].text == "aws:ec2:image" and not re.fullmatch(r"ami-[0-9a-f]{8,17}", text):
        yield parameter["Value"].hit(f"{text} is no id of an image.")
    if "{{" in text and not text.startswith("{{resolve:"):
        yield parameter["Value"].hit("A value cannot hold double braces.")


def _fits(text: str, pattern: str) -> bool:
    """Whether text fits a pattern; true for a pattern that Java reads otherwise, or that could take long."""
    if _PARTICULAR.search(pattern) or len(text) + len(pattern) > _LONG:
        return True
    try:
        return re.search(pattern, text) is not None
    except (re.error, OverflowError):
        return True


@BOOK.rule(
    "SC-SSM-005",
    Severity.REFUSED,
    "A document's name does not begin with aws, amazon, amzn or AWSEC2",
    DOCUMENT,
    why="These are kept for AWS.",
    remedy="Begin with the name of the application.",
    source=f"{_API}/API_CreateDocument.html",
)
def document_name(document: Item) -> Hits:
    node = document["Name"]
    first = (node.pieces[0] or "") if node.pieces else ""
    if re.match(r"aws|amazon|amzn", first, re.IGNORECASE):
        yield node.hit(f"{node.shown} begins with a word that is kept for AWS.")


def _content(document: Item) -> dict[str, Any]:
    node = document["Content"]
    if isinstance(node.value, dict):
        return node.value
    try:
        found = json.loads(node.text or "")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


_SCHEMAS = {"Command": ("1.2", "2.0", "2.2"), "Automation": ("0.3",), "Session": ("1.0",), "Policy": ("2.0",)}


@BOOK.rule(
    "SC-SSM-006",
    Severity.REFUSED,
    "A document's schema fits its type",
    DOCUMENT,
    why="Command documents have schema 2.2, Automation 0.3, Session 1.0.",
    remedy="Write schemaVersion as text in quotes.",
    source=f"{_UG}/documents-schemas-features.html",
)
def document_schema(document: Item) -> Hits:
    kind = "Command" if document["DocumentType"].absent else document["DocumentType"].text
    version = _content(document).get("schemaVersion")
    if isinstance(version, str) and kind in _SCHEMAS and version not in _SCHEMAS[kind]:
        yield document["Content"].hit(
            f"{kind} documents have no schema {version}; they have {_SCHEMAS[kind][-1]}."
        )


@BOOK.rule(
    "SC-SSM-007",
    Severity.REFUSED,
    "Session preferences are a document of type Session",
    DOCUMENT,
    why="Session Manager reads its preferences from SSM-SessionManagerRunShell, a Session document.",
    remedy="Set DocumentType: Session and schemaVersion 1.0 with sessionType Standard_Stream.",
    source=f"{_UG}/getting-started-create-preferences-cli.html",
)
def session_document(document: Item) -> Hits:
    if document["Name"].text == _SESSION_DOCUMENT and document["DocumentType"].text not in (None, "Session"):
        yield document["DocumentType"].hit(f"{document['DocumentType'].text} is not Session.")
    elif document["Name"].text == _SESSION_DOCUMENT and document["DocumentType"].absent:
        yield document.hit("DocumentType is missing; Command is the default.", "Properties")


_RANGES = {"idleSessionTimeout": (1, 60), "maxSessionDuration": (1, 1_440)}


@BOOK.rule(
    "SC-SSM-008",
    Severity.REFUSED,
    "Times of a session are minutes in quotes, 1 to 60 idle and 1 to 1440 in all",
    DOCUMENT,
    why="The values are text; Session Manager refuses others.",
    remedy='Write idleSessionTimeout: "20".',
    source=f"{_UG}/session-preferences-timeout.html",
)
def session_times(document: Item) -> Hits:
    inputs = _content(document).get("inputs")
    if document["DocumentType"].text != "Session" or not isinstance(inputs, dict):
        return
    for name, (least, most) in _RANGES.items():
        value = inputs.get(name)
        seconds = whole(value) if isinstance(value, str) else None
        wrong = seconds is not None and not least <= seconds <= most
        if wrong or (isinstance(value, (int, float)) and not isinstance(value, bool)):
            yield document["Content"].hit(f"{name} is {value!r}; it takes text from {least} to {most}.")


@BOOK.nest_rule(
    "SC-SSM-009",
    Severity.DEAD,
    "Session logs are not asked to be encrypted in a group that is not",
    why="With cloudWatchEncryptionEnabled: true Session Manager starts no session unless the log group has a KMS key.",
    remedy="Set cloudWatchEncryptionEnabled to false, or give the log group a key.",
    source=f"{_UG}/session-manager-logging.html",
)
def session_encryption(view: View) -> Hits:
    for document in view.of(DOCUMENT):
        inputs = _content(document).get("inputs")
        if document["DocumentType"].text != "Session" or not isinstance(inputs, dict):
            continue
        group = view.find(inputs.get("cloudWatchLogGroupName"), "AWS::Logs::LogGroup")
        encrypted = inputs.get("cloudWatchEncryptionEnabled")
        if group is not None and encrypted in (True, "true") and group["KmsKeyId"].absent:
            yield document["Content"].hit(f"{group.id} has no key.")


@BOOK.rule(
    "SC-SSM-010",
    Severity.REFUSED,
    "A maintenance window ends after it stops starting tasks",
    "AWS::SSM::MaintenanceWindow",
    why="Cutoff, in hours before the end, must be less than Duration.",
    remedy="Lower Cutoff.",
    source=f"{_API}/API_CreateMaintenanceWindow.html",
)
def window_cutoff(window: Item) -> Hits:
    hours, cutoff = window["Duration"].number, window["Cutoff"].number
    if hours is not None and cutoff is not None and cutoff >= hours:
        yield window["Cutoff"].hit(f"The window of {hours:g} hours stops {cutoff:g} hours before its end.")


@BOOK.rule(
    "SC-SSM-011",
    Severity.REFUSED,
    "An association runs every 30 minutes at most",
    "AWS::SSM::Association",
    why="State Manager refuses rates below 30 minutes.",
    remedy="Use rate(30 minutes) or less often.",
    source=f"{_UG}/reference-cron-and-rate-expressions.html",
)
def association_rate(association: Item) -> Hits:
    match = re.fullmatch(r"rate\(([0-9]{1,9}) minutes?\)", association["ScheduleExpression"].text or "")
    if match is not None and int(match[1]) < 30:
        yield association["ScheduleExpression"].hit(f"{match[0]} is more often than every 30 minutes.")
