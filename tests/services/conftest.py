"""Real servers for the probes: PostgreSQL, Redis and nginx of this machine, on loopback, without root's rights.

A test whose server is not installed is skipped by name; `.ci/run` installs all of them.
"""

from __future__ import annotations

import datetime
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from showcore_cfn.probes import whole

PASSWORD = r"p:a\ss word"  # with what a password file has to escape
READY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Account:
    """Whoever runs the servers: somebody else than root, where the tests run as root."""

    user: int | None = None
    group: int | None = None
    extra_groups: tuple[int, ...] | None = None

    def start(self, command: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
        with (folder / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=folder,
                stdout=log,
                stderr=log,
                env=_PLAIN,
                user=self.user,
                group=self.group,
                extra_groups=self.extra_groups,
            )

    def run(self, command: Sequence[str], folder: Path) -> None:
        subprocess.run(
            command,
            cwd=folder,
            check=True,
            capture_output=True,
            env=_PLAIN,
            user=self.user,
            group=self.group,
            extra_groups=self.extra_groups,
        )


_PLAIN = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate for localhost and its key, signed by itself, where the servers can read them."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Said:
    """What a probe said of one thing."""

    verdict: str
    seen: str


@dataclass(frozen=True, slots=True)
class Ran:
    """How a probe ended."""

    code: int
    said: dict[str, Said]
    output: str


def run_probe(script: str, *arguments: str, **environment: str) -> Ran:
    """A probe as a remote shell would run it: one text on standard input, nothing beside it."""
    done = subprocess.run(
        ["/bin/sh"],
        input=whole(script, arguments),
        env={**_PLAIN, "HOME": "/nonexistent", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    rows = [line.split("\t") for line in done.stdout.splitlines() if line.count("\t") == 2]
    said = {name: Said(verdict, seen) for verdict, name, seen in rows}
    return Ran(done.returncode, said, done.stdout + done.stderr)


def verdicts(ran: Ran) -> dict[str, str]:
    return {name: said.verdict for name, said in ran.said.items()}


def found(program: str, *folders: str) -> str:
    """Where a program is; the test is skipped where it is not installed."""
    path = shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *folders]))
    if path is None:
        pytest.skip(f"{program} is not installed: this test needs the real server")
    return path


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def account() -> Account:
    if os.geteuid() != 0:
        return Account()
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            other = pwd.getpwnam(name)
            return Account(other.pw_uid, other.pw_gid, ())
    pytest.fail("there is no account without root's rights on this machine")


@pytest.fixture(scope="session")
def folder(account: Account) -> Iterator[Path]:
    """A folder of the account's own; pytest's are closed to everybody but whoever runs it."""
    made = Path(tempfile.mkdtemp(prefix="showcore-services-"))
    own(made, account)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def own(path: Path, account: Account, mode: int = 0o700) -> None:
    path.chmod(mode)
    if account.user is not None and account.group is not None:
        os.chown(path, account.user, account.group)


def make_folder(path: Path, account: Account) -> Path:
    path.mkdir()
    own(path, account)
    return path


@pytest.fixture(scope="session")
def authority(folder: Path, account: Account) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    made = Authority(folder / "server.crt", folder / "server.key")
    made.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    made.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    own(made.certificate, account, 0o644)
    own(made.key, account, 0o600)
    return made


@contextmanager
def running(account: Account, command: Sequence[str], folder: Path, port: int) -> Iterator[None]:
    """A server until the block ends; it must answer on its port first."""
    process = account.start(command, folder)
    try:
        wait_for(process, port, folder / "log")
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with closing(socket.socket()) as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"the server on {port} did not come up: {log.read_text(errors='replace')[-2000:]}")


def stub(folder: Path, commands: Mapping[str, str]) -> str:
    """A PATH on which these commands, shell texts, stand before the machine's own."""
    for name, body in commands.items():
        path = folder / name
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="ascii")
        path.chmod(0o755)
    return f"{folder}{os.pathsep}{_PLAIN['PATH']}"
