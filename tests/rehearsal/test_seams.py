"""The exact version of ministack, the names taken from inside it, and how properties become API members."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from showcore_cfn.rehearse.embedded_aws import added, call, repaired, seams
from showcore_cfn.rehearse.embedded_aws.resource_type import ResourceType, as_text, as_value, tag_map, without


def test_another_version_is_refused_with_the_way_out() -> None:
    with pytest.raises(
        seams.WrongVersion, match=r"ministack 1\.5\.33 and found 1\.6\.0; install .*rehearsal\.lock"
    ):
        seams.check("1.6.0")


def test_the_pinned_version_is_accepted() -> None:
    seams.check("1.5.33")


def test_every_added_type_is_unknown_and_every_repaired_type_known_to_ministack(
    rehearsal_python: Path,
) -> None:
    names = "from ministack.services.cloudformation import provisioners as p; print(*p._RESOURCE_HANDLERS)"
    known = set(subprocess.check_output([rehearsal_python, "-I", "-c", names], text=True).split())
    assert set(added.TYPES) & known == set()
    assert set(repaired.REPAIRS) <= known


def _shape(kind: str, **more: Any) -> Any:
    return SimpleNamespace(type_name=kind, **more)


TEXT, NUMBER, TRUTH, REAL = _shape("string"), _shape("integer"), _shape("boolean"), _shape("double")


@pytest.mark.parametrize(
    ("value", "shape", "fitted"),
    [
        pytest.param("90", NUMBER, 90, id="number-out-of-text"),
        pytest.param("true", TRUTH, True, id="true-out-of-text"),
        pytest.param("false", TRUTH, False, id="false-out-of-text"),
        pytest.param(True, TRUTH, True, id="truth-as-it-is"),
        pytest.param(5432, TEXT, "5432", id="text-out-of-number"),
        pytest.param("0.5", REAL, 0.5, id="real-out-of-text"),
        pytest.param(["1"], _shape("list", member=NUMBER), [1], id="list"),
        pytest.param({"a": "1"}, _shape("map", value=NUMBER), {"a": 1}, id="map"),
        pytest.param(
            {"RoleARN": "x"}, _shape("structure", members={"roleARN": TEXT}), {"roleARN": "x"}, id="case"
        ),
        pytest.param(b"x", _shape("blob"), b"x", id="bytes-as-they-are"),
    ],
)
def test_a_property_is_fitted_to_the_api(value: Any, shape: Any, fitted: Any) -> None:
    assert call.fit(value, shape, "it") == fitted


def test_a_property_that_the_api_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="create_trail takes no Colour"):
        call.fit({"Colour": "blue"}, _shape("structure", members={"Name": TEXT}), "create_trail")


def test_a_type_without_an_update_is_made_anew_before_the_old_one_goes() -> None:
    done: list[str] = []

    def create(_name: str, properties: dict[str, Any]) -> tuple[str, dict[str, str]]:
        done.append(f"create {properties['Value']}")
        return properties["Value"], {}

    def delete(physical_id: str, _properties: dict[str, Any]) -> None:
        done.append(f"delete {physical_id}")

    update = ResourceType(create, delete).as_handler()["update"]
    assert update("old", {"Value": "old"}, {"Value": "new"}, "stack", "Id") == ("new", {})
    assert done == ["create new", "delete old"]


def test_a_generated_name_is_stable_and_fits() -> None:
    names: list[str] = []

    def create(name: str, _properties: dict[str, Any]) -> tuple[str, dict[str, str]]:
        names.append(name)
        return name, {}

    handler = ResourceType(create, lambda _id, _properties: None).as_handler()
    handler["create"]("Trail", {}, "s" * 200)
    handler["create"]("Trail", {}, "s" * 200)
    handler["create"]("Other", {}, "s" * 200)
    assert names[0] == names[1] != names[2]
    assert {len(name) for name in names} == {128}


def test_tags_are_read_from_both_spellings() -> None:
    assert tag_map({"Tags": [{"Key": "Project", "Value": "ShowCore"}]}) == {"Project": "ShowCore"}
    assert tag_map({"BackupVaultTags": {"Project": "ShowCore"}}, "BackupVaultTags") == {"Project": "ShowCore"}
    assert tag_map({}) == {}


def test_documents_are_text_or_values_as_wanted() -> None:
    assert as_text({"a": 1}) == '{"a": 1}'
    assert as_text("x") == "x"
    assert as_value('{"a": 1}') == {"a": 1}
    assert as_value({"a": 1}) == {"a": 1}
    assert without({"a": 1, "b": 2}, "a") == {"b": 2}
