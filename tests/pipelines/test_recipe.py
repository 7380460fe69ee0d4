"""Recipes from files and `--set`, checked before anything runs; each error is one sentence that helps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines import recipe
from pipelines.errors import Usage
from pipelines.records import Rule

SMALL: dict[str, Any] = {
    "name": "small",
    "about": "A test.",
    "scan": {"min_s": 2, "max_s": 8},
    "scorers": [{"text": {"frames": 1}}],
    "rules": {"motion": {"low": 0.01}, "text": {"high": 0.1}},
    "captioners": ["measured"],
}


def changed(**parts: Any) -> dict[str, Any]:
    return {**SMALL, **parts}


def test_parts_become_stages_in_the_order_of_the_work() -> None:
    made = recipe.from_config(SMALL)
    assert [stage.name for stage in made.stages()] == ["scan", "text", "measured"]
    assert made.rules == (Rule("motion", 0.01, None), Rule("text", None, 0.1))
    assert (made.scan.max_s, made.stage("text").frames) == (8, 1)  # type: ignore[attr-defined]
    assert {"motion", "text", "duration"} <= made.scores()


def test_it_comes_back_from_the_database_as_it_went() -> None:
    made = recipe.from_config(SMALL)
    assert recipe.from_config(made.config()) == made


def test_only_the_scan_is_needed() -> None:
    made = recipe.from_config({"name": "bare"})
    assert [stage.name for stage in made.stages()] == ["scan"]
    assert made.rules == ()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("scan.max_s=7", lambda made: made.scan.max_s == 7),
        ("scan.threshold=", lambda made: made.scan.threshold is None),
        (" scan.detector = content ", lambda made: made.scan.detector == "content"),
        ("text.frames=5", lambda made: made.stage("text").frames == 5),
        ("measured.words=false", lambda made: made.stage("measured").words is False),
        ("rules.motion.low=0.5", lambda made: made.rules[0] == Rule("motion", 0.5)),
        ("rules.motion.high=2", lambda made: Rule("motion", 0.0002, 2) in made.rules),
        ("rules.motion.low=", lambda made: Rule("motion") in made.rules),
        ("rules.contrast.low=0.1", lambda made: Rule("contrast", 0.1) in made.rules),
    ],
)
def test_set_changes_one_thing(text: str, read: Any) -> None:
    made = recipe.load("quickstart", [text])
    assert read(made)
    assert recipe.load("quickstart") == recipe.load("quickstart", [])


def test_a_text_can_be_emptied() -> None:
    made = recipe.load("sharecaptioner", ["sliding.embedder=", "scan.threshold="])
    assert made.stage("sliding").model_dump()["embedder"] == "" and made.scan.threshold is None


def test_later_sets_win() -> None:
    assert recipe.load("quickstart", ["scan.max_s=7", "scan.max_s=9"]).scan.max_s == 9


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("scan.max=7", r"scan\.max: .*known: detector, threshold, min_s"),
        ("scan.max_s=long", r"scan\.max_s: "),
        ("scan.max_s=100000", r"scan\.max_s: .*600"),
        ("scan.max_s=4", r"at least twice min_s"),
        ("text.frames=0", r"text\.frames: "),
        ("texts.frames=2", r"no stage 'texts'; it has rules, scan, text, measured"),
        ("scan", r"write stage\.field=value"),
        ("scan=3", r"write stage\.field=value"),
        ("scan.max_s", r"write stage\.field=value"),
        ("rules.motoin.low=1", r"'motoin', which no stage"),
        ("rules.motion.low=much", r"rules\.motion\.low: 'much' is not a number"),
        ("rules.motion.lowest=1", r"rules\.motion: a rule is"),
        ("rules.motion=1", r"rules\.motion"),
        ("rules.motion.low=.nan", r"rules\.motion\.low: .* is not a number"),
        ("rules.motion.low=true", r"rules\.motion\.low: True is not a number"),
        ("measured.words=[", r"cannot be read"),
    ],
)
def test_a_set_that_does_not_fit_says_what_would(text: str, message: str) -> None:
    with pytest.raises(Usage, match=message):
        recipe.load("quickstart", [text])


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (changed(extra=1), r"has no extra; known: name"),
        (changed(scorers=["txet"]), r"'txet' in pipelines\.scorers; known: .*text"),
        (changed(captioners=[{"measured": {"style": "warm"}}]), r"measured\.style"),
        (changed(rules={"beauty": {"low": 5}}), r"'beauty', which no stage of 'small' measures; measured: .*motion"),
        (changed(rules={"motion": 0.5}), r"rules\.motion: a rule is"),
        (changed(rules=["motion"]), r"rules"),
        (changed(rules={"motion": {"low": 2, "high": 1}}), r"rules\.motion"),
        (changed(scorers=["text", {"text": {"frames": 1}}]), r"'text' .*twice"),
        (changed(scorers="text"), r"scorers"),
        (changed(scorers=5), r"scorers"),
        (changed(scorers=[{}]), r"scorers"),
        (changed(scorers=[3]), r"scorers"),
        (changed(scorers=[{"text": 3}]), r"text"),
        (changed(scan=[1]), r"scan"),
        (changed(scan={1: 2}), r"scan"),
    ],
)
def test_a_recipe_that_cannot_be_run_is_refused_with_a_sentence(config: dict[str, Any], message: str) -> None:
    with pytest.raises(Usage, match=message) as refusal:
        recipe.from_config(config)
    assert "\n" not in str(refusal.value)


def test_an_unknown_recipe_is_answered_with_the_known_ones() -> None:
    with pytest.raises(Usage, match=r"no recipe 'quikstart'; known: .*quickstart"):
        recipe.load("quikstart")


@pytest.mark.parametrize("text", ["- a\n- b\n", "", "just text", "a: [b\n"])
def test_a_file_that_is_no_recipe_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(Usage, match=r"mine\.yaml"):
        recipe.load(str(path))


@pytest.mark.parametrize("text", ["name: mine\nrules:\n", "name: mine\nscan:\nscorers:\ncaptioners:\n"])
def test_empty_parts_of_a_file_can_be_set(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    made = recipe.load(str(path), ["rules.motion.low=1", "scan.max_s=8"])
    assert (made.rules, made.scan.max_s) == ((Rule("motion", 1),), 8)
    with pytest.raises(Usage, match=r"no stage 'text'; it has rules, scan$"):
        recipe.load(str(path), ["text.frames=1"])


def test_code_in_yaml_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"name: !!python/object/apply:pathlib.Path.touch [{tmp_path / 'touched'}]\n")
    with pytest.raises(Usage, match=r"mine\.yaml"):
        recipe.load(str(path))
    with pytest.raises(Usage, match="cannot be read"):
        recipe.load("quickstart", ["scan.max_s=!!python/name:os.system"])


def test_a_change_is_felt_by_the_stages_that_read_it_and_no_other() -> None:
    first = recipe.load("quickstart").digests()

    def felt(*sets: str) -> set[str]:
        return {name for name, digest in recipe.load("quickstart", sets).digests().items() if digest != first[name]}

    assert felt() == set()
    assert felt("rules.motion.low=0.5") == set()  # judging again computes nothing
    assert felt("measured.words=false") == {"measured"}
    assert felt("text.frames=1") == {"text", "measured"}
    assert felt("scan.detector=content") == {"scan", "measured"}  # the same clip has the same sheet
    assert felt("scan.sheet_px=320") == {"scan", "text", "measured"}
