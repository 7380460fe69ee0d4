"""Writing a stretch of video as an MP4 that holds exactly its frames, or those a rhythm chooses of them.

No B-frames: then nothing is delayed or reordered, no edit list hides the first frame, and readers that seek by keyframe
find every frame. Frames keep their distances in ticks of the source, so a variable rate keeps its rhythm, and the last
frame is shown until the clip ends. The same frames give the same bytes on every machine: the number of threads is fixed,
no clock and no version of the muxer is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.codec.context import Flags

from pipelines.errors import Fatal, Refused
from pipelines.media.picture import Crop, even_size, shaper
from pipelines.media.rhythm import Rhythm
from pipelines.media.sound import LAYOUT, RATE, Samples, audio_frame
from pipelines.records import VideoInfo

THREADS = 4
"""x264 gives the same bytes for the same number of threads, whatever the number of cores."""
HUGE_PIXELS = 16_000_000
"""Above this x264 looks less far ahead, or its frames would fill the memory that a decoding child may take."""
FINEST_TICK = Fraction(1, 1_000_000)
"""What MP4 and x264 take; files with finer ticks are rounded to it."""
BITEXACT = {"movflags": "+faststart", "fflags": "+bitexact"}


ENCODERS = {"h264": "libx264", "hevc": "libx265", "av1": "libsvtav1"}
SVT_PRESET = "8"
SVT_CRF = 1.75
"""SVT-AV1's scale goes to 63 where x264's goes to 35 here: about the same quality for so many times the number."""


@dataclass(frozen=True, slots=True)
class Coding:
    """How a picture is encoded."""

    crf: int
    preset: str
    keyframe_s: float
    short_side: int | None = None
    max_bits: int | None = None
    """Per second; None leaves it to the quality alone."""
    audio_bits: int | None = None
    """Per second; None leaves the sound out."""
    codec: str = "h264"
    """h264, hevc or av1."""
    rhythm: Rhythm = field(default_factory=Rhythm)

    def options(self, pixels: int) -> dict[str, str]:
        """For the encoder, with pictures of this many pixels. None reorders frames."""
        if self.codec == "hevc":
            exact = f"bframes=0:frame-threads=1:pools={THREADS}:info=0:log-level=none"
            return {"crf": str(self.crf), "preset": self.preset, "x265-params": exact}
        if self.codec == "av1":
            return {"crf": str(round(self.crf * SVT_CRF)), "preset": SVT_PRESET, "svtav1-params": "pred-struct=1:lp=1"}
        ahead = {"rc-lookahead": "20"} if pixels < HUGE_PIXELS else {"rc-lookahead": "4", "refs": "1"}
        limit = {"maxrate": str(self.max_bits), "bufsize": str(2 * self.max_bits)} if self.max_bits else {}
        # its macroblock tree reads memory that nobody wrote, and its bytes depend on what lay there
        tied = {"bf": "0", "mbtree": "0"}
        return {"crf": str(self.crf), "preset": self.preset, **tied, **ahead, **limit}


class Movie:
    """An MP4 being written: frames in the order they are shown, then `finish`."""

    def __init__(self, path: Path, info: VideoInfo, coding: Coding, crop: Crop | None = None) -> None:
        self.frames = 0
        self.first_pts: int | None = None
        self._info, self._coding = info, coding
        self.size = even_size(info, coding.short_side, crop)
        self._shape = shaper(info, self.size, crop)
        self._rate = coding.rhythm.fps or Fraction(min(max(info.fps or 25.0, 1.0), 240.0)).limit_denominator(1001)
        self._tick = 1 / coding.rhythm.fps if coding.rhythm.fps else max(info.time_base, FINEST_TICK)
        self._container = av.open(f"file:{path}", "w", format="mp4", options=BITEXACT)
        self._video: Any = None
        self._audio: Any = None
        self._held: Any = None

    def add(self, frame: Any) -> None:
        """Write one frame; its `pts` counts in ticks of the source, unless the rhythm is a grid."""
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
        pixels = picture.width * picture.height
        options, encoder = self._coding.options(pixels), ENCODERS[self._coding.codec]
        try:
            self._video = self._container.add_stream(encoder, rate=self._rate, options=options)
        except ValueError:
            raise Fatal(f"this FFmpeg has no {encoder}; choose another codec, h264 is always there") from None
        context = self._video.codec_context
        context.width, context.height, context.pix_fmt = picture.width, picture.height, "yuv420p"
        context.time_base = self._tick
        context.gop_size = max(1, round(self._rate * Fraction(self._coding.keyframe_s)))
        context.thread_count = THREADS if pixels < HUGE_PIXELS else 1
        context.flags |= Flags.bitexact
        if self._coding.codec == "hevc":
            self._video.codec_tag = "hvc1"  # the one that players of Apple take
        context.color_range, context.colorspace = picture.color_range, picture.colorspace
        context.color_primaries, context.color_trc = picture.color_primaries, picture.color_trc
        if self._coding.audio_bits and self._info.has_audio:
            self._audio = add_sound(self._container, self._coding.audio_bits)

    def _ticks(self, pts: int) -> int:
        """Of our clock, from the first frame; on a grid each frame is one tick."""
        if self._coding.rhythm.fps:
            return self.frames
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
