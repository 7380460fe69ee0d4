"""Which pairs leave, and how a request to write them fares."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import exports
from db.models import Clip, Job, Video, VideoPath
from db.session import Store
from pipelines.errors import Usage
from tests.support.library import Made, add_clip


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.write() as session:
        yield session


def leaving(session: Session, which: str) -> list[str]:
    return [sample.text for sample in exports.samples(session, which)]


def ask(session: Session, dest: str = "/sets/one") -> int:
    return exports.create(session, format="easyanimate", options={"crf": 20}, which="kept", dest=dest, by="ann").id


def job_of(session: Session, export_id: int) -> Job:
    return session.scalars(select(Job).where(Job.stage == "export", Job.item == str(export_id))).one()


def test_the_choices(session: Session) -> None:
    for text, verdict, review in [
        ("accepted by a person", "dropped", "accepted"),
        ("kept", "kept", "waiting"),
        ("kept but rejected", "kept", "rejected"),
        ("dropped", "dropped", "waiting"),
        ("not judged", None, "skipped"),
        ("with its lot", "dropped", "accepted_lot"),
    ]:
        add_clip(session, Made(text=text, verdict=verdict, review=review))
    add_clip(session, Made(text="superseded", superseded=1))
    assert leaving(session, "accepted") == ["accepted by a person"]
    assert leaving(session, "accepted_lot") == ["accepted by a person", "with its lot"]
    assert leaving(session, "kept") == ["accepted by a person", "kept", "with its lot"]
    assert leaving(session, "all") == ["accepted by a person", "kept", "dropped", "not judged", "with its lot"]
    assert [exports.count(session, which) for which in exports.WHICH] == [1, 2, 3, 5]
    with pytest.raises(Usage, match="accepted, accepted_lot, kept, all"):
        exports.count(session, "best")


def test_captions_that_are_missing_or_did_not_end_well_have_no_words(session: Session) -> None:
    for made in (Made(text=None), Made(text="cut off", outcome="truncated"), Made(text="  "), Made(text="A bird.")):
        add_clip(session, made)
    assert leaving(session, "kept") == ["", "", "  ", "A bird."]
    assert exports.count(session, "kept") == 1
    assert [sample.text for sample in exports.preview(session, "kept")] == ["A bird."]


def test_pairs_come_by_name_of_the_video_and_then_by_time(session: Session) -> None:
    for text, video in [("b1", "x/b.mp4"), ("a1", "y/a.mp4"), ("b2", "x/b.mp4"), ("a2", "y/a.mp4"), ("other a", "z/a.mp4")]:
        add_clip(session, Made(text=text, video=video))
    assert leaving(session, "kept") == ["a1", "a2", "other a", "b1", "b2"]
    assert [sample.text for sample in exports.preview(session, "kept", limit=2)] == ["a1", "a2"]


def test_a_sample_carries_clip_scores_and_review(session: Session) -> None:
    row = add_clip(session, Made(scores={"motion": 0.3, "text": None}, review="accepted"))
    (sample,) = exports.samples(session, "accepted")
    assert (sample.clip.start_pts, sample.clip.end_pts, sample.clip.frames) == (row.start_pts, row.end_pts, row.frames)
    assert sample.clip.start_s == row.start_s
    assert sample.scores == {"motion": 0.3, "text": None}
    assert sample.review == "accepted"


def test_a_video_is_read_under_a_name_where_it_still_lies(session: Session, tmp_path: Path) -> None:
    video_id = add_clip(session).video_id
    here = tmp_path / "here.mp4"
    here.write_bytes(b"video")
    status = here.stat()
    video = session.get_one(Video, video_id)
    for path, seen_at in ((here, 1.0), (tmp_path / "gone.mp4", 9e9)):
        place = {"size_bytes": status.st_size, "mtime_ns": status.st_mtime_ns, "inode": status.st_ino}
        session.add(VideoPath(video_id=video_id, path=os.fsencode(path), given=path.name, seen_at=seen_at, **place))
    session.flush()
    session.refresh(video)
    (sample,) = exports.samples(session, "kept")
    assert sample.clip.video.path == str(here)
    here.unlink()
    (sample,) = exports.samples(session, "kept")
    assert sample.clip.video.path == str(tmp_path / "gone.mp4")


def test_a_request_becomes_a_job_and_is_followed_to_its_end(session: Session) -> None:
    add_clip(session)
    export_id = ask(session)
    job = job_of(session, export_id)
    assert (job.run_id, job.state, job.label) == (None, "ready", "easyanimate to /sets/one")
    exports.begin(session, export_id, total=1)
    exports.set_progress(session, export_id, 1)
    (view,) = exports.recent(session)
    assert (view.state, view.total, view.written, view.dest, view.by) == ("writing", 1, 1, "/sets/one", "ann")
    exports.finish(session, export_id, written=1, left_out=[f"clip {i}: gone" for i in range(25)])
    (view,) = exports.recent(session)
    assert (view.state, view.written, view.options) == ("done", 1, {"crf": 20})
    assert view.error is not None
    assert view.error.splitlines()[0] == "25 left out"
    assert view.error.splitlines()[-1] == "and 5 more"


def test_one_export_at_a_time_to_a_folder(session: Session) -> None:
    export_id = ask(session)
    with pytest.raises(Usage, match="already on its way"):
        ask(session)
    ask(session, "/sets/two")
    exports.cancel(session, export_id)
    assert ask(session) != export_id


def test_cancelling_stops_the_job_but_not_what_is_done(session: Session) -> None:
    first, second = ask(session, "/sets/one"), ask(session, "/sets/two")
    exports.cancel(session, first)
    job_of(session, second).state = "done"
    exports.finish(session, second, written=0)
    exports.cancel(session, second)
    assert [view.state for view in exports.recent(session)] == ["done", "cancelled"]
    assert job_of(session, first).state == "cancelled"


def test_an_export_whose_workers_died_is_shown_as_failed(session: Session) -> None:
    export_id = ask(session)
    exports.begin(session, export_id, total=1)
    job = job_of(session, export_id)
    job.state, job.error = "failed", "the worker died 3 times"
    session.flush()
    (view,) = exports.recent(session)
    assert (view.state, view.error) == ("failed", "the worker died 3 times")


def test_failure_says_why(session: Session) -> None:
    export_id = ask(session)
    exports.fail(session, export_id, "the disk is full")
    (view,) = exports.recent(session)
    assert (view.state, view.error) == ("failed", "the disk is full")
    assert view.ended_at is not None


def test_names_of_any_bytes_survive(session: Session) -> None:
    row = exports.create(session, format="easyanimate", options={}, which="kept", dest="/sets/\udcff")
    assert exports.folder(exports.get(session, row.id)) == Path("/sets/\udcff")
    assert exports.recent(session)[0].dest == "/sets/\ufffd"


def test_many_videos_are_read_a_few_at_a_time(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "IN_ONE_QUERY", 2)
    for number in range(5):
        add_clip(session, Made(text=f"caption {number}", video=f"films/{number}.mp4"))
    assert leaving(session, "kept") == [f"caption {number}" for number in range(5)]
    assert session.scalar(select(Clip.id).order_by(Clip.id.desc())) == 5
