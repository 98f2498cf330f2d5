"""The HTML page of a review in a real browser: it draws, it says nothing to the console, it asks for nothing."""

from __future__ import annotations

import http.server
import re
import struct
import subprocess
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from showcore_cfn.generate import generate
from showcore_cfn.review.report_html import html
from showcore_cfn.review.review import review
from showcore_cfn.review.sources import Source, loaded
from tests.services.conftest import found


@pytest.fixture
def chromium() -> str:
    return found("chromium")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A review of our own templates with a smaller database and an open port."""
    texts = generate()
    changed = {
        **texts,
        "database.yaml": texts["database.yaml"].replace("DBName: showcore", "DBName: core"),
        "security.yaml": texts["security.yaml"].replace("/aws/ssm/*-sessions", "/aws/*"),
    }
    reviewed = review(
        Source("main", loaded(texts), "templates"), Source("topic", loaded(changed), "templates"), {}
    )
    written = tmp_path / "review.html"
    written.write_text(html(reviewed))
    return written


class Server(http.server.ThreadingHTTPServer):
    """Serves one folder on loopback and remembers what was asked for."""

    asked: list[str]


@pytest.fixture
def served(page: Path) -> Iterator[Server]:
    asked: list[str] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given: object, **named: object) -> None:
            super().__init__(*given, directory=str(page.parent), **named)  # type: ignore[arg-type]

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            asked.append(self.path)

    with Server(("127.0.0.1", 0), Handler) as server:
        server.asked = asked
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def picture_of(chromium: str, url: str, folder: Path, *options: str) -> tuple[bytes, str]:
    """The screenshot of a page, and what Chromium wrote to its console."""
    target = folder / "page.png"
    done = subprocess.run(
        [
            *(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
            *("--disable-dev-shm-usage", "--disable-background-networking", "--enable-logging=stderr"),
            *(f"--user-data-dir={folder / 'profile'}", f"--screenshot={target}", *options, url),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return target.read_bytes(), "\n".join(re.findall(r".*CONSOLE.*", done.stderr))


def pixels(png: bytes) -> tuple[int, int, set[bytes]]:
    """Width, height, and the distinct rows of an 8-bit PNG: a blank page has one or two."""
    width, height = struct.unpack(">II", png[16:24])
    data, place = b"", 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += 12 + length
    raw = zlib.decompress(data)
    line = len(raw) // height
    return width, height, {raw[index * line : (index + 1) * line] for index in range(height)}


@pytest.mark.parametrize(
    ("size", "options"),
    [
        pytest.param((1280, 1600), (), id="light"),
        pytest.param((1280, 1600), ("--force-dark-mode",), id="dark"),
        pytest.param((500, 1400), (), id="phone"),
    ],
)
def test_the_page_is_drawn_without_a_word_on_the_console_and_without_the_network(
    chromium: str, served: Server, tmp_path: Path, size: tuple[int, int], options: tuple[str, ...]
) -> None:
    url = f"http://127.0.0.1:{served.server_address[1]}/review.html"
    png, console = picture_of(chromium, url, tmp_path, f"--window-size={size[0]},{size[1]}", *options)
    assert console == ""
    assert set(served.asked) <= {"/review.html", "/favicon.ico"}
    width, _, rows = pixels(png)
    assert width == size[0]
    assert len(rows) > 300
