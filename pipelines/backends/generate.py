"""A network that writes, loaded in this process: any causal language model, and those that see pictures or films.

A batch is one call of `generate`. Each row has its own limit, temperature and seed, and says what it would have said alone.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import torch
import transformers
from transformers.generation import LogitsProcessor, StoppingCriteria

from pipelines.backends import device, loading, room
from pipelines.backends.batching import TooLarge
from pipelines.backends.encode import Encoder, Row
from pipelines.backends.spoken import spoken
from pipelines.busy import BUSY
from pipelines.chat import Decoding
from pipelines.errors import Cancelled, Fatal, Refused

CPU_TOKENS = 16_384
"""Of all rows of a batch without a card."""
OUT_OF_MEMORY = ("can't allocate memory", "out of memory", "ALLOC_FAILED")
SHARE = 0.6
"""Of the card's free memory that what is remembered of each token may take; the rest is for computing."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was said on one row."""

    text: str
    tokens_in: int
    tokens_out: int
    """The end included."""
    finish: str
    """stop, or length."""


class Network:
    """Weights on the best device there is. `answer` is for one thread at a time."""

    def __init__(self, place: Path, *, bits: int = 16, code: bool = False) -> None:
        """Load from a folder; `bits` is 4, 8 or 16. Raises `Fatal`."""
        found = loading.config(place, code=code)
        self.device = device.best()
        self.dtype = device.half(self.device)
        self._model = loading.network(
            auto_class(found), place, dtype=self.dtype, code=code, **loading.placing(place, self.device, bits=bits)
        )
        self.device = self._model.device  # the one card of several that it lies on
        self._text = found.get_text_config()
        self.stopping = Event()
        """Set by whoever wants the batch at work to end."""
        self.busy_s = 0.0
        """Seconds of the clock that `generate` took so far."""

    @property
    def longest(self) -> int:
        """Tokens of question and answer that the network was made for."""
        return int(getattr(self._text, "max_position_embeddings", 0) or 1 << 20)

    def near(self, row: Row) -> Row:
        """A row where the network will read it, unless there is no room for it to wait there."""
        try:
            return row.on(self.device)
        except torch.OutOfMemoryError:
            return row

    def room(self) -> int:
        """Tokens that fit in a batch, estimated from free memory."""
        if self.device.type == "cpu":
            return CPU_TOKENS
        free, _ = torch.accelerator.get_memory_info(self.device)
        return max(1, int(SHARE * free / self._bytes_per_token()))

    def answer(self, rows: Sequence[Row], decodings: Sequence[Decoding], encoder: Encoder) -> list[Said]:
        """What the network says on each row, in order. Raises `TooLarge` when memory runs out, `Cancelled`, `Fatal`."""
        since = time.monotonic()
        try:
            with BUSY.computing():
                new = self._generated(encoder.beside([row.on(self.device) for row in rows]), decodings, encoder)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise _broken(error) from error
            new = None
        finally:
            self.busy_s += time.monotonic() - since
        if new is None:  # only now has the error let go of what was being computed
            room.give_back()
            raise TooLarge
        if self.stopping.is_set():
            raise Cancelled("the model was closed")
        ends = _tokens(self._model.generation_config.eos_token_id)
        return [
            _said(tokens, row, decoding, ends, encoder) for tokens, row, decoding in zip(new, rows, decodings, strict=True)
        ]

    def _generated(self, inputs: dict[str, Any], decodings: Sequence[Decoding], encoder: Encoder) -> list[list[int]]:
        """New tokens of each row."""
        length = inputs["input_ids"].shape[1]
        config = copy.deepcopy(self._model.generation_config)
        config.update(do_sample=False, temperature=1.0, top_p=1.0, top_k=50, pad_token_id=encoder.padding)
        with torch.inference_mode():
            whole = self._model.generate(
                **inputs,
                generation_config=config,
                max_new_tokens=max(one.max_tokens for one in decodings),
                logits_processor=[Choosing(decodings, self.device)],
                stopping_criteria=[Enough(length, [one.max_tokens for one in decodings], self.stopping)],
            )
        found: list[list[int]] = whole[:, length:].tolist()
        return found

    def _bytes_per_token(self) -> int:
        """Keys and values of all layers."""
        config = self._text
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        return int(2 * config.num_hidden_layers * heads * width * self.dtype.itemsize)


def auto_class(config: Any) -> str:
    """Which of transformers' Auto classes builds the network of a configuration. Raises `Fatal` when none does."""
    for name in ("AutoModelForImageTextToText", "AutoModelForCausalLM"):
        auto = getattr(transformers, name)
        if type(config) in auto._model_mapping or name in getattr(config, "auto_map", {}):
            return name
    raise Fatal(f"a {config.model_type} writes no text; take a captioner or a language model")


def is_out_of_memory(error: RuntimeError) -> bool:
    """Whether less at a time would have gone well: as torch, the processor, CUDA and its libraries say it."""
    return isinstance(error, torch.OutOfMemoryError) or any(words in str(error) for words in OUT_OF_MEMORY)


def _broken(error: RuntimeError) -> Exception:
    if isinstance(error, torch.AcceleratorError):
        return Fatal(f"the card stopped working ({error}); start the worker again")
    return error


def must_fit(row: Row, decoding: Decoding, longest: int) -> None:
    """Raises `Refused` when question and answer together are longer than the network was made for."""
    if row.tokens + decoding.max_tokens > longest:
        raise Refused(
            "too_long",
            f"the question takes {row.tokens} tokens and may be answered with {decoding.max_tokens}, but the model reads "
            f"{longest} in all; show fewer or smaller frames",
        )


class Choosing(LogitsProcessor):  # type: ignore[misc]
    """Draws the next token of each row by its own temperature, share and seed, whatever stands beside it.

    Adding Gumbel noise to logits and taking the largest is drawing from their softmax (the Gumbel-max trick). So `generate`
    may stay greedy, and rows with and without chance go together.
    """

    def __init__(self, decodings: Sequence[Decoding], device: Any) -> None:
        self._decodings = decodings
        self._sources = [_source(one, device) if one.temperature > 0 else None for one in decodings]

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        found = scores.clone() if any(self._sources) else scores
        for number, (decoding, source) in enumerate(zip(self._decodings, self._sources, strict=True)):
            if source is not None:
                logits = _likely(scores[number].float() / decoding.temperature, decoding.top_p)
                noise = torch.rand(logits.shape, generator=source, device=logits.device).clamp_(1e-20)
                found[number] = logits - torch.log(-torch.log(noise))
        return found


class Enough(StoppingCriteria):  # type: ignore[misc]
    """Ends each row at its own limit, and all of them when somebody wants to stop."""

    def __init__(self, length: int, limits: Sequence[int], stopping: Event) -> None:
        self._length, self._limits, self._stopping = length, limits, stopping

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        written = input_ids.shape[1] - self._length
        done = [self._stopping.is_set() or written >= limit for limit in self._limits]
        return torch.tensor(done, device=input_ids.device)


def _source(decoding: Decoding, device: Any) -> Any:
    source = torch.Generator(device)
    source.seed() if decoding.seed is None else source.manual_seed(decoding.seed)
    return source


def _likely(logits: Any, top_p: float) -> Any:
    """The most likely tokens that together reach `top_p`; minus infinity for the others."""
    if top_p >= 1:
        return logits
    ranked, order = logits.sort(descending=True)
    before = ranked.softmax(0).cumsum(0) - ranked.softmax(0)
    return logits.masked_fill(torch.zeros_like(before, dtype=torch.bool).scatter(0, order, before >= top_p), -torch.inf)


def _said(tokens: Sequence[int], row: Row, decoding: Decoding, ends: set[int], encoder: Encoder) -> Said:
    """The words of a row up to its end, which is where it stopped or where its limit is."""
    within = tokens[: decoding.max_tokens]
    end = next((number for number, token in enumerate(within, 1) if token in ends), None)
    words = encoder.tokenizer.decode(within[: end or None], skip_special_tokens=True)
    return Said(spoken(words), row.tokens, end or len(within), "stop" if end else "length")


def _tokens(value: Any) -> set[int]:
    """One token, several, or none, as transformers keeps them."""
    return set() if value is None else {value} if isinstance(value, int) else set(value)
