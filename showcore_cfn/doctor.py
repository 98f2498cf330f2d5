"""What would stop you: this Python, the packages, the settings, the templates, the way to AWS.

Each check answers with findings; only `Aws` reaches outside, and a test puts another one in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from showcore_cfn.aws.failures import AwsError, CredentialsExpired
from showcore_cfn.aws.values import Identity
from showcore_cfn.errors import ShowcoreError
from showcore_cfn.settings import Settings, load_environment
from showcore_cfn.settings_file import read_file

PYTHONS = ((3, 11), (3, 12), (3, 13))  # those that the lock files serve
_MOST_NAMED = 3
PACKAGES = ("troposphere", "awacs", "boto3", "click", "cfn-lint", "PyYAML", "rich")
_KINDS = {
    "env": "environment variables",
    "shared-credentials-file": "the credentials file",
    "config-file": "the configuration file",
    "sso": "IAM Identity Center",
    "login": "`aws login`",
    "assume-role": "an assumed role",
    "assume-role-with-web-identity": "a role by web identity",
    "custom-process": "a credential process",
    "container-role": "the container's role",
    "iam-role": "this machine's role",
}


class Verdict(StrEnum):
    """How grave a finding is."""

    OK = "ok"
    WARNING = "warning"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and what to do about it."""

    check: str
    verdict: Verdict
    says: str
    remedy: str = ""


class Aws(Protocol):
    """What is asked of AWS and of this machine's AWS configuration."""

    @property
    def profile(self) -> str | None:
        """The profile that is chosen, if any."""
        ...

    def kind(self) -> str | None:
        """Where credentials come from, in botocore's word; None where there are none."""
        ...

    def profiles(self) -> tuple[str, ...]:
        """The profiles of the AWS configuration."""
        ...

    def identity(self) -> Identity:
        """Whose credentials these are."""
        ...

    def endpoints(self) -> tuple[str, ...]:
        """The addresses that answer; raises AwsError for the first that does not."""
        ...


def worst(findings: Iterable[Finding]) -> Verdict:
    """The gravest verdict."""
    order = list(Verdict)
    return max((finding.verdict for finding in findings), key=order.index, default=Verdict.OK)


@dataclass(frozen=True, slots=True)
class Remedies:
    """What mends an installation: another thing in a clone, which has a Makefile, than in any other folder."""

    python: str = "`make clean`, then `make templates PYTHON=python3.13`"
    packages: str = "run `make templates`"
    templates: str = "run `make templates`"


CLONE = Remedies()
ELSEWHERE = Remedies(
    "install showcore with one of them, or take a clone of it",
    "install showcore anew, or take a clone of it",
    "run `showcore templates`",
)


def python(version: Sequence[int], remedies: Remedies = CLONE) -> Iterator[Finding]:
    """Whether this Python is one of those that the lock files serve; older ones cannot run this at all."""
    shown = ".".join(map(str, version))
    if tuple(version[:2]) in PYTHONS:
        yield Finding("python", Verdict.OK, f"Python {shown}.")
    else:
        served = ", ".join(f"{major}.{minor}" for major, minor in PYTHONS)
        says = f"Python {shown} is none of those that the lock files serve: {served}."
        yield Finding("python", Verdict.WARNING, says, remedies.python)


def packages(
    installed: Mapping[str, str | None], locked: Mapping[str, str], remedies: Remedies = CLONE
) -> Iterator[Finding]:
    """Whether every package is there, and in the version of the lock file where there is one."""
    missing = [name for name, version in installed.items() if version is None]
    if missing:
        yield Finding("packages", Verdict.STOP, f"{', '.join(missing)} cannot be found.", remedies.packages)
    other = [
        f"{name} is {version}, the lock file has {locked[name.lower()]}"
        for name, version in installed.items()
        if version is not None and locked.get(name.lower(), version) != version
    ]
    if other:
        yield Finding("packages", Verdict.WARNING, f"{'; '.join(other)}.", remedies.packages)
    if not missing and not other:
        listed = ", ".join(f"{name} {version}" for name, version in installed.items())
        yield Finding("packages", Verdict.OK, f"{listed}.")


def locked_versions(lock: str) -> dict[str, str]:
    """The versions of a pip lock file, by name in lower case."""
    pairs = re.findall(r"(?m)^([A-Za-z0-9_.-]+)==([^\s;]+)", lock)
    return {name.lower(): version for name, version in pairs}


def settings(path: Path, env: str | None) -> tuple[list[Finding], list[Settings]]:
    """Whether the settings can be read, and those environments that can; all of them where none is chosen."""
    try:
        file = read_file(path)
        names = [file.choose(env)] if env or not file.environments else [*file.environments]
    except ShowcoreError as error:
        return [Finding("settings", Verdict.STOP, str(error))], []
    findings, found = [], []
    for name in names:
        try:
            found.append(load_environment(file, name))
        except ShowcoreError as error:
            findings.append(Finding("settings", Verdict.STOP, str(error)))
    for environment in found:
        where = f"{path}: {environment.environment}, account {environment.account_id}, {environment.region}."
        findings.append(Finding("settings", Verdict.OK, where))
        remarks = (f"{environment.environment}: {remark}" for remark in environment.remarks)
        findings += [Finding("settings", Verdict.WARNING, remark) for remark in remarks]
    return findings, found


def templates(states: Mapping[str, str], folder: Path, remedies: Remedies = CLONE) -> Iterator[Finding]:
    """Whether the templates on disk are those that the code makes."""
    stale = [f"{name} ({state})" for name, state in states.items() if state != "current"]
    if stale:
        more = f" and {len(stale) - _MOST_NAMED} more" if len(stale) > _MOST_NAMED else ""
        says = f"{folder}/ is not what the code makes: {', '.join(stale[:_MOST_NAMED])}{more}."
        yield Finding("templates", Verdict.STOP, says, remedies.templates)
    else:
        yield Finding("templates", Verdict.OK, f"{len(states)} files in {folder}/ are current.")


def aws(look: Aws, environments: Sequence[Settings], *, online: bool) -> Iterator[Finding]:
    """Credentials and whose they are; endpoints where that was asked for or there are credentials."""
    try:
        kind = look.kind()
    except AwsError as error:
        yield Finding("credentials", Verdict.STOP, _capital(str(error)), _choose(look))
        return
    if kind is None:
        yield Finding("credentials", Verdict.STOP, "There are no AWS credentials.", _choose(look))
    else:
        yield from _identity(look, kind, environments)
    if kind is not None or online:
        yield from _endpoints(look)


def _identity(look: Aws, kind: str, environments: Sequence[Settings]) -> Iterator[Finding]:
    source = _KINDS.get(kind, kind) + (f", profile {look.profile}" if look.profile else "")
    try:
        who = look.identity()
    except CredentialsExpired:
        yield Finding(
            "credentials", Verdict.STOP, f"The session of {source} has ended.", _renew(kind, look.profile)
        )
        return
    except AwsError as error:
        yield Finding("credentials", Verdict.STOP, f"From {source}: {error}")
        return
    yield Finding("credentials", Verdict.OK, f"From {source}: {who.arn} in account {who.account_id}.")
    if who.arn.endswith(":root"):
        says = "These are the account's root credentials, which nothing holds back."
        yield Finding("credentials", Verdict.WARNING, says, "sign in as a role instead")
    yield from _account(who, environments)


def _account(who: Identity, environments: Sequence[Settings]) -> Iterator[Finding]:
    elsewhere = [e for e in environments if e.account_id != who.account_id]
    if elsewhere and len(elsewhere) == len(environments):
        wanted = ", ".join(f"{e.environment} is in {e.account_id}" for e in elsewhere)
        says = f"The credentials are of account {who.account_id}, and {wanted}."
        yield Finding("account", Verdict.STOP, says, "choose another --profile, or mend account_id")
    elif environments:
        here = ", ".join(e.environment for e in environments if e not in elsewhere)
        yield Finding("account", Verdict.OK, f"{who.account_id} is the account of {here}.")


def _endpoints(look: Aws) -> Iterator[Finding]:
    try:
        answering = list(dict.fromkeys(look.endpoints()))  # an --endpoint-url is the same for every service
        verb = "answers" if len(answering) == 1 else "answer"
        yield Finding("endpoints", Verdict.OK, f"{' and '.join(answering)} {verb}.")
    except AwsError as error:
        yield Finding("endpoints", Verdict.STOP, _capital(str(error)))


def _choose(look: Aws) -> str:
    names = look.profiles()
    if names:
        return f"give --profile: there are {', '.join(names)}"
    return "`aws configure sso` makes a profile; then give --profile"


def _renew(kind: str, profile: str | None) -> str:
    option = f" --profile {profile}" if profile else ""
    commands = {"sso": f"`aws sso login{option}`", "login": f"`aws login{option}`"}
    return commands.get(kind, "renew the credentials where they came from")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def as_text(findings: Sequence[Finding]) -> str:
    """The findings for a person, a line each; the remedy below the line."""
    width = max(len(finding.check) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{finding.verdict:<8} {finding.check:<{width}}  {finding.says}")
        if finding.remedy:
            lines.append(f"{'':<8} {'':<{width}}  -> {finding.remedy}")
    return "\n".join(lines)


def as_json(findings: Sequence[Finding]) -> str:
    """The findings for a program: the gravest verdict, then each finding."""
    import json

    checks = [
        {"check": f.check, "verdict": f.verdict.value, "says": f.says, "remedy": f.remedy or None}
        for f in findings
    ]
    return json.dumps({"verdict": worst(findings).value, "checks": checks}, indent=2)
