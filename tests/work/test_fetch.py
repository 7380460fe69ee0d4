"""A run over addresses: fetched, read, and said of each why it could not be."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from db import clips, failures, runs
from db.runs import Input
from db.session import Store
from pipelines import recipe
from settings import Settings
from tests.support.footage import make_video
from worker import Worker


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    make_video(tmp_path / "www" / "a.mp4", seconds=1)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "www")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("hosts", [("127.0.0.1",), ()])
def test_a_list_may_name_addresses(
    settings: Settings, store: Store, address: str, tmp_path: Path, hosts: tuple[str, ...]
) -> None:
    settings = replace(settings, remote_hosts=hosts, remote_files=2)
    words = "".join(f"{address}/{name}.mp4,{name}.\n" for name in ("a", "lost", "third"))
    (tmp_path / "list.csv").write_text("path,caption\n" + words)
    with store.write() as session:
        wanted = [Input(str(tmp_path / "list.csv"), take="auto")]
        run_id = runs.create(session, recipe.load("as-is"), inputs=wanted, by="lin").id
    Worker(settings).run(until_idle=True)
    with store.read() as session:
        failed = [(one.stage, one.kind) for one in failures.listed(session, run_id)]
        found = [(view.video, view.caption and view.caption.text) for view in clips.page(session).clips]
    if hosts:
        assert sorted(failed) == [("fetch", "not_found"), ("probe", "too_many")]
        assert found == [(f"{address}/a.mp4", "a.")]
    else:
        assert {kind for _, kind in failed} == {"remote_off", "too_many"} and not found
