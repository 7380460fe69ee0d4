"""Writing a stretch of video as an MP4 that holds exactly its frames.

No B-frames: then nothing is delayed or reordered, no edit list hides the first frame, and readers that seek by keyframe
find every frame. Frames keep their distances in ticks of the source, so a variable rate keeps its rhythm, and the last
frame is shown until the clip ends. The same frames give the same bytes on every machine: the number of threads is fixed,
no clock and no version of the muxer is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.codec.context import Flags

from pipelines.errors import Refused
from pipelines.media.picture import even_size, shaper
from pipelines.media.sound import LAYOUT, RATE, Samples, audio_frame
from pipelines.records import VideoInfo

THREADS = 4
"""x264 gives the same bytes for the same number of threads, whatever the number of cores."""
HUGE_PIXELS = 16_000_000
"""Above this x264 looks less far ahead, or its frames would fill the memory that a decoding child may take."""
FINEST_TICK = Fraction(1, 1_000_000)
"""What MP4 and x264 take; files with finer ticks are rounded to it."""
BITEXACT = {"movflags": "+faststart", "fflags": "+bitexact"}


@dataclass(frozen=True, slots=True)
class Coding:
    """How a picture becomes H.264."""

    crf: int
    preset: str
    keyframe_s: float
    short_side: int | None = None
    max_bits: int | None = None
    """Per second; None leaves it to the quality alone."""
    audio_bits: int | None = None
    """Per second; None leaves the sound out."""

    def options(self, pixels: int) -> dict[str, str]:
        """For x264, with pictures of this many pixels."""
        ahead = {"rc-lookahead": "20"} if pixels < HUGE_PIXELS else {"rc-lookahead": "4", "refs": "1"}
        limit = {"maxrate": str(self.max_bits), "bufsize": str(2 * self.max_bits)} if self.max_bits else {}
        return {"crf": str(self.crf), "preset": self.preset, "bf": "0", **ahead, **limit}


class Movie:
    """An MP4 being written: frames in the order they are shown, then `finish`."""

    def __init__(self, path: Path, info: VideoInfo, coding: Coding) -> None:
        self.frames = 0
        self.first_pts: int | None = None
        self._info, self._coding = info, coding
        self._shape = shaper(info, even_size(info, coding.short_side))
        self._tick = max(info.time_base, FINEST_TICK)
        self._container = av.open(f"file:{path}", "w", format="mp4", options=BITEXACT)
        self._video: Any = None
        self._audio: Any = None
        self._held: Any = None

    def add(self, frame: Any) -> None:
        """Write one frame; its `pts` counts in ticks of the source."""
        if self.first_pts is None:
            self.first_pts = frame.pts
        picture = self._shape(frame)
        if self._video is None:
            self._open(picture)
        picture.pts, picture.time_base = self._ticks(frame.pts), self._tick
        self._mux(self._video.encode(picture))
        self.frames += 1

    def finish(self, end_pts: int, sound: Samples | None = None) -> None:
        """Write what is still on its way; the last frame is shown until `end_pts`."""
        if self._video is None:
            raise Refused("no_frames", "no frame could be decoded there; the file has changed or is damaged")
        self._mux(self._video.encode(None))
        self._release(self._ticks(end_pts))
        if sound is not None and self._audio is not None:
            write_sound(self._container, self._audio, sound)

    def __enter__(self) -> Movie:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    def _open(self, picture: Any) -> None:
        """The streams are made when the first picture tells its size and colours."""
        rate = Fraction(min(max(self._info.fps or 25.0, 1.0), 240.0)).limit_denominator(1001)
        pixels = picture.width * picture.height
        options = self._coding.options(pixels)
        self._video = self._container.add_stream("libx264", rate=rate, options=options)
        context = self._video.codec_context
        context.width, context.height, context.pix_fmt = picture.width, picture.height, "yuv420p"
        context.time_base = self._tick
        context.gop_size = max(1, round(rate * Fraction(self._coding.keyframe_s)))
        context.thread_count = THREADS if pixels < HUGE_PIXELS else 1
        context.flags |= Flags.bitexact
        context.color_range, context.colorspace = picture.color_range, picture.colorspace
        context.color_primaries, context.color_trc = picture.color_primaries, picture.color_trc
        if self._coding.audio_bits and self._info.has_audio:
            self._audio = add_sound(self._container, self._coding.audio_bits)

    def _ticks(self, pts: int) -> int:
        """Of our clock, from the first frame."""
        return round((pts - (self.first_pts or 0)) * self._info.time_base / self._tick)

    def _mux(self, packets: list[Any]) -> None:
        """One packet is held back until its successor, or the end, says how long it is shown."""
        for packet in packets:
            self._release(packet.pts)
            self._held = packet

    def _release(self, until: int) -> None:
        if self._held is not None:
            self._held.duration = max(1, until - self._held.pts)
            self._container.mux(self._held)
            self._held = None


def add_sound(container: Any, bits: int) -> Any:
    """A stream for the sound in an MP4 that is being written; `bits` a second."""
    audio = container.add_stream("aac", rate=RATE, layout=LAYOUT)
    audio.codec_context.bit_rate = bits
    audio.codec_context.flags |= Flags.bitexact
    return audio


def write_sound(container: Any, audio: Any, sound: Samples) -> None:
    """All of it; the stream is complete afterwards."""
    for packets in (audio.encode(audio_frame(sound)), audio.encode(None)):
        container.mux(packets)
