"""Settings: what is valid comes back as it was, what is not is told by file, line and key."""

from __future__ import annotations

import re
import string
import tempfile
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as within
from hypothesis import strategies as st

from showcore_cfn.errors import SettingsError, ShowcoreError
from showcore_cfn.settings import FreeTier, Settings, load, plan_defaults
from showcore_cfn.settings_lines import lines_of
from showcore_cfn.settings_text import to_toml
from showcore_cfn.template.parameters import ROOT_PARAMETERS, RootParameter

FEW = within(deadline=None, max_examples=60)
BY_NAME = {parameter.name: parameter for parameter in ROOT_PARAMETERS}
LETTERS = string.ascii_lowercase + string.digits
ADDRESS = st.builds(
    "{}@{}.{}".format,
    st.text("'\\\"#[]{}=,+ÄÖß" + LETTERS, min_size=1, max_size=20),
    st.text(LETTERS, min_size=1, max_size=10),
    st.sampled_from(["com", "org", "example"]),
)
AMOUNT = st.floats(0, allow_nan=False, allow_infinity=False) | st.integers(0, 10**18).map(float)
PRINTABLE = st.text(min_size=1, max_size=20).filter(str.isprintable)


def addresses(topic: str) -> st.SearchStrategy[dict[str, str]]:
    def named(found: list[str]) -> dict[str, str]:
        return {f"{topic}AlertEmail{'' if i == 0 else i + 1}": address for i, address in enumerate(found)}

    return st.lists(ADDRESS, min_size=1, max_size=3, unique_by=str.lower).map(named)


@st.composite
def valid(draw: st.DrawFn) -> Settings:
    """Any settings that are allowed."""
    account = draw(st.from_regex("[0-9]{12}", fullmatch=True))
    values = draw(addresses("Critical")) | draw(addresses("Warning")) | draw(addresses("Billing"))
    for parameter in ROOT_PARAMETERS:
        if parameter.allowed:
            values[parameter.name] = draw(st.sampled_from(parameter.allowed))
    for name in ("Prefix", "Environment"):
        values[name] = draw(st.from_regex("[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?", fullmatch=True))
    for name in ("Phase", "ManagedBy", "CostCenter"):
        values[name] = draw(st.text(string.ascii_letters + " _.:/=+@-", min_size=1, max_size=40))
    values["DashboardName"] = draw(st.text(string.ascii_letters + "_-", min_size=1, max_size=40))
    zones = draw(st.permutations([f"us-east-1{letter}" for letter in "abcdef"]))
    values |= {"AvailabilityZoneA": zones[0], "AvailabilityZoneB": zones[1]}
    if draw(st.booleans()):
        certificate = draw(st.uuids())
        values["DomainName"] = draw(st.sampled_from(["example.com", "*.example.com", "a-b.c.org"]))
        values["CertificateArn"] = f"arn:aws:acm:us-east-1:{account}:certificate/{certificate}"
    reserved = {"network", "cdn", "database", "account", "switches", "cost", "usage"}
    if values["Environment"] in reserved:
        values["Environment"] = "production"
    return Settings(
        account,
        values,
        stack_name=draw(st.just("") | st.from_regex("[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True)),
        usage=draw(st.dictionaries(PRINTABLE, AMOUNT, max_size=4)),
        free_tier=draw(st.sampled_from(FreeTier)),
        max_monthly_usd=draw(st.none() | AMOUNT.filter(bool)),
    )


def loaded(text: str, env: str | None = None) -> Settings:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "showcore.toml"
        path.write_bytes(text.encode())
        return load(path, env)


@FEW
@given(valid())
def test_valid_settings_come_back_from_their_text_as_they_were(settings: Settings) -> None:
    assert loaded(to_toml(settings)) == settings


@FEW
@given(valid())
def test_every_parameter_has_a_value_that_cloudformation_takes(settings: Settings) -> None:
    values = settings.parameters()
    assert list(values) == list(BY_NAME)
    for name, value in values.items():
        parameter = BY_NAME[name]
        assert not parameter.allowed or value in parameter.allowed
        assert parameter.pattern is None or re.fullmatch(parameter.pattern, value)
        assert parameter.max_length is None or len(value) <= parameter.max_length


TOML_VALUE = st.recursive(
    st.sampled_from(["true", "false", "nan", "inf", "-inf", "1979-05-27", "07:32:00", "1e400", "''", '""'])
    | st.integers().map(str)
    | st.floats(allow_nan=False, allow_infinity=False).map(repr)
    | st.text(LETTERS + "@.- ", max_size=20).map('"{}"'.format),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda found: "[" + ", ".join(found) + "]")
        | inner.map("{{key = {}}}".format)
    ),
    max_leaves=5,
)
PLACES = sorted(
    line.split(" = ")[0].removeprefix("# ")
    for line in to_toml(plan_defaults()).splitlines()
    if re.match(r"(# )?[a-z_]+ = ", line)
)


@within(deadline=None, max_examples=150)
@given(st.sampled_from(PLACES), TOML_VALUE)
def test_a_value_in_any_place_is_taken_or_told_by_its_line_and_key(key: str, value: str) -> None:
    text = re.sub(rf"(?m)^(# )?{key} = .*$", lambda _: f"{key} = {value}", to_toml(plan_defaults()))
    line = text.splitlines().index(f"{key} = {value}") + 1
    try:
        taken = loaded(text)
    except SettingsError as refused:
        first = str(refused).strip().splitlines()[-1]
        assert re.search(rf"showcore\.toml:{line}: production\.[a-z._]*{key}", str(refused)), str(refused)
        assert re.search(r"(allowed is|is not a setting)", first)
    else:
        assert loaded(to_toml(taken)) == taken


@pytest.mark.parametrize("parameter", [p for p in ROOT_PARAMETERS if p.pattern], ids=lambda p: p.name)
@within(deadline=None, max_examples=15)
@given(st.data())
def test_what_a_pattern_refuses_never_becomes_settings(parameter: RootParameter, data: st.DataObject) -> None:
    pattern = str(parameter.pattern)
    text = data.draw(st.text(max_size=30).filter(lambda text: not re.fullmatch(pattern, text)))
    with pytest.raises(SettingsError):
        Settings("111122223333", {**plan_defaults().parameters(), parameter.name: text})


@pytest.mark.parametrize("parameter", [p for p in ROOT_PARAMETERS if p.max_length], ids=lambda p: p.name)
def test_what_is_longer_than_a_parameter_may_be_never_becomes_settings(parameter: RootParameter) -> None:
    long = "a" * (int(parameter.max_length or 0) - 11) + "@example.com"
    if not parameter.name.rstrip("23").endswith("Email"):
        long = "a" * (int(parameter.max_length or 0) + 1)
    if parameter.name == "DomainName":
        long = "a" * (int(parameter.max_length or 0) - 3) + ".com"
    with pytest.raises(SettingsError, match=r"; allowed is .*, at most "):
        Settings("111122223333", {**plan_defaults().parameters(), parameter.name: long})


@within(deadline=None, max_examples=100)
@given(st.binary(max_size=60) | st.text("[]{}=.,#\n\"' ab1", max_size=60).map(str.encode))
def test_no_file_is_ever_answered_with_a_traceback(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "showcore.toml"
        path.write_bytes(content)
        with pytest.raises(ShowcoreError) as refused:
            load(path)
    assert str(path) in str(refused.value)


NAME = st.text(LETTERS, min_size=1, max_size=4).map("n{}".format)


@FEW
@given(
    st.lists(
        st.tuples(
            NAME, st.sampled_from(["1.5", "'#'", '"\\""', "'''\n[x]\n'''", "[1,\n2]", "{a = [ ], b.c = 1}"])
        ),
        unique_by=lambda pair: pair[0],
        max_size=8,
    )
)
def test_each_key_is_found_on_the_line_that_it_was_written_on(pairs: list[tuple[str, str]]) -> None:
    text, expected = "# head\n\n[table]\n", {}
    for name, value in pairs:
        expected["table", name] = text.count("\n") + 1
        text += f"{name} = {value}  # [no.table]\n"
    tomllib.loads(text)
    found = lines_of(text)
    assert {key: found[key] for key in expected} == expected
    assert {len(key) for key in found} <= {1, 2, 3, 4}
