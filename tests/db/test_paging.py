"""Pages in every order, by filters that few and many clips fit, and within their time."""

from __future__ import annotations

import pytest

from db import clips, conditions, paging
from db.filters import ClipFilter, parse_where
from db.session import Store
from pipelines.errors import Usage
from tests.support.library import Made, add_clip

MOTIONS = (0.5, 0.1, None, 0.5, 0.9, 0.3, 0.1, 0.7)


@pytest.fixture
def library(store: Store) -> Store:
    with store.write() as session:
        for number, motion in enumerate(MOTIONS, start=1):
            scores = {"motion": motion, "duration": float(number % 4)}
            add_clip(session, Made(f"Clip {number} of a rabbit", scores=scores)).reviewed_at = (
                9.0 - number if number % 2 else None
            )
    return store


ORDERS = {
    "newest": [8, 7, 6, 5, 4, 3, 2, 1],
    "oldest": [1, 2, 3, 4, 5, 6, 7, 8],
    "motion": [2, 7, 6, 1, 4, 8, 5],
    "-motion": [5, 8, 4, 1, 6, 7, 2],
    "longest": [7, 3, 6, 2, 5, 1, 8, 4],
    "shortest": [4, 8, 1, 5, 2, 6, 3, 7],
    "decided": [1, 3, 5, 7],
}


@pytest.mark.parametrize("few", [0, 5000])
@pytest.mark.parametrize("where", [(), ("text~rabbit",), ("verdict=kept and not motion>5",), ("review=waiting",)])
@pytest.mark.parametrize("sort", ORDERS)
def test_pages_in_every_order(
    library: Store, sort: str, where: tuple[str, ...], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "FEW", few)  # 0: walk along; else look at each
    monkeypatch.setattr(paging, "PORTION", 3)
    seen: list[int] = []
    after = None
    with library.read() as session:
        while True:
            found = paging.ids(session, parse_where(where), sort=sort, after=after, limit=2, within_s=9.0)
            seen += found.ids
            after = found.after
            if after is None:
                break
            assert len(found.ids) == 2
    assert seen == ORDERS[sort]


@pytest.mark.parametrize("sort", ["newest", "motion"])
def test_a_page_that_is_out_of_time_says_where_to_go_on(library: Store, sort: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "FEW", 0)
    monkeypatch.setattr(paging, "PORTION", 2)
    monkeypatch.setattr(paging, "LARGEST", 2)
    seen, after, pages = [], None, 0
    with library.read() as session:
        while pages == 0 or after is not None:
            found = paging.ids(session, parse_where(["clip=1,5"]), sort=sort, after=after, limit=60, within_s=0.0)
            seen, after, pages = [*seen, *found.ids], found.after, pages + 1
    assert (sorted(seen), pages > 2) == ([1, 5], True)


@pytest.mark.parametrize(
    ("text", "few"),
    [
        ("motion>0.6", True),
        ("motion>=0.1", False),
        ("motion>0.6 and text~rabbit", True),
        ("motion>0.8 or motion<0.2", False),
        ("motion>0.8 or clip=1", True),
        ("not motion>0.6", False),
    ],
)
def test_an_index_that_leads_to_few_clips_is_known(
    library: Store, text: str, few: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "FEW", 3)
    with library.read() as session:
        assert (paging.narrowest(session, conditions.of(parse_where([text]))) is not None) is few


def test_a_place_nobody_gave_out_is_refused(library: Store) -> None:
    with library.read() as session:
        for after in ("", "7", "x:1", "1:x"):
            with pytest.raises(Usage, match="is no place"):
                clips.page(session, after=after)


def test_counts_are_kept_and_bounded(library: Store) -> None:
    with library.write() as session:
        assert clips.count(session, parse_where(["verdict=kept"])) == 8
        add_clip(session, Made(verdict="dropped", reasons=("too dark",)))
        assert clips.count(session, ClipFilter(verdict=("dropped",))) == 1
        assert clips.reasons(session) == [("too dark", 1)]
        assert clips.count(session, parse_where(["text~rabbit"]), most=5) == 5
