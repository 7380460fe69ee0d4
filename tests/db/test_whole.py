"""A clip's page shows everything that is stored about it."""

from __future__ import annotations

from db import tags
from db.decisions import Decision, decide
from db.models import Caption, Check, Prompt, Result
from db.session import Store
from db.whole import Checked, Ended, whole
from tests.support.library import Made, add_clip


def test_all_that_is_known_of_a_clip(store: Store) -> None:
    sentences = [{"text": "A ball rolls.", "value": 0.3, "verdict": "supported", "note": ""}]
    with store.write() as session:
        clip = add_clip(session, Made(scores={"motion": 0.1, "text": None}))
        add_clip(session)
        session.add(Prompt(digest="d", name="short", version=2, text="Say it.", created_at=0.0))
        later = Caption(
            clip_id=clip.id, text="A red ball rolls.", author="machine", model="large", stage="video", prompt_digest="d",
            params={"frames": 8}, flags=["too long"], tokens_in=900, tokens_out=20, cost=0.01, seconds=1.5, run_id=4,
            created_at=1.0,
        )  # fmt: skip
        session.add(later)
        check = Check(caption_id=1, stage="clipscore", digest="x", mean=0.3, low=0.1, sentences=sentences, created_at=1.0)
        session.add(check)
        session.add(Result(clip_id=clip.id, stage="video", digest="x", created_at=3.0))
        tags.add(session, [clip.id], "night", by="ana")
        decide(session, Decision("key-of-one", clip.id, 0, "accept"), "ana")
        found = whole(session, clip.id)
    assert found is not None
    first, second = found.origins
    assert (first.stage, first.prompt, first.checks) == ("", "", (Checked("clipscore", "", 0.3, 0.1, (sentences[0],)),))
    assert (second.prompt, second.params, second.flags, second.tokens_in) == ("short@2", {"frames": 8}, ("too long",), 900)
    assert (second.run_id, second.cost, second.seconds, second.checks) == (4, 0.01, 1.5, ())
    assert (found.tags, found.stages) == (("night",), (Ended("video", 3.0),))
    assert (found.film.names, found.film.clips) == (("films/ball.mp4",), 2)
    assert [(entry.kind, entry.actor) for entry in found.history] == [("accept", "ana")]
    assert found.clip.missing == {"text": "the detector gave up"}


def test_no_clip_is_none(store: Store) -> None:
    with store.read() as session:
        assert whole(session, 1) is None
