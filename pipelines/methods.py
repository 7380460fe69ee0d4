"""Methods by themselves: a captioner, rewriter or aligner as a recipe of one stage, for clips that are there already."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.asking import Asking
from pipelines.errors import Usage
from pipelines.recipe import LISTED, Recipe, with_sets
from pipelines.stage import Configured

KINDS = ("captioners", "rewriters", "aligners")


def names() -> list[str]:
    """All methods, captioners first."""
    return [name for kind in KINDS for name, _ in LISTED[kind]]


def recipe_of(name: str, sets: Sequence[str] = ()) -> Recipe:
    """The method as a recipe, with `name.field=value` set on top. Raises `Usage` naming the known ones."""
    kind = next((kind for kind in KINDS if name in LISTED[kind]), None)
    if kind is None:
        raise Usage(f"there is no method {name!r}; known: {', '.join(names())}")
    return with_sets({"name": name, "about": LISTED[kind][name].about, kind: [name]}, sets)


def stage_of(recipe: Recipe) -> Configured:
    """The one stage of such a recipe."""
    (stage,) = recipe.after_rules()
    return stage


def asks(recipe: Recipe) -> bool:
    """Whether a model is asked at all."""
    return any(isinstance(stage, Asking) for stage in recipe.after_rules())
