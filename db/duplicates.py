"""Near-identical clips: who is a copy of whom, and which of them is the best.

A clip's fingerprint stands under a few dozen words in an index; copies share some. A group holds the copies of one clip, at
most one of each video: what one camera saw twice is no copy. The score `duplicate` is 0 for the best of a group and for a
clip alone, 1 for the others, so that a rule `duplicate: {high: 0}` keeps the best.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from db import judging
from db.models import Clip, Fingerprint, FingerprintWord, Score, Video
from pipelines import prints

SCORE = "duplicate"
PLAIN = "the picture is too plain to tell copies of it from other clips"
CLOSEST = 200
"""Clips that share the most words with a new one; so many are compared with it."""
IN_ONE_QUERY = 500

UPSERT = (
    "INSERT INTO scores (clip_id, name, value, missing) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (clip_id, name) DO UPDATE SET value = excluded.value, missing = excluded.missing"
)
# Of each word, the clips of other videos, `:most` on either side of this one's.
SHARING = text("""
    SELECT near.value FROM json_each(:words) AS wanted, json_each((
        SELECT json_group_array(clip_id) FROM (
            SELECT clip_id FROM (SELECT clip_id FROM fingerprint_words WHERE word = wanted.value AND video_id < :video
                ORDER BY video_id DESC, clip_id DESC LIMIT :most)
            UNION ALL
            SELECT clip_id FROM (SELECT clip_id FROM fingerprint_words WHERE word = wanted.value AND video_id > :video
                ORDER BY video_id, clip_id LIMIT :most)))) AS near
""")


@dataclass(frozen=True, slots=True)
class Regrouped:
    """What the whole library looks like after `regroup`."""

    clips: int
    groups: int
    copies: int
    """Clips that are not the best of their group."""
    changed: tuple[int, ...]
    """Clips whose `duplicate` is another now."""


def note(session: Session, clip_id: int, fingerprint: str | None) -> list[int]:
    """Store a clip's fingerprint, find its copies, score it; other clips whose `duplicate` changed, judged anew.

    None is a clip too plain to tell: its score is missing."""
    clip, known = (
        session.get_one(Clip, clip_id),
        session.scalar(select(Fingerprint.value).where(Fingerprint.clip_id == clip_id)),
    )
    if fingerprint is not None and known == bytes.fromhex(fingerprint):
        return rejoin(session, [clip_id])
    changed = leave(session, [clip_id])
    session.execute(delete(Fingerprint).where(Fingerprint.clip_id == clip_id))
    if fingerprint is None:
        _write(session, {clip_id: None})
        return changed
    value = bytes.fromhex(fingerprint)
    session.execute(insert(Fingerprint).values(clip_id=clip_id, value=value))
    words = sorted({int(word) for word in prints.words(prints.load([value])).ravel() if word >= 0})
    rows = [{"word": word, "video_id": clip.video_id, "clip_id": clip_id} for word in words]
    session.execute(insert(FingerprintWord), rows)
    return changed + rejoin(session, [clip_id])


def leave(session: Session, clip_ids: Sequence[int]) -> list[int]:
    """Take clips out of their groups, as when they are superseded; others whose `duplicate` changed, judged anew."""
    groups = _groups_of(session, clip_ids)
    if not groups:
        return []
    session.execute(update(Fingerprint).where(Fingerprint.clip_id.in_(clip_ids)).values(group_id=None))
    members = _members(session, groups)
    alone = [ids[0] for ids in members.values() if len(ids) == 1]
    session.execute(update(Fingerprint).where(Fingerprint.clip_id.in_(alone)).values(group_id=None))
    return _elect(session, members.values())


def rejoin(session: Session, clip_ids: Sequence[int]) -> list[int]:
    """Look for copies of clips whose fingerprints are stored; other clips whose `duplicate` changed, judged anew."""
    changed: list[int] = []
    stored = select(Fingerprint.clip_id, Fingerprint.value, Clip.video_id).join(Clip, Clip.id == Fingerprint.clip_id)
    for clip_id, value, video_id in session.execute(stored.where(Fingerprint.clip_id.in_(clip_ids))).tuples().all():
        group = _group(session, clip_id)
        for other in _copies(session, value, video_id):
            group = _joined(session, group, other)
        changed += [other for other in _elect(session, [group]) if other != clip_id]
    return changed


def settle(session: Session, clip_ids: Sequence[int]) -> list[int]:
    """Choose the best again where these clips belong, after they were judged; clips whose `duplicate` changed."""
    groups = _groups_of(session, clip_ids)
    return _elect(session, _members(session, groups).values()) if groups else []


def settle_all(session: Session) -> list[int]:
    """Choose the best of every group again, after rules were moved: one that is dropped now makes room for its copies."""
    grouped = session.scalars(select(Fingerprint.group_id).where(Fingerprint.group_id.is_not(None)).distinct())
    return _elect(session, _members(session, [group_id for group_id in grouped if group_id is not None]).values())


def regroup(session: Session) -> Regrouped:
    """Group the whole library anew. Clips of superseded scans stay out."""
    stored = select(Fingerprint.clip_id, Fingerprint.value, Fingerprint.group_id, Clip.video_id)
    rows = session.execute(stored.join(Clip, Clip.id == Fingerprint.clip_id).where(Clip.superseded == 0)).all()
    ids, videos = [row.clip_id for row in rows], [row.video_id for row in rows]
    pairs, _ = prints.copies(prints.load([row.value for row in rows]), prints.numbers(videos))
    forest = _Forest(videos)
    for one, other in pairs.tolist():
        forest.join(one, other)
    groups = [[ids[at] for at in members] for members in forest.groups()]
    wanted = {clip_id: min(members) for members in groups for clip_id in members}
    moved = [(wanted.get(row.clip_id), row.clip_id) for row in rows if row.group_id != wanted.get(row.clip_id)]
    if moved:
        session.connection().exec_driver_sql("UPDATE fingerprints SET group_id = ? WHERE clip_id = ?", moved)
    changed = _elect(session, [*groups, *([clip_id] for clip_id in ids if clip_id not in wanted)])
    return Regrouped(len(ids), len(groups), len(wanted) - len(groups), tuple(changed))


@dataclass
class _Forest:
    """Groups that grow together, none with two clips of one video. Clips are rows, named by their place."""

    videos: Sequence[int]
    _group: dict[int, list[int]] = field(default_factory=dict)

    def join(self, one: int, other: int) -> None:
        left, right = self._group.get(one, [one]), self._group.get(other, [other])
        if left is right or not {self.videos[at] for at in left}.isdisjoint(self.videos[at] for at in right):
            return
        together = left + right
        self._group.update(dict.fromkeys(together, together))

    def groups(self) -> Iterator[list[int]]:
        return iter({id(group): group for group in self._group.values()}.values())


def _copies(session: Session, value: bytes, video_id: int) -> list[int]:
    """Clips of other videos that are copies, the nearest first."""
    mine = prints.load([value])
    words = sorted({int(word) for word in prints.likely_words(mine).ravel() if word >= 0})
    given = {"words": json.dumps(words), "video": video_id, "most": prints.COMMON}
    shared = Counter(session.scalars(SHARING, given))
    likely = [clip_id for clip_id, _ in shared.most_common(CLOSEST)]
    stored = select(Fingerprint.clip_id, Fingerprint.value).join(Clip, Clip.id == Fingerprint.clip_id)
    found = session.execute(stored.where(Clip.id.in_(likely), Clip.superseded == 0)).tuples().all()
    if not found:
        return []
    look, change = prints.compare(mine.repeat(len(found), axis=0), prints.load([other for _, other in found]))
    apart = (look + change).tolist()
    same = prints.alike(look, change).nonzero()[0].tolist()
    return [found[at][0] for at in sorted(same, key=lambda at: (apart[at], found[at][0]))]


def _joined(session: Session, group: list[int], other: int) -> list[int]:
    """The group together with the other clip's, unless a video would be in it twice."""
    members = _group(session, other)
    if other in group or set(_videos(session, group)) & set(_videos(session, members)):
        return group
    together = sorted({*group, *members})
    session.execute(update(Fingerprint).where(Fingerprint.clip_id.in_(together)).values(group_id=together[0]))
    return together


def _groups_of(session: Session, clip_ids: Collection[int]) -> set[int]:
    theirs = session.scalars(select(Fingerprint.group_id).where(Fingerprint.clip_id.in_(clip_ids)).distinct())
    return {group_id for group_id in theirs if group_id is not None}


def _group(session: Session, clip_id: int) -> list[int]:
    """The clip and its copies."""
    found = _members(session, _groups_of(session, [clip_id]))
    return next(iter(found.values()), [clip_id])


def _members(session: Session, groups: Collection[int]) -> dict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    columns = select(Fingerprint.group_id, Fingerprint.clip_id).order_by(Fingerprint.clip_id)
    for part in _parts(sorted(groups)):
        for group_id, clip_id in session.execute(columns.where(Fingerprint.group_id.in_(part))).tuples():
            found[group_id or 0].append(clip_id)
    return found


def _videos(session: Session, clip_ids: Collection[int]) -> list[int]:
    return list(session.scalars(select(Clip.video_id).where(Clip.id.in_(clip_ids))))


def _elect(session: Session, groups: Iterable[Sequence[int]]) -> list[int]:
    """Score every clip of these groups; those whose score is another now are judged anew, and returned."""
    groups = list(groups)
    ranks = _ranks(session, [clip_id for group in groups if len(group) > 1 for clip_id in group])
    wanted: dict[int, float | None] = {}
    for group in groups:
        best = max(group, key=ranks.__getitem__) if len(group) > 1 else group[0]
        wanted |= {clip_id: float(clip_id != best) for clip_id in group}
    changed = _differing(session, wanted)
    _write(session, {clip_id: wanted[clip_id] for clip_id in changed})
    _judge(session, changed)
    return changed


def _ranks(session: Session, clip_ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """What people accepted, then what lots did, rejected last; then what no other rule drops, larger, sharper, longer."""
    sharpness = select(Score.value).where(Score.clip_id == Clip.id, Score.name == "sharpness").scalar_subquery()
    columns = (
        Clip.id,
        Clip.review,
        Clip.verdict,
        Clip.reasons,
        Clip.start_s,
        Clip.end_s,
        Video.info,
        sharpness.label("sharp"),
    )
    ranks: dict[int, tuple[Any, ...]] = {}
    for part in _parts(clip_ids):
        for row in session.execute(select(*columns).join(Video, Video.id == Clip.video_id).where(Clip.id.in_(part))):
            said = {"accepted": 2, "accepted_lot": 1, "rejected": -1}.get(row.review, 0)
            fit = row.verdict != "dropped" or all(reason.startswith(f"{SCORE} ") for reason in row.reasons)
            size = row.info["width"] * row.info["height"]
            ranks[row.id] = (said, fit, size, row.sharp or 0.0, round(row.end_s - row.start_s, 3), -row.id)
    return ranks


def _differing(session: Session, wanted: Mapping[int, float | None]) -> list[int]:
    now: dict[int, float | None] = {}
    for part in _parts(list(wanted)):
        rows = select(Score.clip_id, Score.value).where(Score.name == SCORE, Score.clip_id.in_(part))
        now |= dict(session.execute(rows).tuples().all())
    return [clip_id for clip_id, value in wanted.items() if clip_id not in now or now[clip_id] != value]


def _write(session: Session, scores: Mapping[int, float | None]) -> None:
    if not scores:
        return
    session.flush()
    rows = [(clip_id, SCORE, value, PLAIN if value is None else None) for clip_id, value in scores.items()]
    session.connection().exec_driver_sql(UPSERT, rows)
    for known in [one for one in session if isinstance(one, Score)]:
        session.expire(known)


def _judge(session: Session, clip_ids: Sequence[int]) -> None:
    """Judge anew what was judged already, unless a person decided."""
    for part in _parts(clip_ids):
        open_ = (Clip.verdict.is_not(None), Clip.run_id.is_not(None), Clip.review.in_(("waiting", "skipped")))
        for clip_id in session.scalars(select(Clip.id).where(Clip.id.in_(part), *open_)).all():
            judging.judge_clip(session, clip_id)


def _parts(clip_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (clip_ids[start : start + IN_ONE_QUERY] for start in range(0, len(clip_ids), IN_ONE_QUERY))
