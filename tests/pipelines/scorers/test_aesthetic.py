"""The aesthetic score: the head's answer to unit vectors, the mean over frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import transformers as tf
from safetensors.torch import load_file

from pipelines.errors import Fatal
from pipelines.records import Material
from pipelines.scan import sheet
from pipelines.scorers.aesthetic import PREDICTORS, Aesthetic
from pipelines.weights import both_formats
from tests.support.scans import Scanned, material

FILM = "sam2__05_default_juggle.mp4"


@pytest.fixture(scope="module")
def clips(scanned: Callable[[str], Scanned]) -> list[Material]:
    return [material(clip) for clip in scanned(FILM).clips]


def by_hand(folder: Path, predictor: str, clip: Material, frames: list[int]) -> float:
    """Layer by layer, frame by frame."""
    chosen = PREDICTORS[predictor]
    place = next(path for path in folder.glob("*/*/config.json") if chosen.model in _names(path.parent, folder))
    model, processor = tf.AutoModel.from_pretrained(place.parent), tf.AutoProcessor.from_pretrained(place.parent)
    tensors = load_file(folder / chosen.source / both_formats(chosen.file)[0])
    pictures = sheet.read_rgb(clip.sheet)
    found = []
    for index in frames:
        with torch.inference_mode():
            seen = model.eval().get_image_features(**processor.image_processor(pictures[index], return_tensors="pt"))
        value = torch.nn.functional.normalize(seen.pooler_output, dim=-1)
        for number in (0, 2, 4):
            value = torch.nn.functional.linear(value, tensors[f"layers.{number}.weight"], tensors[f"layers.{number}.bias"])
        found.append(float(value))
    return sum(found) / len(found)


def _names(place: Path, folder: Path) -> list[str]:
    from pipelines.catalogue import catalogue

    return [name for name, model in catalogue().items() if folder / model.repo == place]


@pytest.mark.parametrize("predictor", PREDICTORS)
def test_it_is_the_mean_over_frames_of_what_the_head_says(
    predictor: str, models_folder: Path, clips: list[Material]
) -> None:
    scorer = Aesthetic(predictor=predictor, frames=2)
    scorer.setup()
    measured = scorer.process(clips)
    for clip, one in zip(clips, measured, strict=True):
        count = len(clip.sheet.times_s)
        frames = [int(0.25 * count), int(0.75 * count)]
        assert one.scores[0].value == pytest.approx(by_hand(models_folder, predictor, clip, frames), abs=1e-3)
    scorer.close()


def test_two_predictors_say_different_things(models_folder: Path, clips: list[Material]) -> None:
    said = set()
    for predictor in PREDICTORS:
        scorer = Aesthetic(predictor=predictor)
        scorer.setup()
        said.add(scorer.process(clips[:1])[0].scores[0].value)
    assert len(said) == len(PREDICTORS)


def test_missing_weights_are_named_with_place_and_licence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAPPER_MODELS", str(tmp_path))
    with pytest.raises(
        Fatal,
        match=r"the weights of siglip-so400m are not here; put all files .* of .*siglip-so400m",
    ):
        Aesthetic().setup()
    with pytest.raises(Fatal, match=r"put aesthetic_predictor_v2_5\.pth from https://github\.com/.* \(AGPL-3\.0\) into"):
        PREDICTORS["siglip"].head()


def test_licences_are_where_people_choose() -> None:
    assert all(predictor.licence in Aesthetic.about for predictor in PREDICTORS.values())
