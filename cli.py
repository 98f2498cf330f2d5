"""The `showcore` command: parse, call, print, and map errors to exit codes.

Nothing but click is imported at module level, so that `--help` stays as fast as the interpreter allows;
each command lives in `showcore_cfn/commands/` and is imported when it is called.
"""

from __future__ import annotations

import sys

import click

from showcore_cfn import __version__
from showcore_cfn.errors import Exit, ShowcoreError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "SHOWCORE"})
@click.version_option(__version__, prog_name="showcore")
def showcore() -> None:
    """Phase 1 of ShowCore on AWS: generate, review, price, deploy and verify."""


def main() -> None:
    """The console script: run the command and exit with the code that its outcome means."""
    try:
        showcore.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        sys.exit(Exit.INTERRUPTED)
    except ShowcoreError as error:
        click.echo(f"showcore: {error}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
