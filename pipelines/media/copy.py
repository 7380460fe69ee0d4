"""Clips taken over packet by packet, untouched, where that gives exactly their frames; nothing is encoded.

A clip suits when it is plain H.264 already, begins with a keyframe that nothing before it is needed for, and no packet
behind its end is needed for a frame inside. What was written is then decoded beside the source and compared frame by frame,
times and every pixel: a copy that differs anywhere is thrown away, and the clip is encoded instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise, takewhile, zip_longest
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np

from pipelines.errors import Refused
from pipelines.media.encode import BITEXACT, FINEST_TICK, add_sound, write_sound
from pipelines.media.item import Item, replacing
from pipelines.media.opening import Opened, frames, open_video
from pipelines.media.picture import WIDE_MATRICES, even_size
from pipelines.media.sound import sound_between

FULL_RANGE = 2
"""Of colours, as FFmpeg numbers it."""
MAX_BYTES = 256 << 20
"""A clip's packets wait in memory until the last one is known to be there."""
WITHOUT_EDIT_LIST = {"movflags": "+faststart+negative_cts_offsets"}
"""B-frames then need no edit list that shifts them, which some readers pass over."""
IDR = 5
"""The kind of NAL unit, as ITU-T H.264 numbers them, that begins a picture which nothing before it is needed for."""


def copy_items(path: str, items: Sequence[Item], audio_bits: int | None) -> Iterator[dict[str, Any]]:
    """Copy the items that suit; the others have to be encoded. Yields what `cut_clips` does for each file.

    `audio_bits` a second for the sound, which is always encoded: its packets end where they like; None leaves it out.
    """
    with open_video(path) as opened:
        for item in items:
            with suppress(Refused):
                yield copy_item(opened, item, audio_bits)


def copy_item(opened: Opened, item: Item, audio_bits: int | None) -> dict[str, Any]:
    """Copy one clip. Raises `Refused` with the reason why it has to be encoded instead."""
    _must_be_plain(opened)
    try:
        packets = _its_packets(opened, item)
        with replacing(Path(item.dest)) as part:
            _write(part, opened, item, packets, audio_bits)
            _must_be_exact(part, opened, item)
    except (av.error.FFmpegError, ValueError) as error:
        raise _refused(f"its packets cannot be taken over ({error})") from None
    shape = {"fps": opened.info.fps, "width": opened.info.width, "height": opened.info.height}
    return {"dest": item.dest, "frames": item.frames, **shape, "bytes": Path(item.dest).stat().st_size, "copied": True}


def _must_be_plain(opened: Opened) -> None:
    """What an encoded clip would be: square pixels, upright, even sides, 8 bits, ordinary colours."""
    info, context = opened.info, opened.stream.codec_context
    if info.codec != "h264" or info.pixel_format != "yuv420p":
        raise _refused(f"it is {info.codec} in {info.pixel_format}")
    if info.rotation or info.sample_aspect != 1 or even_size(info) != (info.width, info.height):
        raise _refused("its picture has to be turned, stretched or cropped")
    if info.hdr or int(context.colorspace) in WIDE_MATRICES or int(context.color_range) == FULL_RANGE:
        raise _refused("its colours have to be mapped")
    if info.time_base < FINEST_TICK:
        raise _refused("its clock is finer than MP4 takes")


def _its_packets(opened: Opened, item: Item) -> list[Any]:
    """The clip's packets in the order of decoding."""
    kept: list[Any] = []
    size = 0
    for packet in _packets_from(opened, item):
        if not item.start_pts <= packet.pts < item.end_pts:
            raise _refused("a frame outside of it is needed to decode it")
        kept.append(packet)
        size += packet.size
        if len(kept) == item.frames:
            return kept
        if size > MAX_BYTES:
            raise _refused("it is too large to be held in memory")
    raise _refused("not all of its frames are there")


def _packets_from(opened: Opened, item: Item) -> Iterator[Any]:
    """Packets from the keyframe that is the clip's first frame."""
    opened.container.seek(item.start_pts, stream=opened.stream, backward=True, any_frame=False)
    begun = False
    for packet in filter(lambda packet: packet.size, opened.container.demux(opened.stream)):
        if packet.pts is None:
            raise _refused("the file gives no times")
        if not begun and _is_behind(packet, item.start_pts):
            break
        begun = begun or (packet.pts == item.start_pts and packet.is_keyframe and _is_idr(packet, opened))
        if begun:
            yield packet
    if not begun:
        raise _refused("no keyframe is its first frame")


def _write(part: Path, opened: Opened, item: Item, packets: list[Any], audio_bits: int | None) -> None:
    tick = opened.info.time_base
    shown = sorted(packet.pts for packet in packets)
    ends = dict(pairwise([*shown, item.end_pts]))
    sound = sound_between(opened, item.start_pts, item.end_pts) if audio_bits else None
    with av.open(f"file:{part}", "w", format="mp4", options=BITEXACT | WITHOUT_EDIT_LIST) as container:
        stream = container.add_stream_from_template(opened.stream)
        audio = add_sound(container, audio_bits) if audio_bits and sound is not None else None
        for packet, dts in zip(packets, _decode_times([packet.pts for packet in packets]), strict=True):
            duration = ends[packet.pts] - packet.pts
            packet.stream, packet.time_base = stream, tick
            packet.pts, packet.dts, packet.duration = packet.pts - item.start_pts, dts - item.start_pts, duration
            container.mux(packet)
        if sound is not None:
            write_sound(container, audio, sound)


def _decode_times(times: list[int]) -> list[int]:
    """A decoding time for each packet: rising, never behind the time it is shown, as late as that allows."""
    place = {time: index for index, time in enumerate(sorted(times))}
    delay = max(index - place[time] for index, time in enumerate(times))
    shown = list(place)
    step = shown[1] - shown[0] if delay else 0
    return [shown[0] - early * step for early in range(delay, 0, -1)] + shown[: len(shown) - delay]


def _must_be_exact(part: Path, opened: Opened, item: Item) -> None:
    """Decodes what was written as any reader would, and the source beside it."""
    tick, bad_before = opened.info.time_base, opened.bad_packets
    source = takewhile(lambda frame: frame.pts < item.end_pts, frames(opened, item.start_pts))
    with av.open(str(part)) as container:
        for ours, theirs in zip_longest(container.decode(video=0), source):
            if ours is None or theirs is None:
                raise _refused("the copy has other frames")
            if ours.pts is None or ours.pts * ours.time_base != (theirs.pts - item.start_pts) * tick:
                raise _refused("the copy has other times")
            if ours.format.name != "yuv420p" or not np.array_equal(ours.to_ndarray(), theirs.to_ndarray()):
                raise _refused("the copy has other pictures")
    if opened.bad_packets > bad_before:
        raise _refused("it is damaged")


def _is_behind(packet: Any, pts: int) -> bool:
    """Whether the keyframe at `pts` can no longer come; Matroska gives no decoding times."""
    return bool((packet.dts is not None and packet.dts > pts) or (packet.is_keyframe and packet.pts > pts))


def _is_idr(packet: Any, opened: Opened) -> bool:
    """MP4 and Matroska write lengths before the units of a packet, other containers start codes."""
    data, setup = bytes(packet), opened.stream.codec_context.extradata or b""
    headers = _behind_lengths(data, (setup[4] & 3) + 1) if setup[:1] == b"\x01" else _behind_start_codes(data)
    return any(header & 31 == IDR for header in headers)


def _behind_lengths(data: bytes, width: int) -> Iterator[int]:
    at = 0
    while at + width < len(data):
        yield data[at + width]
        at += width + int.from_bytes(data[at : at + width], "big")


def _behind_start_codes(data: bytes) -> Iterator[int]:
    return (match[0][3] for match in re.finditer(rb"\x00\x00\x01.", data, re.DOTALL))


def _refused(why: str) -> Refused:
    return Refused("not_copied", f"the clip cannot be copied as it is: {why}")
