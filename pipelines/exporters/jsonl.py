"""Everything that is known of each clip, a line each: for keeping, for scripts, and for another Clapper to read back.

clips.jsonl     one object a clip; with several captions leaving, one a caption, alike but for text, chosen and take
videos/         the clips, where they are wanted as files

Version 1 of a line, which readers find in `clapper`:

    clapper     1
    key         32 hex digits, of the video's sha256, start_pts and end_pts
    file        path of the clip below this folder; null without files. file_info: frames, fps, width, height, sha256
    text        the caption that leaves; "" where none does. take: which of the clip's, from 0. split: train or validation
    video       sha256, size_bytes, name, path, info: as `pipelines.records.VideoInfo` has them; fractions as text "1/24"
    clip        start_pts, end_pts (ticks of the video's time base), frames, start_s, end_s
    verdict     kept, dropped, unscored or null. reasons: of the rules
    review      state, by, at (seconds since 1970), reason
    scores      number or null by name. missing: why, by name. facts: words by name. tags: list
    captions    oldest first: text, author, by, model, outcome, reason, role, stage, digest, prompt (its digest), at,
                parent (place in this list, or null), and params, parts, fields, flags, tokens_in, tokens_out, cost, seconds
    in_force    place of the caption in force, or null. chosen: place of the one that leaves, or null
    events      oldest first: key (unique; the same event is never kept twice), at, actor, kind, detail. Where the library
                has `caption_id` in a detail, `caption` stands here: its place in captions, or null

The words of the prompts stand in manifest.json, by digest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, ClassVar, Literal

from pipelines import wire
from pipelines.kinds import EXPORTERS, ClipFile
from pipelines.listing import Listing, source_path
from pipelines.records import KeptCaption, Sample
from pipelines.tables import Row

VERSION = 1


@EXPORTERS.register
class JsonLines(Listing):
    """The whole of what the library knows, nothing rounded."""

    name = "jsonl"
    about = "clips.jsonl with everything known: provenance, history, scores, reviews; another Clapper reads it back."
    cuts: ClassVar[Literal["always", "usually", "seldom"]] = "seldom"
    wordless: ClassVar[bool] = True

    def list_name(self) -> str:
        return "clips.jsonl"

    def rows(self, sample: Sample, file: ClipFile) -> Iterator[Row]:
        yield {
            "clapper": VERSION,
            "key": sample.clip.key,
            "file": file.name or None,
            "file_info": _file_info(file) if file.sha256 else None,
            "text": sample.text,
            "take": sample.take,
            "split": sample.split,
            "video": _video(sample),
            "clip": _clip(sample),
            "verdict": sample.verdict,
            "reasons": list(sample.reasons),
            "review": asdict(sample.review),
            "scores": dict(sample.scores),
            "missing": dict(sample.missing),
            "facts": dict(sample.facts),
            "tags": list(sample.tags),
            "captions": [_caption(one) for one in sample.captions],
            "in_force": sample.in_force,
            "chosen": sample.chosen,
            "events": [asdict(event) for event in sample.events],
        }


def _file_info(file: ClipFile) -> dict[str, Any]:
    return {name: value for name, value in asdict(file).items() if name != "name"}


def _video(sample: Sample) -> dict[str, Any]:
    video = sample.clip.video
    known = {"sha256": video.sha256, "size_bytes": video.size_bytes, "name": video.name}
    return {**known, "path": source_path(sample), "info": wire.dump(video.info)}


def _clip(sample: Sample) -> dict[str, Any]:
    clip = sample.clip
    ticks = {"start_pts": clip.start_pts, "end_pts": clip.end_pts, "frames": clip.frames}
    return {**ticks, "start_s": clip.start_s, "end_s": clip.end_s}


def _caption(one: KeptCaption) -> dict[str, Any]:
    words = {
        "text": one.caption.text, "author": one.caption.author.value, "by": one.by, "model": one.caption.model,
        "outcome": one.caption.outcome.value, "reason": one.caption.reason,
    }  # fmt: skip
    origin = {"role": one.role, "stage": one.stage, "digest": one.digest, "prompt": one.prompt, "parent": one.parent}
    return {**words, **origin, "at": one.at, **one.made}
