"""check/lint_cache.py: verdicts kept by content, and never one that no longer holds."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from showcore_cfn import fingerprint
from showcore_cfn.caches import cache_folder
from showcore_cfn.check import lint as lint_module
from showcore_cfn.check import lint_cache, lint_engine
from showcore_cfn.check.finding import Finding, Severity
from showcore_cfn.check.lint import lint
from showcore_cfn.check.lint_cache import Verdicts

BUCKET = "Resources:\n  Assets: {Type: AWS::S3::Bucket, Properties: {Encrypted: true}}\n"
GOOD = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
ROOT = "Resources: {N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./network.yaml}}}\n"
NETWORK = "Resources: {Topic: {Type: AWS::SNS::Topic}}\n"
LAMBDA = "Resources:\n  F: {Type: AWS::Lambda::Function}\n"


@pytest.fixture
def verdicts(tmp_path: Path) -> Verdicts:
    return Verdicts(tmp_path / "kept" / "lint")


FINDING = Finding("E1", Severity.REFUSED, "said", "a.yaml", ("Resources", "A", 0), 3, "A", "do", "https://x")


def test_a_kept_verdict_is_used_without_cfn_lint(verdicts: Verdicts, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"storage.yaml": BUCKET, "alerts.yaml": GOOD}
    found = lint(texts, verdicts=verdicts)
    monkeypatch.setitem(sys.modules, "showcore_cfn.check.lint_engine", None)
    assert lint(texts, verdicts=verdicts) == found != ()
    with pytest.raises(ImportError):
        lint(texts)


def test_only_what_has_changed_is_judged_again(verdicts: Verdicts, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []
    monkeypatch.setattr(
        lint_engine,
        "judge",
        lambda jobs: [judged.append(job.name) or [] for job in jobs],  # type: ignore[func-returns-value]
    )
    texts = {"root.yaml": ROOT, "network.yaml": NETWORK, "alerts.yaml": GOOD}
    lint(texts, verdicts=verdicts)
    lint(texts, verdicts=verdicts)
    assert judged == ["root.yaml", "network.yaml", "alerts.yaml"]
    judged.clear()
    lint({**texts, "network.yaml": NETWORK + "#\n"}, verdicts=verdicts)
    assert judged == ["network.yaml"]
    judged.clear()
    wanting = "Parameters: {Size: {Type: String}}\n" + NETWORK
    lint({**texts, "network.yaml": wanting}, verdicts=verdicts)
    assert judged == ["root.yaml", "network.yaml"], "what a nested template takes concerns its parent"


def today() -> str:
    return "2026-11-01"


def tomorrow() -> str:
    return "2026-11-02"


def test_the_key_changes_with_every_text_and_with_all_else_it_is_told() -> None:
    texts = {"root.yaml": ROOT, "network.yaml": NETWORK}
    keys = {
        lint_cache.key(texts, "root.yaml", today=today),
        lint_cache.key(texts, "network.yaml", today=today),
        lint_cache.key(texts, "root.yaml", "settings", today=today),
        lint_cache.key({**texts, "root.yaml": ROOT + "\n"}, "root.yaml", today=today),
        lint_cache.key({**texts, "network.yaml": NETWORK + "\n"}, "root.yaml", today=today),
        lint_cache.key({"root.yaml": ROOT, "net.yaml": NETWORK}, "root.yaml", today=today),
        lint_cache.key({"root.yaml": ROOT}, "root.yaml", today=today),
    }
    assert len(keys) == 7
    assert lint_cache.key(texts, "root.yaml", today=tomorrow) in keys


def test_the_date_counts_where_a_template_holds_a_lambda_function() -> None:
    assert lint_cache.key({"a": LAMBDA}, today=today) != lint_cache.key({"a": LAMBDA}, today=tomorrow)


def test_the_key_holds_the_installed_linter_and_the_sources_of_this_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = {"a.yaml": GOOD}
    key = lint_module._key("a.yaml", texts)
    with monkeypatch.context() as changed:
        changed.setattr(fingerprint, "libraries", lambda: "another cfn-lint")
        assert lint_module._key("a.yaml", texts) != key
    with monkeypatch.context() as changed:
        changed.setattr(fingerprint, "sources", lambda *_names: "changed settings")
        assert lint_module._key("a.yaml", texts) != key
    assert lint_module._key("a.yaml", texts) == key


def test_a_finding_comes_back_as_it_was_kept(verdicts: Verdicts) -> None:
    verdicts.put("k", [FINDING, replace(FINDING, resource=None)])
    assert verdicts.get("k") == (FINDING, replace(FINDING, resource=None))
    verdicts.put("k", [])
    assert verdicts.get("k") == ()
    assert verdicts.get("another") is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda _written: "",
        lambda written: written[:-1],
        lambda written: written.replace("said", "SAID"),
        lambda written: written[:64] + "[]",
        lambda _written: "not json at all",
    ],
    ids=["empty", "cut-off", "altered", "emptied", "garbage"],
)
def test_a_damaged_entry_is_a_miss(verdicts: Verdicts, damage: object) -> None:
    assert callable(damage)
    verdicts.put("k", [FINDING])
    assert isinstance(verdicts.folder, Path)
    (entry,) = verdicts.folder.iterdir()
    entry.write_text(damage(entry.read_text(encoding="utf-8")), encoding="utf-8")
    assert verdicts.get("k") is None


def test_an_entry_under_another_key_is_a_miss(verdicts: Verdicts) -> None:
    verdicts.put("k", [FINDING])
    assert isinstance(verdicts.folder, Path)
    (verdicts.folder / "k.json").rename(verdicts.folder / "other.json")
    assert verdicts.get("other") is None


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    blocked = Verdicts(tmp_path / "file" / "lint")
    blocked.put("k", [FINDING])
    assert blocked.get("k") is None
    lint_cache.NOTHING_KEPT.put("k", [FINDING])
    assert lint_cache.NOTHING_KEPT.get("k") is None


def test_two_that_write_at_once_never_show_half_an_entry(verdicts: Verdicts) -> None:
    many = [replace(FINDING, line=line) for line in range(200)]
    verdicts.put("k", many)
    seen: list[int] = []

    def work() -> None:
        for _ in range(20):
            verdicts.put("k", many)
            seen.append(len(verdicts.get("k") or ()))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [200] * 80
    assert isinstance(verdicts.folder, Path)
    assert [entry.name for entry in verdicts.folder.iterdir()] == ["k.json"]


def test_the_oldest_half_goes_when_there_are_too_many(
    verdicts: Verdicts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lint_cache, "MOST_ENTRIES", 4)
    for number in range(5):
        verdicts.put(f"k{number}", [])
    assert isinstance(verdicts.folder, Path)
    assert 3 <= len(list(verdicts.folder.iterdir())) <= 4
    assert verdicts.get("k4") == ()


def test_a_verdict_that_a_broken_rule_cut_short_is_not_kept(
    verdicts: Verdicts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lint_engine, "judge", lambda jobs: [[["E0002", "it broke", [], 1]] for _ in jobs])
    assert [finding.rule for finding in lint({"a.yaml": GOOD}, verdicts=verdicts)] == ["E0002"]
    monkeypatch.setattr(lint_engine, "judge", lambda jobs: [[] for _ in jobs])
    assert lint({"a.yaml": GOOD}, verdicts=verdicts) == ()


def test_a_clone_keeps_its_cache_beside_it_and_an_installed_tool_in_the_users_folder(tmp_path: Path) -> None:
    assert cache_folder({"XDG_CACHE_HOME": "/caches"}, tmp_path) == Path("/caches/showcore")
    assert cache_folder({}, tmp_path) == Path.home() / ".cache" / "showcore"
    for name in ("Makefile", "cli.py"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert cache_folder({"XDG_CACHE_HOME": "/caches"}, tmp_path) == tmp_path / ".cache"
