"""Samples to export, and a set of real clips that was exported, to be read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from pipelines.export import Task, export
from pipelines.kinds import ClipFile, Cutting, Exporter
from pipelines.records import Author, Caption, Clip, KeptCaption, Review, Sample, Video, VideoInfo
from tests.support.stretches import call_here, clip_of

INFO = VideoInfo("mov", "h264", 0, 64, 48, 0, Fraction(1), 25.0, 60.0, Fraction(1, 25), 0, "yuv420p", False, False)


def sample(start: int = 0, *, path: str = "/films/A film.mp4", sha256: str = "aa", text: str = "A bird.") -> Sample:
    return Sample(Clip(Video(sha256, path, 1000, INFO), start, start + 50, 50), text)


def no_cut(wanted: Iterable[tuple[Sample, str]]) -> Iterator[tuple[Sample, ClipFile]]:
    """Every clip is there, as it was in its source."""
    for one, name in wanted:
        yield one, ClipFile(name, one.clip.frames, 25.0, 64, 48, 1000, "ee" * 32)


def known(one: Sample, *, text: str, model: str = "small") -> Sample:
    """The sample with a caption of this model, and with what else is known of clips."""
    kept = KeptCaption(Caption(text, model, Author.MACHINE), stage="video", made={"parts": []}, at=1.0)
    facts = {"camera": "pan left"}
    return replace(
        one, text=text, scores={"motion": 0.25, "text": None}, review=Review("accepted", "ann", 2.0), facts=facts,
        tags=("beach",), captions=(kept,), in_force=0, chosen=0,
    )  # fmt: skip


def real_samples(videos: Path) -> list[Sample]:
    """Three clips of two videos, a fifth of a second each; one caption would be a formula in a spreadsheet."""
    count, small = videos / "ffmpeg-python__in.mp4", videos / "io__small.mp4"
    clips = [clip_of(count, 0.0, 0.2), clip_of(count, 1.0, 1.2), clip_of(small, 1.0, 1.2)]
    texts = ["Digits count “upwards”, one by one.", "=HYPERLINK(1)\nand a second line", "-a small, grey robot"]
    return [known(Sample(clip, ""), text=text) for clip, text in zip(clips, texts, strict=True)]


def write(exporter: Exporter, samples: Sequence[Sample], dest: Path, *, held_out: int = 0, **clips: object) -> Path:
    """The set at `dest`; the last `held_out` samples as its validation part."""
    first, last = samples[: len(samples) - held_out], samples[len(samples) - held_out :]
    parts = {"train": first, "validation": last} if held_out else {"": samples}
    result = export(Task(exporter, dest, Cutting(**clips)), parts, calls=[call_here])  # type: ignore[arg-type]
    assert result.written == len(samples), result.left_out
    return dest
