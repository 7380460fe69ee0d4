"""What every recipe that ships keeps to."""

from __future__ import annotations

import pytest
import yaml

from pipelines import recipe
from pipelines.recipe import FOLDER
from tests.support.stages import is_sentence

NAMES = recipe.names()


def test_the_default_is_there() -> None:
    assert "quickstart" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_its_name_is_its_files_and_it_says_what_it_does(name: str) -> None:
    made = recipe.load(name)
    assert made.name == name
    assert is_sentence(made.about)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_the_file_is_lost_or_invented(name: str) -> None:
    written = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    made = recipe.load(name)
    assert recipe.from_config(made.config()) == made
    assert written["scan"].items() <= made.scan.model_dump().items()
    assert set(written["rules"]) == {rule.score for rule in made.rules}


@pytest.mark.parametrize("name", NAMES)
def test_stages_can_be_told_apart_and_rules_can_be_met(name: str) -> None:
    made = recipe.load(name)
    stages = [stage.name for stage in made.stages()]
    assert len(set(stages)) == len(stages) == len(set(made.digests().values()))
    assert made.captioners or made.scan.whole, "only what is taken as it is needs no caption of ours"
    for rule in made.rules:
        assert rule.score in made.scores()
        assert rule.low is not None or rule.high is not None
        assert rule.low is None or rule.high is None or rule.low < rule.high
