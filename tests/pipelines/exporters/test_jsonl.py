"""Everything that is known is there, and can be read back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from pipelines import wire
from pipelines.exporters.jsonl import JsonLines
from pipelines.records import Author, Caption, Clip, Happened, KeptCaption, Outcome, Review, Sample, Video, VideoInfo
from tests.support.leaving import no_cut, real_samples, sample


def test_a_line_says_all_that_a_sample_holds(tmp_path: Path) -> None:
    captions = (
        KeptCaption(
            Caption("A thing.", "small", reason=None), stage="video", digest="ab", prompt="d1", made={"tokens_in": 7}, at=1.0
        ),
        KeptCaption(Caption("Cut o", "small", outcome=Outcome.TRUNCATED, reason="too long"), at=2.0),
        KeptCaption(Caption("A bird.", "", Author.PERSON), by="ann", parent=0, at=3.0),
    )
    events = (Happened("k", 3.0, "ann", "edit", {"after": {"caption": 2, "review": "accepted"}}),)
    one = replace(
        sample(25), scores={"motion": 0.1, "text": None}, missing={"text": "gave up"}, facts={"camera": "static"},
        review=Review("accepted", "ann", 3.0), tags=("a", "b"), verdict="dropped", reasons=("motion low",),
        captions=captions, in_force=2, chosen=2, split="validation", events=events,
    )  # fmt: skip
    JsonLines().write([one], tmp_path, cut=no_cut)
    (row,) = map(json.loads, (tmp_path / "clips.jsonl").read_text("utf-8").splitlines())
    assert read_back(row) == one
    assert row["key"] == one.clip.key
    assert row["captions"][1]["outcome"] == "truncated"
    assert (row["clip"]["start_s"], row["clip"]["end_s"]) == (1.0, 3.0)


def test_real_videos_come_back_with_their_exact_times(videos: Path) -> None:
    for one in real_samples(videos):
        (line,) = JsonLines().preview([one]).splitlines()
        assert read_back(json.loads(line)).clip == one.clip
        assert read_back(json.loads(line)).clip.key == one.clip.key


def test_a_clip_without_a_caption_stays_a_line(tmp_path: Path) -> None:
    (row,) = map(json.loads, JsonLines().preview([replace(sample(0), text="")]).splitlines())
    assert (row["text"], row["chosen"], row["captions"]) == ("", None, [])
    assert JsonLines.wordless


def read_back(row: dict) -> Sample:  # type: ignore[type-arg]
    """What the docstring promises, used by nothing but the line."""
    video = row["video"]
    info = wire.load(VideoInfo, video["info"])
    times = row["clip"]
    clip = Clip(
        Video(video["sha256"], video["path"], video["size_bytes"], info),
        times["start_pts"],
        times["end_pts"],
        times["frames"],
    )
    return Sample(
        clip, row["text"], row["scores"], Review(**row["review"]), row["missing"], row["facts"], tuple(row["tags"]),
        row["verdict"], tuple(row["reasons"]), tuple(map(caption, row["captions"])), row["in_force"], row["chosen"],
        row["take"], row["split"], tuple(Happened(**event) for event in row["events"]),
    )  # fmt: skip


def caption(given: dict) -> KeptCaption:  # type: ignore[type-arg]
    left = dict(given)
    words = Caption(
        left.pop("text"), left.pop("model"), Author(left.pop("author")), Outcome(left.pop("outcome")), left.pop("reason")
    )
    known = {name: left.pop(name) for name in ("by", "role", "stage", "digest", "prompt", "parent", "at")}
    return KeptCaption(words, **known, made=left)
