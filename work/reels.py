"""Rendering a review reel: the `reel` stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any

from db import clips, errands, sources, views
from db.errands import ErrandView
from db.filters import parse_where
from db.queue import Lease
from db.views import CaptionView, ClipView
from pipelines.errors import Refused
from pipelines.files import clip_folder
from pipelines.lettering import lacks_letters
from pipelines.reel import Shot
from work import errand
from work.bench import Bench
from work.clips import PROXY_SECONDS

SECONDS_A_SHOT = 300.0
MOST_COLUMNS = 4
SHOWN_SCORES = 6
TELLING = ("motion", "text", "sharpness", "brightness", "duplicate", "flashes")
"""Scores that say most come first; the others by name."""
BOXES = (
    "no font here has Chinese, Japanese or Korean letters, so boxes stand for them; install one, for example fonts-noto-cjk"
)
NO_CAPTION = "(no caption)"


def reel(leases: Sequence[Lease], bench: Bench) -> None:
    """Render one reel. The file is whole or not there; clips that could not be read are told of, and the rest goes on."""
    errand.run(leases, bench, _render)


def _render(lease: Lease, wish: ErrandView, bench: Bench) -> dict[str, Any]:
    left_out: list[str] = []
    shots = list(_shots(lease, wish, bench, left_out))
    if not shots:
        raise Refused("no_clips", f"none of its clips could be shown ({left_out[0] if left_out else 'there are none'})")
    argument = {"shots": [asdict(shot) for shot in shots], "dest": wish.wish["dest"]}
    answer: dict[str, Any] = {}
    seconds = SECONDS_A_SHOT * len(shots)
    for told in bench.child.call("pipelines.reel:render", argument, seconds=seconds, cancelled=lambda: bench.gone(lease)):
        if "shot" in told:
            with bench.store.write() as session:
                errands.progress(session, wish.id, told["shot"], len(shots))
        else:
            answer = told
    boxes = any(lacks_letters(text) for shot in shots for _, text in shot.columns)
    return {**answer, "clips": len(shots), "left_out": left_out, "note": BOXES if boxes else ""}


def _shots(lease: Lease, wish: ErrandView, bench: Bench, left_out: list[str]) -> Iterator[Shot]:
    with bench.store.read() as session:
        known = {"scores": clips.score_names(session), "facts": clips.fact_names(session)}
        ids = clips.ids(session, parse_where(wish.wish["where"], **known))[: wish.wish["limit"]]
    for number, clip_id in enumerate(ids):
        with bench.store.read() as session:
            (view,) = views.describe(session, [clip_id])
        try:
            path = _copy(lease, view, bench)
        except Refused as error:
            left_out.append(f"clip {view.id}: {error}")
            continue
        yield _shot(view, path, f"{number + 1}/{len(ids)}", compare=wish.wish["compare"])


def _copy(lease: Lease, view: ClipView, bench: Bench) -> str:
    """The light copy of a clip, made now where there is none."""
    dest = clip_folder(bench.settings.clips, view.key) / "proxy.mp4"
    if dest.exists():
        return str(dest)
    with bench.store.read() as session:
        found = sources.stretch(session, view.key)
    if found is None:
        raise Refused("not_found", "its video is no longer where it was")
    argument = {"path": found.path, "start_pts": found.start_pts, "end_pts": found.end_pts, "dest": str(dest)}
    for _ in bench.child.call(
        "pipelines.media.proxy:make_proxy", argument, seconds=PROXY_SECONDS, cancelled=lambda: bench.gone(lease)
    ):
        pass
    return str(dest)


def _shot(view: ClipView, path: str, place: str, *, compare: bool) -> Shot:
    standing = view.review if view.review in ("accepted", "rejected") else (view.verdict or "not judged")
    by = f" by {view.reviewed_by}" if view.reviewed_by and standing == view.review else ""
    why = view.reject_reason if standing == "rejected" else ", ".join(view.reasons)
    place = f"{place}  ·  {PurePosixPath(view.video).name}  {view.start_s:.1f}–{view.end_s:.1f} s"
    title = f"{place}  ·  {standing}{by}{f': {why}' if why else ''}"
    names = sorted(view.scores, key=lambda name: (TELLING.index(name) if name in TELLING else len(TELLING), name))
    scores = [f"{name} {value:.3g}" for name in names if (value := view.scores[name]) is not None][:SHOWN_SCORES]
    columns = _models(view) if compare else [("", view.caption.text if view.caption else NO_CAPTION)]
    return Shot(path, title, standing, "  ·  ".join(scores), tuple(columns))


def _models(view: ClipView) -> list[tuple[str, str]]:
    """The latest caption of each model and of people, side by side; the one in force is marked."""
    latest: dict[str, CaptionView] = {}
    for caption in view.captions:
        if caption.outcome == "ok" and caption.text.strip():
            latest[caption.model or caption.by or caption.author] = caption
    told = [(f"{who} (in force)" if one.id == view.caption_id else who, one.text) for who, one in latest.items()]
    return told[-MOST_COLUMNS:] or [("", NO_CAPTION)]
