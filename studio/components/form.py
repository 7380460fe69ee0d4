"""A form from settings: every field becomes a control, and what differs from the recipe becomes `--set`.

Here is said what there is to fill in; `settings.js` draws it, as one component, so that a page holds the controls of what
was chosen and of nothing else.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import yaml
from pydantic import BaseModel

from pipelines import prompts
from pipelines.recipe import Recipe
from pipelines.records import Prompt
from studio.words.below import ENGLISH, Below

UNITS = {"s": "seconds", "px": "pixels", "mib": "MiB"}
RULES = "Which clips are kept. They can be moved later, in the Library, and nothing is computed again."
SIDES = (("low", "at least"), ("high", "at most"))
WIDEST_SLIDER = 100.0
"""Beyond this a slider cannot be aimed, and a number is typed instead."""


@dataclass(frozen=True, slots=True)
class Field:
    """A control."""

    name: str
    """As `--set` calls it: "scan.max_s", "rules.motion.low"."""
    label: str
    kind: str
    """text, number, slider, check, choice, or prompt: one that has a name, or words of one's own."""
    value: str | bool
    """As it is written in the control; an empty one says nothing."""
    info: str = ""
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    step: float | None = None
    """None is any number."""
    empty: str = ""
    """What an empty control means."""


@dataclass(frozen=True, slots=True)
class Part:
    """Controls that belong together, and fold away together."""

    title: str
    about: str
    fields: tuple[Field, ...]
    open: bool = False
    paired: bool = False
    """Two controls stand side by side."""


def shape(
    of: str, parts: Iterable[Part], values: Mapping[str, Any] | None = None, *, told: Below = ENGLISH
) -> dict[str, Any]:
    """What the component draws. Without `values` it keeps what a person typed when `of` was last chosen on this page."""
    found = {"of": of, "parts": [asdict(_told(part, told)) for part in parts]}
    return found if values is None else {**found, "values": {name: shown(value) for name, value in values.items()}}


def _told(part: Part, told: Below) -> Part:
    fields = tuple(replace(one, label=told(one.label), info=told(one.info), empty=told(one.empty)) for one in part.fields)
    return replace(part, title=told(part.title), about=told(part.about), fields=fields)


def given(value: Mapping[str, Any] | None) -> dict[str, Any]:
    """What stands in the controls: as it was drawn, and what a person changed since."""
    fields = {field["name"]: field["value"] for part in (value or {}).get("parts", []) for field in part["fields"]}
    return fields | {name: text for name, text in ((value or {}).get("values") or {}).items() if name in fields}


def parts(recipe: Recipe, *, without: Collection[str] = (), unfolded: bool = False) -> Iterator[Part]:
    """A part for each stage of the recipe, then its rules; stages in `without` are left out."""
    there = values(recipe)
    for stage in recipe.stages():
        if stage.name not in without:
            title = stage.name.replace("_", " ").capitalize()
            yield Part(title, stage.about, tuple(fields(type(stage), stage.name, there)), open=unfolded)
    if recipe.rules:
        yield Part("Rules", RULES, tuple(_limits(recipe, there)), paired=True)


def fields(model: type[BaseModel], owner: str, there: Mapping[str, Any] | None = None) -> Iterator[Field]:
    """Controls of a model's own fields, prompts first, with the values that are there, else the usual ones."""
    properties = model.model_json_schema().get("properties", {})
    for name, spec in sorted(properties.items(), key=lambda item: item[1].get("format") != "prompt"):
        target = f"{owner}.{name}"
        yield field(target, label(name, spec), spec, (there or {}).get(target, spec.get("default")))


def _limits(recipe: Recipe, there: Mapping[str, Any]) -> Iterator[Field]:
    for score in sorted({rule.score for rule in recipe.rules}):
        for side, words in SIDES:
            name = f"rules.{score}.{side}"
            yield Field(name, f"{score.capitalize()}, {words}", "text", shown(there.get(name)), empty="no limit")


def field(name: str, label: str, spec: Mapping[str, Any], value: Any) -> Field:
    """The control that fits a field's JSON schema."""

    def made(kind: str, **more: Any) -> Field:
        return Field(name, label, kind, shown(value), spec.get("description", ""), **more)

    match spec:
        case {"format": "prompt"}:
            return made("prompt", choices=tuple(prompts.names()))
        case {"enum": choices}:
            return made("choice", choices=tuple(choices))
        case {"type": "boolean"}:
            return made("check")
        case {"type": "integer" | "number" as kind}:
            low, high = spec.get("minimum"), spec.get("maximum")
            if low is None or high is None or high - low > WIDEST_SLIDER:
                return made("number", low=low, high=high, step=1 if kind == "integer" else None)
            return made("slider", low=low, high=high, step=1 if kind == "integer" else fine_step(low, high))
        case {"anyOf": [{"type": "integer" | "number"}, {"type": "null"}]}:
            return made("text", empty="automatic")
        case _:
            return made("text")


def shown(value: Any) -> str | bool:
    """A value as it is written in its control."""
    if isinstance(value, bool):
        return value
    return written(value) if value is None or isinstance(value, float) else str(value)


def label(name: str, spec: Mapping[str, Any]) -> str:
    """The field's title, or its name in words: "max_s" → "Max, seconds"."""
    title = spec.get("title", "")
    if title and title != name.replace("_", " ").title():
        return str(title)
    stem, _, unit = name.rpartition("_")
    text = f"{stem}, {UNITS[unit]}" if stem and unit in UNITS else name
    return text.replace("_", " ").capitalize()


def fine_step(low: float, high: float) -> float:
    """A power of ten that divides the range into at least a hundred steps."""
    return float(10.0 ** math.floor(math.log10((high - low) / 100)))


def values(recipe: Recipe) -> dict[str, Any]:
    """Everything that can be set, as the recipe has it."""
    found = {
        f"{stage.name}.{name}": prompts.written(value) if isinstance(value, Prompt) else value
        for stage in recipe.stages()
        for name, value in dict(stage).items()
    }
    for rule in recipe.rules:
        found |= {f"rules.{rule.score}.low": rule.low, f"rules.{rule.score}.high": rule.high}
    return found


def sets(recipe: Recipe, given: Mapping[str, Any]) -> list[str]:
    """`stage.field=value` for everything in which `given` differs from the recipe; what the recipe lacks is left out."""
    there = values(recipe)
    rules = {f"rules.{score}.{side}": None for score in recipe.scores() for side in ("low", "high")}
    known = {**rules, **there}
    changed = {name: value for name, value in given.items() if name in known and not same(value, known[name])}
    typed = {name for name, value in changed.items() if isinstance(value, str) and not isinstance(known[name], str)}
    return [f"{name}={value.strip() if name in typed else plain(value)}" for name, value in changed.items()]


def same(one: Any, other: Any) -> bool:
    """Equal to a person: an emptied box is no value, and sliders count in steps."""
    if one in ("", None) or other in ("", None):
        return one in ("", None) and other in ("", None)
    try:
        return math.isclose(float(one), float(other), rel_tol=1e-9, abs_tol=1e-12)
    except (TypeError, ValueError):
        return bool(one == other)


def plain(value: Any) -> str:
    """A value as it is written behind `=`, which is read as YAML."""
    if value is None or isinstance(value, float):
        return written(value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if reads_as(text, value) else json.dumps(value, ensure_ascii=False)


def reads_as(text: str, value: Any) -> bool:
    try:
        return bool(yaml.safe_load(text) == value)
    except yaml.YAMLError:
        return False


def written(value: float | None) -> str:
    """A number without an exponent; nothing for none."""
    return "" if value is None else f"{value:.10f}".rstrip("0").rstrip(".")
