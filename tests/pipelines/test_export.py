"""An export is complete or not there, the same every time, and says what it left out."""

from __future__ import annotations

import json
import pickle
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import pipelines.export
from pipelines.child import Child
from pipelines.cuts import cut_name
from pipelines.errors import Cancelled, Refused, Usage
from pipelines.export import Control, ExportResult, Task, export, forget
from pipelines.exporters.cogvideox import CogVideoX
from pipelines.exporters.easyanimate import EasyAnimate
from pipelines.exporters.finetrainers import Finetrainers
from pipelines.exporters.jsonl import JsonLines
from pipelines.exporters.sidecar import Sidecar
from pipelines.kinds import Cutting
from pipelines.manifest import FILES, LEFT_OUT, MANIFEST, sha256_of
from pipelines.records import Clip, Sample
from tests.conftest import ROOT
from tests.support.stretches import call_here, clip_of, written_pictures


@pytest.fixture(scope="session")
def samples(videos: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    """Five short clips of two videos, which lie where a test may change them."""
    folder = tmp_path_factory.mktemp("sources")
    small, count = (Path(shutil.copy(videos / name, folder)) for name in ("io__small.mp4", "ffmpeg-python__in.mp4"))
    spans = [(count, 0.0, 0.3), (count, 1.0, 1.3), (count, 6.006, 6.3), (small, 1.0, 1.2), (small, 3.0, 3.2)]
    return [Sample(clip_of(path, start, end), f"Caption {i}.") for i, (path, start, end) in enumerate(spans)]


def run(samples: list[Sample], dest: Path, *, call: Any = call_here, **options: Any) -> ExportResult:
    task = Task(EasyAnimate(), dest, Cutting(**options))
    return export(task, {"": samples}, calls=[call])


def outcome(result: ExportResult) -> tuple[int, int, object]:
    assert sum(result.counts.values()) == result.written
    return result.written, result.reused, result.left_out


def listed(folder: Path) -> dict[str, str]:
    return {line["name"]: line["sha256"] for line in map(json.loads, (folder / FILES).read_text().splitlines())}


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): sha256_of(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def rows(folder: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((folder / "meta_train_info.json").read_text())
    return found


def never(*_: object, **__: object) -> Iterator[Any]:
    raise AssertionError("nothing had to be cut")


def test_every_row_names_a_clip_with_exactly_its_frames(samples: list[Sample], tmp_path: Path) -> None:
    dest = tmp_path / "set"
    assert outcome(run(samples, dest)) == (5, 0, ())
    found = rows(dest)
    assert [row["text"] for row in found] == [sample.text for sample in samples]
    assert {row["type"] for row in found} == {"video"}
    assert len({Path(row["file_path"]).stem for row in found}) == 5
    for row, sample in zip(found, samples, strict=True):
        assert len(written_pictures(dest / row["file_path"])) == sample.clip.frames
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_the_manifest_knows_every_file(samples: list[Sample], tmp_path: Path) -> None:
    run(samples[:2], tmp_path / "set")
    there = contents(tmp_path / "set")
    manifest = json.loads((tmp_path / "set" / MANIFEST).read_text())
    assert there.pop(MANIFEST)
    assert there.pop(FILES) == manifest["files"]["sha256"]
    assert listed(tmp_path / "set") == there
    assert (manifest["files"]["count"], manifest["pairs"], manifest["left_out"]) == (3, 2, 0)


def test_exporting_again_changes_no_byte_and_cuts_nothing(samples: list[Sample], tmp_path: Path) -> None:
    run(samples, tmp_path / "set")
    first = contents(tmp_path / "set")
    assert outcome(run(samples, tmp_path / "set", call=never)) == (5, 5, ())
    assert contents(tmp_path / "set") == first
    run(samples, tmp_path / "other")
    assert contents(tmp_path / "other") == first


def test_a_changed_caption_or_choice_cuts_only_what_is_new(samples: list[Sample], tmp_path: Path) -> None:
    run(samples[:2], tmp_path / "set")
    result = run([Sample(samples[0].clip, "Other words."), *samples[2:4]], tmp_path / "set")
    assert (result.written, result.reused) == (3, 1)
    assert [row["text"] for row in rows(tmp_path / "set")] == ["Other words.", "Caption 2.", "Caption 3."]
    assert len(list((tmp_path / "set" / "videos").iterdir())) == 3


def test_other_options_or_a_damaged_file_are_cut_anew(samples: list[Sample], tmp_path: Path) -> None:
    run(samples[:2], tmp_path / "set")
    first = contents(tmp_path / "set")
    (tmp_path / "set" / rows(tmp_path / "set")[0]["file_path"]).write_bytes(b"rot")
    assert run(samples[:2], tmp_path / "set").reused == 1
    assert contents(tmp_path / "set") == first
    assert run(samples[:2], tmp_path / "set", crf=30).reused == 0
    assert run(samples[:2], tmp_path / "set", crf=30, untouched=False).reused == 0


@pytest.mark.parametrize("blank", ["", "  \n", "…", "\u200b"])
def test_a_clip_without_words_never_gets_out(blank: str, samples: list[Sample], tmp_path: Path) -> None:
    result = run([samples[0], Sample(samples[1].clip, blank)], tmp_path / "set")
    assert result.written == 1
    assert [(one.clip, one.reason) for one in result.left_out] == [("ffmpeg-python__in.mp4 1.0–1.3 s", "it has no caption")]
    assert [row["text"] for row in rows(tmp_path / "set")] == ["Caption 0."]
    assert len(list((tmp_path / "set" / "videos").iterdir())) == 1


def test_nothing_to_write_is_an_empty_list(tmp_path: Path) -> None:
    assert run([], tmp_path / "set").written == 0
    assert rows(tmp_path / "set") == []


def test_a_lost_and_a_replaced_video_are_left_out_and_the_rest_goes_on(
    samples: list[Sample], videos: Path, tmp_path: Path
) -> None:
    gone, other = (Path(shutil.copy(videos / "io__small.mp4", tmp_path / name)) for name in ("gone.mp4", "other.mp4"))
    doomed = [Sample(clip_of(path, 0.0, 0.2), "Words.") for path in (gone, other)]
    gone.unlink()
    data = bytearray(other.read_bytes())
    data[-1] ^= 1
    other.write_bytes(data)
    result = run([doomed[0], *samples[:1], doomed[1]], tmp_path / "set")
    assert result.written == 1
    assert [one.clip for one in result.left_out] == ["gone.mp4 0.0–0.2 s", "other.mp4 0.0–0.2 s"]
    assert "moved" in result.left_out[0].reason
    assert "no longer the one" in result.left_out[1].reason


def test_one_clip_that_kills_the_decoder_does_not_take_the_others(samples: list[Sample], tmp_path: Path) -> None:
    bad = samples[1].clip.start_pts

    def fragile(function: str, argument: Any, *, seconds: float, cancelled: Callable[[], bool]) -> Iterator[Any]:
        for item in argument["items"]:
            if item["start_pts"] == bad:
                raise Refused("decoder_crash", "the decoder crashed")
            yield from call_here(function, {**argument, "items": [item]}, seconds=seconds, cancelled=cancelled)

    result = run(samples[:3], tmp_path / "set", call=fragile)
    assert [row["text"] for row in rows(tmp_path / "set")] == ["Caption 0.", "Caption 2."]
    assert [one.reason for one in result.left_out] == ["the decoder crashed"]


def test_it_works_through_a_decoding_child(samples: list[Sample], tmp_path: Path) -> None:
    with Child() as child:
        assert run(samples, tmp_path / "set", call=child.call).written == 5
    run(samples, tmp_path / "here")
    assert contents(tmp_path / "set") == contents(tmp_path / "here")


def test_progress_is_told_and_a_stop_leaves_everything_as_it_was(
    samples: list[Sample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipelines.export, "PROGRESS_S", 0.0)
    run(samples[:1], tmp_path / "set")
    first, told = contents(tmp_path / "set"), list[int]()
    control = Control(progress=told.append, cancelled=lambda: len(told) >= 2)
    with pytest.raises(Cancelled):
        export(Task(EasyAnimate(), tmp_path / "set"), {"": samples}, calls=[call_here], control=control)
    assert told == [1, 2]
    assert contents(tmp_path / "set") == first
    assert sorted(path.name for path in tmp_path.iterdir()) == [".set.cuts", "set"]
    forget(tmp_path / "set")
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_the_next_attempt_goes_on_with_the_clips_that_are_cut(samples: list[Sample], tmp_path: Path) -> None:
    cut: list[str] = []

    def dying(function: str, argument: Any, *, seconds: float, cancelled: Callable[[], bool]) -> Iterator[Any]:
        for answer in call_here(function, argument, seconds=seconds, cancelled=cancelled):
            cut.append(answer["dest"])
            yield answer
            if len(cut) == 2:
                raise Cancelled("the worker was asked to stop")

    with pytest.raises(Cancelled):
        run(samples, tmp_path / "set", call=dying)
    written, reused, left_out = outcome(run(samples, tmp_path / "set"))
    assert (written, left_out) == (5, ()) and reused >= 2
    assert [path.name for path in tmp_path.iterdir()] == ["set"]
    run(samples, tmp_path / "other")
    assert contents(tmp_path / "set") == contents(tmp_path / "other")


def test_a_damaged_cut_of_a_killed_export_is_cut_anew(samples: list[Sample], tmp_path: Path) -> None:
    def stopped(*_: object, **__: object) -> Iterator[Any]:
        raise Cancelled("stop")

    run(samples[:1], tmp_path / "other")
    with pytest.raises(Cancelled):
        run(samples[:1], tmp_path / "set", call=stopped)
    store, name = tmp_path / ".set.cuts", cut_name(samples[0], Cutting())
    store.mkdir(exist_ok=True)
    (store / f"{name}.mp4").write_bytes(b"half")
    (store / f"{name}.json").write_text('{"name": "", "frames": 3, "fps": 1.0, "width": 2, "height": 2, "size_bytes": 4}')
    assert run(samples[:1], tmp_path / "set").reused == 0
    assert contents(tmp_path / "set") == contents(tmp_path / "other")


def test_several_children_write_the_same_as_one(samples: list[Sample], tmp_path: Path) -> None:
    run(samples, tmp_path / "one")
    with Child() as first, Child() as second:
        export(Task(EasyAnimate(), tmp_path / "two"), {"": samples}, calls=[first.call, second.call])
        assert first.pid and second.pid
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_each_part_of_a_split_is_a_set_of_its_own(samples: list[Sample], tmp_path: Path) -> None:
    task = Task(EasyAnimate(), tmp_path / "set")
    result = export(task, {"train": samples[:3], "validation": samples[3:]}, calls=[call_here])
    assert result.counts == {"train": 3, "validation": 2}
    for part, some in (("train", samples[:3]), ("validation", samples[3:])):
        found = rows(tmp_path / "set" / part)
        assert [row["text"] for row in found] == [sample.text for sample in some]
        assert all((tmp_path / "set" / part / row["file_path"]).is_file() for row in found)
    again = export(Task(EasyAnimate(), tmp_path / "set"), {"": samples}, calls=[never])
    assert again.reused == 5  # on the other side of no split at all, the clips are still the same


def test_clips_of_another_export_are_taken_over_as_links(samples: list[Sample], tmp_path: Path) -> None:
    run(samples[:2], tmp_path / "monday")
    task = Task(Finetrainers(), tmp_path / "tuesday", against=tmp_path / "monday")
    assert outcome(export(task, {"": samples[:2]}, calls=[never])) == (2, 2, ())
    one, other = (sorted((tmp_path / day / "videos").iterdir()) for day in ("monday", "tuesday"))
    assert [path.stat().st_ino for path in one] == [path.stat().st_ino for path in other]
    shutil.rmtree(tmp_path / "monday")
    assert len(written_pictures(other[0])) == samples[0].clip.frames
    assert outcome(export(replace(task, against=tmp_path / "gone"), {"": samples[:2]}, calls=[never])) == (2, 2, ())


def test_a_clip_with_several_captions_is_cut_once(samples: list[Sample], tmp_path: Path) -> None:
    both = [samples[0], replace(samples[0], text="In other words.", take=1)]
    run(both, tmp_path / "set")
    assert len({row["file_path"] for row in rows(tmp_path / "set")}) == 1
    assert len(listed(tmp_path / "set")) == 2
    export(Task(Sidecar(), tmp_path / "pairs", against=tmp_path / "set"), {"": both}, calls=[never])
    texts = sorted(path.read_text().strip() for path in (tmp_path / "pairs").glob("*.txt"))
    assert texts == ["Caption 0.", "In other words."]
    assert len(list((tmp_path / "pairs").glob("*.mp4"))) == 2


def test_without_files_nothing_is_read_and_rows_name_the_source(samples: list[Sample], tmp_path: Path) -> None:
    task = Task(JsonLines(), tmp_path / "set", Cutting(files="none"))
    assert export(task, {"": samples}, calls=[never]).written == 5
    row = json.loads((tmp_path / "set" / "clips.jsonl").read_text().splitlines()[1])
    assert (row["file"], row["video"]["path"]) == (None, samples[1].clip.video.path)
    assert row["clip"]["start_s"] == samples[1].clip.start_s
    with pytest.raises(Usage, match="needs its clips as files"):
        run(samples, tmp_path / "other", files="none")


def test_black_bars_are_cut_off_where_they_were_measured(samples: list[Sample], tmp_path: Path) -> None:
    barred = replace(samples[0], facts={"crop": "16,8,64,32"})
    run([barred, samples[1]], tmp_path / "set", crop=True)
    sizes = [written_pictures(tmp_path / "set" / row["file_path"])[0][1].shape[:2] for row in rows(tmp_path / "set")]
    assert sizes[0] == (32, 64)
    assert sizes[1] != (32, 64)
    assert run([samples[0], samples[1]], tmp_path / "set", crop=True).reused == 1  # measured anew, cut anew


def test_what_a_format_refuses_is_left_out_with_its_reason(samples: list[Sample], tmp_path: Path) -> None:
    gone: list[Sample] = []
    control = Control(left_out=gone.append)
    long = replace(samples[0], text="word " * 400)
    result = export(Task(CogVideoX(), tmp_path / "set"), {"": [long, samples[1]]}, calls=[call_here], control=control)
    assert (result.written, result.left_out_count) == (1, 1)
    assert "401 tokens" in result.left_out[0].reason
    assert gone == [long]
    (line,) = map(json.loads, (tmp_path / "set" / LEFT_OUT).read_text().splitlines())
    assert (line["key"], line["reason"]) == (long.clip.key, result.left_out[0].reason)


def test_a_folder_that_is_not_ours_is_never_replaced(samples: list[Sample], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("ten years")
    with pytest.raises(Usage, match="not empty"):
        run(samples[:1], tmp_path / "mine")
    with pytest.raises(Usage, match="is a file"):
        run(samples[:1], tmp_path / "mine" / "thesis.txt")
    run(samples[:1], tmp_path / "set")
    (tmp_path / "set" / "latents.npy").write_bytes(b"days of work")
    with pytest.raises(Usage, match=r"latents\.npy"):
        run(samples[:1], tmp_path / "set")
    assert (tmp_path / "set" / "latents.npy").exists()
    assert contents(tmp_path / "mine") == {"thesis.txt": sha256_of(tmp_path / "mine" / "thesis.txt")}


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(samples: list[Sample], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Usage, match=r"file/set cannot be written \(.*\); choose another folder"):
        run(samples[:1], tmp_path / "file" / "set")


def test_an_empty_folder_and_a_link_to_a_former_export_are_fine(samples: list[Sample], tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    run(samples[:1], tmp_path / "set")
    (tmp_path / "link").symlink_to("set")
    assert run(samples[:2], tmp_path / "link").reused == 1
    assert len(rows(tmp_path / "set")) == 2
    assert (tmp_path / "link").is_symlink()


def test_a_disk_too_small_is_said_before_anything_is_cut(
    samples: list[Sample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 1000))
    with pytest.raises(Usage, match="GB left"):
        export(Task(EasyAnimate(), tmp_path / "set", expected_bytes=2000), {"": samples}, calls=[never])
    assert not (tmp_path / "set").exists()


KILLED = """
import sys, pickle
from pathlib import Path
from pipelines.export import Task, export
from pipelines.exporters.easyanimate import EasyAnimate
from tests.support.stretches import call_here
export(Task(EasyAnimate(), Path(sys.argv[1])), {"": pickle.loads(sys.stdin.buffer.read())}, calls=[call_here])
"""


@pytest.mark.kills
def test_a_kill_leaves_the_old_export_or_the_new_one(samples: list[Sample], tmp_path: Path) -> None:
    dest = tmp_path / "set"
    run(samples[:1], dest)
    old = contents(dest)
    run(samples, tmp_path / "whole")
    new = contents(tmp_path / "whole")
    shutil.rmtree(tmp_path / "whole")
    for delay_s in (0.0, 0.05, 0.1, 0.2, 0.4):
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(dest)], cwd=ROOT, stdin=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(pickle.dumps(samples))
        process.stdin.close()
        mine = tmp_path / f".set.part-{process.pid}"
        while not mine.exists() and process.poll() is None:
            time.sleep(0.005)
        time.sleep(delay_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert mine.exists() or contents(dest) == new
        assert contents(dest) in (old, new)
    run(samples, dest)
    assert contents(dest) == new
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_samples_of_clips_alike_keep_their_own_captions(samples: list[Sample], tmp_path: Path) -> None:
    """Overlapping clips are cut in another order than they are written in; every caption must stay with its clip."""
    first = samples[0].clip
    longer = Clip(first.video, first.start_pts, samples[1].clip.end_pts, 0)
    longer = Clip(first.video, longer.start_pts, longer.end_pts, clip_of(Path(first.video.path), 0.0, 1.3).frames)
    run([Sample(first, "short"), Sample(longer, "long"), Sample(samples[1].clip, "late")], tmp_path / "set")
    frames = {row["text"]: len(written_pictures(tmp_path / "set" / row["file_path"])) for row in rows(tmp_path / "set")}
    assert frames == {"short": first.frames, "long": longer.frames, "late": samples[1].clip.frames}
