"""The page `docs/validator.md`: every rule with what must hold, and where AWS says so."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from showcore_cfn.check.finding import Severity
from showcore_cfn.check.rules import rules
from showcore_cfn.check.rules.rule import Rule

_MEANING = {
    Severity.REFUSED: "AWS answers with an error; the run fails.",
    Severity.DEAD: "The deployment succeeds and the thing silently does not work; the run fails.",
    Severity.RISK: "It works until data, money or access is lost; the run fails with `--strict`.",
    Severity.COST: "It costs more than it needs to.",
    Severity.STYLE: "The next reader stumbles.",
}


def page() -> str:
    """The whole page, ending with a newline."""
    found = rules()
    return "\n".join([_head(found), _severities(found), _silence(), _files(), *_tables(found)])


def _head(found: tuple[Rule, ...]) -> str:
    return f"""# What AWS refuses, and what silently does not work

`showcore validate` holds templates against {len(found)} rules beside cfn-lint's. cfn-lint judges the shape of a
template; these rules know what the service answers twenty minutes later, and what it never says at all.

- They read the resolved nest: parameters, conditions and outputs of nested stacks are followed, so a rule sees the
  value that will reach the service. What cannot be known before the deployment raises nothing.
- Small sets (up to 60 resources) are looked at under each value that `AllowedValues` lists for a parameter that a
  condition asks for, so that what stands behind a condition is seen.
- `showcore validate --explain ID` tells why, what to do, and shows a case that breaks the rule and one that keeps it.
"""


def _severities(found: tuple[Rule, ...]) -> str:
    rows = [f"| {s} | {sum(rule.severity is s for rule in found)} | {_MEANING[s]} |" for s in Severity]
    return "\n".join(["| severity | rules | meaning |", "|---|---|---|", *rows, ""])


def _silence() -> str:
    return """## Excusing a resource

A resource is excused from a rule by its Metadata, with the reason; an empty reason is itself a finding. The
Metadata of the template excuse what no resource is to blame for.

```yaml
Metadata:
  showcore:
    silence:
      SC-RDS-016: The data is made again every night.
```
"""


def _files() -> str:
    from showcore_cfn.check.file_rules import RULES

    return f"""## Files

These are found while the files are read, and no metadata excuses them. A folder and a file of it are judged alike;
where there is no template at all, there is nothing to judge, and that is an error and no finding.

{_table(RULES)}"""


def _tables(found: tuple[Rule, ...]) -> list[str]:
    groups = groupby(sorted(found, key=lambda rule: rule.id), key=lambda rule: rule.id.rsplit("-", 1)[0])
    return [f"## {prefix}\n\n{_table(group)}" for prefix, group in groups]


def _table(found: Iterable[Rule]) -> str:
    rows = [f"| {rule.id} | {rule.severity} | [{_cell(rule.title)}]({rule.source}) |" for rule in found]
    return "\n".join(["| rule | severity | what must hold |", "|---|---|---|", *rows, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")
