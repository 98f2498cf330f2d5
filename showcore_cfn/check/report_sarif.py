"""Findings as SARIF 2.1.0, in the shape GitHub code scanning accepts.

https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256

from showcore_cfn import __version__
from showcore_cfn.check.finding import Finding, Severity
from showcore_cfn.template.json_types import Json

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {
    Severity.REFUSED: "error",
    Severity.DEAD: "error",
    Severity.RISK: "warning",
    Severity.COST: "note",
    Severity.STYLE: "note",
}


def sarif(findings: Sequence[Finding], folder: str = "") -> str:
    """One run of one tool; a rule for each id found, a result for each finding."""
    rules = {finding.rule: finding for finding in reversed(findings)}
    ids = sorted(rules)
    driver: dict[str, Json] = {
        "name": "showcore",
        "version": __version__,
        "rules": [_rule(rules[i]) for i in ids],
    }
    results: list[Json] = [_result(finding, ids.index(finding.rule), folder) for finding in findings]
    runs: list[Json] = [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}]
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": runs}, indent=2) + "\n"


def _rule(finding: Finding) -> dict[str, Json]:
    rule: dict[str, Json] = {
        "id": finding.rule,
        "shortDescription": {"text": finding.rule},
        "help": {"text": finding.remedy or finding.message},
        "defaultConfiguration": {"level": LEVELS[finding.severity]},
        "properties": {"tags": [finding.severity.value]},
    }
    return rule | ({"helpUri": finding.source} if finding.source else {})


def _result(finding: Finding, index: int, folder: str) -> dict[str, Json]:
    uri = f"{folder.rstrip('/')}/{finding.document}" if folder and folder != "." else finding.document
    said = " ".join(part for part in (finding.message, finding.remedy) if part)
    place = "/".join(map(str, (finding.document, *finding.path)))
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": said},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri},
                    "region": {"startLine": max(1, finding.line)},
                },
                "logicalLocations": [{"fullyQualifiedName": place}],
            }
        ],
        "partialFingerprints": {"place/v1": sha256(f"{finding.rule}:{place}".encode()).hexdigest()},
    }
