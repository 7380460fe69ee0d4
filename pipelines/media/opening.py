"""Opening a video that nobody vouches for, and reading the frames it shows.

Runs inside a decoding child (see `pipelines.child`). The formats are a closed list, nothing but local files is read, the
picture size is bounded before a frame is decoded, and damaged packets are skipped and counted instead of ending the file.

FFmpeg's log stays off, as PyAV leaves it: at any level that is set, even the quietest, its callback wants Python's lock from
the codecs' own threads, and now and then an encoder waits for ever.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import av
import av.error

from pipelines import wire
from pipelines.errors import Refused
from pipelines.records import VideoInfo

FORMATS = "mov,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,h264,hevc,av1,ivf"
MAX_PIXELS = 8192 * 8192 // 2
"""33 megapixels: 8K either way up. A tiny file may claim a picture that fills the memory."""
MAX_ERRORS = 500
MAX_RATE = 480
MAX_BAD_SHARE = 0.5
"""More damaged packets than this share of all is noise, not a video: encrypted, or the wrong codec."""
MAX_STREAMS = 64
"""Matroska loses frames without a word when FFmpeg is told to pass streams over, so files with more are refused."""
ATTACHED_PICTURE = 0x400
HDR_TRANSFERS = (16, 18)
"""SMPTE ST 2084 (PQ) and ARIB STD-B67 (HLG), as ITU-T H.273 numbers them."""


@dataclass
class Opened:
    """A container open at its start, with the stream to read and what is known of it."""

    path: str
    container: Any
    stream: Any
    info: VideoInfo
    reopen: Callable[[], tuple[Any, Any]]
    """Container and stream anew."""
    begun: Iterator[Any] | None = None
    """Frames from the first on, while nobody has read any."""
    bad_packets: int = 0
    good_frames: int = 0
    late_frames: int = 0
    """Left out, because the file's clock had shown their time already."""

    @property
    def is_noise(self) -> bool:
        return self.bad_packets > MAX_BAD_SHARE * (self.bad_packets + self.good_frames)


@contextmanager
def open_video(path: str, *, threads: int = 1, options: dict[str, str] | None = None) -> Iterator[Opened]:
    """Open `path` and decode its first frame. Raises `Refused` with a sentence for a person.

    `options` go to the decoder (`skip_loop_filter`, …); `threads` = 0 lets FFmpeg choose.
    """
    _must_be_a_file(path)
    decoding = {"max_pixels": str(MAX_PIXELS), **(options or {})}
    opened = Opened(path, *_open(path, decoding, threads), _unknown_info(), reopen=lambda: _open(path, decoding, threads))
    try:
        opened.info = _read_info(opened)
        yield opened
    finally:
        opened.container.close()


def probe(path: str) -> VideoInfo:
    """The facts of a video's stream, after its first frame was decoded."""
    with open_video(path) as opened:
        return opened.info


def probe_file(argument: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """`probe` for a decoding child: `{"path"}` in, the info as JSON out."""
    yield wire.dump(probe(argument["path"]))


def frames(opened: Opened, start_pts: int | None = None) -> Iterator[Any]:
    """Frames in the order they are shown, each with `pts` set, from the first one at or after `start_pts`.

    A frame that is shown for no time at all (its successor has the same time) is left out, so that the same frames come
    whichever keyframe the reading started from. Damaged packets are counted in `opened.bad_packets` and skipped; frames of a
    clock that went back, as where two recordings were joined byte by byte, in `opened.late_frames`.
    """
    begun, opened.begun = opened.begun, None
    if start_pts is None and begun is not None:
        yield from begun
        return
    if start_pts is not None:
        _seek(opened, start_pts)
    last: int | None = None
    for frame in _decoded(opened):
        pts = _pts(frame, last, opened)
        if last is not None and pts <= last:
            opened.late_frames += pts < last
            continue
        last = pts
        if start_pts is not None and pts < start_pts:
            continue
        frame.pts = pts
        yield frame


def _must_be_a_file(path: str) -> None:
    """Asked before anything is opened: a FIFO would block for ever."""
    try:
        status = Path(path).stat()
    except OSError as error:
        raise Refused("not_found", f"the file cannot be reached ({error.strerror}); was it moved?") from None
    if not stat.S_ISREG(status.st_mode):
        raise Refused("not_regular_file", "this is not a regular file; only files can be read")
    if status.st_size == 0:
        raise Refused("empty_file", "the file is empty; copy it again")


def _open(path: str, decoding: dict[str, str], threads: int) -> tuple[Any, Any]:
    """The container, and the stream in it that is to be read."""
    container = _container(path)
    try:
        stream = _choose_stream(container)
    except Refused:
        container.close()
        raise
    context = stream.codec_context
    context.options = decoding
    context.thread_type, context.thread_count = ("AUTO", 0) if threads == 0 else ("SLICE", threads)
    return container, stream


def _container(path: str) -> Any:
    safe = {"protocol_whitelist": "file", "format_whitelist": FORMATS, "max_streams": str(MAX_STREAMS + 1)}
    try:
        return av.open("file:" + os.path.abspath(path), options=safe, metadata_errors="surrogateescape")  # noqa: PTH100
    except MemoryError:
        raise Refused("memory_limit", "opening it takes more memory than a video may; it is damaged or hostile") from None
    except (av.error.FFmpegError, ValueError, OSError) as error:
        told = f"this is not a video that can be read ({_cause(error)}); copy or convert it again"
        raise Refused("not_a_video", told) from None


def _cause(error: Exception) -> str:
    return (getattr(error, "strerror", None) or type(error).__name__).lower()


def _choose_stream(container: Any) -> Any:
    """The stream FFmpeg would show; cover art is not a video."""
    if len(container.streams) > MAX_STREAMS:
        raise Refused(
            "too_many_streams", f"the file holds more than {MAX_STREAMS} streams; keep the one video that is wanted"
        )
    moving = [stream for stream in container.streams.video if not int(stream.disposition) & ATTACHED_PICTURE]
    if not moving:
        raise Refused("no_video", "the file holds no video stream (sound or cover art only); leave it out")
    best = container.streams.best("video")
    stream = best if best in moving else moving[0]
    context = stream.codec_context
    if context is None or context.codec is None:
        raise Refused("unsupported_codec", "the video's codec is not known here; convert it to H.264 first")
    if context.width * context.height > MAX_PIXELS:
        size = f"{context.width}×{context.height}"
        raise Refused("too_large", f"the picture is {size} pixels, more than {MAX_PIXELS / 1e6:.0f} megapixels are not read")
    return stream


def _decoded(opened: Opened) -> Iterator[Any]:
    """Every frame the decoder gives; the first packet after the last one flushes it."""
    try:
        for packet in opened.container.demux(opened.stream):
            try:
                decoded = packet.decode()
            except (av.error.FFmpegError, ValueError):  # ValueError covers ArgumentError, which some decoders raise
                opened.bad_packets += 1
                if opened.bad_packets > MAX_ERRORS and opened.is_noise:
                    return
                continue
            for frame in decoded:
                opened.good_frames += 1
                yield frame
    except (av.error.FFmpegError, ValueError):
        opened.bad_packets += 1  # the container itself ends early


def _pts(frame: Any, last: int | None, opened: Opened) -> int:
    """The frame's time in ticks; where the file gives none, one average frame after the last."""
    if frame.pts is not None:
        return int(frame.pts)
    if frame.dts is not None and last is None:
        return int(frame.dts)
    info = opened.info
    step = round(1 / (Fraction(info.fps).limit_denominator(1001) * info.time_base)) if info.fps else 1
    return (last or 0) + max(step, 1) if last is not None else 0


def _seek(opened: Opened, pts: int) -> None:
    """To the last keyframe at or before `pts`, or to the start when the file's index does not know."""
    try:
        opened.container.seek(pts, stream=opened.stream, backward=True, any_frame=False)
    except (av.error.FFmpegError, ValueError):
        _rewind(opened)
        return
    first = next(frames(opened), None)
    if first is None or first.pts > pts:
        _rewind(opened)
    else:
        opened.container.seek(pts, stream=opened.stream, backward=True, any_frame=False)


def _rewind(opened: Opened) -> None:
    """Back to the first frame, by opening the file again: seeking to the start loses frames of some MPEG files."""
    opened.bad_packets = opened.good_frames = opened.late_frames = 0
    opened.container.close()
    opened.container, opened.stream = opened.reopen()


def _rate(stream: Any) -> float:
    """Average frames a second; a rate no camera has (an FLV may claim 1000) gives way to FFmpeg's guess."""
    rates = [float(rate) for rate in (stream.average_rate, stream.guessed_rate) if rate]
    return next((rate for rate in rates if rate <= MAX_RATE), rates[0] if rates else 0.0)


def _unknown_info() -> VideoInfo:
    return VideoInfo("", "", 0, 0, 0, 0, Fraction(1), 0.0, 0.0, Fraction(1, 1000), 0, "", False, False)


def _read_info(opened: Opened) -> VideoInfo:
    stream, container = opened.stream, opened.container
    begun = frames(opened)
    frame = next(begun, None)
    if frame is None:
        raise nothing_decodable()
    opened.begun = chain([frame], begun)
    duration = container.duration / av.time_base if container.duration else 0.0
    return VideoInfo(
        container=container.format.name.split(",")[0],
        codec=stream.codec_context.codec.canonical_name,
        stream=stream.index,
        width=frame.width,
        height=frame.height,
        rotation=-round(frame.rotation) % 360 // 90 * 90,
        sample_aspect=Fraction(stream.sample_aspect_ratio or 1) or Fraction(1),
        fps=_rate(stream),
        duration_s=max(duration, 0.0),
        time_base=Fraction(stream.time_base),
        first_pts=int(frame.pts),
        pixel_format=frame.format.name,
        has_audio=bool(container.streams.audio),
        hdr=int(frame.color_trc) in HDR_TRANSFERS,
    )


def nothing_decodable() -> Refused:
    return Refused("no_decodable_frames", "not one frame of it can be decoded; it is cut off or damaged: copy it again")


def libraries(_argument: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Versions of the FFmpeg libraries inside PyAV, for `doctor`."""
    yield {name: list(version) for name, version in av.library_versions.items()}
