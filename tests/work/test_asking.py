"""A run that asks a model: every answer lands on its own clip, whatever the server does and in whatever order it answers."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from db import failures, progress, prompts, queue, runs
from db.models import Caption, Check, Clip, Job, Run
from db.session import Store
from pipelines.recipe import Recipe, from_config
from pipelines.scan import sheet
from settings import Settings
from tests.support.chat_server import Body, ChatServer, Reply, describe, serving, text_of
from tests.support.moves import film
from tests.support.waiting import until
from work import clips
from worker import Worker

SHADES = (
    (60, 60, 200),
    (60, 200, 60),
    (200, 60, 60),
    (200, 200, 60),
    (60, 200, 200),
    (200, 60, 200),
    (90, 90, 90),
    (220, 220, 220),
)
"""Blue, green, red as OpenCV orders them."""
SCAN = {"detector": "fixed", "min_s": 1, "max_s": 3, "trim_frames": 0, "transitions": False}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "AWAY_S", 0.2)
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    monkeypatch.setattr("openai._base_client.MAX_RETRY_DELAY", 0.02)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    with serving() as found:
        monkeypatch.setenv("CLAPPER_SERVER", found.url)
        yield found


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """A film of each shade, with something in it that moves."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number, shade in enumerate(SHADES):
        film(folder / f"{number}.mp4", [_picture(shade, index) for index in range(15)])
    return folder


def _picture(shade: tuple[int, int, int], index: int) -> np.ndarray:
    picture = np.full((96, 160, 3), shade, np.uint8)
    picture[40:56, 8 * index : 8 * index + 16] = 128
    return picture


def recipe(**parts: object) -> Recipe:
    given = {"captioners": [{"video": {"frames": 2, "frame_px": 64}}], **parts}
    return from_config({"name": "asking", "scan": SCAN, "rules": {}, **given})


def run(settings: Settings, store: Store, made: Recipe, folder: Path) -> progress.Progress:
    with store.write() as session:
        run_id = runs.create(session, made, inputs=[str(folder)], by="tester").id
    return work(settings, store, run_id)


def work(settings: Settings, store: Store, run_id: int, *, until_s: float = 60) -> progress.Progress:
    """Let a worker work until the run ends; what was given back for later is waited for."""
    deadline = time.monotonic() + until_s
    while time.monotonic() < deadline:
        Worker(settings).run(until_idle=True)
        with store.read() as session:
            now = progress.of(session, runs.get(session, run_id))
        if now.state == "done":
            return now
        time.sleep(0.1)
    raise AssertionError(f"run {run_id} did not end: {now}")


def must_fit_their_clips(store: Store, settings: Settings) -> None:
    """Each caption in force names the colour that its clip's own frames have."""
    with store.read() as session:
        for clip in session.scalars(select(Clip)):
            assert clip.caption is not None
            place = settings.clips / clip.key[:2] / clip.key / "sheet.jpg"
            tile = sheet.read(str(place), tuple(clip.sheet["times_s"]))[0]
            blue, green, red = (int(value) for value in tile.mean(axis=(0, 1)))
            words = clip.caption.text.replace(",", " ").split()
            named = [int(words[words.index(name) + 1]) for name in ("red", "green", "blue")]
            assert np.allclose(named, [red, green, blue], atol=24), f"clip {clip.id} got another clip's caption: {words}"


def test_captions_land_on_their_clips_though_answers_come_late_and_out_of_order(
    settings: Settings, store: Store, films: Path, server: ChatServer
) -> None:
    dice = random.Random(7)
    server.behave = lambda body, number: Reply(describe(body).text, wait_s=dice.random() * 0.3)
    now = run(settings, store, recipe(), films)
    assert (now.counts.clips, now.counts.kept, now.counts.failed) == (len(SHADES), len(SHADES), 0)
    must_fit_their_clips(store, settings)


def test_a_server_that_fails_now_and_then_loses_and_mixes_up_nothing(
    settings: Settings, store: Store, films: Path, server: ChatServer
) -> None:
    dice = random.Random(11)
    bad = [Reply("busy", status=429), Reply("down", status=503), Reply("x" * 9000, cut_after=1), Reply(raw=b"")]
    server.behave = lambda body, number: dice.choice(bad) if number < 12 else describe(body)
    now = run(settings, store, recipe(), films)
    with store.read() as session:
        failed = {job.item: job.error for job in session.scalars(select(Job).where(Job.state == "failed"))}
        unusable = session.scalars(select(Caption).where(Caption.outcome != "ok")).all()
    assert len(failed) == len(unusable) == now.counts.failed, "what failed says so, and nothing vanished"
    if failed:
        with store.write() as session:
            runs.retry(session, now.run_id)
        work(settings, store, now.run_id)
    must_fit_their_clips(store, settings)


def test_one_bad_answer_costs_no_other_clip_its_caption(
    settings: Settings, store: Store, films: Path, server: ChatServer
) -> None:
    server.behave = lambda body, number: (
        Reply("", status=400) if "red 48 green 192 blue 48" in describe(body).text else describe(body)
    )
    now = run(settings, store, recipe(), films)
    with store.read() as session:
        captions = session.scalars(select(Caption)).all()
        by_outcome = {outcome: [one for one in captions if one.outcome == outcome] for outcome in ("ok", "failed")}
    assert (now.counts.failed, len(by_outcome["failed"]), len(by_outcome["ok"])) == (1, 1, len(SHADES) - 1)
    assert "refused the question" in (by_outcome["failed"][0].reason or "")


BLUE = "red 48 green 48 blue 192"


def test_an_answer_of_no_use_counts_as_failed_and_is_asked_for_again(
    settings: Settings, store: Store, films: Path, server: ChatServer
) -> None:
    useless = [Reply(""), Reply("I'm sorry, I can't help with that."), Reply("A dog", finish="length"), Reply("go on " * 99)]
    by_colour = dict(zip(("blue 192", "green 192", "red 192", "red 208"), useless, strict=True))

    def behave(body: Body, number: int) -> Reply:
        said = describe(body)
        return next((reply for colour, reply in by_colour.items() if said.text.count(colour) and number < 8), said)

    server.behave = behave
    now = run(settings, store, recipe(), films)
    with store.read() as session:
        useless_rows = session.scalars(select(Caption).where(Caption.outcome != "ok")).all()
        told = {failure.kind: failure.reason for failure in failures.listed(session, now.run_id)}
    assert now.counts.failed == len(useless_rows) >= 4
    assert {row.outcome for row in useless_rows} == set(told) == {"empty", "blocked", "truncated", "repeated"}
    assert told["truncated"] == "the model had no tokens left; raise max_tokens"
    assert {row.text for row in useless_rows if row.outcome == "truncated"} == {"A dog"}, "what was said is kept"
    asked = len(server.asked)
    again = run(settings, store, recipe(), films)
    assert (again.counts.failed, len(server.asked) - asked) == (0, now.counts.failed)
    must_fit_their_clips(store, settings)


def test_a_caption_that_succeeds_at_last_is_rewritten_and_checked_too(
    settings: Settings, store: Store, films: Path, server: ChatServer
) -> None:
    server.behave = lambda body, number: Reply("", status=400) if BLUE in describe(body).text else describe(body)
    made = recipe(
        captioners=[{"video": {"frames": 2, "frame_px": 64}}],
        rewriters=["rewrite"],
        aligners=[{"judge": {"frames": 2, "frame_px": 64}}],
    )
    now = run(settings, store, made, films)
    assert {stage.name: stage.failed for stage in now.stages if stage.failed} == {"video": 1, "rewrite": 1, "judge": 1}
    server.behave = describe
    with store.write() as session:
        assert runs.retry(session, now.run_id) == 3
    now = work(settings, store, now.run_id)
    assert now.counts.failed == 0
    with store.read() as session:
        for clip in session.scalars(select(Clip)):
            assert clip.caption is not None and clip.caption.stage == "rewrite"
            checked = session.scalars(select(Check.caption_id).join(Caption).where(Caption.clip_id == clip.id)).all()
            assert checked == [clip.caption_id], "what is in force was checked, and nothing before it"


def test_a_clip_whose_server_stays_away_goes_on_without(
    settings: Settings, store: Store, films: Path, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_TRIES", 2)
    server.behave = lambda body, number: Reply("", status=503) if BLUE in describe(body).text else describe(body)
    now = run(settings, store, recipe(captioners=[{"video": {"frames": 2, "frame_px": 64}}, "measured"]), films)
    with store.read() as session:
        (failure,) = failures.listed(session, now.run_id)
        clip_id = int(session.get_one(Job, failure.job_id).item)
        captions = session.scalars(select(Caption).where(Caption.clip_id == clip_id).order_by(Caption.id)).all()
        stages = set(session.scalars(select(Job.stage).where(Job.item == str(clip_id), Job.run_id == now.run_id)))
    assert failure.kind == "away" and "does not answer" in failure.reason
    assert [(row.stage, row.outcome) for row in captions] == [("video", "failed"), ("measured", "ok")]
    assert "proxy" in stages


def test_a_wrong_key_fails_the_stage_with_one_sentence(
    settings: Settings, store: Store, films: Path, server: ChatServer
) -> None:
    server.behave = lambda body, number: Reply("no", status=401)
    now = run(settings, store, recipe(), films)
    with store.read() as session:
        reasons = {failure.reason for failure in failures.listed(session, now.run_id)}
    assert now.counts.failed == len(SHADES)
    assert len(reasons) == 1 and "does not accept the key" in reasons.pop()


def test_a_key_that_stops_being_accepted_ends_all_that_is_on_its_way(
    settings: Settings, store: Store, films: Path, server: ChatServer
) -> None:
    run(settings, store, recipe(), films)
    other = recipe(captioners=[{"video": {"frames": 2, "frame_px": 64, "prompt": "Again, please."}}])
    server.behave = lambda body, number: describe(body) if number < len(SHADES) + 2 else Reply("no", status=401, wait_s=0.2)
    with store.write() as session:
        clip_ids = list(session.scalars(select(Clip.id)))
        run_id = runs.create_on_clips(session, other, clip_ids, by="ana").id
    work(settings, store, run_id, until_s=20)
    with store.read() as session:
        jobs = session.scalars(select(Job).where(Job.run_id == run_id)).all()
    assert {job.state for job in jobs} == {"done", "failed"}
    assert {job.losses for job in jobs} == {0}, "no worker died, so none is blamed"
    assert {job.error_kind for job in jobs if job.state == "failed"} == {"stage_broken"}


def test_the_whole_way_leaves_prompt_parents_and_checks(
    settings: Settings, store: Store, films: Path, server: ChatServer
) -> None:
    made = recipe(
        captioners=[{"structured": {"frames": 2, "frame_px": 64}}],
        rewriters=["rewrite"],
        aligners=[{"judge": {"frames": 2, "frame_px": 64}}],
        rules={"contradicted": {"high": 0.3}},
    )
    now = run(settings, store, made, films)
    assert (now.counts.kept, now.counts.failed) == (len(SHADES), 0)
    with store.read() as session:
        for clip in session.scalars(select(Clip)):
            written, rewritten = session.scalars(
                select(Caption).where(Caption.clip_id == clip.id).order_by(Caption.id)
            ).all()
            assert (rewritten.parent_id, clip.caption_id) == (written.id, rewritten.id)
            assert set(written.fields) == {"subject", "action", "scene", "camera", "style"}
            assert (written.tokens_in, written.model, written.run_id) == (100, "tiny", now.run_id)
            assert "prompt" not in written.params and written.params["frames"] == 2
            assert prompts.get(session, written.prompt_digest).name == "structured"
            (check,) = session.scalars(select(Check).where(Check.caption_id == rewritten.id))
            assert (check.mean, {one["verdict"] for one in check.sentences}) == (1.0, {"supported"})


def test_a_rule_on_alignment_fails_closed(settings: Settings, store: Store, films: Path, server: ChatServer) -> None:
    server.behave = lambda body, number: Reply("no", status=400) if "response_format" in body else describe(body)
    made = recipe(aligners=[{"judge": {"frames": 1, "retries": 0}}], rules={"contradicted": {"high": 0.3}})
    now = run(settings, store, made, films)
    assert (now.counts.kept, now.counts.unscored) == (0, len(SHADES))
    with store.read() as session:
        reasons = {reason for clip in session.scalars(select(Clip)) for reason in clip.reasons}
        captioned = session.scalars(select(Clip).where(Clip.caption_id.is_not(None))).all()
    assert all(reason.startswith("contradicted missing: ") for reason in reasons)
    assert len(captioned) == len(SHADES)


def test_another_prompt_gives_further_captions_that_stand_beside(
    settings: Settings, store: Store, films: Path, server: ChatServer
) -> None:
    run(settings, store, recipe(), films)
    other = recipe(captioners=[{"video": {"frames": 2, "frame_px": 64, "prompt": "What colour is it?"}}])
    with store.write() as session:
        before = {clip.id: (clip.caption_id, clip.verdict, clip.run_id) for clip in session.scalars(select(Clip))}
        run_id = runs.create_on_clips(session, other, list(before), by="ana").id
    server.behave = lambda body, number: Reply(describe(body).text, wait_s=0.1)
    now = work(settings, store, run_id)
    assert server.most_at_once > 2, "many questions are on their way at once"
    assert [(stage.name, stage.done) for stage in now.stages] == [("video", len(SHADES))]
    with store.read() as session:
        assert {clip.id: (clip.caption_id, clip.verdict, clip.run_id) for clip in session.scalars(select(Clip))} == before
        assert len(session.scalars(select(Caption).where(Caption.run_id == run_id)).all()) == len(SHADES)
        asked = len(server.asked)
    with store.write() as session:
        again = runs.create_on_clips(session, other, list(before), by="ana").id
        assert session.get_one(Run, again).state == "done", "what is known costs nothing"
    assert len(server.asked) == asked
    assert any("What colour is it?" in text_of(body) for body in server.asked)


def test_the_judge_does_not_wait_for_captions_of_other_clips(
    settings: Settings, store: Store, films: Path, server: ChatServer
) -> None:
    made = recipe(
        captioners=[{"structured": {"frames": 1, "frame_px": 64}}],
        rewriters=["tidy"],
        aligners=[{"judge": {"frames": 1, "frame_px": 64}}],
    )
    run(settings, store, recipe(captioners=["measured"]), films)
    with store.write() as session:
        warm, *others = session.scalars(select(Clip.id)).all()
        runs.create_on_clips(session, made, [warm], by="ana")
    worker = Worker(settings)
    thread = threading.Thread(target=worker.run)
    thread.start()
    until(lambda: len(server.asked) == 2)
    judged: list[int] = []

    def behave(body: Body, number: int) -> Reply:
        if number == 2:  # the first caption of the others is slow
            deadline = time.monotonic() + 10
            while (count := sum("verdicts" in str(one.get("response_format")) for one in server.asked)) < len(others):
                if time.monotonic() > deadline:
                    break
                time.sleep(0.02)
            judged.append(count)
        return describe(body)

    server.behave = behave
    with store.write() as session:
        runs.create_on_clips(session, made, others, by="ana")
    until(lambda: bool(judged))
    until(lambda: len(server.asked) == 2 * (len(others) + 1))
    worker.stop()
    thread.join(20)
    assert judged == [len(others)], "of the warm clip, and of all but the slow one"


def test_a_server_that_always_says_the_same_is_noticed(
    settings: Settings, store: Store, films: Path, server: ChatServer
) -> None:
    server.behave = lambda body, number: Reply("A brown dog runs across a green lawn in bright light.")
    run(settings, store, recipe(), films)
    with store.read() as session:
        flagged = [caption.flags for caption in session.scalars(select(Caption).order_by(Caption.id))]
    assert flagged == [[], *[["like another"]] * (len(SHADES) - 1)]


def test_cancelling_lets_go_of_questions_that_hang(
    settings: Settings, store: Store, films: Path, server: ChatServer
) -> None:
    server.behave = lambda body, number: Reply("late", wait_s=20)
    with store.write() as session:
        run_id = runs.create(session, recipe(), inputs=[str(films)], by="tester").id
    worker = Worker(settings)
    thread = threading.Thread(target=worker.run, kwargs={"until_idle": True})
    thread.start()
    deadline = time.monotonic() + 60
    while not server.asked and time.monotonic() < deadline:
        time.sleep(0.05)
    with store.write() as session:
        runs.cancel(session, run_id)
    thread.join(15)
    assert not thread.is_alive()
    with store.read() as session:
        assert session.scalars(select(Caption)).all() == []


def test_networks_in_the_worker_write_and_align(
    settings: Settings, store: Store, films: Path, tiny_model: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tiny random checkpoints of the real architectures: their words mean nothing, but all that is around them is real."""
    monkeypatch.delenv("CLAPPER_SERVER", raising=False)
    writer, eyes = str(tiny_model("qwen3_vl")), str(tiny_model("siglip2"))
    captioner = {"video": {"model": writer, "backend": "transformers", "frames": 2, "frame_px": 64, "max_tokens": 8}}
    made = recipe(captioners=[captioner, "measured"], aligners=[{"align": {"model": eyes, "frames": 2}}])
    now = run(settings, store, made, films)
    with store.read() as session:
        written = session.scalars(select(Caption).where(Caption.stage == "video")).all()
        checks = session.scalars(select(Check)).all()
        unusable = [caption for caption in written if caption.outcome != "ok"]
        in_force = {clip.caption.stage for clip in session.scalars(select(Clip)) if clip.caption}
    assert (now.counts.kept, now.counts.failed) == (len(SHADES), len(unusable))
    assert {caption.model for caption in written} == {writer}
    assert all(caption.tokens_in > 4 and caption.tokens_out <= 8 for caption in written)
    assert in_force <= {"video", "measured"}
    assert len(checks) == len(SHADES)
    assert all(check.mean is not None and check.low is not None and -1 <= check.low <= check.mean <= 1 for check in checks)
