"""Bytes that are wrong: nothing, noise, cut, flipped, lying."""

from __future__ import annotations

import struct

from tests.nasty.corpus import Kind, Workshop, by_bytes


def text(content: str) -> bytes:
    return content.encode()


def cut(shop: Workshop, after: int) -> bytes:
    """The index and so many bytes of the frames."""
    return shop.fast[: shop.media_data + after]


def half_the_frames(shop: Workshop) -> bytes:
    return cut(shop, (len(shop.fast) - shop.media_data) // 2)


def patched(shop: Workshop, atom: bytes, offset: int, value: bytes) -> bytes:
    """`value` at `offset` from every `atom`'s name."""
    data, at = bytearray(shop.fast), 0
    while (at := data.find(atom, at)) >= 0:
        data[at + offset : at + offset + len(value)] = value
        at += len(atom) + len(value)
    return bytes(data)


def more_frames_than_there_are(shop: Workshop) -> bytes:
    at = shop.fast.index(b"stts") + 12
    (count,) = struct.unpack(">I", shop.fast[at : at + 4])
    return shop.fast[:at] + struct.pack(">I", count * 3) + shop.fast[at + 4 :]


def flipped(shop: Workshop, start: int, end: int, times: int, seed: int = 0) -> bytes:
    data, choice = bytearray(shop.fast), shop.random()
    for _ in range(seed):
        choice.random()
    for _ in range(times):
        data[choice.randrange(start, end)] ^= 1 << choice.randrange(8)
    return bytes(data)


def flipped_index(seed: int) -> Kind:
    outcomes = "ok noted no_clips corrupt no_decodable_frames not_a_video no_video unsupported_codec too_long too_large"
    return by_bytes(
        f"index_flipped_{seed}.mp4",
        outcomes,
        lambda shop: flipped(shop, shop.fast.index(b"moov") + 4, shop.media_data - 8, times=6, seed=seed),
    )


def too_many_samples(shop: Workshop) -> bytes:
    return patched(shop, b"stsz", 12, b"\x7f\xff\xff\xff")


def giant_picture(shop: Workshop) -> bytes:
    """Only the container claims it; the frames are as small as ever."""
    return patched(shop, b"avc1\0\0\0\0\0\0\0", 28, struct.pack(">HH", 60_000, 60_000))


def giant_atom(shop: Workshop) -> bytes:
    at = shop.fast.index(b"moov")
    head, tail = shop.fast[: at - 4], shop.fast[at + 4 :]
    return head + struct.pack(">I", 1) + b"moov" + struct.pack(">Q", 2**63 - 1) + tail


def nested_atoms(shop: Workshop) -> bytes:
    atoms = b"".join(struct.pack(">I", 8 * (20_000 - depth)) + b"moov" for depth in range(20_000))
    return shop.fast[: shop.fast.index(b"moov") - 4] + atoms


def gif_bomb(shop: Workshop) -> bytes:
    data = shop.made("small.gif", "-f", "lavfi", "-i", "testsrc2=s=16x16:r=5:d=1").read_bytes()
    return data[:6] + struct.pack("<HH", 16_000, 16_000) + data[10:]


def undecodable_title(shop: Workshop) -> bytes:
    made = shop.made("title.mp4", "-i", shop.good, "-c", "copy", "-metadata", "title=TITLE_TO_SPOIL")
    return made.read_bytes().replace(b"TITLE_TO_SPOIL", b"\xff\xfe\xc3\x28\x00".ljust(14, b"\xff"))


def from_the_middle(shop: Workshop) -> bytes:
    """A broadcast somebody tuned into, not even at the start of a packet."""
    data = shop.transport.read_bytes()
    return data[188 * (len(data) // 188 // 2) + 77 :]


def without_keyframes(shop: Workshop) -> bytes:
    """Only what leans on frames that are gone."""
    data = shop.raw.read_bytes()
    return data[data.index(b"\x00\x00\x01\x41") :][:2000]


def fragments_cut(shop: Workshop) -> bytes:
    movflags = "frag_keyframe+empty_moov"
    data = shop.made("fragments.mp4", "-i", shop.good, "-c", "copy", "-movflags", movflags).read_bytes()
    return data[: len(data) * 2 // 3]


def two_thirds(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


KINDS = [
    by_bytes("empty.mp4", "empty_file", lambda shop: b""),
    by_bytes("one_byte.mp4", "not_a_video", lambda shop: b"\0"),
    by_bytes("random.mp4", "not_a_video", lambda shop: shop.random().randbytes(65_536)),
    by_bytes("zeros.mp4", "not_a_video", lambda shop: bytes(1 << 20)),
    by_bytes("text.mp4", "not_a_video", lambda shop: text("This is a note about a video.\n" * 100)),
    by_bytes("page.mp4", "not_a_video", lambda shop: text("<!doctype html><script>alert(1)</script>")),
    by_bytes("archive.mp4", "not_a_video", lambda shop: b"PK\x03\x04" + shop.random().randbytes(5000)),
    by_bytes("photo.mp4", "not_a_video", lambda shop: shop.picture.read_bytes()),
    by_bytes("no_index.mp4", "not_a_video", lambda shop: shop.good.read_bytes()[: shop.good.stat().st_size // 2]),
    by_bytes("cut_in_the_first_frame.mp4", "no_decodable_frames", lambda shop: cut(shop, 44)),
    by_bytes("no_frames.mp4", "no_decodable_frames", lambda shop: cut(shop, 4)),
    by_bytes("half_the_frames.mp4", "noted", half_the_frames),
    by_bytes("frames_zeroed.mp4", "no_decodable_frames corrupt", lambda shop: cut(shop, 4).ljust(len(shop.fast), b"\0")),
    by_bytes(
        "one_percent_flipped.mp4",
        "noted",
        lambda shop: flipped(shop, shop.media_data + 4, len(shop.fast), len(shop.fast) // 100),
    ),
    *(flipped_index(seed) for seed in range(5)),
    by_bytes("more_frames_than_there_are.mp4", "ok", more_frames_than_there_are),
    by_bytes("two_billion_samples.mp4", "not_a_video no_video no_decodable_frames", too_many_samples),
    by_bytes("header_60000x60000.mp4", "ok too_large", giant_picture),
    by_bytes("says_it_lasts_for_ever.mp4", "ok noted", lambda shop: patched(shop, b"mvhd", 20, b"\x7f\xff\xff\xff")),
    by_bytes("unknown_codec.mp4", "unsupported_codec", lambda shop: shop.fast.replace(b"avc1\0", b"zzzz\0")),
    by_bytes("giant_atom.mp4", "not_a_video no_video no_decodable_frames", giant_atom),
    by_bytes("tiny_atom.mp4", "not_a_video no_video", lambda shop: patched(shop, b"trak", -4, struct.pack(">I", 4))),
    by_bytes("nested_atoms.mp4", "not_a_video no_video", nested_atoms),
    by_bytes("gif_bomb.gif", "not_a_video", gif_bomb),
    by_bytes("gif_bomb.mp4", "not_a_video", gif_bomb),
    by_bytes("undecodable_title.mp4", "ok", undecodable_title),
    by_bytes("fragments_cut.mp4", "ok noted", fragments_cut),
    by_bytes("matroska_cut.mkv", "noted", lambda shop: two_thirds(shop.matroska.read_bytes())),
    by_bytes("from_the_middle.ts", "ok noted", from_the_middle),
    by_bytes("without_keyframes.h264", "no_decodable_frames corrupt not_a_video", without_keyframes),
]  # fmt: skip
