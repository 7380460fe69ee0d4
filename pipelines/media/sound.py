"""The sound of a stretch of video, as one array: 48 kHz stereo, silence where the file has none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from pipelines.media.opening import Opened, open_video

RATE = 48_000
LAYOUT = "stereo"
LEAD_S = 0.5
"""Decoding starts this much early, so that the codec has settled where the stretch begins."""
GAP_S = 0.05
"""A larger jump of the file's clock than this is a gap, not rounding."""

Samples = NDArray[np.float32]
"""Shape (2, samples), -1 to 1."""


def read_sound(path: str, start_s: float, end_s: float) -> Samples | None:
    """Sound from `start_s` to `end_s` on the file's own clock; None when the file has no sound stream."""
    with open_video(path) as opened:
        stream = opened.container.streams.best("audio")
        if stream is None or stream.codec_context is None:
            return None
        sound = np.zeros((2, round((end_s - start_s) * RATE)), np.float32)
        opened.container.seek(int(max(0.0, start_s - LEAD_S) * av.time_base), backward=True)
        for time_s, samples in _resampled(opened.container, stream):
            if time_s >= end_s:
                break
            _lay(sound, samples, round((time_s - start_s) * RATE))
        return sound


def sound_between(opened: Opened, start_pts: int, end_pts: int) -> Samples | None:
    """Sound beside the pictures from `start_pts` to `end_pts`; None when the file has none."""
    tick = opened.info.time_base
    return read_sound(opened.path, float(start_pts * tick), float(end_pts * tick)) if opened.info.has_audio else None


def audio_frame(sound: Samples) -> Any:
    """The array as a frame that an encoder takes."""
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="fltp", layout=LAYOUT)
    frame.sample_rate, frame.pts = RATE, 0
    return frame


def _resampled(container: Any, stream: Any) -> Iterator[tuple[float, Samples]]:
    """Stretches of sound with their times in seconds. Damaged packets are skipped; gaps in the file stay gaps."""
    resampler: Any = None
    at_s = expected_s = 0.0
    for frame in _decoded(container, stream):
        if resampler is None or abs(frame.time - expected_s) > GAP_S:
            resampler, at_s = av.AudioResampler("fltp", LAYOUT, RATE), frame.time
        for part in resampler.resample(frame):
            yield at_s, part.to_ndarray()
            at_s += part.samples / RATE
        expected_s = frame.time + frame.samples / frame.sample_rate


def _decoded(container: Any, stream: Any) -> Iterator[Any]:
    for packet in container.demux(stream):
        try:
            yield from (frame for frame in packet.decode() if frame.time is not None)
        except (av.error.FFmpegError, ValueError):
            continue


def _lay(sound: Samples, samples: Samples, at: int) -> None:
    """Copy what falls inside."""
    begin, end = max(at, 0), min(at + samples.shape[1], sound.shape[1])
    if begin < end:
        sound[:, begin:end] = samples[:, begin - at : end - at]
