"""A head's layers are one linear map: checked against layers one behind the other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from pipelines.backends.head import read_linear
from pipelines.errors import Fatal
from tests.support.weights import head

WIDTHS = (1152, 1024, 128, 64, 16, 1)


def layered(tensors: dict[str, torch.Tensor], vectors: torch.Tensor) -> torch.Tensor:
    """The published way: one layer after the other."""
    for number in sorted({int(name.split(".")[1]) for name in tensors}):
        vectors = torch.nn.functional.linear(vectors, tensors[f"layers.{number}.weight"], tensors[f"layers.{number}.bias"])
    return vectors[:, 0]


@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
@pytest.mark.parametrize("widths", [WIDTHS, (768, 1), (768, 1024, 128, 64, 16, 8, 8, 8, 8, 8, 8, 1)], ids=len)
def test_one_map_is_all_layers(widths: tuple[int, ...], suffix: str, tmp_path: Path) -> None:
    tensors = {name: one.double() / 30 for name, one in head(0, widths).items()}
    path = tmp_path / f"head{suffix}"
    save_file(tensors, path) if suffix == ".safetensors" else torch.save(tensors, path)
    weight, constant = read_linear(path, width=widths[0])
    vectors = torch.randn(5, widths[0], generator=torch.Generator().manual_seed(1)).double()
    assert vectors.numpy() @ weight + constant == pytest.approx(layered(tensors, vectors).numpy(), rel=1e-6)


class Harm:
    def __reduce__(self) -> tuple[object, ...]:
        return print, ("it ran",)


def test_a_file_that_could_run_code_does_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"layers.0.weight": Harm()}, tmp_path / "head.pth")
    with pytest.raises(Fatal, match=r"head\.pth is damaged or holds more than weights; copy it there again"):
        read_linear(tmp_path / "head.pth", width=8)
    assert "it ran" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "tensors",
    [
        {},
        {"layers.0.weight": torch.ones(2, 32), "layers.0.bias": torch.ones(2)},
        {"layers.0.weight": torch.ones(4, 32), "layers.2.weight": torch.ones(1, 5)},
        {"layers.0.weight": torch.ones(1, 16)},
    ],
    ids=["nothing", "two numbers out", "layers that do not fit", "another width"],
)
def test_another_file_is_refused(tensors: dict[str, torch.Tensor], tmp_path: Path) -> None:
    save_file(tensors, tmp_path / "head.safetensors")
    with pytest.raises(Fatal, match="is not a head for vectors of 32 numbers"):
        read_linear(tmp_path / "head.safetensors", width=32)


def test_half_a_file_is_damaged(tmp_path: Path) -> None:
    for name in ("head.pth", "head.safetensors"):
        (tmp_path / name).write_bytes(b"half")
        with pytest.raises(Fatal, match="is damaged"):
            read_linear(tmp_path / name, width=8)


def test_precision_is_kept(tmp_path: Path) -> None:
    save_file({"fc.weight": torch.full((1, 1152), 0.1), "fc.bias": torch.tensor([1.0])}, tmp_path / "head.safetensors")
    weight, constant = read_linear(tmp_path / "head.safetensors", width=1152)
    assert float(np.full(1152, 0.5) @ weight) + constant == pytest.approx(58.6, rel=1e-6)
