"""torchvision can be used beside a torch without CUDA, and what is put in place of its compiled part is right."""

from __future__ import annotations

import json
import subprocess
import sys

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.backends.torchvision_shim import nms
from tests.conftest import ROOT

CODE = """
import sys
from pipelines.backends import torchvision_shim
torchvision_shim.install()
torchvision_shim.install()
assert "torch" not in sys.modules and "torchvision" not in sys.modules
import importlib.util
assert importlib.util.find_spec("torchvision") and "torch" not in sys.modules  # only probed for
import json, torch, torchvision
from torchvision.transforms import v2
boxes = torch.tensor([[0., 0, 10, 10], [1, 1, 11, 11], [20, 20, 30, 30]])
print(json.dumps({
    "finders": sum(type(f).__name__ == "Finder" for f in sys.meta_path),
    "kept": torchvision.ops.nms(boxes, torch.tensor([0.8, 0.9, 0.7]), 0.5).tolist(),
    "size": list(v2.Resize((4, 6))(torch.zeros(3, 8, 8)).shape),
}))
"""


def test_it_imports_and_works_in_a_fresh_process() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"finders": 1, "kept": [1, 2], "size": [3, 4, 6]}


BOX = st.tuples(*[st.integers(0, 40)] * 2, *[st.integers(1, 20)] * 2).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))


def overlap(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    shared = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return shared / (sum(areas) - shared)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(BOX, st.integers(0, 1000)), max_size=12, unique_by=lambda pair: pair[1]), st.sampled_from([0.3, 0.5])
)
def test_a_box_goes_when_a_better_one_that_stays_overlaps_it(scored: list[tuple[tuple[int, ...], int]], most: float) -> None:
    kept: list[int] = []
    for index in sorted(range(len(scored)), key=lambda index: -scored[index][1]):
        if all(overlap(scored[index][0], scored[other][0]) <= most for other in kept):
            kept.append(index)
    boxes = torch.tensor([box for box, _ in scored], dtype=torch.float64).reshape(-1, 4)
    assert nms(boxes, torch.tensor([float(score) for _, score in scored]), most).tolist() == kept
