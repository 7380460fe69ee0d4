"""Recipes of published pipelines carry their numbers; what differs on purpose is said in the recipe."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines import recipe
from pipelines.catalogue import find

NUMBERS: dict[str, dict[str, Any]] = {
    "easyanimate-v1": {
        "frame_summary": {
            "sampling": "middle",
            "frames": 1,
            "max_tokens": 256,
            "temperature": 0.0,
            "writer_temperature": 0.8,
            "writer_top_p": 0.95,
        },
        "models": ["llava-hf/llava-v1.6-vicuna-7b-hf", "mistralai/Mistral-7B-Instruct-v0.2"],
    },
    "easyanimate-v2": {
        "scan": {"detector": "content", "threshold": 27, "min_s": 3, "max_s": 10},
        "aesthetic": {"predictor": "siglip", "frames": 4},
        "video": {"sampling": "uniform", "frames": 8, "max_tokens": 512, "temperature": 0.0},
        "rewrite": {"temperature": 0.7, "top_p": 1.0, "max_tokens": 1024, "retries": 10},
        "align": {"model": "videoclip-xl"},
        "rules": {
            "consistency": (0.8, None),
            "aesthetic": (4.0, None),
            "text_easyanimate": (None, 0.02),
            "motion_farneback": (2, 20),
            "align": (0.2, None),
        },
        "order": ["scan", "consistency", "aesthetic", "text_easyanimate", "motion_farneback", "video", "rewrite", "align"],
    },
    "open-sora": {
        "scan": {"detector": "adaptive", "threshold": 3, "min_s": 2, "max_s": 10, "trim_frames": 1},
        "aesthetic": {"predictor": "clip", "frames": 3},
        "video": {"sampling": "fractions", "frames": 3, "temperature": 0.2, "max_tokens": 512},
        "models": ["llava-hf/llava-v1.6-34b-hf"],
    },
    "cogvlm2-caption": {
        "video": {"sampling": "per_second", "frames": 24, "frame_px": 224, "max_tokens": 2048, "temperature": 0.0},
        "models": ["THUDM/cogvlm2-llama3-caption"],
    },
    "sharecaptioner": {"sliding": {"sampling": "every", "every_s": 2, "alike": 0.93, "embedder": "clip-l14-336"}},
}
ASKED = {"order", "rules", "models"}


def test_all_that_ship_are_looked_at() -> None:
    assert {*NUMBERS, "clapper", "quickstart", "as-is"} == set(recipe.names())


@pytest.mark.parametrize("name", NUMBERS)
def test_settings(name: str) -> None:
    made = recipe.load(name)
    for stage, wanted in NUMBERS[name].items():
        if stage not in ASKED:
            found = made.stage(stage).model_dump()
            assert {field: found[field] for field in wanted} == wanted


@pytest.mark.parametrize("name", [name for name in NUMBERS if "rules" in NUMBERS[name]])
def test_rules(name: str) -> None:
    assert {rule.score: (rule.low, rule.high) for rule in recipe.load(name).rules} == NUMBERS[name]["rules"]


@pytest.mark.parametrize("name", [name for name in NUMBERS if "order" in NUMBERS[name]])
def test_order(name: str) -> None:
    assert [stage.name for stage in recipe.load(name).stages()] == NUMBERS[name]["order"]


@pytest.mark.parametrize("name", [name for name in NUMBERS if "models" in NUMBERS[name]])
def test_models(name: str) -> None:
    stages = [stage.model_dump() for stage in recipe.load(name).after_rules()]
    named = [stage[field] for stage in stages for field in ("model", "writer") if stage.get(field)]
    assert [find(one).repo for one in named] == NUMBERS[name]["models"]
