"""Prompts people keep: versions under a name, never changed. Captions refer to them by digest."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert as insert_or
from sqlalchemy.orm import Session

from db import models
from db.stats.wilson import wilson
from pipelines import prompts as shipped
from pipelines.errors import Usage
from pipelines.records import Prompt


@dataclass(frozen=True, slots=True)
class PromptView:
    """One version of a prompt, and how its captions fared."""

    id: int
    digest: str
    name: str
    version: int
    text: str
    system: str
    tags: tuple[str, ...]
    note: str
    by: str
    created_at: float
    captions: int = 0
    accepted: int = 0
    rejected: int = 0
    interval: tuple[float, float] | None = None
    """Of the share of accepted ones among those decided, at 95 %; None where nothing is decided."""


def remember(session: Session, prompt: Prompt, *, by: str = "", note: str = "", tags: Sequence[str] = ()) -> None:
    """Keep the words under their digest; known ones stay as they are. The next version of their name is theirs."""
    if session.scalar(select(models.Prompt.id).where(models.Prompt.digest == prompt.digest)):
        return
    newest = session.scalar(select(func.max(models.Prompt.version)).where(models.Prompt.name == prompt.name)) or 0
    parent = select(models.Prompt.id).where(models.Prompt.name == prompt.name, models.Prompt.version == newest)
    row = insert_or(models.Prompt).values(
        digest=prompt.digest, name=prompt.name, version=newest + 1, text=prompt.text, system=prompt.system,
        parent_id=session.scalar(parent), tags=list(tags), note=note, by=by, created_at=time.time(),
    )  # fmt: skip
    session.execute(row.on_conflict_do_nothing())


def save(session: Session, prompt: Prompt, *, by: str, note: str = "", tags: Sequence[str] = ()) -> PromptView:
    """A new version under the prompt's name. Raises `Usage` for words that are no prompt."""
    checked = shipped.load({"name": prompt.name, "text": prompt.text, "system": prompt.system})
    if not shipped.NAME.fullmatch(checked.name):
        raise Usage(f"{checked.name!r} is no name for a prompt; write lower-case words with - between them")
    remember(session, checked, by=by, note=note, tags=tags)
    return get(session, checked.digest)


def get(session: Session, digest: str) -> PromptView:
    """One version. Raises `Usage` when there is none of this digest."""
    row = session.scalar(select(models.Prompt).where(models.Prompt.digest == digest))
    if row is None:
        raise Usage(f"there is no prompt {digest}")
    return _view(row)


def ensure_shipped(session: Session) -> None:
    """Make the prompts that come with Clapper known, so that they can be looked at before they are used."""
    for name in shipped.names():
        remember(session, shipped.shipped(name).prompt, note=shipped.shipped(name).about)


def everything(session: Session) -> list[PromptView]:
    """All versions, by name and the newest first, with what became of their captions."""
    fates = _fates(session)
    rows = session.scalars(select(models.Prompt).order_by(models.Prompt.name, models.Prompt.version.desc()))
    return [_view(row, fates.get(row.digest, {})) for row in rows]


def _fates(session: Session) -> dict[str, dict[str, int]]:
    """By digest: how many captions there are, and what people decided on clips where one is in force."""
    used = select(models.Caption.prompt_digest, func.count()).where(models.Caption.prompt_digest != "")
    found = {digest: {"captions": count} for digest, count in session.execute(used.group_by(models.Caption.prompt_digest))}
    decided = (
        select(models.Caption.prompt_digest, models.Clip.review, func.count())
        .join(models.Clip, models.Clip.caption_id == models.Caption.id)
        .where(models.Caption.prompt_digest != "", models.Clip.review.in_(("accepted", "rejected")))
        .group_by(models.Caption.prompt_digest, models.Clip.review)
    )
    for digest, review, count in session.execute(decided):
        found[digest][review] = count
    return found


def _view(row: models.Prompt, fate: dict[str, int] | None = None) -> PromptView:
    fate = fate or {}
    return PromptView(
        row.id, row.digest, row.name, row.version, row.text, row.system, tuple(row.tags), row.note, row.by, row.created_at,
        **fate, interval=_sure(fate.get("accepted", 0), fate.get("rejected", 0)),
    )  # fmt: skip


def _sure(accepted: int, rejected: int) -> tuple[float, float] | None:
    decided = accepted + rejected
    share = wilson(accepted, decided)
    return (share.low, share.high) if decided else None
