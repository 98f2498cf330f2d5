"""The Redis probe against real servers: TLS only, plaintext only, and both on one port."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.services.conftest import (
    Account,
    Authority,
    Ran,
    found,
    free_port,
    make_folder,
    run_probe,
    running,
    verdicts,
)

TLS_RECORD = 0x16  # the first byte of a TLS handshake


@contextmanager
def redis(account: Account, folder: Path, port: int, *options: str) -> Iterator[int]:
    server = found("redis-server")
    found("redis-cli")
    home = make_folder(folder / f"redis-{port}", account)
    common = ("--bind", "127.0.0.1", "--save", "", "--dir", str(home), "--logfile", "")
    with running(account, [server, *common, *options], home, port):
        yield port


@pytest.fixture(scope="module")
def encrypted(folder: Path, account: Account, authority: Authority) -> Iterator[int]:
    port = free_port()
    files = ("--tls-cert-file", str(authority.certificate), "--tls-key-file", str(authority.key))
    trust = ("--tls-ca-cert-file", str(authority.certificate), "--tls-auth-clients", "no")
    with redis(account, folder, port, "--port", "0", "--tls-port", str(port), *files, *trust) as ready:
        yield ready


@pytest.fixture(scope="module")
def plain(folder: Path, account: Account) -> Iterator[int]:
    port = free_port()
    with redis(account, folder, port, "--port", str(port)) as ready:
        yield ready


@pytest.fixture
def either(encrypted: int, plain: int) -> Iterator[int]:
    """One port that takes both, as ElastiCache's transit encryption mode `preferred` does."""
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        threading.Thread(target=_serve, args=(door, encrypted, plain), daemon=True).start()
        yield int(door.getsockname()[1])


def _serve(door: socket.socket, encrypted: int, plain: int) -> None:
    while True:
        try:
            client, _ = door.accept()
        except OSError:
            return
        first = client.recv(1, socket.MSG_PEEK)
        port = encrypted if first and first[0] == TLS_RECORD else plain
        server = socket.create_connection(("127.0.0.1", port))
        for one, other in ((client, server), (server, client)):
            threading.Thread(target=_copy, args=(one, other), daemon=True).start()


def _copy(one: socket.socket, other: socket.socket) -> None:
    try:
        while data := one.recv(65_536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def probe(port: int, authority: Authority, *rest: str) -> Ran:
    return run_probe(
        "redis.sh", "127.0.0.1", str(port), *rest, PROBE_CA=str(authority.certificate), PROBE_SECONDS="2"
    )


@pytest.mark.task("14.2")
def test_a_server_that_takes_tls_only_passes(encrypted: int, authority: Authority) -> None:
    ran = probe(encrypted, authority)
    assert verdicts(ran) == {"tls": "passed", "plaintext-refused": "passed", "commands": "passed"}, ran.output
    assert ran.code == 0


@pytest.mark.task("14.2")
def test_a_server_that_speaks_plainly_only_fails(plain: int, authority: Authority) -> None:
    ran = probe(plain, authority)
    assert verdicts(ran) == {"tls": "failed", "plaintext-refused": "failed"}
    assert ran.code == 1


@pytest.mark.task("14.2")
def test_a_server_that_takes_both_fails(either: int, authority: Authority) -> None:
    ran = probe(either, authority)
    assert verdicts(ran) == {"tls": "passed", "plaintext-refused": "failed", "commands": "passed"}
    assert ran.code == 1


@pytest.mark.task("14.2")
def test_a_server_that_is_not_there_proves_nothing(authority: Authority) -> None:
    found("redis-cli")
    ran = probe(free_port(), authority)
    assert verdicts(ran) == {"tls": "blind"}
    assert ran.code == 2


@pytest.mark.task("14.2")
def test_a_certificate_that_nobody_vouches_for_proves_nothing(encrypted: int, tmp_path: Path) -> None:
    ran = run_probe("redis.sh", "127.0.0.1", str(encrypted))
    assert verdicts(ran) == {"tls": "blind"}


@pytest.mark.task("14.2")
def test_the_probes_key_does_not_stay(encrypted: int, authority: Authority) -> None:
    from subprocess import run

    probe(encrypted, authority)
    asked = ["redis-cli", "-p", str(encrypted), "--tls", "--cacert", str(authority.certificate), "KEYS", "*"]
    assert run(asked, capture_output=True, text=True, check=True).stdout.strip() == ""


@pytest.mark.task("14.4")
def test_a_marker_key_is_written_read_and_dropped(encrypted: int, authority: Authority) -> None:
    def act(action: str, value: str) -> dict[str, str]:
        return verdicts(probe(encrypted, authority, action, value))

    assert act("read", "a1b2") == {"marker-read": "failed"}
    assert act("write", "a1b2") == {"marker-written": "passed"}
    assert act("read", "a1b2") == {"marker-read": "passed"}
    assert act("drop", "") == {"marker-dropped": "passed"}
    assert act("read", "a1b2") == {"marker-read": "failed"}
    assert act("drop", "") == {"marker-dropped": "passed"}
