"""`app.py clips`: what is known about clips, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from cli.common import Data, opened, settings_for
from db import clips, views
from db.filters import parse_where
from db.session import Store
from db.views import ClipView

PORTION = 500
PLAIN = (
    "id", "key", "video", "start_s", "end_s", "frames", "fps", "size", "scores", "missing", "facts", "verdict", "reasons",
    "duplicates",
)  # fmt: skip
"""Fields that are printed as they are."""


def register(app: typer.Typer) -> None:
    app.command(name="clips")(command)


def command(
    data: Data = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="verdict=kept, review=accepted, 'motion>0.02', text~rabbit, … Repeatable; all must hold."),
    ] = None,
) -> None:
    """Print clips, one JSON object a line: times, scores, verdict and why, captions, review.

    `scores` maps names to a number or null, `missing` says why for each null. Times are seconds from the first frame.
    """
    with opened(settings_for(data)) as store:
        for view in _views(store, where or ()):
            typer.echo(json.dumps(as_dict(view), ensure_ascii=False))


def _views(store: Store, where: list[str] | tuple[()]) -> Iterator[ClipView]:
    with store.read() as session:
        wanted = parse_where(where, scores=clips.score_names(session), facts=clips.fact_names(session))
        ids = clips.ids(session, wanted)
    for start in range(0, len(ids), PORTION):
        with store.read() as session:
            yield from views.describe(session, ids[start : start + PORTION])


def as_dict(view: ClipView) -> dict[str, Any]:
    """The clip as scripts see it; the caption in force is marked."""
    captions = [
        {
            "text": one.text, "author": one.author, "by": one.by, "model": one.model, "outcome": one.outcome,
            "in_force": one.id == view.caption_id,
        }
        for one in view.captions
    ]  # fmt: skip
    known = {name: getattr(view, name) for name in PLAIN}
    decided = {"reject_reason": view.reject_reason, "reviewed_by": view.reviewed_by, "reviewed_at": view.reviewed_at}
    return {**known, "captions": captions, "review": view.review, **decided}
