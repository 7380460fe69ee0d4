"""Any file name survives the database."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from db.names import pack, shown, unpack


@given(st.binary(min_size=1).filter(lambda raw: b"\x00" not in raw))
def test_a_path_comes_back_byte_for_byte(raw: bytes) -> None:
    path = os.fsdecode(raw)
    packed = pack(path)
    assert os.fsencode(unpack(packed)) == raw
    packed.encode("utf-8")


def test_plain_names_stay_readable() -> None:
    assert pack("/films/été.mp4") == "/films/été.mp4"


def test_a_name_that_looks_packed_is_packed() -> None:
    assert unpack(pack("bytes:00")) == "bytes:00"


def test_what_cannot_be_read_is_shown_as_question_marks() -> None:
    assert shown("/films/\udcff.mp4") == "/films/\ufffd.mp4"
