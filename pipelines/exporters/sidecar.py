"""Clips with a text file each: NAME.mp4 beside NAME.txt, flat, as many LoRA trainers read a folder.

A clip that leaves with several captions is there once for each, under the name with _2, _3, …
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipelines.kinds import EXPORTERS, Cutter, Exporter
from pipelines.listing import one_line, pair_stem
from pipelines.records import Sample


@EXPORTERS.register
class Sidecar(Exporter):
    """The caption lies beside the clip, under its name."""

    name = "sidecar"
    about = "Each clip beside a .txt of the same name, for trainers that read a plain folder."

    def write(self, samples: Iterable[Sample], folder: Path, *, cut: Cutter) -> None:
        for sample, file in cut((sample, f"{pair_stem(sample)}.mp4") for sample in samples):
            (folder / file.name).with_suffix(".txt").write_text(one_line(sample.text) + "\n", encoding="utf-8")

    def preview(self, samples: Iterable[Sample]) -> str:
        return "\n".join(f"{pair_stem(sample)}.txt\n{one_line(sample.text)}\n" for sample in samples)
