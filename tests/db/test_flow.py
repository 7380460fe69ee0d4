"""Which job follows which, what is skipped, and what steps back."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from sqlalchemy import select, update

from db import flow, results, runs
from db.models import Clip, Job, Run, Scan, Video
from db.results import Made
from db.session import Store
from pipelines import records
from pipelines.recipe import Recipe, load
from pipelines.records import Caption, Measured, Outcome, ScannedClip, Score, Sheet, VideoInfo
from tests.support.prints import made

ONE, TICK = Fraction(1), Fraction(1, 25)
INFO = VideoInfo("mov", "h264", 0, 640, 360, 0, ONE, 25.0, 20.0, TICK, 0, "yuv420p", False, False)
VIDEO = records.Video("a" * 64, "/films/a.mp4", 1, INFO)
GOOD = {
    "duration": 4.0,
    "motion": 0.1,
    "sharpness": 0.5,
    "brightness": 0.5,
    "contrast": 0.2,
    "saturation": 0.3,
    "frozen": 0.0,
}


@pytest.fixture
def recipe() -> Recipe:
    return load("quickstart")


@pytest.fixture
def run(store: Store, recipe: Recipe) -> Run:
    with store.write() as session:
        run = runs.create(session, recipe, inputs=["/films"], by="lin")
        results.save_video(session, VIDEO, given="films/a.mp4", mtime_ns=1, inode=1)
    return run


def found(start: int, end: int, **scores: float) -> ScannedClip:
    measured = Measured(tuple(Score(name, value) for name, value in {**GOOD, **scores}.items()))
    clip = records.Clip(VIDEO, start, end, end - start)
    return ScannedClip(clip, measured, Sheet("", (0.5,), (64, 36)), made(start))


def store_clip(store: Store, run: Run, recipe: Recipe, clip: ScannedClip) -> int:
    with store.write() as session:
        row = results.save_clip(session, session.get_one(Video, 1), clip, run_id=run.id)
        flow.advance(session, session.get_one(Run, run.id), recipe, [row.id])
        return row.id


def end_stage(store: Store, run: Run, recipe: Recipe, clip_id: int, stage: str, text: float = 0.0) -> None:
    with store.write() as session:
        job = session.scalars(select(Job).where(Job.stage == stage, Job.item == str(clip_id))).one()
        job.state = "done"
        if stage == "text":
            results.save_measured(session, clip_id, Measured((Score("text", text),)))
        results.mark(session, clip_id, stage=stage, digest={**recipe.digests(), "proxy": flow.PROXY_DIGEST}[stage])
        flow.advance(session, session.get_one(Run, run.id), recipe, [clip_id])


def open_stages(store: Store) -> list[str]:
    with store.read() as session:
        return list(session.scalars(select(Job.stage).where(Job.state == "ready", Job.stage != "find").order_by(Job.id)))


def test_a_kept_clip_goes_through_every_stage(store: Store, run: Run, recipe: Recipe) -> None:
    clip_id = store_clip(store, run, recipe, found(0, 100))
    for stage in ("text", "measured", "proxy"):
        assert open_stages(store) == [stage]
        end_stage(store, run, recipe, clip_id, stage)
    assert open_stages(store) == []


def test_a_dropped_clip_is_never_captioned(store: Store, run: Run, recipe: Recipe) -> None:
    clip_id = store_clip(store, run, recipe, found(0, 100))
    end_stage(store, run, recipe, clip_id, "text", text=0.9)
    assert open_stages(store) == []
    with store.read() as session:
        assert session.get_one(Clip, clip_id).reasons == ["text above 0.15"]


def test_later_stages_outrank_earlier_ones(recipe: Recipe) -> None:
    order = [flow.priority(recipe, stage) for stage in ("proxy", "find", "probe", "scan", "text", "measured")]
    assert order == sorted(order)


def test_a_video_scanned_before_with_the_same_settings_is_not_scanned_again(store: Store, run: Run, recipe: Recipe) -> None:
    clip_id = store_clip(store, run, recipe, found(0, 100))
    with store.write() as session:
        run_row, video = session.get_one(Run, run.id), session.get_one(Video, 1)
        flow.scan_ended(session, run_row, recipe, video, clip_ids=[clip_id], note=None)
        second = runs.create(session, recipe, inputs=["/films"], by="lin")
        flow.video_ready(session, second, recipe, video, label="a.mp4")
        scan = session.scalars(select(Job).where(Job.run_id == second.id, Job.stage == "scan")).one()
        assert (scan.state, session.get_one(Clip, clip_id).run_id) == ("done", second.id)
        third = runs.create(session, load("quickstart", ["scan.max_s=8"]), inputs=["/films"], by="lin")
        flow.video_ready(session, third, load("quickstart", ["scan.max_s=8"]), video, label="a.mp4")
        assert session.scalars(select(Job.state).where(Job.run_id == third.id, Job.stage == "scan")).one() == "ready"
        assert len(session.scalars(select(Scan)).all()) == 1


def test_other_clips_of_the_video_step_back_unless_somebody_decided(store: Store, run: Run, recipe: Recipe) -> None:
    old, decided, new = (store_clip(store, run, recipe, found(start, start + 100)) for start in (0, 100, 200))
    with store.write() as session:
        session.get_one(Clip, decided).review = "rejected"
        flow.adopt(session, session.get_one(Run, run.id), session.get_one(Video, 1), [new])
        assert [session.get_one(Clip, one).superseded for one in (old, decided, new)] == [1, 0, 0]


def test_clips_of_a_video_that_turns_out_unusable_step_back_with_their_jobs(store: Store, run: Run, recipe: Recipe) -> None:
    clip_id = store_clip(store, run, recipe, found(0, 100))
    with store.write() as session:
        flow.scan_failed(session, session.get_one(Run, run.id), [clip_id])
    assert open_stages(store) == []
    store_clip(store, run, recipe, found(0, 100))
    assert open_stages(store) == ["text"], "a retry that goes well brings them back"
    with store.read() as session:
        assert session.get_one(Clip, clip_id).superseded == 0


def test_a_machine_never_overrules_a_person(store: Store, run: Run, recipe: Recipe) -> None:
    clip_id = store_clip(store, run, recipe, found(0, 100))
    with store.write() as session:
        first = results.save_caption(session, clip_id, Caption("one", "m"), made=Made("measured", "1"))
        assert session.get_one(Clip, clip_id).caption_id == first.id
        second = results.save_caption(session, clip_id, Caption("two", "m"), made=Made("measured", "2"))
        assert session.get_one(Clip, clip_id).caption_id == second.id
        results.save_caption(
            session, clip_id, Caption("", "m", outcome=Outcome.FAILED, reason="x"), made=Made("measured", "3")
        )
        assert session.get_one(Clip, clip_id).caption_id == second.id, "only what ended well comes into force"
        session.get_one(Clip, clip_id).review = "accepted"
        results.save_caption(session, clip_id, Caption("three", "m"), made=Made("measured", "4"))
        assert session.get_one(Clip, clip_id).caption_id == second.id


COPY = records.Video("b" * 64, "/films/b.mp4", 1, replace(INFO, width=1280, height=720))


def store_copy(store: Store, run: Run, recipe: Recipe, *, of: int) -> int:
    """The same picture in a larger video, scanned in the same run."""
    clip = replace(found(of, of + 100), clip=records.Clip(COPY, of, of + 100, 100))
    with store.write() as session:
        video = results.save_video(session, COPY, given="films/b.mp4", mtime_ns=1, inode=2)
        row = results.save_clip(session, video, clip, run_id=run.id)
        flow.advance(session, session.get_one(Run, run.id), recipe, [row.id])
        return row.id


def verdicts(store: Store) -> list[tuple[str | None, list[str]]]:
    with store.read() as session:
        return [(clip.verdict, clip.reasons) for clip in session.scalars(select(Clip).order_by(Clip.id))]


def test_a_better_copy_replaces_a_clip_that_was_kept(store: Store, run: Run, recipe: Recipe) -> None:
    first = store_clip(store, run, recipe, found(0, 100))
    end_stage(store, run, recipe, first, "text")
    assert verdicts(store) == [("kept", [])]
    better = store_copy(store, run, recipe, of=0)
    end_stage(store, run, recipe, better, "text")
    assert verdicts(store) == [("dropped", ["duplicate above 0"]), ("kept", [])]


def test_when_the_better_copy_is_dropped_the_other_goes_on_to_captions(store: Store, run: Run, recipe: Recipe) -> None:
    better = store_copy(store, run, recipe, of=0)
    other = store_clip(store, run, recipe, found(0, 100))
    end_stage(store, run, recipe, other, "text")
    assert verdicts(store)[1] == ("dropped", ["duplicate above 0"])
    end_stage(store, run, recipe, better, "text", text=0.9)
    assert verdicts(store) == [("dropped", ["duplicate above 0", "text above 0.15"]), ("kept", [])]
    with store.read() as session:
        assert session.scalars(select(Job.item).where(Job.stage == "measured")).all() == [str(other)]


def test_when_the_better_copy_steps_back_the_other_goes_on_and_gives_way_again(
    store: Store, run: Run, recipe: Recipe
) -> None:
    better = store_copy(store, run, recipe, of=0)
    other = store_clip(store, run, recipe, found(0, 100))
    for clip_id in (better, other):
        end_stage(store, run, recipe, clip_id, "text")
    with store.write() as session:
        video = session.scalars(select(Video).where(Video.sha256 == COPY.sha256)).one()
        flow.adopt(session, session.get_one(Run, run.id), video, [])
    assert verdicts(store)[1] == ("kept", [])
    with store.write() as session:
        assert str(other) in session.scalars(select(Job.item).where(Job.stage == "measured")).all()
        flow.adopt(session, session.get_one(Run, run.id), session.get_one(Video, video.id), [better])
    assert verdicts(store) == [("kept", []), ("dropped", ["duplicate above 0"])]


def test_a_run_is_not_opened_again_for_a_copy_that_lacks_nothing(store: Store, run: Run, recipe: Recipe) -> None:
    other = store_clip(store, run, recipe, found(0, 100))
    for stage in ("text", "measured", "proxy"):
        end_stage(store, run, recipe, other, stage)
    better = store_copy(store, run, recipe, of=0)
    with store.write() as session:
        session.execute(update(Job).values(state="done"))
        session.get_one(Run, run.id).state = "done"
        video = session.scalars(select(Video).where(Video.sha256 == COPY.sha256)).one()
        flow.adopt(session, session.get_one(Run, run.id), video, [])
        assert session.get_one(Clip, better).superseded == 1
        assert session.get_one(Run, run.id).state == "done"
    assert verdicts(store)[0] == ("kept", [])
