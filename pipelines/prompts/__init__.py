"""Prompts: a Markdown file each, and the variables that may stand in them.

A file is an optional head between two lines `---` (YAML: `about`, `system`) and the words. `{name}` is filled in for each
clip; only names listed in `VARIABLES` are looked at, so a prompt may show JSON as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipelines.errors import Usage
from pipelines.records import Material, Prompt

FOLDER = Path(__file__).parent
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
VARIABLE = re.compile(r"\{([a-z_]+)\}")
VARIABLES = {
    "duration": "length of the clip in seconds",
    "camera": "what the camera does, as measured",
    "movement": "how much moves, in words",
    "colours": "the dominant colours",
    "words": "what was read on screen",
    "facts": "all of these, a line each",
    "caption": "the caption in hand: of a rewriter, or what a person wrote",
    "captions": "captions of frames or stretches, a line each with their times",
    "previous": "what was said of the stretch before",
    "first": "number of the frame before, from 1",
    "second": "number of the frame after",
    "first_s": "time of the frame before, in seconds",
    "second_s": "time of the frame after, in seconds",
    "frames": "how many frames are shown",
    "times": "times of the frames, in seconds",
    "question": "what a person asks, or how they want it changed",
    "language": "the language to write in",
    "sentences": "the sentences of the caption, numbered",
}
FACTS = (
    ("duration", "length"),
    ("camera", "camera"),
    ("movement", "movement"),
    ("colours", "colours"),
    ("words", "words on screen"),
)


@dataclass(frozen=True, slots=True)
class Shipped:
    """A prompt that comes with Clapper."""

    prompt: Prompt
    about: str


def names() -> list[str]:
    """The prompts that ship."""
    return sorted(path.stem for path in FOLDER.glob("*.md"))


def shipped(name: str) -> Shipped:
    """A prompt by its name. Raises `Usage` with the known ones."""
    path = FOLDER / f"{name}.md"
    if not NAME.fullmatch(name) or not path.is_file():
        raise Usage(f"there is no prompt {name!r}; known: {', '.join(names())}, or write the words themselves")
    head, text = _parted(path.read_text(encoding="utf-8"))
    return Shipped(Prompt(name, text.strip(), str(head.get("system", "")).strip()), str(head.get("about", "")))


def load(value: Any) -> Prompt:
    """A prompt from what stands in a recipe: the name of one that ships, the words themselves, or `{name, text, system}`.

    One word in lower case is a name; anything longer is what the model reads. Raises `Usage` for an unknown name or
    variable.
    """
    match value:
        case Prompt():
            prompt = value
        case str() if NAME.fullmatch(value):
            prompt = shipped(value).prompt
        case str() if value.strip():
            prompt = Prompt("", value.strip())
        case {"text": str(text), **rest} if text.strip() and not rest.keys() - {"name", "system"}:
            prompt = Prompt(str(rest.get("name", "")), text.strip(), str(rest.get("system", "")))
        case _:
            raise Usage(f"{value!r} is no prompt; give a name ({', '.join(names())}) or the words")
    _must_be_known(prompt)
    return prompt


def written(prompt: Prompt) -> str:
    """As it stands in a recipe: its name when it ships under it, else its words."""
    ships = prompt.name in names() and shipped(prompt.name).prompt == prompt
    return prompt.name if ships else prompt.text


def fill(text: str, variables: Mapping[str, str]) -> str:
    """The words with their variables filled in; a known variable without a value becomes "unknown"."""

    def value(match: re.Match[str]) -> str:
        return variables.get(match[1], "unknown") if match[1] in VARIABLES else match[0]

    return VARIABLE.sub(value, text)


def filled(prompt: Prompt, known: Mapping[str, str]) -> Prompt:
    """A prompt with the variables of both its parts filled in."""
    return Prompt(prompt.name, fill(prompt.text, known), fill(prompt.system, known))


def variables(material: Material) -> dict[str, str]:
    """What was measured on a clip, as words for a prompt."""
    from pipelines.captioners.measured import speed  # a captioner's own words; it needs nothing of prompts

    found = {
        "duration": f"{material.clip.duration_s:.1f}",
        "camera": material.facts.get("camera", ""),
        "movement": speed(material) or "",
        "colours": material.facts.get("colours", ""),
        "words": material.facts.get("words", ""),
    }
    units = {"duration": " seconds"}
    lines = [f"- {label}: {found[name]}{units.get(name, '')}" for name, label in FACTS if found[name]]
    return {name: text for name, text in found.items() if text} | {"facts": "\n".join(lines)}


def _parted(text: str) -> tuple[dict[str, Any], str]:
    """Head and words of a file."""
    if not text.startswith("---\n"):
        return {}, text
    head, _, words = text.removeprefix("---\n").partition("\n---\n")
    return yaml.safe_load(head) or {}, words


def _must_be_known(prompt: Prompt) -> None:
    """A misspelt variable would reach the model as it stands."""
    asked = VARIABLE.findall(f"{prompt.system}\n{prompt.text}")
    if unknown := [name for name in asked if name not in VARIABLES]:
        raise Usage(f"the prompt has a variable {{{unknown[0]}}} that does not exist; known: {', '.join(VARIABLES)}")
