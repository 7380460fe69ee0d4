"""The pass over one file, inside a decoding child: frames in, finished clips out while the file is still being read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2

from pipelines import wire
from pipelines.errors import Refused
from pipelines.files import clip_folder
from pipelines.media.opening import Opened, frames, nothing_decodable, open_video
from pipelines.records import Clip, Measured, Video
from pipelines.scan import fingerprint, light, sheet
from pipelines.scan.breaks import Break, Breaks
from pipelines.scan.measure import Stretch, measure
from pipelines.scan.motion import Motion
from pipelines.scan.params import Scan
from pipelines.scan.shrink import Image, Shrink, Small
from pipelines.scan.split import Given, Scene, divide, nearest
from pipelines.scan.timeline import Timeline

SHORTEST_GIVEN_S = 0.2
"""Frames to look at are kept twice as often; a shorter stretch may have none, and then is no clip."""
LONGEST_SCENE_S = 120.0
"""A scene still running after this long is divided so far, so that memory stays bounded and clips come out."""


def scan(argument: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """`{"path", "sha256", "scan": parameters, "out": folder}` in; a `clip` for each clip as it ends, then one `end`.

    With `"given": [[start_s, end_s, exact], …]` nothing is searched for: these stretches are the clips, as near as frames
    allow, or where `exact` is false the scenes to be divided. An `end_s` of None is the end of the file.
    """
    cv2.setNumThreads(1)  # files are spread over processes; on pictures this small threads only cost
    params = Scan(**argument["scan"])
    with open_video(argument["path"], options={"skip_loop_filter": "noref"}) as opened:
        _must_not_exceed(opened.info.duration_s, params)
        video = Video(argument["sha256"], argument["path"], 0, opened.info)
        given = [Given(*pair) for pair in argument.get("given") or ([(0.0, None, True)] if params.whole else [])]
        reading = Reading(opened, unsearched(params, given, opened.info.duration_s) if given else params)
        for first, end in reading.given(given) if given else reading.clips():
            yield {"clip": _finish(reading, video, first, end, Path(argument["out"]))}
        yield {"end": reading.summary()}


def unsearched(params: Scan, given: Sequence[Given], duration_s: float) -> Scan:
    """For stretches that are known: nothing looks for cuts, and the shortest of them still has a frame to show.

    Where all are long, no more frames are kept meanwhile than a sheet can be chosen from: ten minutes of them fill memory.
    """
    lengths = [one.end_s - one.start_s for one in given if one.end_s is not None]
    every_s = min(params.sheet_every_s, max(min(lengths, default=params.sheet_every_s), SHORTEST_GIVEN_S) / 2)
    enough_s = min(lengths, default=duration_s) / (2 * sheet.MOST_TILES)
    return params.model_copy(update={"detector": "fixed", "transitions": False, "sheet_every_s": max(every_s, enough_s)})


class Reading:
    """One file being read. `scenes` drives it; between two scenes its signals can be asked for."""

    def __init__(self, opened: Opened, params: Scan) -> None:
        self.opened, self.params, self.info = opened, params, opened.info
        self.timeline = Timeline(self.info)
        self.breaks = Breaks(params, self.info.fps)
        self.motion = Motion(self.info.rotation)
        every_s = min(params.sheet_every_s, params.min_s / 2)  # the shortest clip has a frame to show
        self.sampler = sheet.Sampler(self.info, every_s=every_s, longer_px=params.sheet_px)
        self.count = self.black = self.broken = self.scene_count = 0
        self._shrink = Shrink((self.info.width, self.info.height))
        self._last: Image | None = None

    def scenes(self) -> Iterator[Scene]:
        """Scenes as they end. Black stretches belong to none."""
        start, sudden = 0, False
        for stop in self._breaks():
            if stop.end > start:
                yield self._scene(start, stop.end, sudden, stop.sudden)
            start, sudden = stop.next_start, stop.sudden
            self._forget(start)
        if self.count > start:
            yield self._scene(start, self.count, sudden, False)

    def clips(self) -> Iterator[tuple[int, int]]:
        """Clips as (first frame, frame after the last), as the scenes they lie in end."""
        for scene in self.scenes():
            yield from divide(scene, self.timeline, self.params)

    def given(self, stretches: Sequence[Given]) -> Iterator[tuple[int, int]]:
        """The same for stretches that are known beforehand, as their ends are passed. They may overlap."""
        waiting, begun = sorted(stretches, key=lambda one: one.start_s, reverse=True), list[tuple[int, Given]]()
        for frame in frames(self.opened):
            self._look(frame)
            last = self.count - 1
            while waiting and waiting[-1].start_s <= self.timeline[last]:
                begun.append((nearest(self.timeline, waiting[-1].start_s, self.timeline.base, last), waiting.pop()))
            over = [(first, one) for first, one in begun if one.is_over(self.timeline[last])]
            yield from self._ended(over, last)
            begun = [pair for pair in begun if pair not in over]
            self._forget(min((first for first, _ in begun), default=max(last - 1, self.timeline.base)))
        self._close()
        yield from self._ended(begun, self.count)

    def _ended(self, stretches: Iterable[tuple[int, Given]], end: int) -> Iterator[tuple[int, int]]:
        """Those that have frames to show; none reaches beyond frame `end`."""
        for first, one in stretches:
            beyond = end if one.end_s is None else nearest(self.timeline, one.end_s, first, end)
            if not one.exact:
                yield from divide(self._scene(first, beyond, first > 0, beyond < self.count), self.timeline, self.params)
            elif self.sampler.of(first, beyond):
                yield first, beyond

    def clip(self, video: Video, first: int, end: int) -> Clip:
        """Frames [first, end) as a clip."""
        pts, base = self.timeline.pts, self.timeline.base
        return Clip(video, pts[first - base], pts[end - base], end - first)

    def measured(self, first: int, end: int, tiles: list[sheet.Tile]) -> Measured:
        """Every signal of the frames [first, end)."""
        return measure(Stretch(self.timeline, first, end, self.motion.steps, tiles, self.info.display_size))

    def summary(self) -> dict[str, Any]:
        """Counts of the whole file, and a note where a person should know more."""
        if self.opened.is_noise:
            packets = self.opened.bad_packets
            raise Refused("corrupt", f"most of the file is damaged ({packets} packets cannot be decoded); copy it again")
        seconds, notes = self.timeline[self.count], self._damage()
        if seconds < min(0.9 * self.info.duration_s, self.info.duration_s - 0.5):  # sound may last a little longer
            notes.append(f"cut off: {seconds:.1f} s of {self.info.duration_s:.1f} s are there")
        if self.black > 0.9 * self.count:
            notes.append("nearly all black")
        return {"frames": self.count, "seconds": seconds, "scenes": self.scene_count, "note": "; ".join(notes) or None}

    def _damage(self) -> list[str]:
        """What of the file is in no clip, because it is broken or has no time of its own."""
        notes = []
        counts = (self.opened.bad_packets, "packets were skipped"), (self.broken, "pictures are broken")
        if any(count for count, _ in counts):
            notes.append("damaged: " + ", ".join(f"{count} {what}" for count, what in counts if count))
        if self.opened.late_frames > self.info.fps / 2:
            late = f"{self.opened.late_frames} frames were left out"
            notes.append(f"its clock goes back, as where files were joined byte by byte: {late}; give each part alone")
        return notes

    def _breaks(self) -> Iterator[Break]:
        """Breaks as they become known, and one in the middle of a scene that goes on for long."""
        start = 0
        for frame in frames(self.opened):
            for stop in self._look(frame) or self._middle(start):
                yield stop
                start = stop.next_start
        self._close()
        yield from self.breaks.finish()

    def _close(self) -> None:
        if not self.count:
            raise nothing_decodable()
        self.timeline.close()

    def _look(self, frame: Any) -> list[Break]:
        """Let everyone look at the next frame; the breaks that are now known."""
        index, time_s = self.count, self.info.seconds(frame.pts)
        _must_not_exceed(time_s, self.params)
        self.count += 1
        small = Small(frame, self._shrink)
        luma, bgr = small.compare()
        change = cv2.norm(luma, self._last, cv2.NORM_L1) / luma.size if self._last is not None else 255.0
        self._last = luma
        brightness = light.brightness(luma, full_range=small.full_range)
        self.black += brightness < self.params.black_below
        self.broken += frame.is_corrupt
        self.timeline.add(frame.pts, brightness=brightness, change=change)
        self.motion.feed(index, time_s, small)
        self.sampler.feed(index, time_s, frame)
        return self.breaks.feed(index, luma, bgr, brightness=brightness, broken=frame.is_corrupt)

    def _middle(self, start: int) -> list[Break]:
        """Where to divide a scene that has gone on for too long and is known to have no break so far."""
        settled = min(self.breaks.settled, self.count - 1)
        if settled <= start or self.timeline[settled] - self.timeline[start] < LONGEST_SCENE_S + 2 * self.params.max_s:
            return []
        middle = self.timeline.after(start, LONGEST_SCENE_S)
        return [Break(middle, middle, sudden=False)]

    def _scene(self, start: int, end: int, cut_before: bool, cut_after: bool) -> Scene:
        self.scene_count += 1
        return Scene(start, end, cut_before, cut_after)

    def _forget(self, before: int) -> None:
        keep = min(before, self.count - 1)
        for memory in (self.timeline, self.motion, self.sampler):
            memory.forget(keep)


def _finish(reading: Reading, video: Video, first: int, end: int, out: Path) -> dict[str, Any]:
    """Measure a clip and write its sheet."""
    clip = reading.clip(video, first, end)
    tiles = reading.sampler.of(first, end)
    sheet.write(tiles, clip_folder(out, clip.key))
    return {
        "start_pts": clip.start_pts,
        "end_pts": clip.end_pts,
        "frames": clip.frames,
        "measured": wire.dump(reading.measured(first, end, tiles)),
        "times_s": [round(tile.time_s - clip.start_s, 3) for tile in tiles],
        "tile": list(reading.sampler.size),
        "fingerprint": fingerprint.fingerprint([tile.picture for tile in tiles]),
    }


def _must_not_exceed(seconds: float, params: Scan) -> None:
    if seconds > params.max_video_s:
        most = f"{params.max_video_s / 60:g} min"
        raise Refused("too_long", f"it is {seconds / 60:.1f} min long, more than the {most} allowed; raise scan.max_video_s")
