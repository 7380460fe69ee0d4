"""The whole pass over real files: clips of whole frames, none with a frame of another scene, everything measured."""

from __future__ import annotations

import csv
import tracemalloc
from bisect import bisect_left
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipelines.errors import Refused
from pipelines.media.opening import frames, open_video, probe
from pipelines.records import ScannedClip
from pipelines.scan.params import SCORES, Scan
from pipelines.scan.run import scan, unsearched
from pipelines.scan.shrink import Image
from pipelines.scan.split import Given
from pipelines.stage import digest
from tests.support.moves import film, still, view
from tests.support.scans import Scanned, luma, scan_file, shown

REAL = [
    "sample-videos__car-detection.mp4", "samples__chrome.mp4", "torchcodec__nasa_13013.mp4", "moviepy__trailer_bbb.mp4",
    "opencv__vtest.avi", "shared-assets__flower.webm", "media__hdr10-av1.mp4", "traps/samples__chrome.ogv",
    "traps/decord__corrupted.mp4", "traps/moviepy__no_duration.webm", "gradio__compliment_bot_screen_recording_3x.mp4",
]  # fmt: skip
CUT = ["samples__chrome.mp4", "torchcodec__nasa_13013.mp4", "moviepy__trailer_bbb.mp4"]
LIMITS = Scan()
BASIC = {"duration", "motion", "sharpness", "brightness", "contrast", "saturation", "frozen"}
"""What every clip has of the pass itself; scores of a whole library come later."""


@pytest.mark.parametrize("name", REAL)
def test_clips_keep_the_limits_and_do_not_overlap(name: str, scanned: Callable[[str], Scanned]) -> None:
    clips = [found.clip for found in scanned(name).clips]
    assert clips or "corrupted" in name  # its broken picture leaves no three seconds on either side
    assert all(LIMITS.min_s - 1e-6 <= clip.duration_s <= LIMITS.max_s + 1e-6 for clip in clips)
    assert all(one.end_pts <= other.start_pts for one, other in pairwise(clips))
    assert len({clip.key for clip in clips}) == len(clips)


@pytest.mark.parametrize(
    "name", ["samples__chrome.mp4", "shared-assets__flower.webm", "traps/samples__chrome.ogv", "io__small.mp4"]
)
def test_clips_begin_and_end_at_frames_of_the_file(name: str, videos: Path, scanned: Callable[[str], Scanned]) -> None:
    times = shown(videos / name)
    for clip in (found.clip for found in scanned(name).clips):
        assert clip.start_pts in times
        assert clip.end_pts in times or clip.end_pts > times[-1]
        assert clip.frames == sum(clip.start_pts <= pts < clip.end_pts for pts in times)


@pytest.fixture(scope="module")
def cuts(videos: Path) -> dict[str, list[float]]:
    with (videos / "index.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["file"]: [float(cut) for cut in row["cuts"].split(";")] for row in csv.DictReader(file) if row["file"] in CUT
        }


@pytest.mark.parametrize("name", CUT)
def test_no_clip_crosses_a_cut_and_the_trim_is_kept(
    name: str, cuts: dict[str, list[float]], scanned: Callable[[str], Scanned]
) -> None:
    video = scanned(name)
    for clip in (found.clip for found in video.clips):
        for cut in cuts[name]:
            away = (LIMITS.trim_frames - 0.5) / video.video.info.fps
            assert cut >= clip.end_s + away or cut <= clip.start_s - away


@pytest.mark.parametrize("name", CUT)
def test_no_foreign_frame_at_either_end(
    name: str, cuts: dict[str, list[float]], videos: Path, scanned: Callable[[str], Scanned]
) -> None:
    """At a cut the clip's outermost frame looks like the next one inside, not like the scene beyond; decoded anew."""
    pictures, video, compared = luma(videos / name), scanned(name), []
    times = list(pictures)
    for found in video.clips:
        at = [video.video.info.seconds(pts) for pts in times]
        first, end = times.index(found.clip.start_pts), bisect_left(times, found.clip.end_pts)
        compared += [(first, first + 1, beyond(at, cut, -1)) for cut in cuts[name] if abs(at[first] - cut) < 0.2]
        compared += [(end - 1, end - 2, beyond(at, cut, 0)) for cut in cuts[name] if abs(at[end - 1] - cut) < 0.2]
    assert compared
    for edge, inside, outside in compared:
        picture = pictures[times[edge]]
        near, far = (float(np.abs(picture - pictures[times[other]]).mean()) for other in (inside, outside))
        assert near < far / 2


def beyond(at: list[float], cut: float, side: int) -> int:
    """Index of the last frame before a cut (-1), or of the first after it (0)."""
    return bisect_left(at, cut - 0.01) + side


@pytest.mark.parametrize("name", REAL)
def test_everything_is_measured_and_within_its_range(name: str, scanned: Callable[[str], Scanned]) -> None:
    for found in scanned(name).clips:
        values = {score.name: score.value for score in found.measured.scores}
        assert BASIC <= set(values) <= set(SCORES)
        assert all(value is not None and np.isfinite(value) and value >= 0 for value in values.values())
        assert values["duration"] == pytest.approx(found.clip.duration_s)
        assert all(float(values[score] or 0) <= 1 for score in ("brightness", "contrast", "saturation", "frozen"))
        assert "camera_track" in {fact.name for fact in found.measured.facts}
        assert found.sheet.times_s


def test_what_stands_still_is_frozen(scanned: Callable[[str], Scanned]) -> None:
    assert min(scanned("gradio__compliment_bot_screen_recording_3x.mp4").score("frozen")) > 0.9
    assert max(scanned("opencv__vtest.avi").score("frozen")) < 0.05


def test_the_summary_says_what_a_person_should_know(scanned: Callable[[str], Scanned]) -> None:
    assert scanned("io__small.mp4").end == {
        "frames": 166,
        "seconds": pytest.approx(5.533, abs=0.001),
        "scenes": 1,
        "note": None,
    }
    assert scanned("traps/decord__corrupted.mp4").end["note"] == "damaged: 1 packets were skipped, 1 pictures are broken"
    assert scanned("traps/media__sample.flv").end["note"] is None  # whole, though its sound is longer


def test_a_video_cut_off_says_so(videos: Path, tmp_path: Path) -> None:
    data = (videos / "shared-assets__flower.webm").read_bytes()
    (tmp_path / "a.webm").write_bytes(data[: len(data) // 2])
    assert "cut off" in scan_file(tmp_path / "a.webm", tmp_path).end["note"]


def test_broken_pictures_are_in_no_clip(shots: list[list[Image]], tmp_path: Path) -> None:
    """A recording that lost packets on its way: what the decoder patched up is no footage."""
    data = film(tmp_path / "whole.ts", [view for shot in shots for view in shot], base=Fraction(1, 20)).read_bytes()
    packets = [data[at : at + 188] for at in range(0, len(data), 188)]
    lost = range(len(packets) // 4, len(packets) // 4 + 3)
    (tmp_path / "a.ts").write_bytes(b"".join(one for index, one in enumerate(packets) if index not in lost))
    with open_video(str(tmp_path / "a.ts")) as opened:
        broken = [opened.info.seconds(frame.pts) for frame in frames(opened) if frame.is_corrupt]
    found = scan_file(tmp_path / "a.ts", tmp_path, min_s=0.5, max_s=4)
    assert found.end["note"] == f"damaged: {len(broken)} pictures are broken"
    assert broken and found.clips
    assert not any(clip.clip.start_s <= at < clip.clip.end_s for clip in found.clips for at in broken)


def test_a_clock_that_goes_back_is_told(shots: list[list[Image]], tmp_path: Path) -> None:
    """Two recordings joined byte by byte: the second shows times that have passed."""
    parts = [film(tmp_path / f"{n}.ts", shot, base=Fraction(1, 20)).read_bytes() for n, shot in enumerate(shots)]
    (tmp_path / "joined.ts").write_bytes(parts[0] + parts[1])
    end = scan_file(tmp_path / "joined.ts", tmp_path).end
    assert end["frames"] == 60
    assert "its clock goes back" in end["note"]
    assert "59 frames were left out; give each part alone" in end["note"]


@pytest.fixture(scope="module")
def shots(videos: Path) -> list[list[Image]]:
    """Two shots of sixty pictures each, of different places."""
    sources = (still(videos / "sam2__05_default_juggle.mp4"), still(videos / "opencv__vtest.avi"))
    return [[view(source, index / 20, pan=0.05, size=(320, 180)) for index in range(60)] for source in sources]


def test_a_cut_is_exact_in_a_made_video(shots: list[list[Image]], tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", [*shots[0], *shots[1]], base=Fraction(1, 20))
    found = scan_file(path, tmp_path, min_s=1, max_s=4)
    assert [(clip.clip.start_s, clip.clip.end_s) for clip in found.clips] == [(0.0, 2.9), (3.1, 6.0)]
    untrimmed = scan_file(path, tmp_path, min_s=1, max_s=4, trim_frames=0)
    assert [(clip.clip.start_s, clip.clip.end_s) for clip in untrimmed.clips] == [(0.0, 3.0), (3.0, 6.0)]


def test_variable_frame_rate_is_cut_by_real_time(shots: list[list[Image]], tmp_path: Path) -> None:
    """Twenty frames a second, then four: the same number of frames lasts five times as long."""
    ticks = [*range(60), *(60 + 5 * index for index in range(60))]
    path = film(tmp_path / "a.mp4", [*shots[0], *shots[1]], pts=ticks, base=Fraction(1, 20))
    found = scan_file(path, tmp_path, min_s=2, max_s=6)
    assert found.clips[0].clip.frames == 58
    assert all(2 <= clip.clip.duration_s <= 6 for clip in found.clips)
    assert found.clips[1].clip.start_s == pytest.approx(3.0 + 2 * 0.25)  # two frames, not two twentieths
    assert found.clips[-1].clip.end_s == pytest.approx(3.0 + 60 * 0.25, abs=0.26)


def test_black_frames_end_a_scene_and_are_left_out(shots: list[list[Image]], tmp_path: Path) -> None:
    black = [np.zeros_like(shots[0][0])] * 10
    path = film(tmp_path / "a.mp4", [*black, *shots[0], *black, *shots[1], *black], base=Fraction(1, 20))
    found = scan_file(path, tmp_path, min_s=1, max_s=4)
    assert [(clip.clip.start_s, clip.clip.end_s) for clip in found.clips] == [(0.6, 3.4), (4.1, 6.9)]
    assert min(found.score("brightness")) > 0.2


def test_nothing_but_black_gives_no_clip_and_a_note(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", [np.zeros((90, 160, 3), np.uint8)] * 40)
    found = scan_file(path, tmp_path, min_s=1, max_s=4)
    assert (found.clips, found.end["frames"], found.end["note"]) == ((), 40, "nearly all black")


def test_a_video_longer_than_the_limit_is_refused_before_it_is_read(videos: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"more than .* allowed; raise scan\.max_video_s") as refusal:
        scan_file(videos / "opencv__vtest.avi", tmp_path, max_video_s=60)
    assert refusal.value.kind == "too_long"


def test_a_video_that_hides_its_length_is_stopped(videos: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        scan_file(videos / "traps/moviepy__no_duration.webm", tmp_path, max_video_s=3)
    assert refusal.value.kind == "too_long"


def test_the_same_file_gives_the_same(videos: Path, tmp_path: Path) -> None:
    one, other = (scan_file(videos / "io__small.mp4", tmp_path / name) for name in ("one", "other"))
    assert [_without_place(clip) for clip in one.clips] == [_without_place(clip) for clip in other.clips]
    assert Path(one.clips[0].sheet.path).read_bytes() == Path(other.clips[0].sheet.path).read_bytes()


def _without_place(found: ScannedClip) -> tuple[object, ...]:
    return found.clip, found.measured, found.sheet.times_s


def test_memory_does_not_grow_with_length(shots: list[list[Image]], tmp_path: Path) -> None:
    """One unbroken shot, six minutes and eighteen: what is remembered of the past is bounded."""
    peaks = []
    for minutes in (6, 18):
        path = film(tmp_path / f"{minutes}.mp4", shots[0][:60:2] * minutes, base=Fraction(2))
        tracemalloc.start()
        found = scan_file(path, tmp_path / "out", detector="fixed", max_s=60)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert sum(clip.clip.duration_s for clip in found.clips) == pytest.approx(60 * minutes, abs=2)
    assert peaks[1] < 1.3 * peaks[0]


def scan_given(path: Path, out: Path, *given: tuple[float, float | None]) -> list[dict[str, Any]]:
    argument = {"path": str(path), "sha256": "0" * 64, "scan": {}, "out": str(out), "given": [list(one) for one in given]}
    return [message["clip"] for message in scan(argument) if "clip" in message]


def test_a_file_that_is_cut_already_is_one_clip(videos: Path, tmp_path: Path) -> None:
    path = videos / "samples__chrome.mp4"
    (found,) = scan_file(path, tmp_path, whole=True).clips
    assert found.clip.frames == len(shown(path)) == 899
    assert {score.name for score in found.measured.scores} >= BASIC


def test_stretches_that_are_given_are_taken_as_near_as_frames_allow(videos: Path, tmp_path: Path) -> None:
    path = videos / "samples__chrome.mp4"
    times, info = shown(path), probe(str(path))
    clips = scan_given(path, tmp_path, (0.0, 7.441), (7.441, 9.343), (8.0, 8.5), (28.0, 99.0), (50.0, 60.0))
    at = [info.seconds(clip["start_pts"]) for clip in clips]
    assert at == pytest.approx([0.0, 8.0, 7.441, 28.0], abs=0.02), "in the order they end"
    for clip in clips:
        inside = [pts for pts in times if clip["start_pts"] <= pts < clip["end_pts"]]
        assert clip["frames"] == len(inside) and clip["start_pts"] == inside[0]
    assert clips[-1]["end_pts"] > times[-1], "what reaches beyond the file ends with it; what begins there is no clip"


def test_a_film_is_not_taken_whole(tmp_path: Path, videos: Path) -> None:
    with pytest.raises(Refused, match="let the scan cut it"):
        Given(0.0).is_over(601.0)
    assert not Given(0.0, 5.0).is_over(5.0) and Given(0.0, 5.0).is_over(5.04) and not Given(700.0, 705.0).is_over(700.0)


def test_what_was_scanned_before_stays_valid() -> None:
    """The digest of the settings as they were before a file could be taken whole."""
    before = Scan().model_dump(mode="json", exclude={"whole"})
    assert Scan().digest() == digest({"stage": "scan", "version": Scan.version, "parameters": before})
    assert Scan(whole=True).digest() != Scan().digest()


@pytest.mark.parametrize(
    ("given", "duration_s", "every_s"),
    [
        (Given(0.0), 5.0, 0.5),
        (Given(0.0), 600.0, 25.0),
        (Given(0.0), 0.0, 0.5),  # the file does not say
        (Given(10.0, 10.3), 600.0, 0.15),
        (Given(10.0, 490.0), 600.0, 20.0),
    ],
)
def test_no_more_frames_are_kept_than_a_sheet_is_chosen_from(given: Given, duration_s: float, every_s: float) -> None:
    assert unsearched(Scan(), [given], duration_s).sheet_every_s == pytest.approx(every_s)
