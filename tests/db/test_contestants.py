"""Which captions are one contestant, and what it is called."""

from __future__ import annotations

import time

import pytest

from db import contestants
from db.contestants import Grouping, Origin
from db.models import Prompt
from db.session import Store

PLAIN = Origin("machine", "", False, "owl", "vlm", "aaaa", "d1", '{"words": true, "frames": 8}')
QUIET = PLAIN._replace(digest="d2", params='{"words": false, "frames": 8}')
ASKED = PLAIN._replace(prompt="bbbb", digest="d3")
HERON = PLAIN._replace(model="heron", digest="d4")
ANN = Origin("person", "ann", True, "", "", "", "", "{}")
FRESH = ANN._replace(edited=False)
BOB = ANN._replace(by="bob")
BROUGHT = Origin("import", "", False, "", "", "", "", "{}")
EVERYBODY = (PLAIN, QUIET, ASKED, HERON, ANN, FRESH, BOB, BROUGHT)


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        (Grouping.VERSION, [{PLAIN}, {QUIET}, {ASKED}, {HERON}, {ANN}, {FRESH}, {BOB}, {BROUGHT}]),
        (Grouping.WRITER, [{PLAIN, QUIET}, {ASKED}, {HERON}, {ANN}, {FRESH}, {BOB}, {BROUGHT}]),
        (Grouping.MODEL, [{PLAIN, QUIET, ASKED}, {HERON}, {ANN}, {FRESH}, {BOB}, {BROUGHT}]),
        (Grouping.PROMPT, [{PLAIN, QUIET, HERON}, {ASKED}, {ANN}, {FRESH}, {BOB}, {BROUGHT}]),
        (Grouping.PERSON, [{PLAIN, QUIET, ASKED, HERON}, {ANN, FRESH}, {BOB}, {BROUGHT}]),
    ],
)
def test_what_is_one_contestant(by: Grouping, groups: list[set[Origin]]) -> None:
    found: dict[str, set[Origin]] = {}
    for origin in EVERYBODY:
        found.setdefault(contestants.identify(origin, by), set()).add(origin)
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, groups))


def test_an_id_tells_nothing() -> None:
    assert contestants.identify(PLAIN, Grouping.MODEL).isalnum()
    assert "owl" not in contestants.identify(PLAIN, Grouping.MODEL)


def labels(store: Store, by: Grouping, *origins: Origin) -> list[str]:
    with store.write() as session:
        session.add(Prompt(digest="aaaa", name="plain", version=3, text="Describe.", created_at=time.time()))
        session.flush()
        named = contestants.name(session, origins, by)
    return [named[contestants.identify(origin, by)].label for origin in origins]


def test_a_version_is_named_by_what_tells_it_from_the_others(store: Store) -> None:
    assert labels(store, Grouping.VERSION, *EVERYBODY) == [
        "owl · plain v3 · words=true",
        "owl · plain v3 · words=false",
        "owl · prompt bbbb",
        "heron · plain v3",
        "ann, edited",
        "ann",
        "bob, edited",
        "imported",
    ]


def test_versions_whose_settings_are_not_known_go_by_a_piece_of_the_digest(store: Store) -> None:
    one, other = PLAIN._replace(params="{}", prompt=""), QUIET._replace(params="{}", prompt="")
    assert labels(store, Grouping.VERSION, one, other) == ["owl · settings d1", "owl · settings d2"]


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (Grouping.MODEL, "owl"),
        (Grouping.PROMPT, "plain v3"),
        (Grouping.PERSON, "machines"),
        (Grouping.WRITER, "owl · plain v3"),
    ],
)
def test_coarser_groups_are_named_more_shortly(store: Store, by: Grouping, said: str) -> None:
    assert labels(store, by, PLAIN) == [said]
