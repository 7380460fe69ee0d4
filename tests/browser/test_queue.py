"""The Queue page in a real browser: a run from the form, its progress, its failures, uploads."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from db import queue, runs, workers
from db.models import Job, Taken
from db.session import Store
from pipelines import methods
from pipelines import recipe as recipes
from settings import Settings
from tests.support.footage import make_video
from tests.support.library import add_clip, add_run

pytestmark = pytest.mark.browser

PAYLOAD = "${Object.assign(window,{hit:1})}<img src=x onerror='window.hit=1'>"
START, COMMAND, STATE = "#start-run [data-act=start]", "#start-run code", "#start-run .state"


@pytest.fixture
def queue_page(page: Page, studio: str) -> Page:
    page.goto(f"{studio}/queue")
    expect(page.locator(START)).to_be_visible()
    return page


def make_run(store: Store, *labels: str) -> int:
    with store.write() as session:
        return runs.create(session, recipes.load("quickstart"), inputs=list(labels), by="lin").id


def test_a_run_is_started_from_the_form(queue_page: Page, store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "it's films"
    folder.mkdir()
    queue_page.get_by_label("Folders, videos or lists").fill(str(folder))
    queue_page.locator(".settings summary", has_text="Scan").click()
    queue_page.get_by_label("Max, seconds").fill("8")
    expect(queue_page.locator(COMMAND)).to_contain_text("--set scan.max_s=8")
    expect(queue_page.locator(COMMAND)).to_contain_text("app.py run '" + str(folder).replace("'", "'\"'\"'"))
    queue_page.locator(START).click()
    expect(queue_page.locator(STATE)).to_have_text("Run 1 is queued.")
    expect(queue_page.locator(".run .title")).to_have_text("quickstart 1")
    expect(queue_page.locator(".run .state")).to_have_text("waiting")
    with store.read() as session:
        run = runs.get(session, 1)
        assert (run.config["scan"]["max_s"], runs.input_of(run, "0").path) == (8, str(folder))


def test_start_waits_for_what_was_just_typed(queue_page: Page, tmp_path: Path) -> None:
    queue_page.route("**/gradio_api/run/**", lambda route: (queue_page.wait_for_timeout(400), route.continue_()))
    queue_page.get_by_label("Folders, videos or lists").fill(str(tmp_path))
    queue_page.locator(START).click()
    expect(queue_page.locator(STATE)).to_have_text("Run 1 is queued.")


def test_mistakes_are_sentences(queue_page: Page) -> None:
    queue_page.locator(START).click()
    expect(queue_page.locator(STATE)).to_contain_text("nothing to run yet")
    queue_page.get_by_label("Folders, videos or lists").fill("/no/such/folder")
    queue_page.locator(START).click()
    expect(queue_page.locator(STATE)).to_contain_text("/no/such/folder is not there")
    queue_page.locator(".settings summary", has_text="Scan").click()
    queue_page.get_by_label("Max, seconds").fill("4")
    expect(queue_page.locator(STATE)).to_contain_text("at least twice")
    expect(queue_page.locator(START)).to_be_disabled()


def test_somebody_new_is_told_what_to_do(queue_page: Page, store: Store) -> None:
    expect(queue_page.locator("#job-list .empty")).to_contain_text("Nothing has been queued yet")
    queue_page.get_by_role("button", name="Try it with the sample videos").click()
    expect(queue_page.locator(".run .inputs")).to_have_text("…/media_assets/videos")
    expect(queue_page.locator("#job-list .banner")).to_contain_text("python app.py worker")
    expect(queue_page.locator("#job-list .empty")).to_be_hidden()
    with store.write() as session:
        workers.enlist(session, "w1")
    expect(queue_page.locator("#job-list .banner")).to_be_hidden()


def test_progress_is_live_and_obeys(queue_page: Page, store: Store) -> None:
    run = make_run(store, "/films/a", "/films/b")
    card = queue_page.locator(f".run[data-run='{run}']")
    expect(card.locator(".stages")).to_contain_text("0 of 2")
    with store.write() as session:
        first = session.scalars(select(Job.id).order_by(Job.id)).first()
        session.execute(update(Job).where(Job.id == first).values(state="done"))
    expect(card.locator(".stages")).to_contain_text("1 of 2")
    for press, then in (("Pause", "paused"), ("Resume", "running"), ("Cancel", "cancelled")):
        card.get_by_role("button", name=press).click()
        expect(card.locator(".state")).to_have_text(then)
    expect(card.get_by_role("button", name="Cancel")).to_be_hidden()


def test_a_run_on_clips_counts_clips_and_no_videos(queue_page: Page, store: Store) -> None:
    with store.write() as session:
        clips = [add_clip(session).id for _ in range(3)]
        run = runs.create_on_clips(session, methods.recipe_of("measured", ()), clips, by="lin").id
        session.execute(update(Job).where(Job.item == str(clips[0])).values(state="done"))
    counts = queue_page.locator(f".run[data-run='{run}'] .counts > div:visible")
    expect(counts).to_have_text(["clips3", "done1"])


def test_failures_are_grouped_by_reason_and_tried_again(queue_page: Page, store: Store) -> None:
    run = make_run(store, "/films/a.mp4", "/films/b.mp4", PAYLOAD)
    with store.write() as session:
        session.execute(update(Job).values(state="failed", error_kind="empty_file", error=f"it is empty {PAYLOAD}"))
    card = queue_page.locator(f".run[data-run='{run}']")
    card.get_by_text("3 items failed").click()
    expect(card.locator(".group")).to_have_count(1)
    expect(card.locator(".group")).to_contain_text("find · 3")
    expect(card.locator(".group li")).to_have_text(["/films/a.mp4", "/films/b.mp4", PAYLOAD])
    assert queue_page.evaluate("window.hit") is None
    card.get_by_role("button", name="Retry failed").click()
    expect(card.locator(".counts .failed")).to_be_hidden()
    with store.read() as session:
        assert set(session.scalars(select(Job.state))) == {"ready"}


def test_rows_of_a_list_that_became_no_clip_are_told(queue_page: Page, store: Store) -> None:
    with store.write() as session:
        run = add_run(session)
        ball = add_clip(session, run=run)
        times = {"start_s": 30.0, "end_s": 40.0, "exact": 1}
        session.add(Taken(run_id=run.id, path="ball", given="ball.mp4", video_id=ball.video_id, said={}, **times))
        session.flush()
        runs.close_if_done(session, run)
    card = queue_page.locator(".run")
    card.get_by_text("1 row became no clip").click()
    expect(card.locator(".group")).to_contain_text("there are no frames at these times")
    expect(card.locator(".group li")).to_have_text(["ball.mp4 30.0–40.0 s"])
    expect(card.locator(".group button")).to_have_count(0)


def test_an_upload_lands_in_the_form(queue_page: Page, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "a film.mp4").write_bytes(b"x" * 100_000)
    (tmp_path / "page.html").write_text("<script>")
    queue_page.locator("#upload input").set_input_files([tmp_path / "a film.mp4", tmp_path / "page.html"])
    expect(queue_page.locator("#upload li").nth(0)).to_contain_text("uploaded")
    expect(queue_page.locator("#upload li").nth(1)).to_contain_text("neither a video nor a list")
    field = queue_page.get_by_label("Folders, videos or lists")
    expect(field).not_to_have_value("")
    folder = Path(field.input_value().strip())
    assert folder.parent == settings.uploads
    assert [path.name for path in folder.iterdir()] == ["a film.mp4"]
    expect(queue_page.locator(COMMAND)).to_contain_text(str(folder))


def test_what_a_run_would_cost_is_told_before_it_starts(queue_page: Page, store: Store, tmp_path: Path) -> None:
    make_video(tmp_path / "films" / "drift.mp4")
    queue_page.get_by_label("Folders, videos or lists").fill(str(tmp_path / "films"))
    queue_page.get_by_role("button", name="Dry run").click()
    expect(queue_page.locator("#start-run .plan")).to_contain_text("1 video to read, 4 s of film, no earlier run tells")
    with store.read() as session:
        assert runs.recent(session) == []


def test_a_run_is_asked_for_again_and_put_before_others(queue_page: Page, store: Store) -> None:
    with store.write() as session:
        changed = recipes.load("quickstart", ["scan.max_s=8"])
        run = runs.create(session, changed, inputs=["/films/a", "/films/b"], by="lin").id
        runs.create(session, changed, inputs=["/films/c"], by="lin")
    card = queue_page.locator(f".run[data-run='{run}']")
    card.get_by_role("button", name="Run again").click()
    expect(queue_page.get_by_label("Folders, videos or lists")).to_have_value("/films/a\n/films/b")
    expect(queue_page.locator(COMMAND)).to_contain_text("--set scan.max_s=8")
    card.get_by_label("Priority").select_option("1")
    expect(card.get_by_label("Priority")).to_be_enabled()
    with store.write() as session:
        runs.get(session, run)
        assert [lease.label for lease in queue.claim(session, "w")] == ["/films/a"]
        failed = {"state": "failed", "error_kind": "k", "error": "it is damaged"}
        session.execute(update(Job).where(Job.state == "leased").values(**failed))
    card.get_by_text("1 item failed").click()
    card.get_by_role("button", name="/films/a").click()
    expect(queue_page.locator("#job-list dialog.item dl")).to_contain_text("it is damaged")
    expect(queue_page.locator("#job-list dialog.item .story li").last).to_contain_text("it is damaged")


def test_only_what_was_chosen_is_drawn_and_what_was_typed_comes_back(queue_page: Page) -> None:
    titles = queue_page.locator(".settings summary")
    expect(titles).to_have_text(["Scan", "Text", "Measured", "Rules"])
    titles.first.click()
    queue_page.get_by_label("Max, seconds").fill("8")
    queue_page.get_by_label("Recipe").click()
    queue_page.get_by_role("option", name="as-is").click()
    expect(titles).not_to_contain_text(["Rules"])
    expect(queue_page.locator(COMMAND)).to_contain_text("--recipe as-is")
    expect(queue_page.locator(COMMAND)).not_to_contain_text("max_s=8")
    queue_page.get_by_label("Recipe").click()
    queue_page.get_by_role("option", name="quickstart").click()
    expect(queue_page.get_by_label("Max, seconds")).to_have_value("8")
    expect(queue_page.locator(COMMAND)).to_contain_text("--recipe quickstart")
    expect(queue_page.locator(COMMAND)).to_contain_text("--set scan.max_s=8")


def test_captions_of_others_are_imported_from_the_form(queue_page: Page, store: Store, tmp_path: Path) -> None:
    make_video(tmp_path / "clips" / "drift.mp4")
    listing = tmp_path / "captions.csv"
    listing.write_text("file,words\ndrift.mp4,A ball drifts.\ngone.mp4,Nothing.\n", "utf-8")
    queue_page.get_by_label("Clips that have captions").check()
    queue_page.get_by_label("Folders, videos or lists").fill(str(listing))
    queue_page.get_by_label("Caption column").fill("words")
    queue_page.get_by_label("Folder of the videos").fill(str(tmp_path / "clips"))
    queue_page.get_by_label("Path column").fill("file")
    expect(queue_page.locator(COMMAND)).to_contain_text(f"app.py import {listing} --root {tmp_path}/clips --column file")
    queue_page.get_by_role("button", name="Dry run").click()
    expect(queue_page.locator("#start-run .plan")).to_have_text("2 clips, 2 captions, 1 without a video.")
    queue_page.locator(START).click()
    expect(queue_page.locator(STATE)).to_have_text("Run 1 is queued.")
    with store.read() as session:
        taken = runs.input_of(runs.get(session, 1), "0")
    assert (taken.take, taken.column, taken.caption_column) == ("auto", "file", "words")
    queue_page.reload()
    queue_page.get_by_role("button", name="Run again").click()
    expect(queue_page.get_by_label("Caption column")).to_have_value("words")
    expect(queue_page.get_by_label("Clips that have captions")).to_be_checked()
