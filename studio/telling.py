"""What is shown of clips and items, with the reasons that the layers below give said in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from db.adjudication import Difference, Said
from db.ballots import BallotView
from db.clips import Happening
from db.contestants import Contestant
from db.decisions import Conflict, Seen
from db.exports import ExportView
from db.leaderboard import Board
from db.story import Step
from db.views import CaptionView, ClipView
from studio.words.below import Below


def clips(found: Iterable[ClipView], told: Below) -> list[ClipView]:
    return [clip(one, told) for one in found]


def clip(one: ClipView, told: Below) -> ClipView:
    """Why it was dropped or rejected, why a score is missing, what is wrong with its captions."""
    return replace(
        one,
        reject_reason=reason(one.reject_reason, told),
        reasons=tuple(map(told, one.reasons)),
        missing={score: told(why) for score, why in one.missing.items()},
        captions=tuple(_caption(caption, told) for caption in one.captions),
    )


def reason(text: str | None, told: Below) -> str | None:
    """Why somebody rejected a clip, in the words that stood on the button; whether of clip or caption is plain from them."""
    return told(text.removeprefix("clip: ").removeprefix("caption: ")) if text else text


def conflict(one: Conflict, told: Below) -> Conflict:
    """What each decided, and why."""
    return replace(one, base=_seen(one.base, told), theirs=_seen(one.theirs, told))


def _seen(one: Seen, told: Below) -> Seen:
    return replace(one, standing=replace(one.standing, reason=reason(one.standing.reason, told)))


def happening(one: Happening, told: Below) -> Happening:
    """What somebody did with a clip, and why."""
    after = one.detail.get("after")
    if not isinstance(after, dict) or not after.get("reason"):
        return one
    return replace(one, detail={**one.detail, "after": {**after, "reason": reason(after["reason"], told)}})


def difference(one: Difference, told: Below) -> Difference:
    """Two opinions, and why."""
    return replace(one, clip=clip(one.clip, told), said=tuple(_said(said, told) for said in one.said))


def _said(one: Said, told: Below) -> Said:
    return replace(one, reason=reason(one.reason, told) or "")


def _caption(one: CaptionView, told: Below) -> CaptionView:
    return replace(one, reason=told(one.reason) if one.reason else None, flags=tuple(map(told, one.flags)))


def step(one: Step, told: Below) -> Step:
    """A verdict has several reasons, told apart by commas."""
    said = ", ".join(map(told, one.reason.split(", "))) if one.what == "verdict" else told(one.reason)
    return replace(one, reason=said)


def export(one: ExportView, told: Below) -> ExportView:
    """Why it failed, or which clips were left out and why, one a line."""
    return replace(one, error="\n".join(map(told, one.error.splitlines())) if one.error else None)


def contestant(one: Contestant, told: Below) -> Contestant:
    """Whatever its name is put together from, part by part."""
    return replace(one, label=" · ".join(map(told, one.label.split(" · "))))


def ballot(one: BallotView, told: Below) -> BallotView:
    """Whose the captions are, where that may be known."""
    return replace(one, columns=tuple(replace(column, by=authors(column.by, told)) for column in one.columns))


def authors(found: Iterable[Contestant], told: Below) -> tuple[Contestant, ...]:
    return tuple(contestant(one, told) for one in found)


def board(one: Board, told: Below) -> Board:
    """Who stands where."""
    rows = (replace(row, contestant=contestant(row.contestant, told)) for row in one.standings)
    return replace(one, standings=tuple(rows))
