"""What a person typed finds the setting it is meant for."""

from __future__ import annotations

import pytest

from pipelines.errors import Usage
from pipelines.exporters.easyanimate import EasyAnimate
from pipelines.kinds import Cutting
from pipelines.options import filled, sorted_out

MODELS = {"easyanimate": EasyAnimate, "clips": Cutting}


def test_each_option_goes_to_whoever_has_it() -> None:
    found = sorted_out(["crf=20", "table = csv", "clips.frames=8n+1", "clips.crf=21"], MODELS)
    assert found == {"easyanimate": {"table": "csv"}, "clips": {"crf": "21", "frames": "8n+1"}}


@pytest.mark.parametrize("text", ["crf", "=3", "speed=1", "clip.crf=3"])
def test_what_nobody_has_is_named_with_what_there_is(text: str) -> None:
    with pytest.raises(Usage, match=r"known: .*crf"):
        sorted_out([text], MODELS)


def test_values_are_typed_and_checked() -> None:
    assert filled(Cutting, {"crf": "20", "audio": "true", "fps": "23.976"}, name="clips", typed=True).fps == 23.976
    with pytest.raises(Usage, match=r"clips\.crf: Input should be less than or equal to 35"):
        filled(Cutting, {"crf": 99}, name="clips")
    with pytest.raises(Usage, match=r"clips\.colour: .*known: files, codec"):
        filled(Cutting, {"colour": 1}, name="clips")
