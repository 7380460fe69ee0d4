"""The alignment score: each sentence, the mean and the least; nothing cut off, nothing passed that was not measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.aligners.align import Align, evenly, within
from pipelines.backends.embed import Embedder
from pipelines.errors import Fatal
from pipelines.judge import judge
from pipelines.records import Caption, Draft, Material, Rule, Score, State
from pipelines.scan import sheet
from pipelines.stage import Done, Failed, run_batch
from tests.support.scans import Scanned, material

FILM = "sam2__05_default_juggle.mp4"
CAPTION = "A man juggles on a lawn. Behind him stands a red barn! The camera does not move."
Tiny = Callable[[str], Path]


@pytest.fixture(scope="module")
def clip(scanned: Callable[[str], Scanned]) -> Material:
    return material(scanned(FILM).clips[0])


@pytest.fixture(params=["siglip", "siglip2", "clip", "xclip"])
def aligner(request: pytest.FixtureRequest, tiny_model: Tiny) -> Iterator[Align]:
    made = Align(model=str(tiny_model(request.param)))
    made.setup()
    yield made
    made.close()


def draft(clip: Material, text: str) -> Draft:
    return Draft(clip, Caption(text, "somebody"))


def test_each_sentence_has_its_cosine(aligner: Align, clip: Material) -> None:
    (checked,) = aligner.process([draft(clip, CAPTION)])
    embedder = Embedder(Path(aligner.model))
    frames = evenly(sheet.read_rgb(clip.sheet), 8)
    expected = [embedder.fit(frames, [sentence.text])[0] for sentence in checked.sentences]
    assert [sentence.text for sentence in checked.sentences] == [
        "A man juggles on a lawn.", "Behind him stands a red barn!", "The camera does not move.",
    ]  # fmt: skip
    assert [sentence.value for sentence in checked.sentences] == pytest.approx(expected, abs=2e-4)
    mean, least = (score.value for score in checked.scores)
    assert mean == pytest.approx(sum(expected) / 3, abs=2e-4)
    assert least == pytest.approx(min(expected), abs=2e-4)
    assert len(set(expected)) == 3
    assert checked.model == aligner.model


def test_the_end_of_a_long_sentence_counts(aligner: Align, clip: Material) -> None:
    """Cut off at 64 or 77 tokens both would be the same."""
    long = "a person walks through a bright kitchen and then " * 12
    one, other = aligner.process([draft(clip, long + "sits."), draft(clip, long + "a dog runs across the field.")])
    assert one.scores[0].value != other.scores[0].value
    assert len(one.sentences) == 1


def test_pieces_fit_and_leave_nothing_out(tiny_model: Tiny) -> None:
    embedder = Embedder(tiny_model("siglip"))
    text = " ".join(f"word{number}" for number in range(200))
    pieces = within(text, embedder)
    assert len(pieces) > 3
    assert " ".join(pieces) == text
    assert all(embedder.length(piece) <= embedder.longest for piece in pieces)
    assert within("short", embedder) == ["short"]
    assert within("x" * 500, embedder) == ["x" * 500]  # one word is not taken apart


def test_frames_are_spread_and_come_twice_where_there_are_few() -> None:
    assert evenly("abcdefghijkl", 4) == list("behk")
    assert evenly("abc", 8) == list("aaabbccc")
    assert evenly("a", 8) == ["a"] * 8


def test_a_rule_fails_closed(tiny_model: Tiny, clip: Material) -> None:
    """A caption that could not be checked is neither kept nor dropped; its score is missing, and that is no pass."""
    aligner = Align(model=str(tiny_model("clip")))
    aligner.setup()
    checked, empty = run_batch(aligner, [draft(clip, CAPTION), draft(clip, "  ")])
    assert isinstance(checked, Done)
    assert isinstance(empty, Failed) and (empty.kind, empty.reason) == ("no_caption", "there is no sentence to check")
    rules = [Rule("align", low=-1.0)]
    scores = {score.name: score for score in checked.value.scores}
    assert judge(scores, rules).state == State.KEPT
    assert judge({"align": Score("align", None, empty.reason)}, rules).state == State.UNSCORED
    assert judge({}, rules).state == State.UNSCORED
    assert judge(scores, [Rule("align", low=1.1)]).state == State.DROPPED


def test_missing_weights_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAPPER_MODELS", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(
        Fatal,
        match=r"the weights of siglip2-base are not here; put all files .* of google/siglip2-base",
    ):
        Align().setup()
