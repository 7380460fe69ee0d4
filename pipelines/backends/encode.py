"""Questions as a network takes them: words and frames through the model's own processor, one by one, then side by side.

Each question is prepared alone, so that it can happen in any thread while the network works on others. What is put side by
side is exactly what the processor makes of all at once; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jinja2 import TemplateError
from PIL import Image

from pipelines.chat import Content, Film, Message, Picture, Request

PADDED = {"pixel_values", "pixel_attention_mask"}
"""Of these a question with fewer or smaller pictures is filled up with zeros, which the networks leave out again."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One question, ready for the network: tensors whose first dimension is one, or counts pictures, frames or patches."""

    inputs: dict[str, Any]
    tokens: int
    """Of words and frames together."""

    @property
    def shape(self) -> tuple[Any, ...]:
        """What has to be equal within a batch: which tensors there are, and all sizes that cannot be filled up."""
        media = ((name, one) for name, one in sorted(self.inputs.items()) if not self.is_row(one))
        return tuple((name, None if name in PADDED else tuple(one.shape[1:])) for name, one in media)

    def is_row(self, tensor: Any) -> bool:
        """Whether a tensor has a number for each token."""
        return tuple(tensor.shape) == (1, self.tokens)

    def on(self, device: Any) -> Row:
        """The same, lying where the network will read it."""
        return Row({name: one.to(device) for name, one in self.inputs.items()}, self.tokens)


class Encoder:
    """A processor with what it needs to be told. Not for several threads at once: tokenizers keep state."""

    def __init__(self, processor: Any, dtype: Any) -> None:
        self._processor, self._dtype = processor, dtype
        self.tokenizer = getattr(processor, "tokenizer", processor)
        self._control = sorted(self.tokenizer.get_added_vocab(), key=len, reverse=True)
        self.takes_pictures = getattr(processor, "image_processor", None) is not None
        self.takes_films = getattr(processor, "video_processor", None) is not None

    def row(self, request: Request) -> Row:
        """A question with room for the answer behind it."""
        inputs = dict(self._applied(request.messages))
        return Row({name: self._typed(name, one) for name, one in inputs.items()}, inputs["input_ids"].shape[1])

    def beside(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Rows of one shape as one batch, shorter ones filled up on the left."""
        longest = max(row.tokens for row in rows)
        return {
            name: torch.cat([self._filled(name, row, longest) for row in rows])
            if rows[0].is_row(one)
            else torch.cat(_alike([row.inputs[name] for row in rows]))
            for name, one in rows[0].inputs.items()
        }

    def _applied(self, messages: Sequence[Message]) -> Any:
        try:
            return self._template(messages)
        except TemplateError:  # some models know no system message; what it says then opens the first question
            if messages[0].role != "system":
                raise
            first = Message("user", (*messages[0].content, *messages[1].content))
            return self._template([first, *messages[2:]])

    def _template(self, messages: Sequence[Message]) -> Any:
        """Built anew on every call, because transformers changes what it is given."""
        films = [content for message in messages for content in message.content if isinstance(content, Film)]
        options: dict[str, Any] = {}
        if films and self.takes_films:
            options = {"do_sample_frames": False, "video_metadata": [metadata(film) for film in films]}
            if hasattr(self._processor.video_processor, "cap_pixels_per_frame"):
                options["cap_pixels_per_frame"] = True  # its default changes between releases
        return self._processor.apply_chat_template(
            [[self._message(message) for message in messages]],
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            add_generation_prompt=True,
            enable_thinking=False,
            **({"processor_kwargs": options} if self.takes_pictures else {}),
        )

    def _message(self, message: Message) -> dict[str, Any]:
        parts = [part for content in message.content for part in self._parts(content)]
        if self.takes_pictures:
            return {"role": message.role, "content": parts}
        return {"role": message.role, "content": "\n".join(part["text"] for part in parts)}

    def _parts(self, content: Content) -> Iterator[dict[str, Any]]:
        match content:
            case str():
                yield {"type": "text", "text": self._harmless(content)}
            case Picture():
                yield {"type": "image", "image": Image.fromarray(content.pixels)}
            case Film() if self.takes_films:
                yield {"type": "video", "video": content.frames}
            case Film():
                for time_s, picture in zip(content.times_s, content.pictures(), strict=True):
                    yield {"type": "text", "text": f"{time_s:.1f} s:"}
                    yield {"type": "image", "image": Image.fromarray(picture.pixels)}

    def _harmless(self, text: str) -> str:
        """Words that mean a picture or an end to this model, pulled apart: text read on screen may say anything."""
        for word in self._control:
            text = text.replace(word, f"{word[0]} {word[1:]}")
        return text

    def _typed(self, name: str, tensor: Any) -> Any:
        """Pictures in the network's own precision; times stay exact."""
        return tensor.to(self._dtype) if name == "pixel_values" or name == "pixel_values_videos" else tensor

    def _filled(self, name: str, row: Row, longest: int) -> Any:
        filler = self.padding if name == "input_ids" else 0
        return torch.nn.functional.pad(row.inputs[name], (longest - row.tokens, 0), value=filler)

    @property
    def padding(self) -> int:
        """The token that fills up; the end where a tokenizer has none for it."""
        found = self.tokenizer.pad_token_id
        return int(self.tokenizer.eos_token_id if found is None else found)


def metadata(film: Film) -> dict[str, Any]:
    """What processors work times out from, such that they come to the true ones, at a varying frame rate too.

    A frame's time is its index over the rate; the time between two frames is the whole length over their number.
    """
    fps, times, count = film.fps or 1.0, film.times_s, len(film.times_s)
    spacing = (times[-1] - times[0]) / (count - 1) if count > 1 else film.total / fps
    return {
        "fps": fps,
        "frames_indices": [time_s * fps for time_s in times],
        "total_num_frames": count * spacing * fps,
        "duration": film.total / fps,
        "height": film.frames.shape[1],
        "width": film.frames.shape[2],
    }


def _alike(tensors: Sequence[Any]) -> list[Any]:
    """Filled up with zeros behind, until all but the first dimension are equal."""
    largest = [max(sizes) for sizes in zip(*(one.shape[1:] for one in tensors), strict=True)]
    if all(list(one.shape[1:]) == largest for one in tensors):
        return list(tensors)
    found = [one.new_zeros((len(one), *largest)) for one in tensors]
    for whole, one in zip(found, tensors, strict=True):
        whole[tuple(map(slice, one.shape))] = one
    return found
