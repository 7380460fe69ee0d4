"""One worker of a machine holds networks; the others leave those stages to it, and take over when it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.captioners.measured import FromMeasurements
from pipelines.captioners.video import Video
from work import holding
from work.holding import Held, Holding


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> Video:
    monkeypatch.setattr(Video, "is_local", True)
    return Video()


def test_the_second_leaves_it_to_the_first_and_takes_over_later(
    local: Video, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Holding(tmp_path / "lock"), Holding(tmp_path / "lock")
    first.must_be_ours(local)
    first.must_be_ours(local)
    with pytest.raises(Held):
        second.must_be_ours(local)
    assert (first.elsewhere(), second.elsewhere()) == ([], ["video"])
    first.close()
    monkeypatch.setattr(holding.time, "monotonic", lambda now=holding.time.monotonic: now() + holding.LOOK_AGAIN_S + 1)
    assert second.elsewhere() == []
    second.must_be_ours(local)
    second.close()


def test_what_holds_no_network_is_anybodys(tmp_path: Path) -> None:
    holder, other = Holding(tmp_path / "lock"), Holding(tmp_path / "lock")
    holder.must_be_ours(FromMeasurements())
    other.must_be_ours(FromMeasurements())
    other.close()
    holder.close()
