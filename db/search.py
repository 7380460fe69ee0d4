"""Full-text search over everything that was ever said of a clip: all its captions, old and new, and its facts.

One document a clip in SQLite's FTS5, its row number the clip's, so that matches come in the order of clips and can be
counted up to a bound. Triggers note whose words changed; `catch_up` brings the index up to date before the transaction ends.

Chinese, Japanese and Korean write no spaces: there every two neighbouring characters are a word of the index, so that a
search for any part of a sentence is a search for a phrase.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Engine, Integer, Select, column, literal_column, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

TABLE = "clip_words_fts"
PORTION = 2000
SPACELESS = "⺀-⿟々〆〇ぁ-ゟ゠-ヿㄅ-ㄯ㄰-㆏ㇰ-ㇿ㐀-䶿一-鿿가-힣豈-﫿ｦ-ﾟ𠀀-𳏟"
RUNS = re.compile(f"[{SPACELESS}]+")
TOKENS = re.compile(f"[{SPACELESS}]+|[^\\W{SPACELESS}]+")
TEXTS = """
SELECT clip_id, group_concat(text, char(10)) FROM (
    SELECT clip_id, text FROM captions WHERE clip_id IN ({ids})
    UNION ALL SELECT clip_id, text FROM facts WHERE clip_id IN ({ids})
) GROUP BY clip_id
"""


def ensure_index(engine: Engine) -> None:
    """Index whatever is not indexed yet, in portions: after a migration that is everything. Safe to repeat."""
    left = True
    while left:
        with engine.begin() as connection:
            left = _index(connection, PORTION)


def catch_up(session: Session) -> None:
    """Index what this transaction wrote."""
    session.flush()
    _index(session.connection(), PORTION)


def _index(connection: Any, most: int) -> bool:
    """Whether there was something to index."""
    taken = f"DELETE FROM unindexed WHERE clip_id IN (SELECT clip_id FROM unindexed LIMIT {most}) RETURNING clip_id"
    ids = [str(row[0]) for row in connection.exec_driver_sql(taken)]
    if not ids:
        return False
    listed = ",".join(ids)
    rows = [(clip_id, spaced(words)) for clip_id, words in connection.exec_driver_sql(TEXTS.format(ids=listed))]
    connection.exec_driver_sql(f"DELETE FROM {TABLE} WHERE rowid IN ({listed})")
    if rows:
        connection.exec_driver_sql(f"INSERT INTO {TABLE} (rowid, words) VALUES (?, ?)", rows)
    return True


def spaced(words: str) -> str:
    """Text as it is indexed: runs without spaces as pairs of neighbours, their last character alone."""
    return RUNS.sub(lambda run: f" {' '.join([*_pairs(run[0]), run[0][-1]])} ", words)


def _pairs(run: str) -> Iterator[str]:
    return (first + second for first, second in pairwise(run))


def query(words: str) -> str:
    """What a person typed as an FTS5 query: all words must occur, the last may be unfinished. Never a syntax error."""
    found = TOKENS.findall(words.replace("\x00", " "))
    return " ".join(_wanted(token, last=index == len(found) - 1) for index, token in enumerate(found))


def _wanted(token: str, *, last: bool) -> str:
    if RUNS.match(token):
        return f'"{" ".join(_pairs(token))}"' if len(token) > 1 else f'"{token}"*'
    return f'"{token}"' + ("*" if last and len(token) > 1 else "")


def matches(words: str, clip_id: InstrumentedAttribute[int]) -> ColumnElement[bool] | None:
    """A condition on clips of which all words were said; None when there are no words."""
    wanted = query(words)
    return clip_id.in_(leads(wanted)) if wanted else None


def holds(wanted: str, clip_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether the query matches one clip."""
    found = text(f"SELECT 1 FROM {TABLE} WHERE {TABLE} MATCH :words AND rowid = {clip_id.expression}")
    return found.bindparams(words=wanted).columns(column("found", Integer)).exists()


def leads(wanted: str) -> Select[Any]:
    """The clips that match, in the order of their numbers."""
    table = text(TABLE)
    matching: ColumnElement[bool] = literal_column(TABLE).op("MATCH")(wanted)
    return select(literal_column("rowid", Integer)).select_from(table).where(matching)
