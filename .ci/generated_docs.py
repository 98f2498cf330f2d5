"""All of docs/ and README.md that is made from the code. Writes what is stale; `--check` fails on it instead."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

TOP = Path(__file__).parents[1]
DOCS = TOP / "docs"
sys.path[:0] = [str(TOP), str(TOP / ".ci")]
ABOUT = {  # where the first sentence of a page does not say what it is for
    "cli.md": "Every command with its options, their environment variables, and the exit codes.",
    "costs.md": "A month in the account, line by line, and the ways to make it cheaper.",
    "plan-coverage.md": "Templates, tests, commands and documents, task by task.",
    "security.md": "What is protected, from whom and how, and what each command may do.",
}
_MARKED = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> int:
    """Write every page that is stale; with `--check` name them and answer 1."""
    os.chdir(TOP)
    stale = {path: text for path, text in pages().items() if not _holds(path, text)}
    for path, text in stale.items():
        if "--check" in sys.argv:
            sys.stderr.write(f"{path.relative_to(TOP)} is stale: run `make docs`.\n")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(TOP)} written\n")
    return 1 if stale and "--check" in sys.argv else 0


def pages() -> dict[Path, str]:
    """Every generated file with its text; of a page that is written by hand, the parts between markers are new."""
    whole = {DOCS / name: make() for name, make in WHOLE.items()}
    books = {DOCS / "runbooks" / f"{name}.md": text for name, text in _runbooks().items()}
    marked = {path: _filled(path.read_text(encoding="utf-8")) for path in (TOP / name for name in MARKED)}
    return whole | books | marked


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def _filled(page: str) -> str:
    return _MARKED.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]().strip()}\n\n{found[3]}", page)


def _printed(*arguments: str) -> str:
    """What a command prints."""
    from click.testing import CliRunner

    import cli

    result = CliRunner(env={"COLUMNS": "80"}).invoke(
        cli.showcore, arguments, catch_exceptions=False, prog_name="showcore"
    )
    assert result.exit_code == 0, result.output
    return result.stdout


def _costs() -> str:
    return _printed("cost", "-o", "markdown", "--settings", "no-such-file.toml")


def _picture() -> str:
    from showcore_cfn.review.graph import of_nest
    from showcore_cfn.review.graph_svg import svg
    from showcore_cfn.review.resolve import resolve
    from showcore_cfn.template.load import load_folder

    return svg(of_nest(resolve(load_folder(TOP / "templates"))), "ShowCore Phase 1")


def _validator() -> str:
    from showcore_cfn.check.rules.document import page

    return page()


def _coverage() -> str:
    from coverage_of_plan import coverage

    return coverage()[0]


def _reference() -> str:
    from cli_reference import page

    return page()


def _runbooks() -> dict[str, str]:
    from showcore_cfn.runbooks import runbooks
    from showcore_cfn.runbooks.names import names
    from showcore_cfn.settings import plan_defaults

    return {book.name: book.filled(names(plan_defaults())) for book in runbooks()}


def _runbook_list() -> str:
    from showcore_cfn.runbooks import runbooks

    return "\n".join(f"- [{book.title}](runbooks/{book.name}.md). {book.summary}" for book in runbooks())


def _page_list() -> str:
    """The pages by hand and by code, each with its first sentence."""
    pages = [page for page in sorted(DOCS.glob("*.md")) if page.name != "README.md"]
    pages += sorted(DOCS.glob("*/README.md"))
    rows = []
    for page in pages:
        title, *paragraphs = page.read_text(encoding="utf-8").split("\n\n")
        said = ABOUT.get(page.name) or _first_sentence(paragraphs)
        rows.append(f"| [{title.removeprefix('# ').strip()}]({page.relative_to(DOCS).as_posix()}) | {said} |")
    return "\n".join(["| page | what it says |", "|---|---|", *rows])


def _first_sentence(paragraphs: list[str]) -> str:
    texts = (" ".join(each.split()) for each in paragraphs if each[:1].isalpha() or each[:1] == "`")
    return next(texts).partition(". ")[0].removesuffix(".") + "."


def _help() -> str:
    return f"```text\n$ showcore --help\n{_printed('--help').strip()}\n```"


def _endpoint_table() -> str:
    page = _costs().split("\n\n")
    (table,) = [
        block for block in page if block.startswith("| interface endpoints |") and "against a NAT" in block
    ]
    return table


def _packages() -> str:
    rows = [f"| [`{path}`](../{path}) | {says} |" for path, says in _packages_said()]
    return "\n".join(["| package | what it is |", "|---|---|", *rows])


def _packages_said() -> Iterator[tuple[str, str]]:
    """Every package, and the first paragraph of its docstring."""
    for file in sorted((TOP / "showcore_cfn").rglob("__init__.py")):
        said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        yield file.parent.relative_to(TOP).as_posix(), " ".join(said.split("\n\n")[0].split())


def _permissions() -> str:
    from showcore_cfn.permissions.commands import COMMANDS

    rows = []
    for command, actions in sorted(COMMANDS.items()):
        services: dict[str, list[str]] = {}
        for action in sorted(actions):
            service, _, name = action.partition(":")
            services.setdefault(service, []).append(name)
        said = "; ".join(f"{service}: {', '.join(names)}" for service, names in services.items())
        rows.append(f"| `{command}` | {said} |")
    return "\n".join(["| command | IAM actions that it calls |", "|---|---|", *rows])


WHOLE: dict[str, Callable[[], str]] = {
    "cli.md": _reference,
    "costs.md": _costs,
    "architecture.svg": _picture,
    "plan-coverage.md": _coverage,
    "validator.md": _validator,
}
MARKED = ("README.md", "docs/README.md", "docs/architecture.md", "docs/security.md")
PARTS: dict[str, Callable[[], str]] = {
    "help": _help,
    "endpoint-costs": _endpoint_table,
    "packages": _packages,
    "pages": _page_list,
    "permissions": _permissions,
    "runbooks": _runbook_list,
}

if __name__ == "__main__":
    sys.exit(main())
