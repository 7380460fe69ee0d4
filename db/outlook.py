"""A dry run: what an export would hold, leave out and cost, before anything is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from db import leaving, samples
from db.exports import Request
from pipelines.estimate import Estimate, estimate, makes_files

MOST_REASONS = 20


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would come of a request."""

    estimate: Estimate
    counts: Mapping[str, int] = field(default_factory=dict)
    """Pairs by part; empty where nobody counted."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """Why pairs would be left out, and how many; numbers inside a reason as N."""


def reckon(session: Session, request: Request, *, children: int) -> Outlook:
    """Size and time from sums in SQL alone: quick, whatever the size of the library."""
    files = makes_files(request.exporter, request.clips)
    sums = leaving.extents(session, request.selection)
    return Outlook(estimate(sums, request.clips, files=files, children=children))


def look_ahead(session: Session, request: Request, *, children: int) -> Outlook:
    """The same, and each pair looked at as the exporter would; takes as long as writing a list without clips."""
    counts, refused = Counter(dict.fromkeys(request.selection.parts(), 0)), Counter[str]()
    for page in leaving.plan(session, request.selection):
        for pair, sample in zip(page, samples.of(session, page), strict=True):
            wordless = not sample.text.strip() and not request.exporter.wordless
            problem = "it has no caption" if wordless else request.exporter.refuses(sample)
            if problem:
                refused[re.sub(r"\d+", "N", problem)] += 1
            else:
                counts[pair.part] += 1
        session.expunge_all()
    return Outlook(reckon(session, request, children=children).estimate, counts, dict(refused.most_common(MOST_REASONS)))
