"""`showcore validate`: what is wrong with templates, before AWS says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from showcore_cfn.commands import options
from showcore_cfn.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from showcore_cfn.check.finding import Severity

_FORMATS = ("text", "json", "sarif", "junit", "github")
_COLOURS = {"refused": "red", "dead": "red", "risk": "yellow", "cost": "cyan", "style": "blue"}


@click.command()
@click.argument("path", metavar="[FOLDER|FILE]", default="templates")
@click.option("--plan-rules", is_flag=True, help="Hold the templates to the Phase 1 plan as well.")
@click.option(
    *("--format", "form"),
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    help="Form of the report.",
)
@click.option("--strict", is_flag=True, help="Let risks fail the run, as what is refused or dead does.")
@click.option("--no-cache", is_flag=True, help="Judge every template anew.")
@click.option("--list-rules", is_flag=True, help="List the rules of AWS and of the plan, and judge nothing.")
@click.option("--explain", metavar="RULE", help="Say what one of these rules asks for and why.")
@options.environment_if_named
def command(
    path: str,
    plan_rules: bool,
    form: str,
    strict: bool,
    no_cache: bool,
    list_rules: bool,
    explain: str | None,
    settings_file: str,
    env: str | None,
) -> Exit:
    """Judge templates before AWS does.

    Every template of FOLDER (templates/ unless given), or FILE and what it nests, goes through cfn-lint and
    through the rules on what AWS refuses or silently ignores. Exit 4 where anything is refused or dead, a file
    that cannot be read among it; with --plan-rules also where the plan is left. Exit 1 where there is no template.

    The root's parameters have their defaults, whatever the settings say; with --env they are the environment's.
    """
    from pathlib import Path

    from showcore_cfn import console

    if list_rules or explain:
        from showcore_cfn.check.rule_list import explained, listed

        console.result(explained(explain) if explain else listed())
        return Exit.DONE
    from showcore_cfn.check.finding import exit_code
    from showcore_cfn.check.lint_cache import NOTHING_KEPT
    from showcore_cfn.check.report import Format, render
    from showcore_cfn.check.validate import kept_verdicts, validate

    verdict = validate(
        Path(path),
        plan_rules=plan_rules,
        parameters=_parameters(settings_file, env),
        verdicts=NOTHING_KEPT if no_cache else kept_verdicts(),
    )
    for note in verdict.notes:
        console.notice(note)
    folder = _from_here(verdict.folder)
    report = render(Format(form), verdict.findings, verdict.texts, folder=folder, paint=_paint, strict=strict)
    if report:
        console.result(report)
    return exit_code(verdict.findings, strict=strict)


def _parameters(settings_file: str, env: str | None) -> Mapping[str, str]:
    if env is None:
        return {}
    from pathlib import Path

    from showcore_cfn import settings

    return settings.load(Path(settings_file), env).parameters()


def _from_here(folder: Path) -> str:
    """A folder as a report names it: from the current one where it stands below it."""
    from pathlib import Path

    whole = folder.resolve()
    here = Path.cwd().resolve()
    return (whole.relative_to(here) if whole.is_relative_to(here) else whole).as_posix()


def _paint(severity: Severity, text: str) -> str:
    from showcore_cfn import console

    return console.paint(text, fg=_COLOURS[severity], bold=True)
