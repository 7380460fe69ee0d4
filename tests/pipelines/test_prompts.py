"""Prompts ship as files, or are written for a run; variables are filled in and misspelt ones refused."""

from __future__ import annotations

import pytest

from pipelines import prompts
from pipelines.errors import Usage
from pipelines.records import Material, Prompt
from tests.contracts.conftest import materials  # noqa: F401 - a fixture


@pytest.mark.parametrize("name", prompts.names())
def test_each_says_what_it_is_for_and_can_be_used(name: str) -> None:
    found = prompts.shipped(name)
    assert found.about.endswith(".") and prompts.load(name) == found.prompt
    assert found.prompt.text and "---" not in found.prompt.text


def test_words_are_a_prompt_of_their_own() -> None:
    words = prompts.load("What colour is it?")
    assert words == Prompt("", "What colour is it?")
    assert prompts.load({"name": "mine", "text": "Look."}) == Prompt("mine", "Look.")
    assert len({prompts.load(one).digest for one in ("Look.", "Look!", "video-detail")}) == 3


@pytest.mark.parametrize("value", ["no-such-prompt", "", {"text": ""}, {"name": "x"}, 5, None, {"text": "x", "more": 1}])
def test_what_is_no_prompt_is_told(value: object) -> None:
    with pytest.raises(Usage, match="prompt"):
        prompts.load(value)


def test_a_misspelt_variable_is_refused_and_json_is_not_taken_for_one() -> None:
    with pytest.raises(Usage, match=r"\{camra\} that does not exist"):
        prompts.load("The {camra} moves.")
    json = 'Answer with {"caption": "..."} and {}.'
    assert prompts.fill(prompts.load(json).text, {"caption": "x"}) == json


def test_variables_are_filled_once() -> None:
    """A caption that holds a variable's name is data, not a prompt."""
    assert prompts.fill("{caption} {camera}", {"caption": "say {camera}", "camera": "static"}) == "say {camera} static"
    assert prompts.fill("{camera}", {}) == "unknown"


def test_what_was_measured_becomes_words(materials: list[Material]) -> None:  # noqa: F811
    found = prompts.variables(materials[1])
    assert found["duration"] == f"{materials[1].clip.duration_s:.1f}"
    assert "camera" in found["facts"] and found["facts"].startswith("- length: ")
