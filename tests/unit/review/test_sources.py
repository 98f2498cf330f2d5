"""Where template sets come from: git objects without a checkout, folders, files, and what is deployed."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from showcore_cfn.errors import ShowcoreError, UsageError
from showcore_cfn.review.deployed import from_stack
from showcore_cfn.review.diff import Side, diff
from showcore_cfn.review.resolve import resolve
from showcore_cfn.review.sources import fork_point, from_path, from_revision, read
from tests.unit.review.test_diff import DATABASE, NEST, NETWORK, ROOT

QUEUE = "Resources: {Q: {Type: 'AWS::SQS::Queue'}}\n"


def git(where: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false")
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=where, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose first commit holds a nest, and whose second changes the network."""
    git(tmp_path, "init", "-q", "-b", "main")
    folder = tmp_path / "templates"
    folder.mkdir()
    for name, text in NEST.items():
        (folder / name).write_text(text)
    (folder / "notes.md").write_text("Resources: AWS::")
    (folder / "deep").mkdir()
    (folder / "deep" / "queue.yaml").write_text(QUEUE)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    git(tmp_path, "branch", "old")
    (folder / "network.yaml").write_text(NETWORK.replace("10.0.0.0/16", "10.1.0.0/16"))
    git(tmp_path, "commit", "-q", "-am", "second")
    return tmp_path


def test_a_revision_is_read_without_a_checkout(repository: Path) -> None:
    (repository / "templates" / "network.yaml").unlink()
    found = from_revision(repository, "old", "templates")
    assert (found.label, found.folder, found.templates.root) == ("old", "templates", "root.yaml")
    assert set(found.templates.documents) == {*NEST, "deep/queue.yaml"}
    assert found.templates.documents["network.yaml"].text == NETWORK
    assert git(repository, "status", "--porcelain") == "D templates/network.yaml"


@pytest.mark.parametrize("name", ["HEAD~1", "old", "main~1", "old:templates"])
def test_a_revision_may_be_named_in_every_way_that_git_knows(repository: Path, name: str) -> None:
    assert read(repository, name, "templates").templates.documents["network.yaml"].text == NETWORK


def test_a_file_of_a_revision_may_be_named(repository: Path) -> None:
    found = read(repository, "old:templates/network.yaml", "templates")
    assert list(found.templates.documents) == ["network.yaml"]
    assert found.folder == "templates"


def test_a_file_of_a_revision_brings_what_it_nests_as_one_on_disk_does(repository: Path) -> None:
    found = read(repository, "old:templates/root.yaml", "templates")
    assert set(found.templates.documents) == set(NEST)
    assert found.templates.documents["network.yaml"].text == NETWORK
    outside = ROOT.replace("./network.yaml", "../../network.yaml")
    (repository / "templates" / "root.yaml").write_text(outside)
    git(repository, "commit", "-q", "-am", "third")
    assert "network.yaml" not in read(repository, "HEAD:templates/root.yaml", "templates").templates.documents


def test_a_revision_is_read_from_a_folder_below_the_top_too(repository: Path) -> None:
    below = repository / "infra"
    below.mkdir()
    assert from_revision(below, "old", "../templates").templates.root == "root.yaml"


def test_a_repository_without_a_working_tree_is_read(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bare = tmp_path_factory.mktemp("bare")
    git(repository, "clone", "-q", "--bare", str(repository), str(bare))
    assert from_revision(bare, "old", "templates").templates.root == "root.yaml"


def test_a_document_that_did_not_change_is_not_parsed_again(repository: Path) -> None:
    base = read(repository, "old", "templates")
    head = read(repository, "templates", "templates", base.templates.documents.values())
    assert head.templates.documents["root.yaml"] is base.templates.documents["root.yaml"]
    assert head.templates.documents["network.yaml"] is not base.templates.documents["network.yaml"]


def test_a_revision_without_the_folder_is_empty_and_says_so(repository: Path) -> None:
    found = from_revision(repository, "old", "infra")
    assert found.templates.documents == {}
    assert [problem.sentence for problem in found.templates.problems] == [
        "old holds no infra: everything counts as new."
    ]


@pytest.mark.parametrize("name", ["nonsense", "-x", "a\nb", "old:", "@{", "../nowhere"])
def test_a_name_that_stands_for_nothing_is_an_error_that_says_what_to_do(repository: Path, name: str) -> None:
    if name == "old:":
        assert read(repository, name, "templates").templates.root == "templates/root.yaml"
        return
    with pytest.raises(UsageError, match="neither a file, a folder nor a revision"):
        read(repository, name, "templates")


def test_what_exists_is_a_path_even_where_a_revision_is_called_the_same(repository: Path) -> None:
    assert read(repository, "old", "templates").templates.documents != {}
    (repository / "old").mkdir()
    assert read(repository, "old", "templates").templates.documents == {}
    assert read(repository, "old:templates", "templates").templates.documents != {}


def test_outside_a_repository_what_exists_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/app.yaml").write_text("Resources: {T: {Type: 'AWS::SNS::Topic'}}\n")
    for name in ("a", "./a", "a/", "a/app.yaml"):
        assert list(read(tmp_path, name, "templates").templates.documents) == ["app.yaml"]


def test_outside_a_repository_git_says_why(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"cannot read this repository: .* name two folders or files that exist"
    ):
        read(tmp_path, "main", "templates")


def test_without_git_the_error_names_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for attempt in (lambda: from_revision(tmp_path, "main", "x"), lambda: fork_point(tmp_path, "main")):
        with pytest.raises(ShowcoreError, match="compare two folders"):
            attempt()


def test_the_base_is_where_the_branch_left(repository: Path) -> None:
    git(repository, "checkout", "-q", "-b", "topic", "old")
    assert fork_point(repository, "main") == git(repository, "rev-parse", "old")
    git(repository, "checkout", "-q", "--orphan", "alone")
    git(repository, "commit", "-q", "--allow-empty", "-m", "x")
    assert fork_point(repository, "main") == "main"


def test_a_file_brings_what_it_nests(tmp_path: Path) -> None:
    for name, text in {**NEST, "queue.yaml": QUEUE}.items():
        (tmp_path / name).write_text(text)
    found = from_path(tmp_path / "root.yaml", "root.yaml")
    assert set(found.templates.documents) == set(NEST)
    assert set(from_path(tmp_path, ".").templates.documents) == {*NEST, "queue.yaml"}


def test_a_file_that_is_no_text_is_an_error_and_in_a_folder_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot be read"):
        from_path(tmp_path / "a.yaml", "a.yaml")
    assert [problem.name for problem in from_path(tmp_path, ".").templates.problems] == ["a.yaml"]


def test_what_git_holds_is_read_like_what_stands_on_disk(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "a.yaml").write_bytes("\ufeff".encode() + QUEUE.replace("\n", "\r\n").encode())
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "link.yaml").symlink_to("a.yaml")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "x")
    found = from_revision(tmp_path, "main", ".")
    assert found.templates.documents["a.yaml"].text == QUEUE
    assert [problem.name for problem in found.templates.problems] == ["b.yaml"]
    assert "link.yaml" not in found.templates.documents


# Deployed -----------------------------------------------------------------------------------------------------


class Listed(NamedTuple):
    """A resource as CloudFormation lists it."""

    logical_id: str
    physical_id: str


class Account:
    """The two calls, answered from what a deployment of the nest would leave."""

    def __init__(self, *, network_id: str = "arn:network") -> None:
        packaged = ROOT.replace(
            "./network.yaml", "https://s3.us-east-1.amazonaws.com/b/templates/network-1.yaml"
        )
        self.texts = {
            "arn:root": packaged.replace("./database.yaml", "https://s3.us-east-1.amazonaws.com/b/d-2.yaml"),
            "arn:network": NETWORK,
            "arn:database": DATABASE,
        }
        self.network_id = network_id
        self.calls: list[str] = []

    def template(self, name: str) -> str:
        self.calls.append(f"template {name}")
        return self.texts[name]

    def resources(self, name: str) -> list[Listed]:
        self.calls.append(f"resources {name}")
        return [Listed("Network", self.network_id), Listed("Database", "arn:database")]


def test_what_is_deployed_does_not_differ_from_what_was_packaged(tmp_path: Path) -> None:
    account = Account()
    base = from_stack(account, "arn:root", {"P": "x"})
    for name, text in NEST.items():
        (tmp_path / name).write_text(text)
    head = from_path(tmp_path, "templates")
    sides = [Side(source.templates, resolve(source.templates)) for source in (base, head)]
    found = diff(*sides)
    assert (found.changes, found.around, found.exports) == ((), (), ())
    assert (base.whole, base.parameters) == (False, {"P": "x"})
    assert sorted(account.calls) == [
        "resources arn:root",
        "template arn:database",
        "template arn:network",
        "template arn:root",
    ]


def test_a_nested_stack_that_does_not_exist_yet_is_a_problem() -> None:
    found = from_stack(Account(network_id=""), "arn:root", {})
    assert [problem.sentence for problem in found.templates.problems] == [
        "the nested stack Network does not exist yet."
    ]
