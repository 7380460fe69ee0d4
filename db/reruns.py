"""Captioning clips again: which clips, what it will take, and exactly what a model will be asked. Nothing is run here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import results
from db.models import Caption, Clip
from pipelines import prompts, quality, sampling
from pipelines.asking import Asking
from pipelines.catalogue import find
from pipelines.errors import Usage
from pipelines.methods import stage_of
from pipelines.recipe import Recipe
from pipelines.records import Material, Prompt
from pipelines.seeing import Seeing

LOOKED_AT = 40
"""Clips, and former captions, that an estimate is made from."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run on clips will take, before it begins."""

    clips: int
    tokens_in: int
    """Of all clips, estimated; 0 where no model is asked."""
    tokens_out: int
    """At most."""
    cost: float
    """US dollars at the prices of the catalogue, at most."""
    seconds: float | None
    """Of the clock, from former captions of the same model and method; None when there are none."""
    knows: bool
    """Whether the catalogue describes the model, so that the tokens of a frame are known."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a model will be asked about one clip."""

    clip_id: int
    model: str
    system: str
    text: str
    times_s: tuple[float, ...]
    """Of the frames it will be shown, seconds from the start of the clip; empty for methods that look at none, or where only
    the file tells."""
    size: tuple[int, int] | None
    """Width and height of a frame as it is sent."""
    tokens: int


def estimate(session: Session, recipe: Recipe, clip_ids: Sequence[int], *, clips: Path) -> Estimate:
    """Tokens and price of a method on these clips, from a part of them."""
    stage = stage_of(recipe)
    if not isinstance(stage, Asking):
        return Estimate(len(clip_ids), 0, 0, 0.0, 0.0, True)
    some = clip_ids[:: max(1, len(clip_ids) // LOOKED_AT)]
    asked = [_question(stage, one, clip_id).tokens for clip_id, one in _materials(session, some, clips).items()]
    tokens_in = round(sum(asked) / max(1, len(asked)) * len(clip_ids))
    tokens_out, model = stage.max_tokens * len(clip_ids), find(stage.model)
    paces = _seconds(session, stage)
    seconds = median(paces) * len(clip_ids) if paces else None
    knows = bool(model.px or model.tokens or not isinstance(stage, Seeing))
    return Estimate(len(clip_ids), tokens_in, tokens_out, model.cost(tokens_in, tokens_out), seconds, knows)


def question(session: Session, recipe: Recipe, clip_id: int, *, clips: Path) -> Question:
    """What will be asked about one clip. Raises `Usage` for a method that asks nobody."""
    stage = stage_of(recipe)
    if not isinstance(stage, Asking):
        raise Usage(f"{stage.name} asks no model")
    found = _materials(session, [clip_id], clips)
    if clip_id not in found:
        raise Usage(f"there is no clip {clip_id}")
    caption = session.scalar(select(Caption.text).join(Clip, Clip.caption_id == Caption.id).where(Clip.id == clip_id))
    return _question(stage, found[clip_id], clip_id, caption=caption or "")


def _materials(session: Session, clip_ids: Sequence[int], clips: Path) -> dict[int, Material]:
    return results.materials(session, clip_ids, clips=clips)


def _question(stage: Asking, material: Material, clip_id: int, *, caption: str = "") -> Question:  # type: ignore[type-arg]
    prompt: Prompt = getattr(stage, "prompt", Prompt("", ""))
    times: tuple[float, ...] = ()
    size: tuple[int, int] | None = None
    tokens = quality.tokens(prompt.text + prompt.system)
    if isinstance(stage, Seeing):
        times, size = _times(stage, material), stage.size(*material.clip.video.info.display_size)
        tokens += find(stage.model).film_tokens(len(times) or stage.frames, *size)
    said = {"caption": caption, "question": str(getattr(stage, "question", getattr(stage, "remark", "")))}
    known = prompts.variables(material) | {name: text for name, text in said.items() if text}
    known |= {"frames": str(len(times)), "times": ", ".join(f"{time_s:.1f}" for time_s in times)} if times else {}
    text, system = (prompts.fill(words, known) for words in (prompt.text, prompt.system))
    return Question(clip_id, stage.model, system, text, times, size, tokens)


def _times(stage: Seeing, material: Material) -> tuple[float, ...]:  # type: ignore[type-arg]
    """When the frames are that the formula takes; of keyframes only the file knows."""
    clip = material.clip
    stretch = sampling.Stretch(clip.frames, clip.video.info.fps or 1.0)
    if stage.sampling == sampling.KEYFRAMES:
        return ()
    if stage.sampling == sampling.CANDIDATES:
        indices = sampling.every(stretch, stage.every_s)[: stage.frames]
    else:
        indices = sampling.FORMULAS[stage.sampling](stretch, stage.frames)
    return tuple(round(stretch.time_s(index), 2) for index in indices)


def _seconds(session: Session, stage: Asking) -> list[float]:  # type: ignore[type-arg]
    """How long the latest captions of this method and model took each, shared among those that were on their way at once."""
    latest = select(Caption.seconds).where(Caption.stage == stage.name, Caption.seconds > 0, Caption.outcome == "ok")
    rows = session.scalars(latest.order_by(Caption.id.desc()).limit(LOOKED_AT)).all()
    return [seconds / AT_ONCE for seconds in rows]


AT_ONCE = 8
"""Questions that are on their way together, at least; an estimate on the safe side."""
