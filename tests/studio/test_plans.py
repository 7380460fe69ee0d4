"""What a run would cost is known before it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from db import progress, results
from db.models import Scan
from db.session import Store
from pipelines import ingest, wire
from pipelines.recipe import load
from pipelines.records import Video, VideoInfo
from studio.plans import plan
from tests.support.footage import make_video
from tests.support.library import INFO


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_video(tmp_path / "films" / "drift.mp4")
    (tmp_path / "films" / "broken.mp4").write_bytes(b"no film")
    return tmp_path / "films"


def test_new_films_are_measured_and_known_ones_cost_nothing(store: Store, folder: Path) -> None:
    recipe, path = load("quickstart"), folder / "drift.mp4"
    first = plan(store, recipe, [str(folder), str(folder / "none.mp4")])
    assert (first.new, first.known, first.guessed, first.work_s, first.more) == (2, 0, 0, None, False)
    assert first.film_s == pytest.approx(3.5, abs=0.6)
    assert len(first.problems) == 1 and "no such file" in first.problems[0]
    now = ingest.identify(str(path))
    with store.write() as session:
        video = Video("aa", str(path), now.size_bytes, wire.load(VideoInfo, INFO))
        row = results.save_video(session, video, given="drift.mp4", mtime_ns=now.mtime_ns, inode=now.inode)
        session.add(Scan(video_id=row.id, digest=recipe.scan.digest(), clip_ids=[], created_at=0.0))
        assert progress.speed(session, "quickstart") is None
    again = plan(store, recipe, [str(folder)])
    assert (again.new, again.known, again.film_s) == (1, 1, 0.0)
    other = plan(store, load("quickstart", ["scan.max_s=8"]), [str(path)])
    assert (other.new, other.film_s) == (1, 60.0), "scanned otherwise, so it is read again; its length is known"
