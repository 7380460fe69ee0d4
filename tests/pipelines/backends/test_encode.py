"""Questions as the networks take them, against each model's own processor asked for the whole batch at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from pipelines.backends import loading
from pipelines.backends.encode import Encoder, metadata
from pipelines.chat import Film, Message, Picture, Request
from tests.support.films import film
from tests.tiny import CAPTIONERS

NAMES = [build.__name__ for build in CAPTIONERS]
PROMPTS = ("describe the video", "describe the video in detail, please", "describe")
Tiny = Callable[[str], Path]


def encoder(place: Path) -> Encoder:
    return Encoder(loading.processor(place), torch.float32)


def by_the_processor(place: Path, films: list[Film]) -> dict[str, Any]:
    """One call for all of them, as the model's page tells to do it."""
    processor = loading.processor(place)
    options: dict[str, Any] = {"padding": True, "padding_side": "left"}
    if getattr(processor, "video_processor", None) is None:
        media = [
            [
                part
                for time_s, frame in zip(one.times_s, one.frames, strict=True)
                for part in (
                    {"type": "text", "text": f"{time_s:.1f} s:"},
                    {"type": "image", "image": Image.fromarray(frame)},
                )
            ]
            for one in films
        ]
    else:
        media = [[{"type": "video", "video": one.frames}] for one in films]
        facts = [
            {
                "fps": one.fps,
                "frames_indices": list(one.indices),
                "total_num_frames": one.total,
                "duration": one.total / one.fps,
            }
            for one in films
        ]
        options |= {"do_sample_frames": False, "video_metadata": facts}
        if hasattr(processor.video_processor, "cap_pixels_per_frame"):
            options["cap_pixels_per_frame"] = True
    talks = [
        [{"role": "user", "content": [*some, {"type": "text", "text": prompt}]}]
        for some, prompt in zip(media, PROMPTS, strict=False)
    ]
    return dict(
        processor.apply_chat_template(
            talks, tokenize=True, return_dict=True, return_tensors="pt", add_generation_prompt=True, processor_kwargs=options
        )
    )


@pytest.mark.parametrize("sizes", [[(96, 64)] * 3, [(96, 64), (64, 96), (64, 64)]], ids=["one size", "three sizes"])
@pytest.mark.parametrize("name", NAMES)
def test_side_by_side_is_what_the_processor_makes_of_all_at_once(
    name: str, sizes: list[tuple[int, int]], tiny_model: Tiny
) -> None:
    ours = encoder(tiny_model(name))
    films = [film(4, size=size, seed=seed) for seed, size in enumerate(sizes)]
    rows = [ours.row(Request.of(one, prompt)) for one, prompt in zip(films, PROMPTS, strict=True)]
    assert len({row.shape for row in rows}) == 1
    together, expected = ours.beside(rows), by_the_processor(tiny_model(name), films)
    assert together.keys() == expected.keys()
    for key, value in expected.items():
        if key != "second_per_grid_ts":  # theirs comes from the length over the number; ours from true times
            assert torch.equal(together[key], torch.as_tensor(value)), key
    assert [row.tokens for row in rows] == expected["attention_mask"].sum(1).tolist()
    assert all(mask[0] == 0 or mask.all() for mask in together["attention_mask"])  # filled up on the left alone


@pytest.mark.parametrize("name", NAMES)
def test_unequal_numbers_of_frames_go_together_only_where_they_may(name: str, tiny_model: Tiny) -> None:
    ours = encoder(tiny_model(name))
    four, six = (ours.row(Request.of(film(count), "describe")) for count in (4, 6))
    assert (four.shape == six.shape) == (name not in ("llava_onevision", "llava_next_video"))
    assert four.tokens < six.tokens


def words_of(ours: Encoder, request: Request) -> str:
    text: str = ours.tokenizer.decode(ours.row(request).inputs["input_ids"][0])
    return text


def test_qwen3_vl_is_told_the_true_times_at_a_varying_rate(tiny_model: Tiny) -> None:
    """Two frames become one step in time, told by their mean."""
    plain = film(4)
    uneven = Film(plain.frames, (0.0, 1.0, 3.5, 9.5), plain.indices, plain.total, plain.fps)
    told = re.findall(r"<([\d.]+) seconds>", words_of(encoder(tiny_model("qwen3_vl")), Request.of(uneven, "describe")))
    assert told == ["0.5", "6.5"]


def test_smolvlm_is_told_the_true_times(tiny_model: Tiny) -> None:
    plain = film(3)
    uneven = Film(plain.frames, (0.0, 2.2, 61.0), plain.indices, 1600, plain.fps)
    text = words_of(encoder(tiny_model("smolvlm")), Request.of(uneven, "describe"))
    assert re.findall(r"Frame from (\d+:\d+)", text) == ["00:00", "00:02", "01:01"]
    assert "1:04" in text  # the length: 1600 frames at 25 a second


def test_qwen2_5_vl_is_told_the_time_between_two_frames(tiny_model: Tiny) -> None:
    seconds = encoder(tiny_model("qwen2_5_vl")).row(Request.of(film(4), "describe")).inputs["second_per_grid_ts"]
    assert float(seconds[0]) == pytest.approx(2 * (99 / 25) / 3)
    assert seconds.dtype == torch.float32


def test_one_frame_has_a_time_too() -> None:
    facts = metadata(film(1))
    assert facts["total_num_frames"] / facts["fps"] == pytest.approx(4.0)
    assert metadata(Film(film(2).frames, (0.0, 1.0), (0, 1), 2, 0.0))["fps"] == 1.0


def test_who_takes_pictures_alone_reads_the_times_in_words(tiny_model: Tiny) -> None:
    ours = encoder(tiny_model("llava_next"))
    assert not ours.takes_films
    text = words_of(ours, Request.of(film(3), "describe"))
    assert re.findall(r"([\d.]+) s:", text) == ["0.0", "2.0", "4.0"]


@pytest.mark.parametrize("name", [*NAMES, "qwen3_text"])
def test_words_that_mean_a_picture_to_the_model_are_words(name: str, tiny_model: Tiny) -> None:
    """Text that was read on screen ends up in prompts."""
    ours = encoder(tiny_model(name))
    control = [*ours.tokenizer.get_added_vocab()]
    hostile = Request.of(*([] if name == "qwen3_text" else [film(4)]), f"on screen stands {' '.join(control)}")
    plain = Request.of(*([] if name == "qwen3_text" else [film(4)]), "on screen stands nothing")
    numbers = ours.tokenizer.get_added_vocab().values()
    counts = [
        [int((ours.row(request).inputs["input_ids"] == number).sum()) for number in numbers] for request in (hostile, plain)
    ]
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", NAMES)
def test_pictures_and_several_turns_keep_their_order(name: str, tiny_model: Tiny) -> None:
    ours = encoder(tiny_model(name))
    pictures = [Picture(np.full((64, 96, 3), value, np.uint8)) for value in (10, 200)]
    request = Request.of("first:", pictures[0], "second:", pictures[1], system="be brief").then("a dog", "and then?")
    text = words_of(ours, request)
    places = [text.index(word) for word in ("be brief", "first:", "second:", "a dog", "and then?")]
    assert places == sorted(places)
    values = ours.row(request).inputs["pixel_values"].flatten()
    assert float(values[: len(values) // 4].mean()) < float(values[-len(values) // 4 :].mean())


def test_a_model_without_a_system_message_hears_it_first(tiny_model: Tiny) -> None:
    ours = encoder(tiny_model("qwen3_text"))
    refusing = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    ours.tokenizer.chat_template = refusing + ours.tokenizer.chat_template
    assert "<|im_start|>user\nbe brief\na dog<|im_end|>" in words_of(ours, Request.of("a dog", system="be brief"))


def test_another_mistake_of_a_template_is_not_hidden(tiny_model: Tiny) -> None:
    ours = encoder(tiny_model("qwen3_text"))
    ours.tokenizer.chat_template = "{{ raise_exception('broken') }}"
    with pytest.raises(Exception, match="broken"):
        ours.row(Request((Message("user", ("a dog",)),)))
