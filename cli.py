"""The `showcore` command: find the command that was asked for, run it, and map errors to exit codes.

Nothing but click is imported at module level, so that `--help` stays as fast as the interpreter allows;
each command lives in `showcore_cfn/commands/` and is imported when it is called. The one line that `--help`
says of each stands here, so that listing them imports none.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
import threading

import click

from showcore_cfn import __version__
from showcore_cfn.errors import Exit, ShowcoreError

WIDEST_HELP = 80
_FULL = (errno.ENOSPC, errno.EDQUOT)
OBJECTS_PER_COLLECTION = 100_000  # Python's own 700 makes short commands collect what they just imported

SECTIONS: dict[str, dict[str, str]] = {
    "Write": {
        "init": "Write showcore.toml for an environment.",
        "validate": "Judge templates before AWS does.",
        "templates": "Write templates/ from the code, then lint and check them.",
    },
    "Review": {
        "diff": "What two template sets differ in, and what that replaces.",
        "review": "What a change does, risks, opens and costs.",
        "graph": "Stacks and resources as Mermaid, DOT or SVG.",
        "cost": "Monthly cost, line by line, and what would change it.",
        "policy": "The IAM policies for exactly these templates.",
    },
    "Deploy": {
        "rehearse": "The whole deployment on an embedded AWS; no account needed.",
        "bootstrap": "Artifact bucket and CloudFormation role, once per account.",
        "preflight": "What in the account would stop a deployment.",
        "plan": "Make the nested change set and show it.",
        "deploy": "Plan, confirm, execute, follow.",
        "releases": "Who deployed what, when, and how it ended.",
        "destroy": "Delete the whole nest.",
    },
    "Operate": {
        "status": "Where the stack stands, and the next step.",
        "watch": "Attach to a running operation.",
        "diagnose": "Why the last operation failed, and the fix.",
        "recover": "The one right next step, and doing it.",
        "events": "The merged events of all nested stacks.",
        "outputs": "The outputs of the stack.",
        "protect": "What guards the nest; put on what is missing.",
        "unprotect": "Take off what guards the nest.",
        "drift": "What was changed by hand, and what becomes of it.",
        "verify": "Hold what stands in the account against the plan.",
        "account": "Cost allocation tags, tag policies, billing preferences.",
        "runbook": "What to do, with this deployment's own names.",
        "doctor": "Versions, settings, credentials: what would stop you.",
    },
}


class Sections(click.Group):
    """A group that imports a command when it is called, and lists the commands by section."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for section in SECTIONS.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        from importlib import import_module

        from showcore_cfn.permissions.commands import epilog

        module = import_module(f"showcore_cfn.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        command.epilog = epilog(cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), n=1) if args else []
            if near:
                raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from error
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, self.list_commands(ctx)))
        for title, commands in ((t, c) for t, c in SECTIONS.items() if c):
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), text) for name, text in commands.items()])


@click.command(
    cls=Sections, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "SHOWCORE"}
)
@click.version_option(__version__, prog_name="showcore")
def showcore() -> None:
    """Phase 1 of ShowCore on AWS: generate, review, price, deploy and verify."""


def main() -> None:
    """The console script: run the command and end the process with the code that its outcome means."""
    gc.set_threshold(OBJECTS_PER_COLLECTION)
    _leave(run(sys.argv[1:]))


def _leave(code: int) -> None:
    """End the process without taking the interpreter apart, which is a third of a short command.

    What is printed is written out first. Whoever still works in a thread, or measures this process, is left to
    end in the usual way.
    """
    if threading.active_count() > 1 or sys.gettrace() or "coverage" in sys.modules:
        sys.exit(code)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:  # the reader went away
        os._exit(code or Exit.ERROR)
    os._exit(code)


def run(arguments: list[str]) -> int:
    """The exit code of one command line; what the user must know has been printed."""
    try:
        code = showcore.main(
            arguments, prog_name="showcore", standalone_mode=False, terminal_width=_help_width()
        )
        return int(code or Exit.DONE)
    except click.ClickException as error:
        error.show()
        return int(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return Exit.INTERRUPTED
    except ShowcoreError as error:
        click.echo(f"showcore: {error}", err=True)
        return error.exit_code
    except OSError as error:
        if error.errno not in _FULL:
            raise
        click.echo(
            f"showcore: {error.filename or 'the output'} cannot be written: {error.strerror}.", err=True
        )
        return Exit.ERROR


def _help_width() -> int:
    """The width that click would choose; it asks shutil, which loads three compressors to answer."""
    try:
        columns = int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size().columns
    except (ValueError, OSError):
        columns = WIDEST_HELP
    return max(min(columns or WIDEST_HELP, WIDEST_HELP) - 2, 50)


if __name__ == "__main__":
    main()
