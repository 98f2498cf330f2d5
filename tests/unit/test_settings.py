"""settings.py: a file to checked settings, and each mistake to one sentence with its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from showcore_cfn.errors import Exit, SettingsError, UsageError
from showcore_cfn.settings import FreeTier, Settings, load, plan_defaults, setting_of
from showcore_cfn.template.parameters import ROOT_PARAMETERS

ADDRESSES = {
    "CriticalAlertEmail": "ops@example.com",
    "WarningAlertEmail": "ops@example.com",
    "BillingAlertEmail": "money@example.com",
}
SMALLEST = """\
[production]
account_id = "111122223333"
[production.alert_addresses]
critical = ["ops@example.com"]
warning = ["ops@example.com"]
billing = ["money@example.com"]
"""
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
LETTERS = "lower-case letters, digits and single hyphens, a letter first"
LIST = "a list of one to three e-mail addresses"
Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A file of this text, in a folder of its own."""

    def write(text: str | bytes, name: str = "showcore.toml") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def mistakes(path: Path, env: str | None = None) -> list[str]:
    """The sentences of a refusal, without the folder."""
    with pytest.raises(SettingsError) as refused:
        load(path, env)
    return [line.strip() for line in str(refused.value).replace(f"{path.parent}/", "").splitlines()]


def test_what_the_file_leaves_out_is_as_the_plan_has_it(written: Written) -> None:
    settings = load(written(SMALLEST), None)
    assert settings.parameters() == {
        "Prefix": "showcore",
        "Environment": "production",
        "Phase": "Phase1",
        "ManagedBy": "CloudFormation",
        "CostCenter": "ShowCore",
        "DashboardName": "ShowCore-Phase1-Dashboard",
        "AvailabilityZoneA": "us-east-1a",
        "AvailabilityZoneB": "us-east-1b",
        "EndpointZones": "2",
        "SessionMessagesEndpoint": "true",
        "CriticalAlertEmail": "ops@example.com",
        "CriticalAlertEmail2": "",
        "CriticalAlertEmail3": "",
        "WarningAlertEmail": "ops@example.com",
        "WarningAlertEmail2": "",
        "WarningAlertEmail3": "",
        "BillingAlertEmail": "money@example.com",
        "BillingAlertEmail2": "",
        "BillingAlertEmail3": "",
        "DomainName": "",
        "CertificateArn": "",
        "DatabaseDeletionProtection": "true",
        "AccountTier": "true",
        "ConfigRecorder": "true",
        "SessionPreferences": "true",
        "AnomalyDetection": "false",
        "RequestMetrics": "true",
        "CdnMetrics": "true",
        "VpcFlowLogs": "false",
        "AccessLogs": "false",
        "CdnAccessLogs": "false",
        "EnhancedMonitoring": "false",
    }
    assert (settings.account_id, settings.region) == ("111122223333", "us-east-1")
    assert settings.stack_name == "showcore-phase1-production"
    assert (settings.free_tier, settings.max_monthly_usd, settings.usage) == (FreeTier.NONE, None, {})


def test_what_the_file_says_is_what_is_deployed(written: Written) -> None:
    settings = load(
        written(
            """\
            [staging]
            account_id = "123456789012"
            stack_name = "try-out"
            prefix = "try"
            alert_addresses = {critical = ["a@example.com", "b@example.com"], warning = ["a@example.com"], \
                               billing = ["a@example.com", "b@example.com", "c@example.com"]}
            [staging.network]
            availability_zone_a = "us-east-1c"
            endpoint_zones = 1
            session_messages_endpoint = false
            [staging.cdn]
            domain_name = "static.example.com"
            certificate_arn = "CERTIFICATE"
            [staging.switches]
            vpc_flow_logs = true
            [staging.cost]
            free_tier = "legacy"
            max_monthly_usd = 72.5
            [staging.usage]
            s3_gb = 12
            "cdn.gb" = 0.5
            """.replace("CERTIFICATE", CERTIFICATE)
        )
    )
    values = settings.parameters()
    assert settings.environment == values["Environment"] == "staging"
    assert (settings.stack_name, settings.prefix) == ("try-out", "try")
    assert (values["CriticalAlertEmail2"], values["BillingAlertEmail3"]) == ("b@example.com", "c@example.com")
    assert (values["AvailabilityZoneA"], values["EndpointZones"]) == ("us-east-1c", "1")
    assert (values["SessionMessagesEndpoint"], values["VpcFlowLogs"]) == ("false", "true")
    assert values["DomainName"] == "static.example.com"
    assert (settings.free_tier, settings.max_monthly_usd) == (FreeTier.LEGACY, 72.5)
    assert settings.usage == {"s3_gb": 12.0, "cdn.gb": 0.5}


@pytest.mark.task("2.2")
def test_the_stack_carries_the_five_tags(written: Written) -> None:
    assert load(written(SMALLEST)).tags == {
        "Project": "ShowCore",
        "Phase": "Phase1",
        "Environment": "production",
        "ManagedBy": "CloudFormation",
        "CostCenter": "ShowCore",
    }


def test_every_root_parameter_has_a_value_and_no_other_name_does() -> None:
    assert list(plan_defaults().parameters()) == [parameter.name for parameter in ROOT_PARAMETERS]


def test_the_plan_is_at_hand_without_a_file() -> None:
    settings = plan_defaults("staging")
    assert (settings.environment, settings.account_id) == ("staging", "111122223333")
    assert settings.parameters()["CriticalAlertEmail"] == "critical@example.com"
    assert settings.parameters()["EndpointZones"] == "2"


@pytest.mark.parametrize(
    ("parameter", "key"),
    [
        ("EndpointZones", "network.endpoint_zones"),
        ("ConfigRecorder", "account.config_recorder"),
        ("DomainName", "cdn.domain_name"),
        ("VpcFlowLogs", "switches.vpc_flow_logs"),
        ("Prefix", "prefix"),
        ("WarningAlertEmail2", "alert_addresses.warning"),
    ],
)
def test_a_parameter_is_told_by_its_key_in_the_file(parameter: str, key: str) -> None:
    assert setting_of(parameter) == key


ONE_MISTAKE = {
    "account-of-11-digits": (
        'account_id = "12345678901"',
        'account_id is "12345678901", 11 digits; allowed is the 12 digits of an AWS account.',
    ),
    "account-without-quotes": (
        "account_id = 123456789012",
        "account_id is 123456789012; allowed is the 12 digits of an AWS account, in quotes.",
    ),
    "account-of-other-digits": (
        'account_id = "٣23456789012"',
        'account_id is "٣23456789012"; allowed is the 12 digits of an AWS account.',
    ),
    "other-region": (
        'region = "eu-west-1"',
        'region is "eu-west-1"; allowed is us-east-1, where all of Phase 1 stands.',
    ),
    "long-prefix": (
        'prefix = "seventeen-letters"',
        (
            'prefix is "seventeen-letters", 17 characters; allowed is lower-case letters, digits and single '
            "hyphens, a letter first, at most 16."
        ),
    ),
    "prefix-with-a-newline": (
        'prefix = "showcore\\n"',
        'prefix is "showcore\\n"; allowed is lower-case letters, digits and single hyphens, a letter first.',
    ),
    "stack-name": (
        'stack_name = "1st"',
        'stack_name is "1st"; allowed is letters, digits and hyphens, a letter first.',
    ),
    "unknown-key-with-a-near-one": (
        'prefx = "show"',
        "prefx is not a setting; the nearest is prefix.",
    ),
    "key-in-the-wrong-table": (
        "endpoint_zones = 1",
        "endpoint_zones is not a setting there; it belongs below [production.network].",
    ),
    "environment-as-a-key": (
        'environment = "production"',
        (
            "environment is not a setting; allowed there is account, account_id, alert_addresses, cdn, cost, "
            "cost_center, dashboard_name, database, managed_by, network, phase, prefix, region, stack_name, "
            "switches, usage."
        ),
    ),
    "flag-in-quotes": (
        'switches.cdn_metrics = "true"',
        'switches.cdn_metrics is "true"; allowed is true or false, without quotes.',
    ),
    "flag-as-a-number": (
        "switches.cdn_metrics = 1",
        "switches.cdn_metrics is 1; allowed is true or false, without quotes.",
    ),
    "number-in-quotes": (
        'network.endpoint_zones = "2"',
        'network.endpoint_zones is "2"; allowed is 1 or 2, without quotes.',
    ),
    "number-as-a-flag": (
        "network.endpoint_zones = true",
        "network.endpoint_zones is true; allowed is 1 or 2, without quotes.",
    ),
    "three-zones": (
        "network.endpoint_zones = 3",
        "network.endpoint_zones is 3; allowed is 1 or 2.",
    ),
    "zone-elsewhere": (
        'network.availability_zone_a = "eu-west-1a"',
        'network.availability_zone_a is "eu-west-1a"; allowed is a zone of us-east-1, such as us-east-1a.',
    ),
    "both-zones-one": (
        'network.availability_zone_b = "us-east-1a"',
        (
            'network.availability_zone_b is "us-east-1a", the same as network.availability_zone_a; '
            "allowed is another zone."
        ),
    ),
    "a-value-for-a-table": (
        "network = 2",
        "network is 2; allowed is a table, [production.network].",
    ),
    "a-table-for-a-value": (
        'prefix = {name = "show"}',
        (
            "prefix is a table; allowed is lower-case letters, digits and single hyphens, a letter first, "
            "in quotes."
        ),
    ),
    "a-date-for-a-value": (
        "phase = 2026-01-01",
        "phase is 2026-01-01; allowed is letters, digits, spaces and _ . : / = + - @, in quotes.",
    ),
    "domain-without-certificate": (
        'cdn.domain_name = "static.example.com"',
        (
            'cdn.domain_name is "static.example.com" without cdn.certificate_arn; '
            "allowed is both together or neither."
        ),
    ),
    "certificate-of-another-account": (
        f'cdn = {{domain_name = "static.example.com", certificate_arn = "{CERTIFICATE}"}}',
        (
            "cdn.certificate_arn belongs to account 123456789012; allowed is a certificate of account "
            "111122223333."
        ),
    ),
    "certificate-of-another-region": (
        f'cdn.certificate_arn = "{CERTIFICATE.replace("us-east-1", "eu-west-1")}"',
        (
            "cdn.certificate_arn is "
            '"arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-444…"; '
            "allowed is the ARN of an ACM certificate in us-east-1, or empty."
        ),
    ),
    "unknown-free-tier": (
        'cost.free_tier = "always"',
        'cost.free_tier is "always"; allowed is legacy, credits or none.',
    ),
    "budget-of-nothing": (
        "cost.max_monthly_usd = 0",
        "cost.max_monthly_usd is 0; allowed is a number above 0.",
    ),
    "usage-below-nothing": (
        "usage.s3_gb = -1",
        "usage.s3_gb is -1; allowed is a number, 0 or more.",
    ),
    "usage-without-end": (
        "usage.s3_gb = inf",
        "usage.s3_gb is inf; allowed is a number, 0 or more.",
    ),
    "usage-beyond-any-float": (
        f"usage.s3_gb = 1{'0' * 400}",
        f"usage.s3_gb is 1{'0' * 68}…; allowed is a number, 0 or more.",
    ),
    "usage-that-is-no-number": (
        "usage.s3_gb = nan",
        "usage.s3_gb is nan; allowed is a number, 0 or more.",
    ),
    "usage-without-a-name": (
        'usage."" = 1',
        'usage has the name ""; allowed is a name in printable letters.',
    ),
    "usage-in-words": (
        'usage.s3_gb = "much"',
        'usage.s3_gb is "much"; allowed is a number, 0 or more.',
    ),
    "usage-as-a-flag": (
        "usage.s3_gb = true",
        "usage.s3_gb is true; allowed is a number, 0 or more.",
    ),
}


@pytest.mark.parametrize(("line", "says"), ONE_MISTAKE.values(), ids=ONE_MISTAKE)
def test_a_mistake_is_one_sentence_with_file_line_key_what_was_found_and_what_is_allowed(
    written: Written, line: str, says: str
) -> None:
    rest = SMALLEST.removeprefix("[production]\n")
    if line.startswith("account_id"):
        rest = rest.removeprefix('account_id = "111122223333"\n')
    assert mistakes(written(f"# settings\n\n[production]\n{line}\n{rest}")) == [
        f"showcore.toml:4: production.{says}"
    ]


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ('["ops"]', 'is "ops"; allowed is one e-mail address.'),
        ('["ops@example"]', 'is "ops@example"; allowed is one e-mail address.'),
        ('["a b@example.com"]', 'is "a b@example.com"; allowed is one e-mail address.'),
        ('["a@b@example.com"]', 'is "a@b@example.com"; allowed is one e-mail address.'),
        ('["a\\u0000b@example.com"]', 'is "a\\x00b@example.com"; allowed is one e-mail address.'),
        ("[7]", "is 7; allowed is one e-mail address, in quotes."),
        ('["a@example.com", ""]', 'is ""; allowed is one e-mail address.'),
        ('["a@example.com", "A@example.com"]', 'names "A@example.com" twice; allowed is each address once.'),
        ('"a@example.com"', 'is "a@example.com"; allowed is a list of one to three e-mail addresses.'),
        ("[]", "holds no addresses; allowed is a list of one to three e-mail addresses."),
        (
            '["a@example.com", "b@example.com", "c@example.com", "d@example.com"]',
            "holds 4 addresses; allowed is a list of one to three e-mail addresses.",
        ),
    ],
)
def test_alert_addresses_are_one_to_three_different_ones(written: Written, found: str, says: str) -> None:
    text = SMALLEST.replace('warning = ["ops@example.com"]', f"warning = {found}")
    assert mistakes(written(text)) == [f"showcore.toml:5: production.alert_addresses.warning {says}"]


def test_an_address_of_255_characters_is_too_long(written: Written) -> None:
    long = "a" * 243 + "@example.com"
    text = SMALLEST.replace("money@example.com", long)
    assert mistakes(written(text))[0].endswith(
        '…", 255 characters; allowed is one e-mail address, at most 254.'
    )
    assert load(written(text.replace(long, long[1:]))).parameters()["BillingAlertEmail"] == long[1:]


def test_an_address_is_told_by_the_line_of_its_own(written: Written) -> None:
    text = SMALLEST.replace('["ops@example.com"]\nw', '[\n  "ops@example.com",\n  "ops",\n]\nw')
    assert mistakes(written(text)) == [
        'showcore.toml:6: production.alert_addresses.critical is "ops"; allowed is one e-mail address.'
    ]


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(written: Written) -> None:
    text = """\
account_id = "111122223333"
[production]
prefix = "Show"
[production.alert_addresses]
critical = ["ops"]
billing = ["money@example.com"]
[production.netwrk]
endpoint_zones = 1
[[staging]]
[cdn]
"""
    assert mistakes(written(text)) == [
        "8 mistakes in showcore.toml:",
        (
            "showcore.toml:1: account_id stands outside of an environment; "
            "allowed is below one, such as [production]."
        ),
        (
            "showcore.toml:2: production.account_id is missing; "
            "allowed is the 12 digits of an AWS account, in quotes."
        ),
        f'showcore.toml:3: production.prefix is "Show"; allowed is {LETTERS}.',
        f"showcore.toml:4: production.alert_addresses.warning is missing; allowed is {LIST}.",
        'showcore.toml:5: production.alert_addresses.critical is "ops"; allowed is one e-mail address.',
        "showcore.toml:7: production.netwrk is not a setting; the nearest is network.",
        "showcore.toml:9: staging is a list; allowed is one table, [staging].",
        "showcore.toml:10: cdn stands outside of an environment; allowed is below one, [production.cdn].",
    ]


def test_a_file_of_nothing_but_strays_is_told_what_is_allowed(written: Written) -> None:
    assert mistakes(written("[[production]]\nprefix = 'show'\n")) == [
        "showcore.toml:1: production is a list; allowed is one table, [production]."
    ]


def test_the_name_of_an_environment_is_checked_as_its_tag_is(written: Written) -> None:
    text = SMALLEST.replace("production", "Production")
    assert mistakes(written(text)) == [f'showcore.toml:1: Production is "Production"; allowed is {LETTERS}.']


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "showcore.toml holds no environment: write one with `showcore init`."),
        (b"# nothing\n", "showcore.toml holds no environment: write one with `showcore init`."),
        (
            b"[production\n",
            (
                "showcore.toml:1: not TOML, column 12: expected ']' at the end of a table declaration; "
                "see https://toml.io."
            ),
        ),
        (
            b"[a]\nb = 1\nb = 2\n",
            "showcore.toml:3: not TOML, column 6: cannot overwrite a value; see https://toml.io.",
        ),
        (b"[a]\nb = [1,\n", "showcore.toml:3: not TOML: invalid value; see https://toml.io."),
        (b"[a]\nb = 'caf\xe9'\n", "showcore.toml:2: holds a byte that is not UTF-8; allowed is UTF-8."),
        (
            b"a = " + b"[" * 100_000,
            "showcore.toml is not TOML that can be read: its lists are nested too deeply.",
        ),
    ],
    ids=["empty", "comment", "syntax", "twice", "end", "latin-1", "deep"],
)
def test_a_file_that_is_no_settings_file_is_one_sentence(written: Written, content: bytes, says: str) -> None:
    assert mistakes(written(content)) == [says]


def test_a_number_of_ten_thousand_digits_is_one_sentence(written: Written) -> None:
    assert mistakes(written(b"a = " + b"9" * 10_000))[0].startswith("showcore.toml:1: not TOML: ")


def test_a_missing_file_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load(tmp_path / "showcore.toml")
    assert str(refused.value) == f"{tmp_path}/showcore.toml does not exist: write it with `showcore init`."
    assert refused.value.exit_code is Exit.ERROR


def test_a_file_above_in_the_same_repository_is_named_but_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "showcore.toml").write_text("")
    inside = tmp_path / "docs/runbooks"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert refusal() == "showcore.toml does not exist: write it with `showcore init`."

    (tmp_path / ".git").mkdir()
    assert refusal() == (
        f"showcore.toml does not exist here, but in {tmp_path}: go there, or write one here with `showcore init`."
    )

    (inside / ".git").mkdir()
    assert refusal() == "showcore.toml does not exist: write it with `showcore init`."


def refusal() -> str:
    with pytest.raises(SettingsError) as refused:
        load(Path("showcore.toml"), None)
    return str(refused.value)


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot be read: Is a directory\.$"):
        load(tmp_path)


@pytest.mark.parametrize(
    "text", [b"\xef\xbb\xbf" + SMALLEST.encode(), SMALLEST.replace("\n", "\r\n").encode()]
)
def test_an_editor_of_windows_does_no_harm(written: Written, text: bytes) -> None:
    assert load(written(text)).account_id == "111122223333"
    wrong = text.replace(b"money@", b"money")
    assert mistakes(written(wrong)) == [
        (
            'showcore.toml:6: production.alert_addresses.billing is "moneyexample.com"; '
            "allowed is one e-mail address."
        )
    ]


TWO = SMALLEST + SMALLEST.replace("production", "staging").replace("111122223333", "123456789012")


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ("stagin", 'holds no environment "stagin": the nearest is staging.'),
        ("qa", 'holds no environment "qa": it holds production, staging.'),
        (None, "holds 2 environments: say which with --env (production, staging)."),
    ],
)
def test_an_environment_that_the_file_does_not_hold_is_a_usage_error(
    written: Written, env: str | None, says: str
) -> None:
    path = written(TWO)
    with pytest.raises(UsageError) as refused:
        load(path, env)
    assert str(refused.value) == f"{path} {says}"
    assert refused.value.exit_code is Exit.USAGE


def test_each_environment_of_a_file_can_be_chosen(written: Written) -> None:
    path = written(TWO)
    assert [load(path, name).account_id for name in ("production", "staging")] == [
        "111122223333",
        "123456789012",
    ]


def test_mistakes_of_another_environment_are_left_to_it(written: Written) -> None:
    path = written(TWO.replace('"123456789012"', "5"))
    assert load(path, "production").environment == "production"
    assert len(mistakes(path, "staging")) == 1


SAME_ACCOUNT = SMALLEST + SMALLEST.replace("production", "staging")


def test_a_second_environment_of_one_account_needs_names_of_its_own(written: Written) -> None:
    path = written(SAME_ACCOUNT)
    assert load(path, "production").prefix == "showcore"
    beside = "as in [production] of the same account"
    own = "allowed is a name of its own"
    assert mistakes(path, "staging") == [
        "3 mistakes in showcore.toml:",
        (
            f"showcore.toml:7: staging.account.account_tier is true, {beside}; "
            "allowed is false, since an account has these resources once."
        ),
        f'showcore.toml:7: staging.dashboard_name is "ShowCore-Phase1-Dashboard", {beside}; {own}.',
        f'showcore.toml:7: staging.prefix is "showcore", {beside}; {own}.',
    ]


@pytest.mark.parametrize(
    "tier", ["account_tier = false", "config_recorder = false\nsession_preferences = false"]
)
def test_a_second_environment_with_names_of_its_own_shares_the_account(written: Written, tier: str) -> None:
    own = 'prefix = "show2"\ndashboard_name = "Show2"\n'
    text = SAME_ACCOUNT.replace("[staging]\n", f"[staging]\n{own}") + f"[staging.account]\n{tier}\n"
    assert load(written(text), "staging").stack_name == "show2-phase1-staging"


def test_a_stack_name_is_compared_with_the_one_that_another_environment_gets_by_itself(
    written: Written,
) -> None:
    own = 'prefix = "show2"\ndashboard_name = "Show2"\nstack_name = "showcore-phase1-production"\n'
    text = (
        SAME_ACCOUNT.replace("[staging]\n", f"[staging]\n{own}") + "[staging.account]\naccount_tier = false\n"
    )
    assert mistakes(written(text), "staging") == [
        (
            'showcore.toml:10: staging.stack_name is "showcore-phase1-production", '
            "as in [production] of the same account; allowed is a name of its own."
        )
    ]


@pytest.mark.parametrize(
    ("values", "remarks"),
    [
        ({}, ()),
        (
            {"AccountTier": "false"},
            (
                (
                    "account.account_tier is false, so account.config_recorder and "
                    "account.session_preferences = true change nothing."
                ),
            ),
        ),
        (
            {
                "AccountTier": "false",
                "ConfigRecorder": "false",
                "SessionPreferences": "false",
                "AnomalyDetection": "true",
            },
            ("account.account_tier is false, so account.anomaly_detection = true changes nothing.",),
        ),
        ({"AccountTier": "false", "ConfigRecorder": "false", "SessionPreferences": "false"}, ()),
        (
            {"SessionMessagesEndpoint": "false"},
            (
                (
                    "network.session_messages_endpoint is false, so Session Manager opens no session in the "
                    "private subnets."
                ),
            ),
        ),
    ],
)
def test_what_is_allowed_but_may_not_be_meant_is_remarked(
    values: dict[str, str], remarks: tuple[str, ...]
) -> None:
    assert Settings("111122223333", {"Environment": "production", **ADDRESSES, **values}).remarks == remarks


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"CriticalAlertEmail": "ops"}, 'alert_addresses.critical is "ops"; allowed is one e-mail address.'),
        ({"Environment": "Prod"}, 'environment is "Prod"; allowed is lower-case letters, digits and single'),
        ({"EndpointZone": "1"}, "EndpointZone is no root parameter."),
        ({"EndpointZones": "3"}, "network.endpoint_zones is 3; allowed is 1 or 2."),
        (
            {"WarningAlertEmail3": "x@example.com"},
            'alert_addresses.warning leaves a gap before "x@example.com"',
        ),
        ({"AvailabilityZoneA": "us-east-1b"}, 'network.availability_zone_b is "us-east-1b", the same as'),
    ],
)
def test_settings_made_in_code_are_held_to_the_same_rules(values: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings("111122223333", {**ADDRESSES, **values})
    assert str(refused.value).startswith(says)


def test_settings_need_an_address_for_each_topic() -> None:
    with pytest.raises(
        SettingsError, match=r"alert_addresses.warning is missing; allowed is one e-mail address"
    ):
        Settings("111122223333", {"CriticalAlertEmail": "a@example.com"})


def test_a_change_of_settings_is_checked_again() -> None:
    settings = plan_defaults()
    with pytest.raises(SettingsError, match=r'^account_id is "1"; allowed is the 12'):
        replace(settings, account_id="1")
    with pytest.raises(SettingsError, match=r"^cost.max_monthly_usd is -5; allowed is a number above 0\.$"):
        replace(settings, max_monthly_usd=-5)
    with pytest.raises(SettingsError, match=r"^usage.gb is -1; allowed is a number, 0 or more\.$"):
        replace(settings, usage={"gb": -1})
    with pytest.raises(
        SettingsError, match=r'^usage has the name ""; allowed is a name in printable letters\.$'
    ):
        replace(settings, usage={"": 1})


def test_the_parameters_handed_out_are_a_copy() -> None:
    settings = plan_defaults()
    settings.parameters()["Prefix"] = "other"
    assert settings.prefix == "showcore"
