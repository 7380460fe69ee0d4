"""A form from a recipe's own stages: every field becomes a control, and what differs from the recipe becomes `--set`."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
import yaml

from pipelines import prompts
from pipelines.recipe import Recipe
from pipelines.records import Prompt
from pipelines.stage import Configured

UNITS = {"s": "seconds", "px": "pixels", "mib": "MiB"}
RULES = "Which clips are kept. They can be moved later, in the Library, and nothing is computed again."
WIDEST_SLIDER = 100.0
"""Beyond this a slider cannot be aimed, and a number is typed instead."""


@dataclass(frozen=True)
class Form:
    """The controls, by what `--set` calls them: "scan.max_s", "rules.motion.low"; and the part of each stage."""

    controls: dict[str, Any]
    parts: dict[str, Any]


def draw(recipes: Sequence[Recipe], first: Recipe, *, without: Collection[str] = (), unfolded: bool = False) -> Form:
    """One part for each stage that any recipe has, showing what belongs to `first`; stages in `without` are left out."""
    form = Form({}, {})
    there = values(first)
    for stage in (one for one in _distinct(recipes) if one.name not in without):
        properties = stage.model_json_schema().get("properties", {})
        with gr.Accordion(stage.name.replace("_", " ").capitalize(), open=unfolded, visible=_has(first, stage.name)) as part:
            gr.Markdown(stage.about, elem_classes="faint")
            for name, spec in sorted(properties.items(), key=lambda item: item[1].get("format") != "prompt"):  # words first
                target = f"{stage.name}.{name}"
                form.controls[target] = control(name, spec, there.get(target, spec.get("default")))
        form.parts[stage.name] = part
    _draw_rules(form, recipes, there)
    return form


def _draw_rules(form: Form, recipes: Sequence[Recipe], there: Mapping[str, Any]) -> None:
    if not any(recipe.rules for recipe in recipes):
        return
    with gr.Accordion("Rules", open=False):
        gr.Markdown(
            "Which clips are kept. They can be moved later in the Library; nothing is computed again.", elem_classes="faint"
        )
        for score in sorted({rule.score for recipe in recipes for rule in recipe.rules}):
            with gr.Row(elem_classes="pair"):
                for side, words in (("low", "at least"), ("high", "at most")):
                    target = f"rules.{score}.{side}"
                    label = f"{score.capitalize()}, {words}"
                    form.controls[target] = optional(label, there.get(target), placeholder="no limit", min_width=120)


def control(name: str, spec: Mapping[str, Any], value: Any) -> Any:
    """The control that fits a field's JSON schema."""
    common = {"label": label(name, spec), "info": spec.get("description"), "value": value, "interactive": True}
    match spec:
        case {"format": "prompt"}:
            return gr.Dropdown(prompts.names(), allow_custom_value=True, **common)
        case {"enum": choices}:
            return gr.Dropdown(choices, **common)
        case {"type": "boolean"}:
            return gr.Checkbox(**common)
        case {"type": "integer" | "number" as kind, "minimum": low, "maximum": high} if high - low <= WIDEST_SLIDER:
            return gr.Slider(low, high, step=1 if kind == "integer" else fine_step(low, high), buttons=[], **common)
        case {"type": "integer"}:
            return gr.Number(precision=0, **common)
        case {"type": "number"}:
            return gr.Number(**common)
        case {"anyOf": [{"type": "integer" | "number"}, {"type": "null"}]}:
            return optional(**common, placeholder="automatic")
        case _:
            return gr.Textbox(**common)


def optional(label: str, value: Any, **more: Any) -> Any:
    """A number that may be left out. Gradio's number box would show an empty one as 0, so it is a line of text."""
    return gr.Textbox(label=label, value=written(value), max_lines=1, **{"interactive": True, **more})


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


def show(form: Form, recipe: Recipe) -> dict[Any, Any]:
    """Updates that put a recipe's values into the controls and hide the parts it does not have."""
    there = values(recipe)
    updates = {control: gr.update(value=fit(control, there.get(name))) for name, control in form.controls.items()}
    return updates | {part: gr.update(visible=_has(recipe, name)) for name, part in form.parts.items()}


def fit(control: Any, value: Any) -> Any:
    """A value as the control shows it."""
    return written(value) if isinstance(control, gr.Textbox) and not isinstance(value, str) else value


def _distinct(recipes: Sequence[Recipe]) -> list[Configured]:
    found: dict[str, Configured] = {}
    for recipe in recipes:
        for stage in recipe.stages():
            found.setdefault(stage.name, stage)
    return list(found.values())


def _has(recipe: Recipe, stage: str) -> bool:
    return any(one.name == stage for one in recipe.stages())
