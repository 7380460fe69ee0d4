"""A sample carries everything the library knows of a clip."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db import samples, tags
from db.decisions import Decision, decide
from db.leaving import Pair
from db.models import Caption, Clip, Video, VideoPath
from db.session import Store
from pipelines.records import Author, Sample
from tests.support.library import Made, add_clip


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.write() as session:
        yield session


def sample_of(session: Session, clip: Clip, **more: object) -> Sample:
    (sample,) = samples.of(session, [Pair(clip.id, clip.caption_id, **more)])  # type: ignore[arg-type]
    return sample


def test_clip_scores_facts_tags_and_verdict(session: Session) -> None:
    made = Made(scores={"motion": 0.3, "text": None}, facts={"camera": "pan left"}, verdict="dropped", reasons=("motion",))
    row = add_clip(session, made)
    tags.add(session, [row.id], "Beach", by="ann")
    sample = sample_of(session, row, part="validation", take=2)
    assert (sample.clip.start_pts, sample.clip.end_pts, sample.clip.frames) == (row.start_pts, row.end_pts, row.frames)
    assert sample.clip.start_s == row.start_s
    assert sample.scores == {"motion": 0.3, "text": None}
    assert sample.missing == {"text": "the detector gave up"}
    assert sample.facts == {"camera": "pan left"}
    assert sample.tags == ("beach",)
    assert (sample.verdict, sample.reasons) == ("dropped", ("motion",))
    assert (sample.split, sample.take) == ("validation", 2)


def test_captions_come_with_their_chain_and_decisions_with_their_captions(session: Session) -> None:
    row = add_clip(session, Made(text="A machine's words."))
    assert row.caption is not None
    row.caption.params, row.caption.prompt_digest = {"frames": 8}, "d1"
    session.flush()
    decide(session, Decision("k1", row.id, 0, "reject", reason="caption: wrong subject"), "bo")
    decide(session, Decision("k2", row.id, 1, "edit", text="A person's words."), "ann")
    session.refresh(row)
    sample = sample_of(session, row)
    first, second = sample.captions
    assert (first.caption.author, first.made["params"], first.prompt, first.parent) == (
        Author.MACHINE,
        {"frames": 8},
        "d1",
        None,
    )
    assert (second.caption.author, second.by, second.parent) == (Author.PERSON, "ann", 0)
    assert (sample.text, sample.in_force, sample.chosen, sample.leaving) == ("A person's words.", 1, 1, second)
    assert (sample.review.state, sample.review.by) == ("accepted", "ann")
    assert [(one.key, one.kind, one.actor) for one in sample.events] == [("k1", "reject", "bo"), ("k2", "edit", "ann")]
    reject, edit = (event.detail for event in sample.events)
    assert (reject["after"]["caption"], reject["after"]["reason"]) == (0, "caption: wrong subject")
    assert (edit["before"]["caption"], edit["after"]["caption"]) == (0, 1)
    assert "caption_id" not in str(sample.events)


def test_a_caption_that_did_not_end_well_has_no_words_but_stays_in_the_story(session: Session) -> None:
    row = add_clip(session, Made(text="cut off", outcome="truncated"))
    sample = sample_of(session, row)
    assert (sample.text, sample.chosen, sample.in_force) == ("", None, 0)
    assert sample.captions[0].caption.text == "cut off"


def test_another_caption_than_the_one_in_force_may_leave(session: Session) -> None:
    row = add_clip(session, Made(text="in force"))
    other = Caption(clip_id=row.id, text="other", author="machine", model="m", created_at=time.time())
    session.add(other)
    session.flush()
    (sample,) = samples.of(session, [Pair(row.id, other.id)])
    assert (sample.text, sample.in_force, sample.chosen) == ("other", 0, 1)


def test_a_clip_that_is_gone_is_left_out(session: Session) -> None:
    row = add_clip(session)
    assert len(samples.of(session, [Pair(row.id, row.caption_id), Pair(999, None)])) == 1


def test_a_video_is_read_under_a_name_where_it_still_lies(session: Session, tmp_path: Path) -> None:
    row = add_clip(session)
    here = tmp_path / "here.mp4"
    here.write_bytes(b"video")
    status = here.stat()
    video = session.get_one(Video, row.video_id)
    for path, seen_at in ((here, 1.0), (tmp_path / "gone.mp4", 9e9)):
        place = {"size_bytes": status.st_size, "mtime_ns": status.st_mtime_ns, "inode": status.st_ino}
        session.add(VideoPath(video_id=video.id, path=os.fsencode(path), given=path.name, seen_at=seen_at, **place))
    session.flush()
    session.refresh(video)
    assert sample_of(session, row).clip.video.path == str(here)
    here.unlink()
    assert sample_of(session, row).clip.video.path == str(tmp_path / "gone.mp4")
