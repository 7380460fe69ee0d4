"""Tags stick, come off, and are counted."""

from __future__ import annotations

import pytest

from db import tags
from db.session import Store
from pipelines.errors import Usage
from tests.support.library import Made, add_clip


def test_a_tag_sticks_once_and_comes_off(store: Store) -> None:
    with store.write() as session:
        one, two = (add_clip(session, Made()).id for _ in range(2))
        assert tags.add(session, [one, two], "  Slow   motion ", by="ana") == [one, two]
        assert tags.add(session, [one], "slow motion", by="ben") == []
        tags.add(session, [one], "dog", by="ana")
        assert tags.of(session, [one, two]) == {one: ("dog", "slow motion"), two: ("slow motion",)}
        assert tags.counted(session) == {"dog": 1, "slow motion": 2}
        assert tags.remove(session, [one, two], "dog") == [one]
        assert tags.counted(session) == {"slow motion": 2}


def test_many_clips_are_tagged_at_once(store: Store) -> None:
    with store.write() as session:
        ids = [add_clip(session, Made(text=None)).id for _ in range(tags.IN_ONE_STATEMENT + 1)]
        assert tags.add(session, ids, "all", by="ana") == ids
        assert tags.remove(session, ids, "all") == ids


@pytest.mark.parametrize("text", ["", "  ", "a,b", "x" * 41])
def test_what_is_no_tag_is_refused(text: str) -> None:
    with pytest.raises(Usage, match="is no tag"):
        tags.clean(text)
