"""A caption without a model: it says what was measured, and that nothing else is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from pipelines.kinds import CAPTIONERS, Captioner
from pipelines.records import Caption, Material

CAMERA = {
    "static": "the camera stands still",
    "handheld": "the camera is hand-held",
    "complex": "the camera moves in many ways",
}
SPEEDS = ((0.002, "nothing moves"), (0.01, "little moves"), (0.05, "there is some movement"), (float("inf"), "much moves"))
LIGHTS = (
    (0.12, "a very dark picture"),
    (0.3, "a dark picture"),
    (0.65, "an evenly lit picture"),
    (float("inf"), "a bright picture"),
)
COLOURFUL = ((0.1, "almost without colour"), (0.3, "in muted colours"), (float("inf"), "in strong colours"))


@CAPTIONERS.register
class FromMeasurements(Captioner):
    """Light, colours, camera, movement, length and words on screen, in a sentence or two."""

    name: ClassVar[str] = "measured"
    about: ClassVar[str] = "Writes only what was measured: length, camera, movement, light, colours, words. Needs no model."
    version: ClassVar[int] = 1
    batch_size: ClassVar[int] = 64

    words: bool = Field(True, description="Quote the words that were read on screen")

    def process(self, batch: Sequence[Material]) -> list[Caption]:
        return [Caption(self._write(material), model="measured") for material in batch]

    def _write(self, material: Material) -> str:
        seconds = f"{material.clip.duration_s:.1f}".removesuffix(".0")
        picture = ", ".join(filter(None, (light(material), colours(material))))
        shot = ", ".join(filter(None, (camera(material), speed(material), f"{seconds} seconds")))
        sentences = [f"{picture}: {shot}." if picture else f"{shot}."]
        if self.words and (read := material.facts.get("words")):
            sentences.append(f"on screen stands “{read}”.")
        sentences.append("only measured: what it shows was not recognised.")
        return " ".join(sentence[0].upper() + sentence[1:] for sentence in sentences)


def camera(material: Material) -> str | None:
    """What the camera does, as a clause; None when it was not measured."""
    moves = material.facts.get("camera")
    if not moves:
        return None
    return CAMERA.get(moves) or "the camera " + " and ".join(_third_person(move) for move in moves.split(" and "))


def _third_person(move: str) -> str:
    """ "pan left" → "pans to the left", "zoom in" → "zooms in"."""
    verb, way = move.split(" ", 1)
    return f"{verb}s to the {way}" if way in ("left", "right") else f"{verb}s {way}"


def speed(material: Material) -> str | None:
    return _graded(material, "motion", SPEEDS)


def light(material: Material) -> str | None:
    return _graded(material, "brightness", LIGHTS)


def colours(material: Material) -> str | None:
    """How colourful, and which colours cover most of it."""
    how, which = _graded(material, "saturation", COLOURFUL), material.facts.get("colours", "")
    names = " and ".join(which.rsplit(", ", 1))
    return ", mostly ".join(filter(None, (how, names))) or None


def _graded(material: Material, score: str, steps: tuple[tuple[float, str], ...]) -> str | None:
    measured = material.scores.get(score)
    if measured is None or measured.value is None:
        return None
    value = measured.value
    return next(word for upper, word in steps if value < upper)
