"""Weights in fewer bits, with the real package: smaller in memory, still able to write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.backends.chats import open_chat
from pipelines.chat import Decoding, Request
from tests import tiny


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wide enough for blocks of 64 weights."""
    with pytest.MonkeyPatch.context() as patch:
        sizes = {"hidden_size": 128, "intermediate_size": 256, "num_attention_heads": 16, "num_key_value_heads": 8}
        for name, size in sizes.items():
            patch.setitem(tiny.TEXT, name, size)
        return tiny.write("qwen3_text", tmp_path_factory.mktemp("wide"))


def bytes_of(chat: Any) -> int:
    found: int = chat._engine.network._model.get_memory_footprint()
    return found


def test_fewer_bits_take_less_memory_and_still_write(wide: Path) -> None:
    taken, names = [], []
    for bits in ("", ":int8", ":int4"):
        chat = open_chat("transformers", model=f"{wide}{bits}")
        answer = chat.ask(Request.of("describe it", decoding=Decoding(6)))
        assert answer.usage.tokens_out == 6 and answer.text
        taken.append(bytes_of(chat))
        names.append(answer.model)
        chat.close()
    assert taken[0] > taken[1] > taken[2]
    assert names == [str(wide), f"{wide}:int8", f"{wide}:int4"]
