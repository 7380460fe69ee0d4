"""The Queue page's thinking, without a browser."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

from pipelines import recipe as recipes
from settings import Settings, data_folder
from studio.components import form
from studio.pages.queue import asked, command_line, hint

QUICKSTART = recipes.load("quickstart")


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
    told = asked(settings, " /a \n\n/b\n", QUICKSTART, {**form.values(QUICKSTART), "scan.max_s": 8})
    assert (told["inputs"], told["recipe"], told["sets"], told["problem"]) == (
        ["/a", "/b"],
        "quickstart",
        ["scan.max_s=8"],
        None,
    )


def test_a_setting_that_does_not_fit_is_said_at_once(settings: Settings) -> None:
    told = asked(settings, "/a", QUICKSTART, {**form.values(QUICKSTART), "scan.max_s": 4})
    assert "at least twice" in told["problem"]
    told = asked(settings, "/a", QUICKSTART, {**form.values(QUICKSTART), "scan.threshold": "many"})
    assert "scan.threshold" in told["problem"]


def test_the_hint_says_what_may_be_queued(settings: Settings) -> None:
    assert "machine that runs the studio" in hint(settings)
    assert "/films" in hint(replace(settings, roots=(Path("/films"),)))
    assert "Uploads only" in hint(replace(settings, auth=True))
