"""What the commands that touch the account share: from options to settings, templates and gateways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from showcore_cfn.aws.gateways import Gateways
from showcore_cfn.deploy.desired import Desired, nest
from showcore_cfn.errors import Stopped, UsageError
from showcore_cfn.settings import Settings, load

TEMPLATES_FOLDER = Path("templates")


def settings_of(settings_file: str, env: str | None) -> Settings:
    """The settings of the chosen environment."""
    return load(Path(settings_file), env)


def gateways_of(
    settings: Settings, profile: str | None, region: str | None, endpoint_url: str | None
) -> Gateways:
    """The gateways to the account, by the options of the command."""
    from showcore_cfn.aws.session import connect

    return connect(region or settings.region, profile=profile, endpoint_url=endpoint_url)


def reviewed_templates(folder: Path = TEMPLATES_FOLDER) -> dict[str, str]:
    """The templates that the code generates. Stops unless they are those in the folder, which were reviewed."""
    from showcore_cfn.template.generate import generate

    generated = generate()
    stale = [name for name, text in generated.items() if _text(folder / name) != text]
    if stale:
        raise Stopped(
            f"{folder}/ is not what the code generates ({', '.join(sorted(stale))}): run `make templates`, "
            "have the difference reviewed, then deploy."
        )
    return generated


def desired_of(
    settings: Settings,
    *,
    region: str | None,
    role_arn: str | None,
    overrides: Iterable[str] = (),
    tags: Iterable[str] = (),
) -> Desired:
    """The nest of the settings, with what the command line says otherwise."""
    wanted = nest(settings, reviewed_templates())
    parameters = {**wanted.parameters, **pairs(overrides, "--parameter-overrides", wanted.parameters)}
    return replace(
        wanted,
        region=region or wanted.region,
        role_arn=role_arn or wanted.role_arn,
        parameters=parameters,
        tags={**wanted.tags, **pairs(tags, "--tags")},
    )


def pairs(given: Iterable[str], option: str, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """`Key=Value` texts as a mapping; several may stand in one text, as the AWS CLI takes them."""
    found: dict[str, str] = {}
    for pair in (word for text in given for word in text.split()):
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"{option} takes Key=Value, and {pair!r} is not that.")
        if known is not None and key not in known:
            raise UsageError(f"{option}: there is no parameter {key}. There are: {', '.join(sorted(known))}.")
        found[key] = value
    return found


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
