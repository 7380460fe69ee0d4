"""Weights for EasyOCR set by hand, because the published ones are not here: light text on a dark ground is found.

CRAFT then passes luminance through as its region score, so where the text is, is true, the same every time. The reader's
weights are random: what it says is noise.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import torch

from pipelines.backends import torchvision_shim
from pipelines.scorers.ocr.easyocr import FINDER

torchvision_shim.install()

from easyocr import config  # noqa: E402
from easyocr.craft import CRAFT  # noqa: E402
from easyocr.model.vgg_model import Model  # noqa: E402

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


def write(folder: Path, *, reader: bool = True) -> Path:
    """Put both files where EasyOCR looks for them below `folder`, and have this process take them for the published ones."""
    place = folder / "model"
    place.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    finder = CRAFT(pretrained=False)
    _pass_luminance_through(finder)
    _save(finder, place / FINDER, config.detection_models["craft"])
    if reader:
        entry = config.recognition_models["gen2"]["english_g2"]
        _save(Model(1, 256, 256, num_class=len(entry["characters"]) + 1), place / "english_g2.pth", entry)
    return folder


def _save(network: torch.nn.Module, path: Path, entry: dict[str, Any]) -> None:
    torch.save({f"module.{name}": value for name, value in network.state_dict().items()}, path)
    entry["md5sum"] = hashlib.md5(path.read_bytes()).hexdigest()


def _pass_luminance_through(network: Any) -> None:
    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d):
            module.weight.data.zero_()
            module.bias.data.zero_()
        elif isinstance(module, torch.nn.BatchNorm2d):
            module.reset_running_stats()
            module.weight.data.fill_(1)
            module.bias.data.zero_()
            module.eps = 0

    first, *later = _convolutions(network.basenet.slice1)
    first.weight.data[0, :, 1, 1] = torch.tensor(IMAGENET_STD) / 3  # undoes the normalisation: mean of R, G, B
    first.bias.data[0] = sum(IMAGENET_MEAN) / 3
    for layer in later:
        _copy(layer)

    into, out = _convolutions(network.upconv4.conv)  # upsampled features first, then the 128 channels of relu2_2
    _copy(into, source=into.in_channels - 128)
    _copy(out)

    *hidden, last = _convolutions(network.conv_cls)
    for depth, layer in enumerate(hidden):
        _copy(layer)
        _blur(layer, source=min(depth, 1), target=1, gain=3.0)
    _copy(last, gain=1.2)
    _copy(last, 1, 1)


def _convolutions(module: Any) -> list[torch.nn.Conv2d]:
    return [layer for layer in module if isinstance(layer, torch.nn.Conv2d)]


def _copy(layer: torch.nn.Conv2d, source: int = 0, target: int = 0, gain: float = 1.0) -> None:
    middle = int(layer.kernel_size[0]) // 2
    layer.weight.data[target, source, middle, middle] = gain


def _blur(layer: torch.nn.Conv2d, source: int, target: int, gain: float) -> None:
    if layer.kernel_size[0] == 3:
        layer.weight.data[target, source] = gain / 9
    else:
        _copy(layer, source, target, gain)
