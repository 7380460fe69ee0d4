"""Whole files that are unusual: rare formats, odd times, odd shapes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.nasty.corpus import PICTURES, SOUND, X264, Kind, Workshop, by_ffmpeg, words

COPY = ("-i", "{good}", "-c", "copy")
KEY, KEY_ID = "76a6c65c5ea762046bd749a2e632ccbb", "a7e61c373e219033c21091fa607bf3b8"
ENCRYPTION = f"-encryption_scheme cenc-aes-ctr -encryption_key {KEY} -encryption_kid {KEY_ID}"
X265 = "-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -tag:v hvc1 -x265-params"
PQ = "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:hdr10=1"
HLG = "log-level=none:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc"
TITLE = ("-metadata", "title=<img src=x onerror=alert(1)>", "-metadata", 'comment==HYPERLINK("http://evil","x")')

HELD = "setpts='if(eq(N,0),0,PREV_OUTPTS+if(mod(N,17),0.04,1.83)/TB)'"
"""A recorded screen: some frames of movement, then a picture that stays."""


def filtered(name: str, outcomes: str, graph: str, *encoder: str) -> Kind:
    return by_ffmpeg(name, outcomes, *PICTURES, "-vf", graph, *(encoder or X264))


def encoded(name: str, outcomes: str, options: str) -> Kind:
    return by_ffmpeg(name, outcomes, *PICTURES, *options.split())


def from_source(name: str, outcomes: str, source: str, options: str = "") -> Kind:
    return by_ffmpeg(name, outcomes, "-f", "lavfi", "-i", source, *X264, *options.split())


def sizes_that_change(shop: Workshop, path: Path) -> None:
    """Three sizes in one stream."""
    raw = b""
    for size in ("160x90", "320x180", "96x160"):
        part = shop.made(f"{size}.h264", "-f", "lavfi", "-i", f"testsrc2=s={size}:r=25:d=1", *X264, "-f", "h264")
        raw += part.read_bytes()
    (shop.folder / "parts" / "sizes.h264").write_bytes(raw)
    shop.ffmpeg(path, "-f", "h264", "-i", shop.folder / "parts" / "sizes.h264", "-c", "copy")


MADE = [
    # times
    filtered("gap_of_an_hour.mp4", "ok", "setpts='if(gt(N,50),(3600+N/25)/TB,N/25/TB)'", "-fps_mode", "vfr", *X264),
    filtered("held_pictures.mp4", "ok", HELD, "-fps_mode", "vfr", *X264),
    filtered("frames_share_times.mkv", "ok", "setpts='floor(N/5)*5/25/TB'", "-fps_mode", "passthrough", "-c:v", "ffv1"),
    by_ffmpeg("negative_times.mkv", "ok", "-itsoffset", "-5", *COPY, "-copyts", "-avoid_negative_ts", "disabled"),
    by_ffmpeg("edit_list.mp4", "ok", "-ss", "1.3", *COPY),
    by_ffmpeg("starts_at_ten_hours.ts", "ok", *COPY, "-output_ts_offset", "36000"),
    by_ffmpeg("no_times.h264", "ok", *COPY, "-an", "-f", "h264"),
    encoded("fine_timescale.mp4", "ok", f"{' '.join(X264)} -video_track_timescale 1000000"),
    from_source("thousand_fps.mp4", "ok", "testsrc2=s=64x64:r=1000:d=2"),
    from_source("one_keyframe.mp4", "ok", "testsrc2=s=160x90:r=25:d=20", "-g 100000 -keyint_min 100000"),
    from_source("seven_hours.mp4", "too_long", "color=black:s=16x16:r=1:d=25200"),
    encoded("one_frame.mp4", "no_clips", f"{' '.join(X264)} -frames:v 1"),
    # shapes
    by_ffmpeg("rotated.mp4", "ok", "-display_rotation", "90", *COPY),
    filtered("wide_pixels.mp4", "ok", "setsar=2/1"),
    Kind("sizes_change.ts", frozenset({"ok"}), sizes_that_change),
    *(
        filtered(f"{width}x{height}.mkv", outcomes, f"scale={width}:{height}", "-c:v", "png", "-pix_fmt", "rgb24")
        for width, height, outcomes in ((1, 1, "ok"), (2, 2, "ok"), (15, 17, "ok"), (2048, 2, "ok"), (2, 1080, "ok"))
    ),
    by_ffmpeg(
        "64_megapixels.mov", "too_large memory_limit", *words("-f lavfi -i color=red:s=8000x8000 -frames:v 1 -c:v png")
    ),
    # pixels
    encoded("hdr_pq.mp4", "ok", f"{X265} {PQ}"),
    encoded("hdr_hlg.mp4", "ok", f"{X265} {HLG}"),
    encoded("444_12_bit.mkv", "ok", "-c:v ffv1 -pix_fmt yuv444p12le"),
    encoded("grey.mp4", "ok", "-c:v libx264 -preset ultrafast -pix_fmt gray"),
    encoded("grey_16_bit.mkv", "ok", "-c:v ffv1 -pix_fmt gray16le"),
    encoded("rgb.mp4", "ok", "-c:v libx264rgb -preset ultrafast"),
    filtered("palette.mov", "ok", "format=rgb8,format=pal8", "-c:v", "qtrle", "-pix_fmt", "rgb24"),
    encoded("alpha_vp9.webm", "ok", "-c:v libvpx-vp9 -pix_fmt yuva420p -cpu-used 8 -deadline realtime -auto-alt-ref 0"),
    encoded("alpha_prores.mov", "ok", "-c:v prores_ks -profile:v 4444 -pix_fmt yuva444p10le"),
    encoded("alpha_qtrle.mov", "ok", "-c:v qtrle -pix_fmt argb"),
    filtered("interlaced.mp4", "ok", "scale=160:96,interlace", *X264, "-flags", "+ildct+ilme", "-x264opts", "tff=1"),
    by_ffmpeg(
        "black_and_silent.mp4", "noted", *words("-f lavfi -i color=black:s=160x90:r=25:d=3 -f lavfi -i anullsrc=d=3"), *X264
    ),
    from_source("still.mp4", "ok", "color=0x3366aa:s=160x90:r=25:d=4"),
    # containers and codecs
    encoded("old.avi", "ok", "-c:v mpeg4"),
    encoded("old.mpg", "ok", "-c:v mpeg2video"),
    encoded("old.wmv", "ok", "-c:v wmv2"),
    encoded("old.flv", "ok", "-c:v flv"),
    encoded("old.ogv", "ok", "-c:v libtheora"),
    encoded("uncompressed.avi", "ok", "-c:v rawvideo -pix_fmt yuv420p"),
    encoded("animation.gif", "not_a_video", "-t 1"),
    by_ffmpeg("fragments.mp4", "ok", *COPY, "-movflags", "frag_keyframe+empty_moov"),
    by_ffmpeg("sound_only.mp4", "no_video", *SOUND, "-c:a", "aac"),
    by_ffmpeg(
        "cover_art_only.mp4",
        "no_video",
        *words("-i {sound} -i {picture} -map 0 -map 1 -c copy -disposition:v:0 attached_pic"),
    ),
    by_ffmpeg("two_videos.mp4", "ok", *words("-i {good} -i {matroska} -map 0:v -map 1:v -c copy")),
    by_ffmpeg("120_streams.mkv", "too_many_streams", "-i", "{good}", *["-map", "0:v"] * 120, "-c", "copy"),
    by_ffmpeg("encrypted.mp4", "corrupt encrypted no_decodable_frames", *COPY, *ENCRYPTION.split()),
    by_ffmpeg("noise_in_the_picture.mkv", "noted corrupt", *COPY, "-an", "-bsf:v", "noise=amount=200:drop=0"),
    by_ffmpeg("noise_in_the_sound.mkv", "ok", *COPY, "-bsf:a", "noise=amount=10"),
    # words
    by_ffmpeg("words_that_bite.mp4", "ok", *COPY, *TITLE, "-metadata", "description=" + "A" * 60_000),
]

FRAMES = {
    "frames_share_times.mkv": 20,
    "edit_list.mp4": 67,
    "thousand_fps.mp4": 2000,
    "one_keyframe.mp4": 500,
    "sizes_change.ts": 75,
    "interlaced.mp4": 50,
}
"""Of the files that do not show 100."""
KINDS = [replace(kind, frames=FRAMES.get(kind.name, 100)) if kind.outcomes == {"ok"} else kind for kind in MADE]
