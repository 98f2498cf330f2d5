"""Findings as JUnit XML: a suite for each template; what fails a run is a failure, the rest is skipped."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from showcore_cfn.check.finding import Finding, failing


def junit(
    findings: Sequence[Finding], documents: Sequence[str], folder: str = "", *, strict: bool = False
) -> str:
    """The document; a template without findings is one passed case: the count says what was looked at."""
    top = ElementTree.Element("testsuites", name="showcore validate")
    names = dict.fromkeys([*documents, *(finding.document for finding in findings)])
    for name in names:
        _suite(top, name, [finding for finding in findings if finding.document == name], folder, strict)
    ElementTree.indent(top)
    return ElementTree.tostring(top, encoding="unicode", xml_declaration=True) + "\n"


def _suite(
    top: ElementTree.Element, name: str, findings: Sequence[Finding], folder: str, strict: bool
) -> None:
    path = f"{folder.rstrip('/')}/{name}" if folder and folder != "." else name
    failures = len(failing(findings, strict=strict))
    suite = ElementTree.SubElement(
        top,
        "testsuite",
        name=path,
        tests=str(max(1, len(findings))),
        failures=str(failures),
        skipped=str(len(findings) - failures),
    )
    if not findings:
        ElementTree.SubElement(suite, "testcase", name="no findings", classname=path)
    for finding in findings:
        _case(suite, finding, path, strict)


def _case(suite: ElementTree.Element, finding: Finding, path: str, strict: bool) -> None:
    where = f"{finding.resource or 'template'}:{finding.line}"
    case = ElementTree.SubElement(suite, "testcase", name=f"{finding.rule} {where}", classname=path)
    kind = "failure" if failing([finding], strict=strict) else "skipped"
    said = ElementTree.SubElement(case, kind, message=_clean(finding.message))
    if kind == "failure":
        said.set("type", finding.severity)
    said.text = _clean("\n".join(part for part in (finding.remedy, finding.source) if part))


def _clean(said: str) -> str:
    return "".join(char if char in "\t\n" or char >= " " else "?" for char in said)
