"""The content delivery probe against nginx before a bucket: right, and wrong in one way at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.conftest import (
    Account,
    Authority,
    Ran,
    found,
    free_port,
    make_folder,
    own,
    run_probe,
    running,
    verdicts,
)

PATH = "/probe/page.html"
WAYS = ("right", "uncached", "uncompressed", "unencrypted", "broken")
_BUCKET = """
  server {{ listen 127.0.0.1:{bucket}; root {home}/files;
    location / {{ if ($http_x_signed != yes) {{ return 403; }} }} }}
  server {{ listen 127.0.0.1:{open}; root {home}/files; }}
"""
_EDGE = """
  server {{ listen 127.0.0.1:{https} ssl; ssl_certificate {crt}; ssl_certificate_key {key};
    {caching}
    {gzip}
    location / {{ {answer} }} }}
"""
_REDIRECT = "server {{ listen 127.0.0.1:{http}; return 301 https://$host:{https}$request_uri; }}\n"
_CACHING = (
    "proxy_cache edge; proxy_cache_valid 200 1h; proxy_cache_key $uri$http_accept_encoding;"
    ' add_header X-Cache "$upstream_cache_status from edge";'
)
_GZIP = "gzip on; gzip_proxied any; gzip_min_length 1000;"


@dataclass(frozen=True, slots=True)
class Edge:
    """The ports of one way to set an edge up."""

    https: int
    http: int


@dataclass(frozen=True, slots=True)
class Network:
    """An nginx that plays every edge, the closed bucket and an open one."""

    edges: dict[str, Edge]
    bucket: int
    open_bucket: int
    authority: Authority

    def probe(self, way: str, bucket: int | None = None) -> Ran:
        edge = self.edges[way]
        return run_probe(
            *("cdn.sh", "localhost", str(edge.https), str(edge.http), PATH),
            f"http://127.0.0.1:{bucket or self.bucket}{PATH}",
            PROBE_CA=str(self.authority.certificate),
            PROBE_PAUSE_SECONDS="0.01",
        )


@pytest.fixture(scope="module")
def network(folder: Path, account: Account, authority: Authority) -> Iterator[Network]:
    nginx = found("nginx")
    found("curl")
    home = make_folder(folder / "nginx", account)
    page = make_folder(home / "files", account) / "probe"
    make_folder(page, account)
    (page / "page.html").write_text("<p>compressible</p>\n" * 200, encoding="ascii")
    own(page / "page.html", account, 0o644)
    edges = {way: Edge(free_port(), free_port()) for way in WAYS}
    network = Network(edges, free_port(), free_port(), authority)
    (home / "nginx.conf").write_text(_configuration(network, home), encoding="ascii")
    own(home / "nginx.conf", account, 0o644)
    command = [nginx, "-p", str(home), "-c", str(home / "nginx.conf"), "-e", str(home / "errors")]
    with running(account, command, home, edges["right"].https):
        yield network


def _configuration(network: Network, home: Path) -> str:
    servers = _BUCKET.format(bucket=network.bucket, open=network.open_bucket, home=home)
    for way, edge in network.edges.items():
        servers += _EDGE.format(
            https=edge.https,
            crt=network.authority.certificate,
            key=network.authority.key,
            caching="" if way == "uncached" else _CACHING,
            gzip="" if way == "uncompressed" else _GZIP,
            answer="return 503;"
            if way == "broken"
            else f"proxy_set_header X-Signed yes; proxy_pass http://127.0.0.1:{network.bucket};",
        )
        if way == "unencrypted":
            servers += f"server {{ listen 127.0.0.1:{edge.http}; root {home}/files; }}\n"
        else:
            servers += _REDIRECT.format(http=edge.http, https=edge.https)
    temporary = "".join(
        f"  {name}_temp_path {home}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off;\nworker_processes 1;\npid {home}/pid;\nevents {{ worker_connections 64; }}\nhttp {{\n"
        f"  types {{ text/html html; }}\n  access_log off;\n{temporary}"
        f"  proxy_cache_path {home}/cache keys_zone=edge:1m;\n{servers}}}\n"
    )


@pytest.mark.task("14.5")
def test_an_edge_set_up_rightly_passes(network: Network) -> None:
    ran = network.probe("right")
    assert verdicts(ran) == {
        "https": "passed",
        "redirect": "passed",
        "bucket-closed": "passed",
        "cache": "passed",
        "compression": "passed",
    }, ran.output
    assert ran.code == 0
    assert ran.said["compression"].seen == "gzip"


@pytest.mark.task("14.5")
@pytest.mark.parametrize(
    ("way", "guilty"),
    [
        pytest.param("uncached", "cache", id="14.5-nothing-from-the-cache"),
        pytest.param("uncompressed", "compression", id="14.5-not-compressed"),
        pytest.param("unencrypted", "redirect", id="14.5-served-over-http"),
    ],
)
def test_what_is_set_up_wrongly_is_named(network: Network, way: str, guilty: str) -> None:
    ran = network.probe(way)
    assert {name for name, verdict in verdicts(ran).items() if verdict != "passed"} == {guilty}, ran.output
    assert ran.said[guilty].verdict == "failed"
    assert ran.code == 1


@pytest.mark.task("14.5")
def test_a_bucket_that_serves_everybody_fails(network: Network) -> None:
    ran = network.probe("right", bucket=network.open_bucket)
    assert {name for name, verdict in verdicts(ran).items() if verdict != "passed"} == {"bucket-closed"}
    assert ran.said["bucket-closed"].seen == "200"


@pytest.mark.task("14.5")
def test_an_edge_that_does_not_serve_the_object_fails(network: Network) -> None:
    ran = network.probe("broken")
    assert ran.said["https"].verdict == "failed"
    assert ran.said["https"].seen == "503"
    assert ran.code == 1


@pytest.mark.task("14.5")
def test_a_certificate_that_nobody_vouches_for_proves_nothing(network: Network) -> None:
    edge = network.edges["right"]
    direct = f"http://127.0.0.1:{network.bucket}{PATH}"
    ran = run_probe("cdn.sh", "localhost", str(edge.https), str(edge.http), PATH, direct)
    assert ran.said["https"].verdict == "blind"
    assert "cache" not in ran.said


@pytest.mark.task("14.5")
def test_an_edge_that_is_not_there_proves_nothing() -> None:
    found("curl")
    port = str(free_port())
    ran = run_probe("cdn.sh", "localhost", port, port, PATH, f"http://127.0.0.1:{port}{PATH}")
    assert set(verdicts(ran).values()) == {"blind"}
    assert ran.code == 2
