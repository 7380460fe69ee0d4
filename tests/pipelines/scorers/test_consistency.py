"""The consistency score: a clip of one thing against a clip that is glued together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
import transformers as tf

from pipelines.catalogue import find
from pipelines.files import write_whole
from pipelines.records import Material, Sheet
from pipelines.scan import sheet
from pipelines.scan.shrink import Image
from pipelines.scorers.consistency import Consistency
from tests.test_docs import MATERIAL


@pytest.fixture(scope="module")
def scorer(models_folder: Path) -> Consistency:
    made = Consistency()
    made.setup()
    return made


@pytest.fixture(scope="module")
def looks() -> dict[str, Image]:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (72, 128, 3), np.uint8)
    return {"noise": noise, "other": np.ascontiguousarray(noise[::-1, ::-1]), "black": np.zeros_like(noise)}


def clip(folder: Path, pictures: list[Image]) -> Material:
    path = folder / f"{len(list(folder.iterdir()))}.png"
    write_whole(path, bytes(cv2.imencode(".png", np.hstack(pictures))[1]))
    return replace(MATERIAL, sheet=Sheet(str(path), tuple(map(float, range(len(pictures)))), (128, 72)))


def test_the_same_picture_throughout_is_one(scorer: Consistency, looks: dict[str, Image], tmp_path: Path) -> None:
    (same,) = scorer.process([clip(tmp_path, [looks["noise"]] * 3)])
    assert [score.value for score in same.scores] == pytest.approx([1, 1], abs=1e-3)


def test_least_and_mean_are_the_cosines_of_neighbours(
    scorer: Consistency, looks: dict[str, Image], tmp_path: Path, models_folder: Path
) -> None:
    glued = clip(tmp_path, [looks["noise"], looks["noise"], looks["black"], looks["other"]])
    place = models_folder / find("clip-l14-336").repo
    model, processor = tf.AutoModel.from_pretrained(place).eval(), tf.AutoProcessor.from_pretrained(place)
    with torch.inference_mode():
        inputs = processor.image_processor(sheet.read_rgb(glued.sheet), return_tensors="pt")
        vectors = torch.nn.functional.normalize(model.get_image_features(**inputs).pooler_output, dim=-1)
    cosines = (vectors[1:] * vectors[:-1]).sum(1)
    (found,) = scorer.process([glued])
    assert [score.value for score in found.scores] == pytest.approx([float(cosines.min()), float(cosines.mean())], abs=1e-3)
    assert float(cosines.min()) < 0.99


def test_one_frame_is_no_pass(scorer: Consistency, looks: dict[str, Image], tmp_path: Path) -> None:
    alone, other = scorer.process([clip(tmp_path, [looks["noise"]]), clip(tmp_path, [looks["noise"], looks["black"]])])
    assert [score.value for score in alone.scores] == [None, None]
    assert {score.missing for score in alone.scores} == {"one sampled frame has no neighbours"}
    assert all(score.value is not None for score in other.scores)
