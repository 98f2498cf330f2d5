"""What is imported when, and by whom: a short start, pure values, one door to AWS, imports that point one way."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PACKAGE = TOP / "showcore_cfn"
EMBEDDED = "rehearse/embedded_aws/"  # runs in an environment of its own, and imports nothing of this package

# Start ---------------------------------------------------------------------------------------------------

LISTED = """\
import contextlib, json, sys
before = set(sys.modules)
import cli
with contextlib.suppress(SystemExit):  # completion ends the process
    cli.run(sys.argv[1:])
print(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)
"""


def imported(*arguments: str) -> set[str]:
    """The modules that a command line imports, beside those of Python's own start."""
    return said_and_imported(*arguments)[1]


def said_and_imported(*arguments: str, **variables: str) -> tuple[str, set[str]]:
    """What a command line prints, and the modules that it imports."""
    done = subprocess.run(
        [sys.executable, "-c", LISTED, *arguments],
        cwd=TOP,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, set(json.loads(done.stderr.splitlines()[-1]))


def libraries(modules: set[str]) -> set[str]:
    """The packages of others among them."""
    tops = {name.split(".")[0] for name in modules}
    return {
        top
        for top in tops - sys.stdlib_module_names - {"cli", "showcore_cfn"}
        if "__" not in top and "cython" not in top
    }


def ours(modules: set[str]) -> set[str]:
    """The parts of this package among them: `errors`, `cost`."""
    return {name.split(".")[1] for name in modules if name.startswith("showcore_cfn.")}


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_and_version_import_click_alone(argument: str) -> None:
    modules = imported(argument)
    assert libraries(modules) == {"click"}
    assert ours(modules) == {"errors"}
    assert not modules & {"shutil", "pathlib", "dataclasses", "json", "importlib.metadata"}


def test_a_command_s_help_imports_click_and_that_command_alone() -> None:
    modules = imported("deploy", "--help")
    assert libraries(modules) == {"click"}
    assert ours(modules) == {"errors", "commands", "permissions"}


def test_completion_imports_click_alone() -> None:
    words = {"_SHOWCORE_COMPLETE": "bash_complete", "COMP_WORDS": "showcore dep", "COMP_CWORD": "1"}
    said, modules = said_and_imported(**words)
    assert said == "plain,deploy\n"
    assert libraries(modules) == {"click"}
    assert ours(modules) <= {"errors", "commands", "permissions"}


def test_templates_that_are_current_import_no_generator_and_no_linter(tmp_path: Path) -> None:
    imported("templates", "--out", str(tmp_path))
    modules = imported("templates", "--out", str(tmp_path))
    assert libraries(modules) == {"click"}
    assert ours(modules) == {
        "errors",
        "commands",
        "permissions",
        "console",
        "unchanged",
        "fingerprint",
        "caches",
    }
    assert not modules & {"pathlib", "dataclasses", "json"}


@pytest.mark.parametrize(
    "arguments", [["cost", "templates"], ["review", "--base", "templates"]], ids=["cost", "review"]
)
def test_cost_and_review_import_no_aws_no_generator_and_no_linter(arguments: list[str]) -> None:
    modules = imported(*arguments)
    assert libraries(modules) <= {"click", "yaml", "_yaml"}
    assert not ours(modules) & {"aws", "deploy", "verify", "rehearse", "check", "tiers", "stacks"}


# Architecture --------------------------------------------------------------------------------------------

ORDER = (  # each line may import itself and those above
    {"errors", "console", "caches", "fingerprint", "probes"},
    {"files", "template", "template_files"},
    {"tiers", "settings"},
    {"stacks", "permissions", "generate"},
    {"check", "review", "cost"},
    {"aws", "deploy", "verify"},
    {"rehearse", "runbooks", "doctor", "unchanged"},
    {"commands"},
)
PURE = (
    "template",
    "tiers",
    "stacks",
    "permissions",
    "cost",
    "review",
    "check/rules",
    "check/policy",
    "generate.py",
)
READS_GIT = {"review/git_objects.py"}  # the one effect of the review: objects of the repository
EFFECTS = {
    *("time", "socket", "ssl", "http", "urllib.request", "requests", "urllib3", "asyncio"),
    *("subprocess", "threading", "random", "secrets", "getpass", "tempfile", "platform"),
}
CLOCK_AND_ENVIRONMENT = {
    *("os.environ", "os.getenv", "Path.home", "Path.cwd", "sys.argv", "sys.exit", "sys.stdout"),
    *("datetime.now", "datetime.today", "datetime.utcnow", "date.today"),
}


@cache
def tree(path: Path) -> ast.Module:
    """A source, read."""
    return ast.parse(path.read_text(encoding="utf-8"))


def sources(*places: str) -> list[Path]:
    """The sources of this package in some of its places."""
    found = [
        path
        for place in places
        for path in ([PACKAGE / place] if place.endswith(".py") else (PACKAGE / place).rglob("*.py"))
    ]
    return [path for path in sorted(found) if EMBEDDED not in path.as_posix()]


def imports(path: Path) -> Iterator[str]:
    """Every module that a source imports, at its top or inside a function, beside what only types need."""
    only_types = {
        id(inner)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree(path)):
        if id(node) in only_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def names(path: Path) -> set[str]:
    """Every `holder.attribute` that a source speaks of."""
    return {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def part(name: str) -> str:
    """The part of this package that a path or a module belongs to; the settings are one in several files."""
    return "settings" if name.startswith("settings") else name.removesuffix(".py")


def test_only_the_package_aws_imports_the_sdk() -> None:
    with_sdk = {
        path.relative_to(PACKAGE).parts[0]
        for path in sources("")
        if {name.split(".")[0] for name in imports(path)} & {"boto3", "botocore"}
    }
    assert with_sdk == {"aws"}


@pytest.mark.parametrize("place", PURE)
def test_pure_modules_know_no_clock_no_network_and_no_environment(place: str) -> None:
    found = sources(place)
    assert found
    for path in found:
        if path.relative_to(PACKAGE).as_posix() not in READS_GIT:
            assert not set(imports(path)) & EFFECTS, path
            assert not names(path) & CLOCK_AND_ENVIRONMENT, path


@pytest.mark.parametrize("place", PURE)
def test_pure_modules_do_not_print(place: str) -> None:
    for path in sources(place):
        called = {
            n.func.id
            for n in ast.walk(tree(path))
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        assert not called & {"print", "input", "exit"}, path


def test_imports_point_one_way() -> None:
    rank = {name: number for number, line in enumerate(ORDER) for name in line}
    backwards = {
        f"{path.relative_to(PACKAGE).as_posix()} imports {name}"
        for path in sources("")
        if path.relative_to(PACKAGE).as_posix() != "__init__.py"
        for name in imports(path)
        if name.startswith("showcore_cfn.") and name != "showcore_cfn.__version__"
        if rank[part(name.split(".")[1])] > rank[part(path.relative_to(PACKAGE).parts[0])]
    }
    assert backwards == set()


def test_a_command_module_imports_at_its_top_only_what_declares_it() -> None:
    for path in sorted((PACKAGE / "commands").glob("[a-z]*.py")):
        if path.stem == "options":
            continue
        body = [node for node in tree(path).body if isinstance(node, (ast.Import, ast.ImportFrom))]
        tops = {alias.name for node in body if isinstance(node, ast.Import) for alias in node.names}
        tops |= {node.module or "" for node in body if isinstance(node, ast.ImportFrom)}
        allowed = {"__future__", "typing", "collections.abc", "click", "showcore_cfn.errors"}
        allowed |= {"showcore_cfn.commands", "showcore_cfn.commands.options", "showcore_cfn.commands._given"}
        assert tops <= allowed, path
