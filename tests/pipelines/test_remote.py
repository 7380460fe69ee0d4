"""Videos at addresses come only from where the operator said, whatever the other side does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipelines.errors import Cancelled, Refused
from pipelines.ingest import is_url
from pipelines.remote import Hop, Limits, check, fetch, file_name

DATA = bytes(range(256)) * 400


class Files(BaseHTTPRequestHandler):
    """A server as friendly, lost, slow or sly as its path says."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        kind = self.path.split("?")[0].split("/")[1]
        if kind == "to":
            self.send_response(302)
            self.send_header("Location", self.path.partition("?")[2])
            self.end_headers()
        elif kind in ("film.mp4", "endless.mp4", "slow.mp4"):
            self.send_response(200)
            if kind == "film.mp4":
                self.send_header("Content-Length", str(len(DATA)))
            self.end_headers()
            self._body(kind)
        else:
            self.send_error(404)

    def _body(self, kind: str) -> None:
        try:
            for _ in range(1 if kind == "film.mp4" else 200):
                self.wfile.write(DATA)
                time.sleep(0.02 if kind == "slow.mp4" else 0)
        except OSError:  # hung up on, as it should be
            return

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    made.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def at(server: ThreadingHTTPServer) -> str:
    server.asked.clear()  # type: ignore[attr-defined]
    return f"http://127.0.0.1:{server.server_port}"


def get(url: str, cache: Path, *hosts: str, **limits: float) -> Path:
    return fetch(url, cache, hosts=hosts, limits=Limits(**limits))  # type: ignore[arg-type]


def test_a_file_is_fetched_once(at: str, server: ThreadingHTTPServer, tmp_path: Path) -> None:
    for _ in range(2):
        path = get(f"{at}/film.mp4?take=1", tmp_path, "127.0.0.1")
        assert path.name == "film.mp4" and path.read_bytes() == DATA
    assert server.asked == ["/film.mp4?take=1"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("url", "hosts", "kind"),
    [
        ("https://films.example/a.mp4", (), "remote_off"),
        ("https://films.example/a.mp4", ("other.example",), "remote_host"),
        ("https://films.example.evil.test/a.mp4", ("films.example",), "remote_host"),
        ("https://evilfilms.example/a.mp4", ("*.films.example", "films.example"), "remote_host"),
        ("file:///etc/passwd", ("*",), "bad_url"),
        ("file://host/etc/passwd", ("*",), "remote_scheme"),
        ("ftp://films.example/a.mp4", ("films.example",), "remote_scheme"),
        ("local://films.example/a", ("*",), "remote_scheme"),
        ("s3://bucket/a.mp4", ("bucket",), "remote_host"),
        ("https://films.example@evil.test/a.mp4", ("films.example",), "bad_url"),
        ("https://films.example:notaport/a.mp4", ("films.example",), "bad_url"),
        ("https://[::1", ("*",), "bad_url"),
        ("https:///a.mp4", ("*",), "bad_url"),
    ],
)
def test_what_was_not_listed_is_not_asked(url: str, hosts: tuple[str, ...], kind: str) -> None:
    with pytest.raises(Refused) as refused:
        check(url, hosts)
    assert refused.value.kind == kind


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://films.example/a.mp4", "films.example"),
        ("https://FILMS.example:8443/a.mp4", "films.example"),
        ("https://eu.films.example/a.mp4", "*.films.example"),
        ("s3://bucket/deep/a.mp4", "s3://bucket"),
    ],
)
def test_what_was_listed_is_asked(url: str, host: str) -> None:
    check(url, (host,))


@pytest.mark.parametrize("pattern", ["*", "127.*", "127.0.0.?", "local*"])
def test_a_private_address_needs_its_full_name(at: str, server: ThreadingHTTPServer, tmp_path: Path, pattern: str) -> None:
    for url in (at, at.replace("127.0.0.1", "localhost")):
        with pytest.raises(Refused) as refused:
            get(f"{url}/film.mp4", tmp_path, pattern)
        assert refused.value.kind in ("private_address", "remote_host")
    assert server.asked == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1",
        "10.0.0.7",
        "169.254.169.254",
        "::1",
        "fe80::1%eth0",
        "0.0.0.0",
        "fd00::1",
        "100.64.0.1",
        "::ffff:127.0.0.1",
    ],
)
def test_no_address_of_a_private_network_is_connected_to(place: str) -> None:
    with pytest.raises(Refused, match="private network"):
        Hop(("*",), "https://films.example/a.mp4").socket((2, 1, 6, "", (place, 443)))


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("http://localhost:{port}/film.mp4", "private_address"),
        ("http://evil.test/film.mp4", "remote_host"),
        ("file:///etc/passwd", "bad_url"),
        ("//evil.test/film.mp4", "remote_host"),
    ],
)
def test_a_redirect_is_looked_at_like_an_address(
    at: str, server: ThreadingHTTPServer, tmp_path: Path, target: str, kind: str
) -> None:
    with pytest.raises(Refused) as refused:
        get(f"{at}/to?{target.format(port=server.server_port)}", tmp_path, "127.0.0.1", "l*")
    assert refused.value.kind == kind
    assert len(server.asked) == 1  # type: ignore[attr-defined]


def test_a_redirect_to_what_is_listed_is_followed(at: str, tmp_path: Path) -> None:
    assert get(f"{at}/to?/film.mp4", tmp_path, "127.0.0.1").read_bytes() == DATA


@pytest.mark.parametrize(
    ("name", "limits", "kind"),
    [
        ("film.mp4", {"bytes": 1000}, "too_large"),
        ("endless.mp4", {"bytes": 3_000_000}, "too_large"),
        ("slow.mp4", {"seconds": 0.4}, "time_limit"),
        ("lost.mp4", {}, "not_found"),
    ],
)
def test_limits(at: str, tmp_path: Path, name: str, limits: dict[str, float], kind: str) -> None:
    with pytest.raises(Refused) as refused:
        get(f"{at}/{name}", tmp_path, "127.0.0.1", **limits)
    assert refused.value.kind == kind
    assert not [path for path in tmp_path.rglob("*") if path.is_file()], "nothing half is left"


def test_it_can_be_stopped(at: str, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        fetch(f"{at}/slow.mp4", tmp_path, hosts=("127.0.0.1",), limits=Limits(), cancelled=lambda: True)


def test_names() -> None:
    assert file_name("https://x/deep/A%20film.MOV?sig=1") == "A film.MOV"
    assert file_name("https://x/") == "video.mp4" and file_name("https://x/..%2f..%2fetc") == "etc.mp4"
    assert is_url("s3://b/a") and not is_url("C:/films") and not is_url("/films/a://b") and not is_url("a.mp4")
