"""Networks give way to others when memory is short, the one used last after all others; tiny real checkpoints."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.aligners.align import Align
from pipelines.backends import embed, room
from pipelines.backends.chats.sglang import Sglang
from pipelines.backends.generate import Network
from pipelines.captioners.measured import FromMeasurements
from pipelines.captioners.video import Video
from pipelines.catalogue import Model
from pipelines.errors import Fatal
from pipelines.rewriters.rewrite import Rewrite
from pipelines.scorers.consistency import Consistency
from pipelines.stage import Stage
from work.ready import Ready

Tiny = Callable[[str], Path]


@pytest.fixture
def ready() -> Iterator[Ready]:
    made = Ready()
    yield made
    made.close()


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> weakref.WeakSet[Any]:
    """Networks that are in memory."""
    alive: weakref.WeakSet[Any] = weakref.WeakSet()
    for kind in (Network, embed.Embedder):
        made = kind.__init__

        def note(self: Any, *given: Any, made: Any = made, **named: Any) -> None:
            alive.add(self)
            made(self, *given, **named)

        monkeypatch.setattr(kind, "__init__", note)
    return alive


@pytest.fixture
def room_for(monkeypatch: pytest.MonkeyPatch, loaded: weakref.WeakSet[Any]) -> Callable[[int], None]:
    """Memory for so many networks."""

    def only(count: int) -> None:
        monkeypatch.setattr(room, "fits", lambda size_bytes: len(loaded) < count)

    return only


def use(ready: Ready, *stages: Stage[Any, Any]) -> None:
    for stage in stages:
        assert ready.get(stage) or ready.set_up(stage)


def video(tiny_model: Tiny, name: str, **settings: Any) -> Video:
    return Video(model=str(tiny_model(name)), backend="transformers", **settings)


def test_two_recipes_in_turn_take_no_more_memory_than_there_is(
    ready: Ready, loaded: weakref.WeakSet[Any], room_for: Callable[[int], None], tiny_model: Tiny
) -> None:
    room_for(2)
    first = [Consistency(model=str(tiny_model("clip"))), video(tiny_model, "smolvlm")]
    second = [Align(model=str(tiny_model("siglip2"))), video(tiny_model, "qwen3_vl")]
    for _ in range(3):
        use(ready, *first)
        use(ready, *second)
        gc.collect()
        assert len(loaded) == 2
    assert ready.get(second[0]) and ready.get(second[1]) and not ready.get(first[0])


def test_the_one_used_last_goes_last(ready: Ready, room_for: Callable[[int], None], tiny_model: Tiny) -> None:
    room_for(2)
    one, two, three = (Consistency(model=str(tiny_model(name))) for name in ("clip", "siglip", "siglip2"))
    use(ready, one, two, one, three)
    assert ready.get(one) and ready.get(three) and not ready.get(two)


def test_where_all_fit_none_is_closed(ready: Ready, loaded: weakref.WeakSet[Any], tiny_model: Tiny) -> None:
    use(ready, *(Consistency(model=str(tiny_model(name))) for name in ("clip", "siglip", "siglip2")))
    assert len(loaded) == 3


def test_stages_that_ask_the_same_model_share_it_and_close_nothing(
    ready: Ready, loaded: weakref.WeakSet[Any], room_for: Callable[[int], None], tiny_model: Tiny
) -> None:
    room_for(1)
    ask = video(tiny_model, "smolvlm")
    again = Rewrite(model=ask.model, backend="transformers")
    use(ready, ask, again, ask, again)
    assert len(loaded) == 1 and ready.get(ask) is ask and ready.get(again) is again
    assert ask.chat.window > 0


def test_what_holds_no_network_closes_none_and_stays(
    ready: Ready, room_for: Callable[[int], None], tiny_model: Tiny
) -> None:
    room_for(1)
    plain = FromMeasurements()
    one, two = Consistency(model=str(tiny_model("clip"))), Consistency(model=str(tiny_model("siglip")))
    use(ready, one, plain, two)
    assert ready.get(plain) is plain and ready.get(two) and not ready.get(one)


def test_a_stage_that_cannot_be_set_up_holds_nothing(
    ready: Ready, loaded: weakref.WeakSet[Any], tiny_model: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise Fatal("no eyes")

    monkeypatch.setattr("pipelines.seeing.Eyes", broken)
    with pytest.raises(Fatal, match="no eyes"):
        use(ready, video(tiny_model, "smolvlm"))
    gc.collect()
    assert len(loaded) == 0


def test_what_is_held_is_counted_in_bytes(tiny_model: Tiny) -> None:
    place = tiny_model("clip")
    (size,) = Consistency(model=str(place)).holds().values()
    assert size == (place / "model.safetensors").stat().st_size
    (eight,) = video(tiny_model, "smolvlm").model_copy(update={"model": f"{tiny_model('smolvlm')}:int8"}).holds().values()
    assert eight == (tiny_model("smolvlm") / "model.safetensors").stat().st_size // 2
    assert not room.fits(Sglang().takes_bytes(Model(name="a/b", repo="a/b"))) and room.fits(1)
    assert Sglang().takes_bytes(Model(name="a/b", repo="a/b")) == sys.maxsize
