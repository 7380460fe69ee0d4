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
from pathlib import Path
from typing import Any

import pytest

import pipelines.export
from pipelines.child import Child
from pipelines.errors import Cancelled, Refused, Usage
from pipelines.export import MANIFEST, Control, ExportResult, export, sha256_of
from pipelines.exporters.easyanimate import EasyAnimate
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
    return export(EasyAnimate(**options), samples, dest, call=call)


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): sha256_of(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def rows(folder: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((folder / "meta_train_info.json").read_text())
    return found


def never(*_: object, **__: object) -> Iterator[Any]:
    raise AssertionError("nothing had to be cut")


def test_every_row_names_a_clip_with_exactly_its_frames(samples: list[Sample], tmp_path: Path) -> None:
    dest = tmp_path / "set"
    assert run(samples, dest) == ExportResult(written=5, reused=0, left_out=())
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
    assert there.pop(MANIFEST)
    assert json.loads((tmp_path / "set" / MANIFEST).read_text())["files"] == there


def test_exporting_again_changes_no_byte_and_cuts_nothing(samples: list[Sample], tmp_path: Path) -> None:
    run(samples, tmp_path / "set")
    first = contents(tmp_path / "set")
    assert run(samples, tmp_path / "set", call=never) == ExportResult(written=5, reused=5, left_out=())
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
    control = Control(progress=told.append, cancelled=lambda: len(told) >= 3)
    with pytest.raises(Cancelled):
        export(EasyAnimate(), samples, tmp_path / "set", call=call_here, control=control)
    assert told == [1, 2, 3]
    assert contents(tmp_path / "set") == first
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


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
        run(samples, tmp_path / "set", call=never)
    assert not (tmp_path / "set").exists()


KILLED = """
import sys, pickle
from pathlib import Path
from pipelines.export import export
from pipelines.exporters.easyanimate import EasyAnimate
from tests.support.stretches import call_here
export(EasyAnimate(), pickle.loads(sys.stdin.buffer.read()), Path(sys.argv[1]), call=call_here)
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
