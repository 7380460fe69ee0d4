"""The command line as scripts use it: real processes, real videos, exit codes, and the last line of output."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import app
from tests.support.footage import make_video

ROOT = Path(__file__).parents[2]
Clapper = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli")


@pytest.fixture(scope="module")
def clapper(place: Path) -> Clapper:
    """Runs `app.py` with arguments, on one data folder."""

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "app.py"), *arguments]
        nowhere = {name: str(place / "weights") for name in ("CLAPPER_MODELS", "HF_HUB_CACHE")}
        environment = {**os.environ, **nowhere, "CLAPPER_DATA": str(place / "data")}
        return subprocess.run(command, cwd=place, env=environment, input=stdin, capture_output=True, text=True, timeout=100)

    return run


@pytest.fixture
def typed(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Clapper:
    """The same in this process, for what ends before any work: a process each would spend its time on imports."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.chdir(place)
        monkeypatch.setenv("CLAPPER_DATA", str(place / "data"))
        monkeypatch.setattr(sys, "argv", ["app.py", *arguments])
        with pytest.raises(SystemExit) as ended:
            sys.exit(app.main())
        return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def ran(clapper: Clapper, place: Path) -> dict[str, Any]:
    """Two good videos and a bad one have been run."""
    make_video(place / "in" / "a.mp4", seed=1)
    make_video(place / "in" / "deep" / "b.mp4", seed=2)
    (place / "in" / "bad.mp4").write_text("not a video")
    ended = clapper("run", "in", "--json", "--workers", "1")
    assert ended.returncode == 3, ended.stderr
    assert "failed: in/bad.mp4: " in ended.stderr
    summary: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return summary


def listed(clapper: Clapper, *where: str) -> list[dict[str, Any]]:
    ended = clapper("clips", *(word for one in where for word in ("--where", one)))
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_run_sums_up_on_the_last_line(ran: dict[str, Any]) -> None:
    expected = {"videos": 2, "clips": 2, "kept": 2, "dropped": 0, "unscored": 0, "failed": 1}
    assert {name: ran[name] for name in expected} == expected
    assert ran["seconds"] > 0


def test_running_again_is_a_matter_of_seconds(clapper: Clapper, ran: dict[str, Any]) -> None:
    began = time.monotonic()
    ended = clapper("run", "in/a.mp4", "in/deep", "--json")
    assert ended.returncode == 0
    assert json.loads(ended.stdout.splitlines()[-1])["kept"] == 2
    assert time.monotonic() - began < 15


def test_clips_are_one_json_object_a_line(clapper: Clapper, ran: dict[str, Any]) -> None:
    clips = listed(clapper)
    assert [clip["video"] for clip in clips] == ["in/a.mp4", "in/deep/b.mp4"] or len(clips) == 2
    for clip in clips:
        assert clip["verdict"] == "kept" and clip["reasons"] == [] and clip["missing"] == {}
        assert clip["end_s"] - clip["start_s"] == pytest.approx(3.5, abs=0.06)
        assert {"motion", "sharpness", "brightness", "text"} <= set(clip["scores"])
        (caption,) = clip["captions"]
        assert (caption["author"], caption["model"], caption["outcome"]) == ("machine", "measured", "ok")


def test_where_chooses(clapper: Clapper, ran: dict[str, Any]) -> None:
    assert listed(clapper, "motion>100") == []
    assert len(listed(clapper, "verdict=kept", "motion>0.001")) == 2
    wrong = clapper("clips", "--where", "beauty>3")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "beauty" in wrong.stderr and "motion" in wrong.stderr


def test_review_and_export(clapper: Clapper, ran: dict[str, Any], place: Path) -> None:
    first, second = (str(clip["id"]) for clip in listed(clapper))
    assert clapper("review", first, "--text", "Blocks drift past.", "--by", "lin").returncode == 0
    assert clapper("review", second, "--reject", "cut inside", "--by", "lin").returncode == 0
    (accepted,) = listed(clapper, "review=accepted")
    assert (accepted["reviewed_by"], accepted["captions"][-1]["text"]) == ("lin", "Blocks drift past.")
    options = ("--format", "easyanimate", "--set", "clips.crf=30", "--set", "untouched=false")
    seen = clapper("export", "out", *options, "--split", "0.5", "--dry-run")
    assert seen.returncode == 0, seen.stderr
    assert seen.stdout.startswith("1 pair from 1 video: train ")
    assert "Blocks drift past." in seen.stdout and " free" in seen.stdout
    assert not (place / "out").exists()
    ended = clapper("export", "out", *options)
    assert ended.returncode == 0, ended.stderr
    assert "export 1" in ended.stdout
    made = json.loads((place / "out" / "manifest.json").read_text())
    assert (made["clips"]["crf"], made["clips"]["untouched"], made["options"]["table"]) == (30, False, "json")
    assert [run["recipe"] for run in made["runs"]] == ["quickstart"]
    (row,) = json.loads((place / "out" / "meta_train_info.json").read_text())
    assert (row["text"], row["type"]) == ("Blocks drift past.", "video")
    assert (place / "out" / row["file_path"]).is_file()
    again = clapper("export", "again", *options, "--against", "1")
    assert "against export 1: 0 added, 0 removed, 0 changed, 1 the same" in again.stdout
    assert (place / "again" / row["file_path"]).stat().st_ino == (place / "out" / row["file_path"]).stat().st_ino


def test_what_leaves_as_jsonl_comes_back_whole_and_only_once(clapper: Clapper, ran: dict[str, Any], place: Path) -> None:
    sent = clapper("export", "all", "--format", "jsonl", "--which", "everything", "--set", "clips.files=none")
    assert sent.returncode == 0, sent.stderr
    there = {one["key"]: told(one) for one in listed(clapper)}
    for _ in range(2):
        taken = clapper("import", "all", "--data", "other")
        assert taken.returncode == 0, taken.stderr
        found = clapper("clips", "--data", "other").stdout.splitlines()
        assert {one["key"]: told(one) for one in map(json.loads, found)} == there


def told(clip: dict[str, Any]) -> tuple[object, ...]:
    """What people said of a clip, and what was measured."""
    captions = [(one["text"], one["author"], one["outcome"], one["in_force"]) for one in clip["captions"]]
    return captions, clip["review"], clip["reject_reason"], clip["reviewed_by"], clip["scores"], clip["facts"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "nowhere"), "does not exist"),
        (("run", "in", "--recipe", "none"), "there is no recipe 'none'; known: as-is"),
        (("run", "in", "--set", "scan.max=3"), "scan.max"),
        (("run", "in", "--set", "rules.beauty.low=3"), "beauty"),
        (("run",), "Missing argument"),
        (("review", "999", "--accept"), "there is no clip '999'"),
        (("review", "1"), "exactly one of"),
        (("export", "out2", "--format", "floppy"), "easyanimate"),
        (
            ("export", "out2", "--format", "easyanimate", "--which", "best"),
            "selection.which: Input should be 'accepted', 'lot'",
        ),
        (("export", "out2", "--format", "easyanimate", "--set", "crf=99"), "clips.crf: Input should be less"),
        (("export", "out2", "--format", "easyanimate", "--set", "crf=low"), "crf: Input should be a valid integer"),
        (("export", "out2", "--format", "easyanimate", "--set", "speed=1"), "known: safe_cells, table, files, codec"),
        (("export", "out2", "--format", "easyanimate", "--caption", "best"), "chooses no caption"),
        (("export", "out2", "--format", "easyanimate", "--where", "motion"), "is no condition"),
        (("export", "out2", "--format", "easyanimate", "--set", "crf"), "write field=value"),
        (("--host", "0.0.0.0", "--port", "0"), "Invalid value"),
        (("--host", "0.0.0.0", "--port", "18765"), "app.py user add"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(
    typed: Clapper, ran: dict[str, Any], arguments: tuple[str, ...], says: str
) -> None:
    ended = typed(*arguments)
    assert ended.returncode == 2, ended.stderr
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr


def test_reading_from_an_empty_folder_makes_nothing(clapper: Clapper, place: Path) -> None:
    ended = clapper("clips", "--data", "empty")
    assert ended.returncode == 2 and "run some videos first" in ended.stderr
    assert not (place / "empty").exists()


def test_a_list_names_its_videos(clapper: Clapper, ran: dict[str, Any], place: Path) -> None:
    (place / "list.csv").write_text("file,note\nin/a.mp4,x\nin/gone.mp4,y\n")
    ended = clapper("run", "list.csv", "--column", "file", "--json")
    assert ended.returncode == 3
    assert "gone.mp4" in ended.stderr
    assert json.loads(ended.stdout.splitlines()[-1])["videos"] == 1


def test_doctor_finds_nothing_broken_and_says_what_would_caption(clapper: Clapper) -> None:
    ended = clapper("doctor")
    assert ended.returncode == 0, ended.stdout
    for word in ("SQLite", "FFmpeg", "libavcodec", "rapidocr"):
        assert word in ended.stdout
    for line in (
        r"backend transformers +the weights of qwen3-vl-8b are not here; put all files .* into ",
        r"networks run on +\S.*, \d+\.\d GiB, \d+\.\d free",
        r"captioner for this machine +\S+; takes about .* fits",
        r"models that are not here +qwen3-vl-8b, ",
    ):
        assert re.search(line, ended.stdout), line


def test_accounts_are_made_from_the_command_line(clapper: Clapper, ran: dict[str, Any]) -> None:
    assert clapper("user", "add", "lin", "--password-stdin", stdin="a long enough password\n").returncode == 0
    assert "lin" in clapper("user", "list").stdout
    again = clapper("user", "add", "lin", "--password-stdin", stdin="a long enough password\n")
    assert again.returncode == 2 and "lin" in again.stderr


COMMANDS = [
    *("run", "clips", "review", "export", "doctor", "worker", "demo", "user"),
    *("backup", "restore", "relink", "import", "reel", "token"),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_a_command_does(typed: Clapper, command: str) -> None:
    ended = typed(command, "--help")
    assert ended.returncode == 0
    assert len(ended.stdout.splitlines()) > 6
