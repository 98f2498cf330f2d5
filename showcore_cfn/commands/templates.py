"""`showcore templates`: write the templates from the code, then lint them and check the plan's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from showcore_cfn.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from showcore_cfn.template_files import Measure


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 3 where a file is not what the code makes.")
@click.option(
    *("--format", "form"),
    type=click.Choice(["yaml", "json"]),
    default="yaml",
    show_default=True,
    help="Form of the files.",
)
@click.option("--out", default="templates", show_default=True, metavar="DIR", help="Where the files stand.")
@click.option("--no-cache", is_flag=True, help="Lint every file anew.")
@click.option("--verbose", "-v", is_flag=True, help="Name every file, with its size and resources.")
def command(check: bool, form: str, out: str, no_cache: bool, verbose: bool) -> Exit:
    """Write templates/ from the code, then lint and check them."""
    from showcore_cfn import console, unchanged

    stands = None if no_cache or verbose else unchanged.what_stands(out, form)
    if stands is not None:
        console.result(unchanged.sentence(stands, "current"))
        return Exit.DONE
    return _make(check, form, out, no_cache, verbose)


def _make(check: bool, form: str, out: str, no_cache: bool, verbose: bool) -> Exit:
    from pathlib import Path

    from showcore_cfn import console, template_files, unchanged
    from showcore_cfn.generate import bodies, texts
    from showcore_cfn.template.render import Format

    made = bodies()
    files = texts(made, Format(form))
    folder = Path(out)
    states = template_files.states(files, folder) if check else template_files.write(files, folder)
    stale = {name: state for name, state in states.items() if state is not template_files.State.CURRENT}
    sizes = [template_files.measure(n, t, b) for (n, t), b in zip(files.items(), made.values(), strict=True)]
    if verbose:
        console.result(_table(sizes))
    if not check or folder.is_dir():
        for name, state in stale.items():
            console.notice(f"{folder / name}: {state if check else _done(state)}")
    code = _judge(files, out, no_cache)
    if check and stale:
        console.notice(_remedy(folder, out))
        return Exit.CHANGES if code is Exit.DONE else code
    if code is Exit.DONE:
        counted = f"{len(files)} templates, {sum(size.resources for size in sizes)} resources"
        unchanged.keep(files, form, counted)
        console.result(unchanged.sentence(counted, "written" if stale else "current"))
    return code


def _remedy(folder: Path, out: str) -> str:
    if not folder.is_dir():
        return f"There is no folder {out} here: go where it is, or name it with --out."
    return "The templates are not what the code makes: run `make templates` and commit the result."


def _done(state: str) -> str:
    return {"left over": "removed", "missing": "added"}.get(state, "written")


def _judge(files: dict[str, str], folder: str, no_cache: bool) -> Exit:
    """Say what lint and the plan's rules find; findings of any kind fail our own templates."""
    from showcore_cfn import console
    from showcore_cfn.check.report import Format, render
    from showcore_cfn.check.validate import check_generated

    findings = check_generated(files, use_cache=not no_cache)
    if not findings:
        return Exit.DONE
    console.result(render(Format.TEXT, findings, files, folder=folder))
    return Exit.STOPPED


def _table(sizes: Sequence[Measure]) -> str:
    from showcore_cfn.template_files import BYTES, INLINE_BYTES, RESOURCES

    rows = [
        f"{size.name:<20} {size.bytes:>7,} bytes {size.resources:>4} resources"
        + ("" if size.fits_inline else "  too large to be sent inline")
        for size in sizes
    ]
    limits = f"{BYTES:,} bytes, {INLINE_BYTES:,} inline, and {RESOURCES} resources"
    return "\n".join([*rows, f"CloudFormation takes {limits} in one template."])
