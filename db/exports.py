"""Exports: requests to write a set, their rows, and what became of each."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Text, and_, cast, delete, insert, select, update
from sqlalchemy.orm import Session

from db import leaving, log, names, queue, samples
from db.leaving import Pair
from db.models import Caption as CaptionRow
from db.models import Clip as ClipRow
from db.models import Export, ExportRow, Job, Prompt, Run
from db.queue import Item
from pipelines.errors import Usage
from pipelines.kinds import EXPORTERS, Cutting, Exporter
from pipelines.records import Sample
from pipelines.selection import Selection

STAGE = "export"
PRIORITY = 100
"""A person waits for it: before any stage of a run."""
PAGE = 200
"""Samples read together."""
LEFT_OUT_SHOWN = 20


class Reader(Protocol):
    """`Store.read`: a short session to read in."""

    def __call__(self) -> AbstractContextManager[Session]: ...


@dataclass(frozen=True, slots=True)
class Request:
    """What to write where."""

    exporter: Exporter
    dest: str
    selection: Selection = field(default_factory=Selection)
    clips: Cutting = field(default_factory=Cutting)
    against: int | None = None
    """An earlier export whose clips may be taken over, and that the new one will be compared with."""


@dataclass(frozen=True, slots=True)
class ExportView:
    """A request and how far it is."""

    id: int
    format: str
    options: dict[str, Any]
    which: str
    dest: str
    """Fit for showing."""
    state: str
    """waiting, writing, done, failed, cancelled"""
    total: int
    written: int
    """Pairs dealt with so far; when done, pairs in the folder."""
    error: str | None
    """Why it failed, or which clips were left out of one that is done."""
    by: str
    created_at: float
    ended_at: float | None
    selection: dict[str, Any] = field(default_factory=dict)
    clips: dict[str, Any] = field(default_factory=dict)
    against: int | None = None
    summary: dict[str, Any] = field(default_factory=dict)
    comparable: bool = False
    """Whether its rows are kept."""


def create(session: Session, request: Request, *, by: str = "") -> Export:
    """Ask for an export. Raises `Usage` while another one to the same folder is on its way, or for what makes no sense."""
    exporter, selection = request.exporter, request.selection
    place = names.pack(str(Path(request.dest).expanduser().absolute()))
    if session.scalar(select(Export.id).join(Job, _is_its_job()).where(Export.dest == place, _is_open()).limit(1)):
        raise Usage(f"an export to {request.dest} is already on its way; wait for it, cancel it, or choose another folder")
    must_make_sense(request)
    if request.against is not None and session.get(Export, request.against) is None:
        raise Usage(f"there is no export {request.against}")
    row = Export(
        format=exporter.name, options=exporter.model_dump(mode="json"), which=selection.which,
        selection=selection.model_dump(mode="json"), clips=request.clips.model_dump(mode="json"), against_id=request.against,
        dest=place, total=leaving.count(session, selection), by=by, created_at=time.time(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    log.note(session, "export started", by=by, export=row.id, format=exporter.name, to=names.shown(request.dest))
    label = f"{exporter.name} to {names.shown(request.dest)}"
    queue.add(session, None, STAGE, [Item(str(row.id), label)], priority=PRIORITY)
    return row


def must_make_sense(request: Request) -> None:
    """Raises `Usage` for a choice that this format must not take."""
    exporter = request.exporter
    if request.selection.which == "everything" and not exporter.wordless:
        keeping = ", ".join(name for name, cls in EXPORTERS if cls.wordless)
        raise Usage(f"{exporter.name} would train on rejected clips; choose other clips, or a format that keeps: {keeping}")
    if request.clips.files == "none" and exporter.cuts == "always":
        raise Usage(f"{exporter.name} needs its clips as files; leave files at usual or choose another format")


def request_of(row: Export) -> Request:
    """What was asked for."""
    exporter, known = EXPORTERS[row.format](**row.options), row.selection or {"which": row.which}
    return Request(exporter, names.unpack(row.dest), Selection(**known), Cutting(**row.clips), row.against_id)


def get(session: Session, export_id: int) -> Export:
    return session.get_one(Export, export_id)


def folder(row: Export) -> Path:
    """Where the export goes."""
    return Path(names.unpack(row.dest))


def repeated(session: Session, export_id: int) -> Request:
    """The same once more, compared with what it was. Raises `Usage` when there is no such export."""
    row = session.get(Export, export_id)
    if row is None:
        raise Usage(f"there is no export {export_id}")
    return replace(request_of(row), against=export_id)


def stream(read: Reader, export_id: int, part: str) -> Iterator[Sample]:
    """The samples of one part, in order, a page at a time; no session is open while one is worked on."""
    after = -1
    while True:
        with read() as session:
            mine = (ExportRow.export_id == export_id, ExportRow.part == part, ExportRow.number > after)
            rows = session.scalars(select(ExportRow).where(*mine).order_by(ExportRow.number).limit(PAGE)).all()
            found = samples.of(session, rows)
        if not rows:
            return
        yield from found
        after = rows[-1].number


def preview(session: Session, selection: Selection, limit: int = 3) -> list[Sample]:
    """The first pairs that would leave."""
    pages = (samples.of(session, some) for page in leaving.plan(session, selection) for some in _few(page))
    return list(islice((sample for sample in chain.from_iterable(pages) if sample.text.strip()), limit))


def _few(page: list[Pair], size: int = 10) -> Iterator[list[Pair]]:
    yield from (page[start : start + size] for start in range(0, len(page), size))


def clear_rows(session: Session, export_id: int) -> None:
    """Forget a plan that was not finished."""
    session.execute(delete(ExportRow).where(ExportRow.export_id == export_id))


def add_rows(session: Session, export_id: int, pairs: Iterable[Pair], *, start: int) -> int:
    """Append to the plan, from number `start` on; the number that comes next."""
    values = [{"export_id": export_id, "number": start + place, **asdict(pair)} for place, pair in enumerate(pairs)]
    if values:
        session.execute(insert(ExportRow), values)
    return start + len(values)


def settle(session: Session, export_id: int, *, total: int) -> None:
    """The plan is whole."""
    _set(session, export_id, planned=1, total=total)


def leave_out(session: Session, export_id: int, left: Sequence[tuple[str, int]]) -> None:
    """These pairs, by key of the clip and take, did not get into the folder."""
    for key, take in left:
        clip = select(ClipRow.id).where(ClipRow.key == key).scalar_subquery()
        mine = (ExportRow.export_id == export_id, ExportRow.clip_id == clip, ExportRow.take == take)
        session.execute(update(ExportRow).where(*mine).values(left_out=1))


def origin(session: Session, export_id: int) -> dict[str, Any]:
    """Recipes, rules and prompts behind the clips and captions that leave, as the manifest tells them."""
    mine = select(ExportRow.clip_id).where(ExportRow.export_id == export_id)
    run_ids = select(ClipRow.run_id).where(ClipRow.id.in_(mine)).distinct()
    runs = session.scalars(select(Run).where(Run.id.in_(run_ids)).order_by(Run.id)).all()
    words = select(ExportRow.caption_id).where(ExportRow.export_id == export_id, ExportRow.caption_id.is_not(None))
    asked = select(CaptionRow.prompt_digest).where(CaptionRow.id.in_(words), CaptionRow.prompt_digest != "").distinct()
    digests = sorted(session.scalars(asked))
    known = {row.digest: row for row in session.scalars(select(Prompt).where(Prompt.digest.in_(digests)))}
    return {
        "runs": [{"recipe": run.recipe, "config": run.config, "rules": run.rules} for run in runs],
        "prompts": {digest: _prompt(known.get(digest)) for digest in digests},
    }


def _prompt(row: Prompt | None) -> dict[str, Any] | None:
    return {"name": row.name, "version": row.version, "text": row.text, "system": row.system} if row else None


def recent(session: Session, limit: int = 20) -> list[ExportView]:
    """The latest requests, newest first."""
    rows = session.execute(
        select(Export, Job.state, Job.error).outerjoin(Job, _is_its_job()).order_by(Export.id.desc()).limit(limit)
    )
    return [_view(export, job_state, job_error) for export, job_state, job_error in rows]


def view(session: Session, export_id: int) -> ExportView:
    """One request, and how far it is."""
    with_job = select(Export, Job.state, Job.error).outerjoin(Job, _is_its_job())
    return _view(*session.execute(with_job.where(Export.id == export_id)).one())


def begin(session: Session, export_id: int) -> None:
    """Writing has begun, maybe not for the first time."""
    _set(session, export_id, state="writing", written=0, error=None, ended_at=None)


def set_progress(session: Session, export_id: int, done: int) -> None:
    _set(session, export_id, written=done)


def finish(
    session: Session,
    export_id: int,
    *,
    written: int,
    left_out: Sequence[str] = (),
    left_out_count: int | None = None,
    summary: dict[str, Any] | None = None,
) -> None:
    """The folder is complete. `left_out` says for each clip that is not in it, or the first of them, which and why."""
    count = len(left_out) if left_out_count is None else left_out_count
    more = count - LEFT_OUT_SHOWN
    lines = [*left_out[:LEFT_OUT_SHOWN], *([f"and {more:,} more"] if more > 0 else [])]
    note = f"{count:,} left out\n" + "\n".join(lines) if count else None
    _set(session, export_id, state="done", written=written, error=note, summary=summary or {}, ended_at=time.time())


def fail(session: Session, export_id: int, reason: str) -> None:
    """It could not be written; what lay in the folder is as it was."""
    _set(session, export_id, state="failed", error=reason, ended_at=time.time())


def is_cancelled(session: Session, export_id: int) -> bool:
    """Whether a person stopped it, rather than its worker."""
    return session.get_one(Export, export_id).state == "cancelled"


def cancel(session: Session, export_id: int, *, by: str = "") -> None:
    """Stop it, if it has not ended: a worker that is writing notices within a second or two."""
    its_job = (Job.stage == STAGE, Job.item == str(export_id), _is_open())
    stopped = update(Job).where(*its_job).values(state="cancelled", ended_at=time.time()).returning(Job.id)
    if session.scalars(stopped).all():
        _set(session, export_id, state="cancelled", ended_at=time.time())
        log.note(session, "export cancelled", by=by, export=export_id)


def _is_its_job() -> ColumnElement[bool]:
    return and_(Job.stage == STAGE, Job.item == cast(Export.id, Text))


def _is_open() -> ColumnElement[bool]:
    return Job.state.in_(("ready", "leased"))


def _view(row: Export, job_state: str | None, job_error: str | None) -> ExportView:
    ended = row.state in ("done", "failed", "cancelled")
    lost = not ended and job_state in ("failed", "cancelled")  # the job ended without a word: its workers died
    state, error = (job_state or row.state, job_error) if lost else (row.state, row.error)
    return ExportView(
        row.id, row.format, row.options, row.which, names.shown(names.unpack(row.dest)), state, row.total, row.written,
        error, row.by, row.created_at, row.ended_at, row.selection, row.clips, row.against_id, row.summary,
        bool(row.planned) and row.state == "done",
    )  # fmt: skip


def _set(session: Session, export_id: int, **values: Any) -> None:
    session.execute(update(Export).where(Export.id == export_id).values(**values))
