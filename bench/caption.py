"""How many clips a second are captioned in this process:
`python -m bench.caption VIDEO... [--model FOLDER | --card BATCH_S CLIP_S] [--json]`.

Clips of the videos go the whole way of the captioner `video` with the backend `transformers`: frames decoded from the
source, prepared, batched, answered. Beside it stands a bare loop: the same questions, prepared before the clock starts, in
batches of the same size, one `generate` after the other. Their ratio says what everything around the network costs.

Without `--model` the weights are random: Qwen3-VL at the size of its 8B where there is a card, a tiny one else. Random
weights hardly ever say that they are done, so nearly every answer has `--tokens` tokens.

`--card` stands in for a card where there is none: nothing is computed, every batch takes so many seconds and so many more
for each of its clips. The ratio then says whether decoding, preparing and batching keep pace with a card of that speed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import torch

from bench.card import Card, make_room
from bench.card import weights as full_processor
from pipelines import wire
from pipelines.backends import device
from pipelines.backends.encode import Row
from pipelines.backends.engine import Engine
from pipelines.captioners.video import Video
from pipelines.chat import Request
from pipelines.child import Child
from pipelines.records import Clip, Material, Sheet, VideoInfo
from pipelines.records import Video as Source
from tests import tiny

CLIP_S = 5.0
NO_SHEET = Sheet("", (0.0,), (1, 1))
SHAPE_8B: dict[str, Any] = {
    "text": {
        "hidden_size": 4096, "intermediate_size": 12288, "num_hidden_layers": 36, "num_attention_heads": 32,
        "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151936, "max_position_embeddings": 262144,
    },
    "vision": {
        "depth": 27, "hidden_size": 1152, "intermediate_size": 4304, "num_heads": 16, "out_hidden_size": 4096,
        "num_position_embeddings": 2304, "deepstack_visual_indexes": [8, 16, 24],
    },
    "sections": [24, 20, 20],
    "most_tokens": 16384,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rate:
    """One run."""

    device: str
    weights: str
    clips: int
    tokens_in: float
    """Of a question, on average."""
    tokens_out: float
    clips_per_s: float
    bare_clips_per_s: float
    ratio: float
    busy: float
    """Share of the clock in which `generate` was at work: of the card's time, where there is one."""


def materials(paths: Sequence[str], count: int) -> list[Material]:
    """Stretches of five seconds, taken in turn from the videos until there are enough."""
    with Child() as child:
        told = [child.run("pipelines.media.opening:probe_file", {"path": path}, seconds=60) for path in paths]
    stretches = [clip for path, one in zip(paths, told, strict=True) for clip in _stretches(path, one)]
    return [Material(clip, NO_SHEET) for clip in islice(cycle(stretches), count)]


def measure(
    place: Path, clips: Sequence[Material], *, tokens: int, frames: int, side: int, card: Card | None = None
) -> Rate:
    """Both ways with the model in a folder, or with a card that stands in for it."""
    settings: Any = {"model": str(place), "max_tokens": tokens, "frames": frames, "frame_px": side}
    stage = Video(backend="transformers", **settings)
    stage.setup()
    engine: Engine = stage.chat._engine  # type: ignore[attr-defined]
    if card:
        card.take_place(engine)
    try:
        with ThreadPoolExecutor(stage.window) as pool:
            films = list(pool.map(stage.film, clips))  # all children that decode are there before the clock starts
            questions = [Request.of(film, stage.prompt.text, decoding=stage.decoding()) for film in films]
            bare_s = _bare(engine, questions)
            busy_s, since = engine.network.busy_s, time.monotonic()
            said = list(pool.map(stage.one, clips))
            whole_s = time.monotonic() - since
        busy_s = engine.network.busy_s - busy_s
    finally:
        stage.close()
    count = len(clips)
    read, written = (sum(getattr(one.usage, name) for one in said) / count for name in ("tokens_in", "tokens_out"))
    return Rate(
        device=_card_name(card),
        weights=place.name,
        clips=count,
        tokens_in=read,
        tokens_out=written,
        clips_per_s=count / whole_s,
        bare_clips_per_s=count / bare_s,
        ratio=bare_s / whole_s,
        busy=busy_s / whole_s,
    )


def _bare(engine: Engine, questions: Sequence[Request]) -> float:
    """Seconds of `generate` over ready inputs, in order of length and as many at once as the engine takes."""
    encoder = engine._new_encoder()
    rows = sorted((encoder.row(one).on(engine.network.device) for one in questions), key=lambda row: (row.shape, row.tokens))
    decoding = questions[0].decoding
    together = list(batches(rows, most=engine.rows, room=engine.batcher.tokens, answer=decoding.max_tokens))
    engine.network.answer(rows[:1], [decoding], encoder)  # the first call loads what is loaded once
    since = time.monotonic()
    for some in together:
        engine.network.answer(some, [decoding] * len(some), encoder)
    return time.monotonic() - since


def batches(rows: Sequence[Row], *, most: int, room: int, answer: int) -> Iterator[list[Row]]:
    """The rows in their order, those of one shape together, at most so many and with at most `room` tokens: each counts as
    long as the longest, and its answer with it."""
    some: list[Row] = []
    for row in rows:
        longest = max(one.tokens for one in [*some, row]) + answer
        if some and (row.shape != some[0].shape or len(some) == most or longest * (len(some) + 1) > room):
            yield some
            some = []
        some.append(row)
    if some:
        yield some


def random_weights(folder: Path) -> Path:
    """A checkpoint without sense, of full size where a card can hold it."""
    if device.best().type == "cpu":
        return tiny.write("qwen3_vl", folder)
    torch.set_default_dtype(torch.bfloat16)
    with torch.device(device.best()):
        made = tiny.qwen3_vl_of(**SHAPE_8B)
    torch.set_default_dtype(torch.float32)
    return tiny.save(made, folder / "random-8b")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("videos", nargs="+")
    parser.add_argument("--model", type=Path, help="folder with weights; random ones without it")
    parser.add_argument("--clips", type=int, default=64)
    parser.add_argument("--tokens", type=int, default=150, help="of each answer")
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--side", type=int, default=512, help="of a square with as many pixels as a frame has at most")
    parser.add_argument("--card", nargs=2, type=float, metavar=("BATCH_S", "CLIP_S"), help="compute nothing, take this long")
    parser.add_argument("--json", action="store_true")
    asked: Any = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if card := Card(*asked.card) if asked.card else None:
            make_room()
        place = asked.model or (full_processor if card else random_weights)(Path(folder))
        clips = materials(asked.videos, asked.clips)
        rate = measure(place, clips, tokens=asked.tokens, frames=asked.frames, side=asked.side, card=card)
    print(json.dumps(asdict(rate)) if asked.json else _told(rate))


def _stretches(path: str, told: dict[str, Any]) -> list[Clip]:
    info = wire.load(VideoInfo, told)
    source = Source("", path, 0, info)  # nothing here asks whose bytes they are
    step = round(CLIP_S / info.time_base)
    count = max(1, int(info.duration_s / CLIP_S))
    first, frames = info.first_pts, round(CLIP_S * info.fps)
    return [Clip(source, first + number * step, first + (number + 1) * step, frames) for number in range(count)]


def _card_name(card: Card | None) -> str:
    return (
        f"a card that is not there, {card.batch_s:g} s a batch and {card.clip_s:g} s a clip"
        if card
        else device.name(device.best())
    )


def _told(rate: Rate) -> str:
    card = "no card: the share is the processor's" if rate.device == device.name(torch.device("cpu")) else rate.device
    return (
        f"{rate.clips} clips, {rate.tokens_in:.0f} tokens in, {rate.tokens_out:.0f} out, weights {rate.weights}, {card}\n"
        f"{rate.clips_per_s:8.2f} clips/s the whole way\n"
        f"{rate.bare_clips_per_s:8.2f} clips/s bare generate\n"
        f"{rate.ratio:8.2f} ratio\n"
        f"{rate.busy:8.2f} share of the time in which generate was at work"
    )


if __name__ == "__main__":
    main()
