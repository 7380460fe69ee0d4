"""The `export` stage: what leaves is settled once, and a worker that was stopped goes on where it was."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db import export_diff, exports, queue, workers
from db.exports import Request
from db.models import Caption, Clip, ExportRow
from db.queue import Lease
from db.session import Store
from pipelines.child import Child
from pipelines.errors import Cancelled
from pipelines.exporters.easyanimate import EasyAnimate
from pipelines.exporters.jsonl import JsonLines
from pipelines.kinds import Exporter
from pipelines.selection import Selection
from settings import Settings
from tests.support.library import Made, add_clip
from work import exports as stage
from work.bench import Bench
from work.holding import Holding

Hold = Callable[..., Lease]


class Undisturbed:
    """A watch that nobody stops."""

    worker = "tester"
    stopping = threading.Event()

    def gone(self, lease: Lease) -> bool:
        return False

    def hold(self, leases: Sequence[Lease]) -> None:
        return


@pytest.fixture
def bench(settings: Settings, store: Store) -> Iterator[Bench]:
    with Child() as child:
        yield Bench(settings, store, child, Undisturbed(), Holding(settings.data / "networks.lock"))


@pytest.fixture
def hold(store: Store, tmp_path: Path) -> Hold:
    """Ask for an export, and claim its job."""

    def ask(exporter: Exporter, name: str = "set", **selection: Any) -> Lease:
        with store.write() as session:
            exports.create(session, Request(exporter, str(tmp_path / name), Selection(**{"which": "kept", **selection})))
        with store.write() as session:
            workers.enlist(session, "me")
            (lease,) = queue.claim(session, "me", most=lambda _: 1)
        return lease

    return ask


def library(store: Store, clips: int = 6) -> None:
    with store.write() as session:
        for number in range(clips):
            add_clip(session, Made(text=f"A bird {number}.", video=f"films/{number % 3}.mp4"))


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "clips.jsonl").read_text("utf-8").splitlines()]


def test_an_export_ends_with_its_rows_its_counts_and_its_manifest(
    store: Store, bench: Bench, hold: Hold, tmp_path: Path
) -> None:
    library(store)
    stage.export([hold(JsonLines(), validation=0.5)], bench)
    with store.read() as session:
        view = exports.view(session, 1)
    assert (view.state, view.written, view.comparable) == ("done", 6, True)
    assert sum(view.summary["counts"].values()) == 6
    sides = {part: lines(tmp_path / "set" / part) for part in ("train", "validation")}
    assert {part: len(rows) for part, rows in sides.items()} == view.summary["counts"]
    assert all(row["split"] == part for part, rows in sides.items() for row in rows)
    assert not {row["video"]["sha256"] for row in sides["train"]} & {row["video"]["sha256"] for row in sides["validation"]}
    manifest = json.loads((tmp_path / "set" / "manifest.json").read_text())
    assert (manifest["pairs"], manifest["selection"]["validation"]) == (6, 0.5)


def test_what_cannot_be_cut_is_marked_and_counts_as_not_there(store: Store, bench: Bench, hold: Hold) -> None:
    """Their videos are not on this disk."""
    with store.write() as session:
        clip = add_clip(session)
        clip.key = exports.samples.of(session, [_pair(clip)])[0].clip.key
    stage.export([hold(EasyAnimate())], bench)
    with store.read() as session:
        view = exports.view(session, 1)
        assert [row.left_out for row in session.scalars(select(ExportRow))] == [1]
        assert export_diff.compare(session, 1, 1).same == 0
    assert (view.state, view.written) == ("done", 0)
    assert view.error is not None and view.error.startswith("1 left out\nball.mp4 1.0–3.0 s: ")


def test_a_worker_that_was_stopped_goes_on_with_the_same_rows(
    store: Store, bench: Bench, hold: Hold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library(store, clips=4)
    lease = hold(JsonLines())
    with monkeypatch.context() as patched, pytest.raises(Cancelled):
        patched.setattr(stage, "write_export", _stopped)
        stage.export([lease], bench)
    with store.write() as session:
        session.add(Caption(clip_id=1, text="Later words.", author="person", created_at=0.0))
        session.flush()
        session.get_one(Clip, 1).caption_id = 5
        session.get_one(Clip, 2).review = "rejected"
    stage.export([lease], bench)
    assert sorted(row["text"] for row in lines(tmp_path / "set")) == [f"A bird {number}." for number in range(4)]


def test_a_failure_is_said_on_its_row(store: Store, bench: Bench, hold: Hold, tmp_path: Path) -> None:
    library(store, clips=1)
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "thesis.txt").write_text("ten years")
    stage.export([hold(JsonLines())], bench)
    with store.read() as session:
        view = exports.view(session, 1)
    assert view.state == "failed" and view.error is not None and "is not empty" in view.error
    assert (tmp_path / "set" / "thesis.txt").read_text() == "ten years"


def _stopped(*_: object, **__: object) -> None:
    raise Cancelled("the worker was asked to stop")


def _pair(clip: Clip) -> Any:
    from db.leaving import Pair

    return Pair(clip.id, clip.caption_id)
