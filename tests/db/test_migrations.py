"""A library made by an earlier Clapper opens with everything in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from db import duplicates, views
from db.models import Run
from db.schema import MIGRATIONS, REVISIONS
from db.session import make_engine, open_store
from tests.support.library import Made, add_clip
from tests.support.prints import made

FIRST = """
INSERT INTO runs (id, recipe, config, rules, inputs, state, "by", created_at)
    VALUES (1, 'quickstart', '{"name": "quickstart"}', '[{"score": "motion", "low": 0.02, "high": null}]', '["films"]',
            'done', 'ann', 5.0);
INSERT INTO videos (id, sha256, size_bytes, info, created_at) VALUES (1, 'aa', 1000, '{"container": "mov", "codec": "h264",
    "stream": 0, "width": 320, "height": 180, "rotation": 0, "sample_aspect": "1", "fps": 25.0, "duration_s": 9.0,
    "time_base": "1/25", "first_pts": 0, "pixel_format": "yuv420p", "has_audio": false, "hdr": false}', 5.0);
INSERT INTO video_paths (video_id, path, given, size_bytes, mtime_ns, inode, seen_at)
    VALUES (1, x'2F66696C6D73', 'films', 1000, 1, 1, 5.0);
INSERT INTO scans (video_id, digest, clip_ids, created_at) VALUES (1, 'd', '[1]', 5.0);
INSERT INTO clips (id, key, video_id, run_id, start_pts, end_pts, start_s, end_s, frames, sheet, superseded, verdict,
    reasons, review, reviewed_by, version)
    VALUES (1, 'key', 1, 1, 0, 100, 0.0, 4.0, 100, '{"times_s": [0.5], "tile": [64, 36]}', 0,
    'kept', '[]', 'accepted', 'ann', 1);
INSERT INTO captions (id, clip_id, text, author, "by", model, outcome, stage, digest, created_at)
    VALUES (1, 1, 'A ball rolls.', 'person', 'ann', '', 'ok', '', '', 6.0);
UPDATE clips SET caption_id = 1;
INSERT INTO scores (clip_id, name, value) VALUES (1, 'motion', 0.1);
INSERT INTO facts (clip_id, name, text) VALUES (1, 'camera', 'static');
INSERT INTO results (clip_id, stage, digest, created_at) VALUES (1, 'measured', 'd', 6.0);
INSERT INTO jobs (id, run_id, stage, item, label, state, priority, attempt, losses, lease_token, not_before, created_at)
    VALUES (1, 1, 'scan', '1', 'films', 'done', 0, 1, 0, 1, 0.0, 5.0);
INSERT INTO events (key, at, actor, kind, clip_id, detail) VALUES ('k', 6.0, 'ann', 'edit', 1, '{}');
INSERT INTO users (name, password_hash, role, created_at) VALUES ('ann', 'x', 'lead', 1.0);
"""


def upgrade(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_files_are_named_by_their_revisions() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    found = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(found)) == REVISIONS


def first_library(folder: Path) -> Engine:
    """`clapper.db` in this folder, of the first schema, with a row in nearly every table."""
    engine = make_engine(folder / "clapper.db")
    upgrade(engine, "0001")
    with engine.begin() as connection:
        for statement in FIRST.strip().removesuffix(";").split(";\n"):
            connection.exec_driver_sql(statement)
    return engine


def rows(engine: Engine, tables: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    with engine.begin() as connection:
        return {name: [dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM {name}"))] for name in tables}


def matched(engine: Engine, table: str, before: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each row of a table before, beside the same row now."""
    now = rows(engine, [table])[table]
    assert len(now) == len(before)
    return list(zip(before, now, strict=True))


def kept(after: dict[str, Any], before: dict[str, Any]) -> bool:
    """Whether a row still says all that it said; columns may have come."""
    return {name: after[name] for name in before} == before


def tables_of(engine: Engine) -> list[str]:
    names = "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite%'"
    with engine.begin() as connection:
        return [name for (name,) in connection.execute(text(names)) if name != "alembic_version" and "_fts" not in name]


def test_a_library_of_the_first_schema_is_brought_up_to_date_with_all_its_rows(tmp_path: Path) -> None:
    engine = first_library(tmp_path)
    known = tables_of(engine)
    before = rows(engine, known)
    assert all(before[name] for name in ("clips", "captions", "scores", "facts", "events", "jobs", "users", "results"))
    engine.dispose()
    store = open_store(tmp_path / "clapper.db")
    assert all(kept(after, row) for name, found in before.items() for row, after in matched(store.engine, name, found))
    assert {"fingerprints", "fingerprint_words"} <= set(tables_of(store.engine)) - set(known)
    store.close()


def test_clips_of_an_older_library_live_beside_new_ones(tmp_path: Path) -> None:
    engine = first_library(tmp_path)
    engine.dispose()
    store = open_store(tmp_path / "clapper.db")
    with store.write() as session:
        new = [add_clip(session, Made(video=f"{n}.mp4"), run=session.get_one(Run, 1)).id for n in range(2)]
        for clip_id in new:
            duplicates.note(session, clip_id, made(1))
        old, first, second = views.describe(session, [1, *new])
        assert (old.duplicates, old.verdict, old.scores) == ((), "kept", {"motion": 0.1})
        assert old.caption is not None and old.caption.text == "A ball rolls."
        assert (first.duplicates, second.duplicates) == ((second.id,), (first.id,))
    store.close()
