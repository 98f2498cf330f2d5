"""README and docs/: commands that exist, links that lead somewhere, tables that agree with the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from showcore_cfn.errors import Exit
from showcore_cfn.review.resolve import resolve
from showcore_cfn.settings import plan_defaults
from showcore_cfn.settings_fields import FIELDS
from showcore_cfn.template.load import load_folder
from tests.unit.docs import aws_cli, showcore_cli
from tests.unit.docs.shell import blocks, commands, spans

TOP = Path(__file__).parents[3]
README = (TOP / "README.md").read_text(encoding="utf-8")
PAGES = sorted({*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md")})
EACH = pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(TOP).as_posix() for page in PAGES])
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_WORD = re.compile(r"[A-Z]{3,}|NAME")  # stands for something of the reader's own


def _anchors(page: Path) -> set[str]:
    """The fragments of a page's headings, as GitHub makes them."""
    said = (
        re.sub(r"[^\w\- ]", "", heading.lower())
        for heading in _HEADING.findall(page.read_text(encoding="utf-8"))
    )
    return {heading.replace(" ", "-") for heading in said}


@EACH
def test_links_lead_somewhere(page: Path) -> None:
    lost = []
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            lost.append(link)
    assert lost == []


@EACH
def test_every_command_exists_with_its_options(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    scripts = [*blocks(text), *(span for span in spans(text) if re.match(r"(showcore|aws) [a-z]", span))]
    wrong = {}
    for words in (words for script in scripts for words in commands(script)):
        if words[0] == "showcore" and "COMMAND" not in words:
            wrong[" ".join(words)] = showcore_cli.complaints(words)
        elif words[0] == "aws" and len(words) > 3:
            wrong[" ".join(words)] = aws_cli.complaints(words)
    assert {command: said for command, said in wrong.items() if said} == {}


@EACH
def test_every_make_target_exists(page: Path) -> None:
    targets = set(
        re.findall(r"^([a-z-]+):.*## ", (TOP / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    text = page.read_text(encoding="utf-8")
    scripts = [*blocks(text), *(span for span in spans(text) if span.startswith("make "))]
    called = {words[1] for script in scripts for words in commands(script) if words[0] == "make"}
    assert called <= targets


@EACH
def test_every_setting_that_is_given_a_value_exists(page: Path) -> None:
    given = {
        match[1]
        for span in spans(page.read_text(encoding="utf-8"))
        if (match := re.fullmatch(r"(?:[a-z_]+\.)?([a-z_]+) = \S+", span))
    }
    known = {field.key[-1] for field in FIELDS.values() if field.key} | {"max_monthly_usd"}
    assert given - known - {"max_connections"} == set()  # the latter is PostgreSQL's


def test_the_blocks_of_the_readme_are_those_that_are_checked() -> None:
    languages = set(re.findall(r"^```(\w*)$", README, re.MULTILINE)) - {""}
    assert languages == {"sh", "text"}
    assert {words[0] for block in blocks(README) for words in commands(block)} == {
        "make",
        "showcore",
        ".",
        "eval",
        "_SHOWCORE_COMPLETE=fish_source",
    } - {"_SHOWCORE_COMPLETE=fish_source"}


def test_the_readme_says_how_to_get_showcore_before_it_is_used() -> None:
    called = [words for block in blocks(README) for words in commands(block)]
    first = next(at for at, words in enumerate(called) if words[0] == "showcore")
    assert [".", ".venv/bin/activate"] in called[:first]


def test_a_first_deployment_leaves_no_plan_waiting() -> None:
    (steps,) = [block for block in blocks(README) if "showcore bootstrap" in block]
    assert [words[1] for words in commands(steps)] == ["init", "doctor", "bootstrap", "preflight", "deploy"]


def test_the_folders_of_the_readme_are_the_tree() -> None:
    rows = dict(re.findall(r"^\| `([a-z_/]+)` \| (.+) \|$", README, re.MULTILINE))
    folders = {row for row in rows if (TOP / row).is_dir()}
    packages = {f"showcore_cfn/{path.parent.name}" for path in (TOP / "showcore_cfn").glob("*/__init__.py")}
    assert packages <= folders
    assert {row for row in rows if "/" in row} == packages


def test_the_exit_codes_of_the_readme_are_those_of_the_code() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d+) \| .+ \|$", README, re.MULTILINE)}
    assert listed == {int(code) for code in Exit}


def test_exit_codes_mean_the_same_in_the_readme_and_in_the_reference() -> None:
    row = re.compile(r"^\| \d+ \| .+ \|$", re.MULTILINE)
    assert row.findall(README) == row.findall((TOP / "docs" / "cli.md").read_text(encoding="utf-8"))


def test_the_readme_counts_stacks_and_resources_right() -> None:
    nest = resolve(load_folder(TOP / "templates"), plan_defaults().parameters())
    stacks = {resource.stack for resource in nest.resources.values()}
    own = [resource for resource in nest.resources.values() if resource.type != "AWS::CloudFormation::Stack"]
    said = re.search(r"deploys (\w+) stacks with (\d+) resources", README)
    assert said is not None
    assert ({"eleven": 11}[said[1]], int(said[2])) == (len(stacks), len(own))


@pytest.mark.task("16.4")
@pytest.mark.parametrize(
    "part",
    [
        "showcore bootstrap",
        "showcore plan",
        "showcore deploy",
        "showcore init",
        "make test",
        "showcore account activate-cost-tags",
        "showcore cost --actual",
        "Alarms at 50 and 100 USD",
        "| 4 in 2 zones | 58.40 | -25.55 (-21.90) | 87.75 |",
        "Nothing patches instances by itself",
        "Private subnets have no way to the internet",
    ],
)
def test_the_readme_says_what_the_plan_asks_of_it(part: str) -> None:
    assert part in " ".join(README.split()) or part in README


def test_every_page_of_the_documentation_is_in_its_index() -> None:
    index = TOP / "docs" / "README.md"
    linked = {
        (index.parent / link.split("#")[0]).resolve()
        for link in _LINK.findall(index.read_text(encoding="utf-8"))
    }
    pages = {page for page in (TOP / "docs").glob("*.md") if page != index}
    pages |= set((TOP / "docs" / "runbooks").glob("*.md")) | {TOP / "docs" / "decisions" / "README.md"}
    assert pages - linked == set()


def test_the_map_of_packages_is_the_tree_in_the_words_of_each_package() -> None:
    page = (TOP / "docs" / "architecture.md").read_text(encoding="utf-8")
    mapped = dict(re.findall(r"^\| \[`([a-z_/]+)`\]\(\.\./\1\) \| (.+) \|$", page, re.MULTILINE))
    said = {
        file.parent.relative_to(TOP).as_posix(): ast.get_docstring(
            ast.parse(file.read_text(encoding="utf-8"))
        )
        for file in (TOP / "showcore_cfn").rglob("__init__.py")
    }
    assert mapped.keys() == said.keys()
    for package, docstring in said.items():
        assert docstring, f"{package} does not say what it is"
        assert " ".join(docstring.split("\n\n")[0].split()) == mapped[package]


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(TOP).as_posix() for page in PAGES])
def test_nothing_claims_to_have_run_on_an_account(page: Path) -> None:
    text = page.read_text(encoding="utf-8").lower()
    assert not re.search(r"tested on aws|tried on (a real|our) account|ran on a real", text)
