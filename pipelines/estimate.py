"""How large an export will be and how long it will take, before anything is cut. Rough, and meant to err upwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.kinds import Cutting, Exporter
from pipelines.records import VideoInfo

GROWTH = 2.0
"""A clip may take this many times the bytes that the same stretch takes in its source."""
NEAR_LOSSLESS_CRF = 17
CRF_HALVES = 6.0
"""So many steps of CRF halve the size, as x264's documentation has it."""
PIXELS_A_SECOND = {"h264": 25e6, "hevc": 8e6, "av1": 20e6}
"""Decoded, shaped and encoded on one core, measured on clips of 270p and 720p."""
HASH_BYTES_A_SECOND = 400e6
AUDIO_BYTES_A_SECOND = 20_000
ROW_BYTES = 500


@dataclass(frozen=True, slots=True)
class Extent:
    """What leaves of one video."""

    info: VideoInfo
    size_bytes: int
    pairs: int
    clips: int
    seconds: float
    """Of all its clips together."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an export will come to."""

    pairs: int = 0
    clips: int = 0
    videos: int = 0
    seconds_of_video: float = 0.0
    size_bytes: int = 0
    seconds: float = 0.0
    """Of work, with as many decoding children as there will be."""


def makes_files(exporter: Exporter | type[Exporter], clips: Cutting) -> bool:
    """Whether clips become files."""
    return clips.files == "cut" or (clips.files == "usual" and exporter.cuts != "seldom")


def estimate(extents: Iterable[Extent], clips: Cutting, *, files: bool, children: int) -> Estimate:
    """Add up all videos, one at a time."""
    pairs = count = videos = 0
    seconds = size = work = 0.0
    for extent in extents:
        pairs, count, videos = pairs + extent.pairs, count + extent.clips, videos + 1
        seconds += extent.seconds
        size += extent.pairs * ROW_BYTES + (_bytes(extent, clips) if files else 0)
        work += _work(extent, clips) if files else 0
    return Estimate(pairs, count, videos, seconds, round(size), work / max(1, children))


def _bytes(extent: Extent, clips: Cutting) -> float:
    whole_s = max(extent.info.duration_s, extent.seconds, 0.001)
    finer: float = 2.0 ** ((NEAR_LOSSLESS_CRF - clips.crf) / CRF_HALVES)
    sound = AUDIO_BYTES_A_SECOND * extent.seconds if clips.audio and extent.info.has_audio else 0
    return GROWTH * extent.size_bytes * extent.seconds / whole_s * _scale(extent, clips) ** 2 * max(finer, 0.25) + sound


def _work(extent: Extent, clips: Cutting) -> float:
    width, height = extent.info.display_size
    pixels = width * height * (extent.info.fps or 25.0) * extent.seconds
    return pixels / PIXELS_A_SECOND[clips.codec] + extent.size_bytes / HASH_BYTES_A_SECOND


def _scale(extent: Extent, clips: Cutting) -> float:
    return min(1.0, (clips.short_side or 1 << 20) / max(1, min(extent.info.display_size)))
