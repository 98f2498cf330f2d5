"""`showcore doctor`: what would stop you, before it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from showcore_cfn.commands import options
from showcore_cfn.errors import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from showcore_cfn.aws.values import Identity
    from showcore_cfn.doctor import Finding, Remedies


@click.command(short_help="Versions, settings, credentials: what would stop you.")
@options.environment
@options.aws
@click.option("--online", is_flag=True, help="Ask the endpoints even where there are no credentials.")
@options.output("text", "json")
def command(
    settings_file: str,
    env: str | None,
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    online: bool,
    output: str,
) -> Exit:
    """Say what would stop you: versions, settings, templates, credentials, the way to AWS.

    Changes nothing. With credentials it asks AWS whose they are; without, it asks nothing unless --online is
    given. Exit 4 where something would stop a deployment; a warning does not.
    """
    import os
    from pathlib import Path

    from showcore_cfn import console, doctor
    from showcore_cfn.settings_fields import REGION

    found, environments = doctor.settings(Path(settings_file), env)
    chosen = profile or os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE")
    look = _Aws(chosen, region or REGION, endpoint_url)
    in_clone = Path("Makefile").is_file() and Path("showcore_cfn").is_dir()
    remedies = doctor.CLONE if in_clone else doctor.ELSEWHERE
    findings = [*_installation(remedies), *found]
    if doctor.worst(findings[:2]) is not doctor.Verdict.STOP:  # without the packages the rest cannot look
        findings += _templates(Path("templates"), remedies)
        findings += doctor.aws(look, environments, online=online)
    console.result(doctor.as_json(findings) if output == "json" else doctor.as_text(findings))
    return Exit.STOPPED if doctor.worst(findings) is doctor.Verdict.STOP else Exit.DONE


def _installation(remedies: Remedies) -> Iterator[Finding]:
    import sys
    from pathlib import Path

    import showcore_cfn
    from showcore_cfn import doctor

    lock = Path(showcore_cfn.__file__).parents[1] / ".ci/requirements/run.lock"
    locked = doctor.locked_versions(lock.read_text()) if lock.is_file() else {}
    yield from doctor.python(sys.version_info[:3], remedies)
    installed = {"showcore": showcore_cfn.__version__, **{name: _version(name) for name in doctor.PACKAGES}}
    yield from doctor.packages(installed, locked, remedies)


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _templates(folder: Path, remedies: Remedies) -> Iterator[Finding]:
    from showcore_cfn import doctor
    from showcore_cfn.generate import generate
    from showcore_cfn.template_files import states

    yield from doctor.templates(states(generate(), folder), folder, remedies)


class _Aws:
    """`doctor.Aws` over boto3, which is imported when it is asked and not before."""

    def __init__(self, profile: str | None, region: str, endpoint_url: str | None) -> None:
        self.profile = profile
        self._region = region
        self._endpoint_url = endpoint_url

    def kind(self) -> str | None:
        from showcore_cfn.aws.reach import credentials

        return credentials(self.profile)

    def profiles(self) -> tuple[str, ...]:
        from showcore_cfn.aws.reach import profiles

        return profiles()

    def identity(self) -> Identity:
        from showcore_cfn.aws.session import connect

        return connect(
            self._region, profile=self.profile, endpoint_url=self._endpoint_url, tries=2
        ).identity()

    def endpoints(self) -> tuple[str, ...]:
        from showcore_cfn.aws.reach import SERVICES, answers

        return tuple(answers(service, self._region, self._endpoint_url) for service in SERVICES)
