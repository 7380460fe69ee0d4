"""The Queue page's thinking, without a browser."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines import recipe as recipes
from settings import Settings, data_folder
from studio.components import form
from studio.pages.queue import Asked, asked, command_line, hint, uploaded_lists
from studio.words import words
from studio.words.below import ENGLISH

QUICKSTART = recipes.load("quickstart")


def says(text: str, changed: Mapping[str, Any], *, way: str = "videos") -> Asked:
    return Asked(way, text, QUICKSTART, {**form.values(QUICKSTART), **changed})


def test_the_command_survives_a_shell(settings: Settings) -> None:
    inputs = ["/films/it's here", "/b;rm -rf ~", "$(date)"]
    words = shlex.split(command_line(settings, inputs, "quickstart", ["scan.max_s=8"]))
    assert words == [
        "python",
        "app.py",
        "run",
        *inputs,
        "--recipe",
        "quickstart",
        "--data",
        str(settings.data),
        "--set",
        "scan.max_s=8",
    ]


def test_the_usual_data_folder_needs_no_mention(settings: Settings) -> None:
    assert "--data" not in command_line(replace(settings, data=data_folder()), ["x"], "quickstart", [])


def test_what_the_form_describes(settings: Settings) -> None:
    told = asked(settings, says(" /a \n\n/b\n", {"scan.max_s": 8}), ENGLISH)
    assert (told["inputs"], told["recipe"], told["sets"], told["problem"]) == (
        ["/a", "/b"],
        "quickstart",
        ["scan.max_s=8"],
        None,
    )


def test_a_setting_that_does_not_fit_is_said_at_once(settings: Settings) -> None:
    told = asked(settings, says("/a", {"scan.max_s": "4"}), ENGLISH)
    assert "at least twice" in told["problem"]
    told = asked(settings, says("/a", {"scan.threshold": "many"}), ENGLISH)
    assert "scan.threshold" in told["problem"]


def test_the_hint_says_what_may_be_queued(settings: Settings) -> None:
    assert "machine that runs the studio" in hint(settings, words("en"))
    assert "/films" in hint(replace(settings, roots=(Path("/films"),)), words("en"))
    assert "Uploads only" in hint(replace(settings, auth=True), words("en"))


def test_an_import_says_the_command_that_does_the_same(settings: Settings) -> None:
    told = asked(
        replace(settings, data=data_folder()),
        says("/a.csv\n/it's b", {"read.root": "/clips", "read.scores": "motion, text"}, way="captions"),
        ENGLISH,
    )
    lines = [shlex.split(line) for line in told["command"].splitlines()]
    options = ["--root", "/clips", "--score", "motion", "--score", "text", "--recipe", "quickstart"]
    assert lines == [["python", "app.py", "import", path, *options] for path in ("/a.csv", "/it's b")]
    assert told["reading"]["root"] == "/clips" and told["sets"] == []


def test_an_uploaded_list_is_read_and_a_text_beside_a_video_is_none(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.txt", "train.csv"):
        (tmp_path / name).touch()
    assert uploaded_lists(tmp_path) == [str(tmp_path / "train.csv")]
