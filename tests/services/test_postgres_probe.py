"""The PostgreSQL probe against a real server: what it calls good, bad, and not to be seen."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.conftest import (
    PASSWORD,
    Account,
    Authority,
    Ran,
    found,
    free_port,
    make_folder,
    own,
    run_probe,
    running,
    stub,
    verdicts,
)

ENCRYPTED, EITHER = "showcore", "either"


@dataclass(frozen=True, slots=True)
class Postgres:
    """One server: the database `showcore` takes TLS only, the database `either` takes both."""

    port: int
    data: Path
    account: Account
    passwords: Path

    def probe(self, database: str, *rest: str, **environment: str) -> Ran:
        return run_probe(
            "postgres.sh", "127.0.0.1", str(self.port), database, "postgres", *rest, **environment
        )

    def settings(self, text: str) -> None:
        with (self.data / "postgresql.conf").open("a", encoding="ascii") as conf:
            conf.write(text)
        self.account.run([_pg("pg_ctl"), "reload", "-D", str(self.data)], self.data)


def _pg(program: str) -> str:
    return found(program, *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True))


@pytest.fixture(scope="module")
def postgres(folder: Path, account: Account, authority: Authority) -> Iterator[Postgres]:
    initdb, server = _pg("initdb"), _pg("postgres")
    found("psql")
    data, port = make_folder(folder / "postgres", account), free_port()
    secret = folder / "postgres-password"
    secret.write_text(PASSWORD, encoding="ascii")
    own(secret, account, 0o600)
    options = ("--auth=scram-sha-256", "--no-sync", "-U", "postgres", f"--pwfile={secret}")
    account.run([initdb, "-D", str(data / "db"), *options], data)
    db = data / "db"
    (db / "pg_hba.conf").write_text(
        f"hostssl {ENCRYPTED} all 127.0.0.1/32 scram-sha-256\n"
        f"host {EITHER} all 127.0.0.1/32 scram-sha-256\n"
        "host postgres all 127.0.0.1/32 scram-sha-256\n",
        encoding="ascii",
    )
    with (db / "postgresql.conf").open("a", encoding="ascii") as conf:
        conf.write(
            f"listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\nfsync = off\n"
            f"ssl = on\nssl_cert_file = '{authority.certificate}'\nssl_key_file = '{authority.key}'\n"
        )
    passwords = folder / "pgpass"
    passwords.write_text(r"*:*:*:*:p\:a\\ss word" + "\n", encoding="ascii")
    passwords.chmod(0o600)
    with running(account, [server, "-D", str(db)], data, port):
        _create_databases(port, passwords)
        yield Postgres(port, db, account, passwords)


def _create_databases(port: int, passwords: Path) -> None:
    where = ("-h", "127.0.0.1", "-p", str(port), "-U", "postgres")
    for name in (ENCRYPTED, EITHER):
        subprocess.run(
            ["psql", "-X", "-w", *where, "-c", f"CREATE DATABASE {name}", "postgres"],
            check=True,
            capture_output=True,
            env={"PGPASSFILE": str(passwords), "PATH": "/usr/bin:/bin"},
        )


@pytest.mark.task("14.1")
def test_a_server_that_takes_tls_only_passes(postgres: Postgres) -> None:
    ran = run_probe("postgres.sh", "127.0.0.1", str(postgres.port), PGPASSFILE=str(postgres.passwords))
    assert verdicts(ran) == {"tls": "passed", "plaintext-refused": "passed", "sql": "passed"}, ran.output
    assert ran.code == 0
    assert ran.said["tls"].seen.startswith("TLSv1.")


@pytest.mark.task("14.1")
def test_a_server_that_also_takes_plain_connections_fails(postgres: Postgres) -> None:
    ran = postgres.probe(EITHER, PGPASSFILE=str(postgres.passwords))
    assert verdicts(ran) == {"tls": "passed", "plaintext-refused": "failed", "sql": "passed"}
    assert ran.code == 1


@pytest.mark.task("14.1")
def test_a_server_without_tls_fails(postgres: Postgres) -> None:
    postgres.settings("ssl = off\n")
    try:
        ran = postgres.probe(EITHER, PGPASSFILE=str(postgres.passwords))
    finally:
        postgres.settings("ssl = on\n")
    assert verdicts(ran) == {"tls": "failed", "plaintext-refused": "failed", "sql": "failed"}
    assert ran.code == 1


@pytest.mark.task("14.1")
def test_a_wrong_password_proves_nothing(postgres: Postgres) -> None:
    ran = postgres.probe(ENCRYPTED, PGPASSWORD="wrong")
    assert verdicts(ran) == {"tls": "blind"}
    assert ran.code == 2


@pytest.mark.task("14.1")
def test_a_server_that_is_not_there_proves_nothing() -> None:
    found("psql")
    ran = run_probe("postgres.sh", "127.0.0.1", str(free_port()), PGPASSWORD="x")
    assert verdicts(ran) == {"tls": "blind"}
    assert ran.code == 2


@pytest.mark.task("14.1")
def test_nothing_of_the_probe_stays_in_the_database(postgres: Postgres) -> None:
    for _ in range(2):
        ran = postgres.probe(ENCRYPTED, PGPASSFILE=str(postgres.passwords))
        assert ran.said["sql"].verdict == "passed"


@pytest.mark.task("14.4")
def test_a_marker_row_is_written_read_and_dropped(postgres: Postgres) -> None:
    def act(action: str, value: str) -> object:
        return verdicts(postgres.probe(ENCRYPTED, "", action, value, PGPASSFILE=str(postgres.passwords)))

    assert act("read", "a1b2") == {"marker-read": "failed"}
    assert act("write", "a1b2") == {"marker-written": "passed"}
    assert act("read", "a1b2") == {"marker-read": "passed"}
    assert act("read", "c3d4") == {"marker-read": "failed"}
    assert act("drop", "") == {"marker-dropped": "passed"}
    assert act("read", "a1b2") == {"marker-read": "failed"}


@pytest.mark.task("14.1")
def test_the_password_comes_from_a_parameter_and_is_never_said(postgres: Postgres, tmp_path: Path) -> None:
    """The AWS CLI of the instance is stood in for; psql and the server are real."""
    (tmp_path / "secret").write_text(PASSWORD + "\n", encoding="ascii")
    path = stub(
        tmp_path, {"aws": f'[ "$1 $2 $4" = "ssm get-parameter /showcore/probe/x" ] && cat {tmp_path}/secret'}
    )
    ran = postgres.probe(ENCRYPTED, "/showcore/probe/x", PATH=path)
    assert verdicts(ran) == {"tls": "passed", "plaintext-refused": "passed", "sql": "passed"}
    assert PASSWORD not in ran.output


@pytest.mark.task("14.1")
def test_a_parameter_that_cannot_be_read_proves_nothing(postgres: Postgres, tmp_path: Path) -> None:
    path = stub(tmp_path, {"aws": "echo 'AccessDeniedException' >&2; exit 254"})
    ran = postgres.probe(ENCRYPTED, "/showcore/probe/x", PATH=path)
    assert verdicts(ran) == {"password": "blind"}
    assert "AccessDeniedException" in ran.said["password"].seen
    assert ran.code == 2
