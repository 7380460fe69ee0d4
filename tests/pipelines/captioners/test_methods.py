"""What each method sends: which pictures, in which order, with which words around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from pipelines.aligners.judge import Judge
from pipelines.asking import Asking
from pipelines.backends.embed import describer
from pipelines.captioners.ask import Ask
from pipelines.captioners.fast import Fast
from pipelines.captioners.frame_summary import FrameSummary
from pipelines.captioners.sliding import Sliding
from pipelines.captioners.structured import StructuredCaptioner
from pipelines.captioners.video import Video
from pipelines.errors import Refused
from pipelines.kinds import Captioner
from pipelines.records import Caption, Draft, Material, Part
from pipelines.rewriters.critique import Critique
from pipelines.rewriters.recaption import Recaption
from pipelines.rewriters.rewrite import Rewrite
from pipelines.rewriters.summary import Summary
from pipelines.rewriters.translate import Translate
from tests.support.chat_server import Body, ChatServer, Reply, colours, describe, serving, text_of
from tests.support.moves import film
from tests.support.scans import material, scan_file

SECONDS = 12
"""More than ten, so that frame 10 would come before frame 2 if times were sorted as text."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Material:
    """Twelve seconds; each second is a little lighter, over a pattern of its own."""
    folder = tmp_path_factory.mktemp("methods")
    pictures = [_picture(second) for second in range(SECONDS) for _ in range(10)]
    path = film(folder / "a.mp4", pictures)
    scanned = scan_file(path, folder / "clips", detector="fixed", min_s=1, max_s=60, trim_frames=0, transitions=False)
    return material(scanned.clips[0])


def _picture(second: int) -> np.ndarray:
    pattern = np.random.default_rng(second).integers(-40, 41, (6, 10, 1))
    level = 40 + 15 * second
    return np.clip(pattern.repeat(16, 0).repeat(16, 1).repeat(3, 2) + level, 0, 255).astype(np.uint8)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    with serving() as found:
        monkeypatch.setenv("CLAPPER_SERVER", found.url)
        yield found


@pytest.fixture
def opened() -> Iterator[Callable[[Asking], Asking]]:  # type: ignore[type-arg]
    stages: list[Asking] = []  # type: ignore[type-arg]

    def open_(stage: Asking) -> Asking:  # type: ignore[type-arg]
        stages.append(stage)
        stage.setup()
        return stage

    yield open_
    for stage in stages:
        stage.close()


def kinds(body: Body) -> list[str]:
    """The parts of the question in order: words as they are, pictures as [picture]."""
    (message,) = [one for one in body["messages"] if one["role"] == "user"]
    if isinstance(message["content"], str):
        return [message["content"]]
    return [part.get("text", "[picture]") for part in message["content"]]


def levels(body: Body) -> list[int]:
    return [colour[0] for colour in colours(body)]


def test_video_sends_every_frame_behind_its_time_in_order(server: ChatServer, clip: Material, opened) -> None:  # type: ignore[no-untyped-def]
    video = opened(Video(sampling="per_second", frames=24, frame_px=96, prompt="How light is it after {duration} s?"))
    (caption,) = video.process([clip])
    (body,) = server.asked
    sent = kinds(body)
    assert sent[-1] == "How light is it after 12.0 s?"
    assert sent[:-1:2] == [f"{second}.0 s:" for second in range(SECONDS)] + ["11.9 s:"]
    assert set(sent[1:-1:2]) == {"[picture]"}
    assert levels(body) == sorted(levels(body)) and len(set(levels(body))) > 6
    assert caption.prompt is not None and caption.prompt.text.startswith("How light")


CHAIN = (Part(0.0, 2.0, "A wall."),)
TWO_PARTS = {"text": "Go.", "system": "It has {duration} s."}
STAGES: dict[str, Asking] = {  # type: ignore[type-arg]
    "video": Video(frames=2, frame_px=96, prompt=TWO_PARTS),
    "structured": StructuredCaptioner(frames=2, frame_px=96, prompt=TWO_PARTS),
    "fast": Fast(frame_px=96, prompt=TWO_PARTS),
    "sliding": Sliding(frame_px=96, prompt=TWO_PARTS),
    "frame_summary": FrameSummary(frames=2, frame_px=96, prompt=TWO_PARTS),
    "ask": Ask(frame_px=96, prompt=TWO_PARTS),
    "summary": Summary(prompt=TWO_PARTS),
    "recaption": Recaption(prompt=TWO_PARTS),
    "rewrite": Rewrite(prompt=TWO_PARTS),
    "critique": Critique(frames=2, frame_px=96, prompt=TWO_PARTS),
    "judge": Judge(frames=2, frame_px=96, prompt=TWO_PARTS | {"text": "1. Go."}),
}


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
def test_variables_stand_in_the_system_message_too(stage: Asking, server: ChatServer, clip: Material, opened) -> None:  # type: ignore[no-untyped-def,type-arg]
    item = clip if isinstance(stage, Captioner) else Draft(clip, Caption("A wall.", "tiny", parts=CHAIN))
    opened(stage).process([item])
    assert {"role": "system", "content": "It has 12.0 s."} in server.asked[-1]["messages"]


def test_key_frames_are_told_apart_by_the_network_as_published(
    tiny_model: Callable[[str], Path], server: ChatServer, clip: Material, opened
) -> None:  # type: ignore[no-untyped-def]
    place = str(tiny_model("clip"))
    sliding = opened(Sliding(embedder=place, every_s=2, frame_px=96))
    frames = sliding.film(clip).frames
    assert np.array_equal(sliding._describe(frames), describer(place)(frames))


def test_three_frames_are_three_pictures(server: ChatServer, clip: Material, opened) -> None:  # type: ignore[no-untyped-def]
    opened(Video(sampling="fractions", frames=3, frame_px=96)).process([clip])
    assert kinds(server.asked[0]).count("[picture]") == 3


def test_frame_summary_shows_one_frame_at_a_time_and_then_words_alone(server: ChatServer, clip: Material, opened) -> None:  # type: ignore[no-untyped-def]
    (caption,) = opened(FrameSummary(sampling="uniform", frames=3, frame_px=96)).process([clip])
    *looks, last = server.asked
    assert [kinds(body).count("[picture]") for body in looks] == [1, 1, 1]
    assert [levels(body)[0] for body in looks] == sorted(levels(body)[0] for body in looks)
    assert kinds(last).count("[picture]") == 0
    said = [part.text for part in caption.parts]
    assert [part.start_s for part in caption.parts] == [0.0, 4.0, 8.0]
    assert [text_of(last).index(text) for text in said] == sorted(text_of(last).index(text) for text in said)
    assert (caption.usage.tokens_in, caption.usage.tokens_out) == (400, 28)


def test_the_writer_may_be_freer_than_who_looks(server: ChatServer, clip: Material, opened) -> None:  # type: ignore[no-untyped-def]
    free = {"writer_temperature": 0.8, "writer_top_p": 0.95, "seed": 7}
    opened(FrameSummary(sampling="uniform", frames=2, frame_px=96, **free)).process([clip])
    *looks, last = ((body["temperature"], body.get("top_p"), body.get("seed")) for body in server.asked)
    assert (looks, last) == ([(0.0, None, None)] * 2, (0.8, 0.95, 7))


def test_a_frame_that_gets_no_words_is_left_out(server: ChatServer, clip: Material, opened) -> None:  # type: ignore[no-untyped-def]
    server.behave = lambda body, number: Reply("") if number == 1 else describe(body)
    (caption,) = opened(FrameSummary(sampling="uniform", frames=3, frame_px=96)).process([clip])
    assert [part.start_s for part in caption.parts] == [0.0, 8.0]
    server.behave = lambda body, number: Reply("I'm sorry, I can't help with that.")
    with pytest.raises(Refused, match="none of 3 frames"):
        opened(FrameSummary(sampling="uniform", frames=3, frame_px=96)).process([clip])


def test_fast_sends_one_picture_of_all_key_frames(server: ChatServer, clip: Material, opened) -> None:  # type: ignore[no-untyped-def]
    opened(Fast(frame_px=96)).process([clip])
    (body,) = server.asked
    assert kinds(body).count("[picture]") == 1
    assert "{frames}" not in text_of(body) and " key frames" in text_of(body)


def test_sliding_shows_neighbours_with_their_true_times_and_what_was_said_before(
    server: ChatServer, clip: Material, opened
) -> None:  # type: ignore[no-untyped-def]
    (caption,) = opened(Sliding(every_s=2, frame_px=96)).process([clip])
    first, *differences, summary = server.asked
    assert kinds(first).count("[picture]") == 1 and kinds(summary).count("[picture]") == 0
    assert [kinds(body).count("[picture]") for body in differences] == [2] * len(differences)
    assert len(differences) >= 4
    for number, (before, body) in enumerate(zip([first, *differences], differences, strict=False), 1):
        assert levels(body)[0] == levels(before)[-1], "the pair slides by one"
        assert f"number {number} at" in text_of(body) and f"number {number + 1} at {2 * number}.0 s" in text_of(body)
        assert caption.parts[number - 1].text in text_of(body)
    assert [part.end_s for part in caption.parts] == [2.0 * n for n in range(len(caption.parts))]
    assert all(part.text in text_of(summary) for part in caption.parts)


def test_a_chain_that_breaks_fails_with_the_frame(server: ChatServer, clip: Material, opened) -> None:  # type: ignore[no-untyped-def]
    server.behave = lambda body, number: Reply("") if number == 2 else describe(body)
    with pytest.raises(Refused, match="no usable words on key frame 3"):
        opened(Sliding(every_s=2, frame_px=96)).process([clip])


def test_a_summary_reads_no_frame_and_takes_any_stretch(server: ChatServer, clip: Material, opened) -> None:  # type: ignore[no-untyped-def]
    parts = tuple(Part(2.0 * n, 2.0 * n + 2, f"Step {n}.") for n in range(6))
    draft = Draft(clip, Caption("Whole.", "tiny", parts=parts))
    (caption,) = opened(Summary(from_s=5, until_s=9)).process([draft])
    (body,) = server.asked
    assert [f"Step {n}." in text_of(body) for n in range(6)] == [False, False, True, True, True, False]
    assert [part.text for part in caption.parts] == ["Step 2.", "Step 3.", "Step 4."]
    with pytest.raises(Refused, match="no timed captions"):
        opened(Summary()).process([Draft(clip, Caption("Whole.", "tiny"))])


def test_a_question_is_answered_and_is_no_caption(server: ChatServer, clip: Material, opened) -> None:  # type: ignore[no-untyped-def]
    (answer,) = opened(Ask(question="Is there a dog?", frame_px=96)).process([clip])
    assert answer.role == "answer" and "Is there a dog?" in text_of(server.asked[0])
    opened(Ask(question="@Caption", frame_px=96)).process([clip])
    assert "describe this video in detail" in text_of(server.asked[1])


def test_a_remark_goes_with_caption_and_frames(server: ChatServer, clip: Material, opened) -> None:  # type: ignore[no-untyped-def]
    draft = Draft(clip, Caption("A cat sleeps.", "tiny"))
    opened(Critique(remark="It is a dog.", frames=2, frame_px=96)).process([draft])
    words = text_of(server.asked[0])
    assert "A cat sleeps." in words and "It is a dog." in words and kinds(server.asked[0]).count("[picture]") == 2


def test_a_translation_has_to_be_in_its_language(server: ChatServer, clip: Material, opened) -> None:  # type: ignore[no-untyped-def]
    said = iter(['{"caption": "A dog runs."}', '{"caption": "一只狗在跑。"}'])
    server.behave = lambda body, number: Reply(next(said))
    (caption,) = opened(Translate(language="zh")).process([Draft(clip, Caption("A dog runs.", "tiny"))])
    assert (caption.role, caption.text, caption.flags) == ("translation", "一只狗在跑。", ())
    assert "it is not Simplified Chinese" in str(server.asked[1]["messages"][-1]["content"])
