"""Lists of others, as their own scripts write them, become what is known of stretches of files."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import Usage
from pipelines.imports import IMPORTERS, Taken, choose, read, source
from pipelines.ingest import Problem


def write(folder: Path, name: str, content: str) -> str:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")
    return str(folder / name)


def taken(path: str, **columns: object) -> list[Taken]:
    found = list(read(source(path, **columns)))
    assert not [one for one in found if isinstance(one, Problem)], found
    return [one for one in found if isinstance(one, Taken)]


def problems(path: str, **columns: object) -> list[str]:
    return [one.reason for one in read(source(path, **columns)) if isinstance(one, Problem)]


def said(one: Taken) -> tuple[str, float, float | None, bool, list[str], dict[str, float | None]]:
    name = Path(one.path).name
    scores = {score.name: score.value for score in one.scores}
    return name, one.start_s, one.end_s, one.exact, [caption.text for caption in one.captions], scores


CODES = '[["00:00:00.000", "00:00:07.441"], ["00:00:07.441", "00:01:09.343"]]'
EASYANIMATE = {
    "cuts.jsonl": (f'{{"video_path": "a.mp4", "timecode_list": {CODES}, "fram_rate": 30, "frame_size": [4, 4]}}\n',
        [("a.mp4", 0.0, 7.441, False, [], {}), ("a.mp4", 7.441, 69.343, False, [], {})]),
    "none.jsonl": ('{"video_path": "a.mp4", "timecode_list": [], "fram_rate": 30}\n', [("a.mp4", 0.0, None, False, [], {})]),
    "cuts.csv": (f'video_path,timecode_list\na.mp4,"{CODES.replace(chr(34), chr(39))}"\n',
        [("a.mp4", 0.0, 7.441, False, [], {}), ("a.mp4", 7.441, 69.343, False, [], {})]),
    "scores.jsonl": ('{"video_path": "a.mp4", "motion_score": 4.66, "text_score": 0.0, "aesthetic_score_siglip": [4, 5, 6],'
        ' "similarity_cross_frame": [0.9, 0.8]}\n',
        [("a.mp4", 0.0, None, True, [], {"motion_farneback": 4.66, "text_easyanimate": 0.0, "easyanimate_similarity": 0.8,
            "easyanimate_aesthetic_siglip": 5.0})]),
    "holes.csv": ("video_path,motion_score,text_score\na.mp4,nan,\n", [("a.mp4", 0.0, None, True, [], {})]),
    "words.jsonl": ('{"video_path": "a.mp4", "caption": " A dog. ", "videoclipxl_score": 0.21}\n',
        [("a.mp4", 0.0, None, True, ["A dog."], {"easyanimate_videoclipxl": 0.21})]),
    "frames.jsonl": ('{"video_path": "a.mp4", "image_caption_model": "Qwen",'
        ' "sampled_frame_caption": ["A dog.", "It runs."]}\n',
        [("a.mp4", 0.0, None, True, ["A dog. It runs."], {})]),
}  # fmt: skip
OPENSORA = {
    "cuts.csv": ('path,timestamp\na.mp4,"[(\'00:00:00.000\', \'00:00:03.500\')]"\n', [("a.mp4", 0.0, 3.5, False, [], {})]),
    "meta.csv": ("path,text,num_frames,fps,height,width,aes,flow,cmotion\na.mp4,A dog.,90,30.0,480,720,5.1,0.4,pan_left\n",
        [("a.mp4", 0.0, None, True, ["A dog."], {"opensora_aes": 5.1, "opensora_flow": 0.4})]),
}  # fmt: skip


@pytest.mark.parametrize("name", EASYANIMATE)
def test_stages_of_easyanimate(tmp_path: Path, name: str) -> None:
    content, expected = EASYANIMATE[name]
    path = write(tmp_path, name, content)
    assert choose(source(path)) == "easyanimate"
    assert [said(one) for one in taken(path)] == expected


@pytest.mark.parametrize("name", OPENSORA)
def test_stages_of_open_sora(tmp_path: Path, name: str) -> None:
    content, expected = OPENSORA[name]
    path = write(tmp_path, name, content)
    assert choose(source(path)) == "opensora"
    assert [said(one) for one in taken(path)] == expected


def test_the_training_list_of_easyanimate_is_a_table_like_any_other(tmp_path: Path) -> None:
    path = write(tmp_path, "train.json", json.dumps([{"file_path": "a.mp4", "text": "A dog.", "type": "video"}]))
    assert [said(one)[4] for one in taken(path)] == [["A dog."]]


def test_who_wrote_a_caption_is_kept(tmp_path: Path) -> None:
    (one,) = taken(write(tmp_path, "frames.jsonl", EASYANIMATE["frames.jsonl"][0]))
    assert [caption.model for caption in one.captions] == ["Qwen"]


def test_any_table_by_the_columns_that_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, "mine.csv", "clip,words,start,end,beauty\na.mp4,A dog.,1.5,00:02,0.7\n")
    columns = {"column": "clip", "caption_column": "words", "score_columns": ("beauty",)}
    assert [said(one) for one in taken(path, **columns)] == [("a.mp4", 1.5, 2.0, True, ["A dog."], {"beauty": 0.7})]
    assert "no column 'wrds'; it has clip, words" in problems(path, column="clip", caption_column="wrds")[0]


def test_parquet(tmp_path: Path) -> None:
    table = pa.table({"path": ["a.mp4", None, "b.mp4"], "caption": ["A dog.", "?", None]})
    pq.write_table(table, tmp_path / "list.parquet")
    found = list(read(source(str(tmp_path / "list.parquet"))))
    assert [said(one)[::4] for one in found if isinstance(one, Taken)] == [("a.mp4", ["A dog."]), ("b.mp4", [])]
    assert [one.given for one in found if isinstance(one, Problem)] == [f"line 2 of {tmp_path / 'list.parquet'}"]
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and nothing more")
    assert "cannot be read" in problems(str(tmp_path / "broken.parquet"))[0]


def test_captions_beside_clips(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4", "sat/videos/c.mp4", "bad.mp4"):
        write(tmp_path / "in", name, "x")
    write(tmp_path / "in", "a.txt", "\ufeffA dog.\n")
    write(tmp_path / "in", "sat/labels/c.txt", "Two\nlines.")
    (tmp_path / "in" / "bad.txt").write_bytes(b"\xff\xfe\xff")
    found = list(read(source(str(tmp_path / "in"))))
    words = {Path(one.path).name: [caption.text for caption in one.captions] for one in found if isinstance(one, Taken)}
    assert words == {"a.mp4": ["A dog."], "b.mp4": [], "c.mp4": ["Two\nlines."]}
    assert [one.reason for one in found if isinstance(one, Problem)] == ["bad.txt is no UTF-8; save it as UTF-8"]


def test_prompts_line_for_line(tmp_path: Path) -> None:
    write(tmp_path / "in", "videos.txt", "videos/a.mp4\nvideos/b.mp4\n")
    write(tmp_path / "in", "prompts.txt", "A dog.\nA cat.\n")
    assert [said(one)[::4] for one in taken(str(tmp_path / "in"))] == [("a.mp4", ["A dog."]), ("b.mp4", ["A cat."])]
    write(tmp_path / "in", "prompts.txt", "A dog.\n")
    assert "videos.txt has 2 lines and prompts.txt 1" in problems(str(tmp_path / "in"))[0]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ('{"video_path": "a.mp4", "timecode_list": [["00:00:00", "soon"]]}', "'soon' is no time"),
        ('{"video_path": "a.mp4", "timecode_list": "__import__(\'os\')"}', "no list of starts and ends"),
        ('{"video_path": "", "timecode_list": []}', "it names no file"),
        ("{broken", "it names no file"),
    ],
)
def test_a_line_that_makes_no_sense_is_named_and_the_rest_goes_on(tmp_path: Path, row: str, says: str) -> None:
    path = write(tmp_path, "list.jsonl", f'{{"video_path": "good.mp4", "timecode_list": []}}\n{row}\n')
    found = list(read(source(path)))
    assert [type(one) for one in found] == [Taken, Problem]
    assert isinstance(found[1], Problem) and says in found[1].reason and "line 2 of" in found[1].given


def test_what_is_no_list_is_said(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="neither a folder nor a list"):
        source(write(tmp_path, "a.mp4", "x"))
    assert "has no column 'path'" in problems(write(tmp_path, "a.csv", "x,y\n1,2\n"))[0]
    assert {name for name, _ in IMPORTERS} >= {"easyanimate", "opensora", "table", "sidecar"}
