"""Makes the published torchvision, which is linked against CUDA, importable beside a torch without CUDA.

Its compiled part cannot be loaded then, so the schemas of its operators are missing and `import torchvision` fails with
"operator torchvision::nms does not exist". All that is plain Python works once the two schemas are there. `install()` must
come before the first import of torchvision; it is cheap, and where the compiled part loads it changes nothing.
"""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Sequence
from functools import cache
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


def install() -> None:
    """Look after the first import of torchvision in this process."""
    if "torchvision" not in sys.modules and not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())


class Finder:
    """Finds torchvision as Python would; the work waits until it is executed, because others only probe for it."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != "torchvision":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None or not spec.origin:
            return spec
        execute, compiled = spec.loader.exec_module, Path(spec.origin).with_name("_C.so")

        def exec_module(module: ModuleType) -> None:
            missing = not _loads(compiled)
            if missing:
                _schemas()
            execute(module)
            if missing:
                _replace_nms()

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def nms(boxes: Any, scores: Any, iou_threshold: float) -> Any:
    """Greedy non-maximum suppression: indices of the boxes (n × left, top, right, bottom) that stay, best score first."""
    import torch

    keep = []
    order = scores.argsort(descending=True, stable=True)
    left, top, right, bottom = boxes.unbind(1)
    areas = (right - left) * (bottom - top)
    while order.numel():
        best, rest = order[0], order[1:]
        keep.append(best)
        width = (torch.minimum(right[best], right[rest]) - torch.maximum(left[best], left[rest])).clamp(min=0)
        height = (torch.minimum(bottom[best], bottom[rest]) - torch.maximum(top[best], top[rest])).clamp(min=0)
        shared = width * height
        order = rest[shared / (areas[best] + areas[rest] - shared) <= iou_threshold]
    return torch.stack(keep) if keep else torch.empty(0, dtype=torch.long)


def _loads(compiled: Path) -> bool:
    import torch

    if not compiled.exists():
        return False
    try:
        torch.ops.load_library(str(compiled))
    except OSError:
        return False
    return True


@cache
def _schemas() -> Any:
    """The registrations live as long as the object that is returned, which the cache keeps."""
    import torch

    library = torch.library.Library("torchvision", "DEF")
    library.define(f"nms{SCHEMA}")
    library.define(f"qnms{SCHEMA}")
    library.impl("nms", nms, "CPU")
    return library


def _replace_nms() -> None:
    import torchvision.ops
    from torchvision.ops import boxes

    torchvision.ops.nms = boxes.nms = nms
