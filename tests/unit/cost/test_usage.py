"""Assumptions: presets, own figures over them, and what is wrong with a figure."""

from __future__ import annotations

from decimal import Decimal

import pytest

from showcore_cfn.cost.usage import ASSUMPTIONS, Preset, parse_assumption, parse_preset, usage
from showcore_cfn.errors import UsageError


def test_every_assumption_says_what_it_is_and_grows_from_low_to_high() -> None:
    for key, known in ASSUMPTIONS.items():
        assert known.unit and known.meaning, key
        assert 0 <= known.low <= known.typical <= known.high, key


def test_a_preset_holds_every_figure() -> None:
    assert usage(Preset.LOW)["cdn_out_gb"] == 5
    assert usage()["cdn_out_gb"] == 50
    assert usage(Preset.HIGH)["cdn_out_gb"] == 2000
    assert set(usage(Preset.NONE).values.values()) == {Decimal(0)}


def test_an_own_figure_goes_over_the_preset_and_is_remembered() -> None:
    found = usage(Preset.LOW, {"cdn_out_gb": 7.5})
    assert found["cdn_out_gb"] == Decimal("7.5")
    assert found["sessions"] == 5
    assert found.given == {"cdn_out_gb"}
    assert found.with_("sessions", Decimal(9)).given == {"cdn_out_gb", "sessions"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cdn_out_gb", "--assume 'cdn_out_gb' is not KEY=VALUE"),
        ("cdn_out=1", "no assumption is called 'cdn_out'; did you mean 'cdn_out_gb'?"),
        ("moon=1", "no assumption is called 'moon'; see `showcore cost --show assumptions`."),
        ("cdn_out_gb=-1", "cdn_out_gb is -1; an assumption is a number, 0 or more."),
        ("cdn_out_gb=much", "cdn_out_gb is much; an assumption is a number, 0 or more."),
        ("cdn_out_gb=inf", "cdn_out_gb is inf; an assumption is a number, 0 or more."),
    ],
)
def test_a_wrong_figure_gets_one_sentence(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_assumption(text)
    assert str(raised.value).startswith(said)


def test_a_wrong_figure_of_the_settings_gets_the_same_sentence() -> None:
    with pytest.raises(UsageError, match=r"no assumption is called 'cdn_gb'; did you mean 'cdn_out_gb'?"):
        usage(own={"cdn_gb": 3.0})


def test_an_unknown_preset_is_told_with_those_there_are() -> None:
    assert parse_preset("high") is Preset.HIGH
    with pytest.raises(
        UsageError, match=r"there is no usage called 'huge'; there are none, low, typical, high."
    ):
        parse_preset("huge")
