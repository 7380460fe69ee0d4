"""Lists as people and programs write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import Refused
from pipelines.lists import rows


def write(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", "# mine\na.mp4\n\n  b c.mp4 \r\n#no\nd#.mp4", [(2, "a.mp4"), (4, "b c.mp4"), (6, "d#.mp4")]),
        ("bom.txt", b"\xef\xbb\xbfa.mp4\n", [(1, "a.mp4")]),
        ("bytes.txt", b"\xff.mp4\n", [(1, "\udcff.mp4")]),
        ("a.csv", "id,path\n1,a.mp4\n2,\"b, c.mp4\"\n", [(2, "a.mp4"), (3, "b, c.mp4")]),
        ("bom.csv", b"\xef\xbb\xbfpath,x\r\na.mp4,1\r\n", [(2, "a.mp4")]),
        ("quoted.csv", 'path,text\n"a ""b"".mp4","line\nbreak"\nc.mp4,\n', [(3, 'a "b".mp4'), (4, "c.mp4")]),
        ("excel.csv", "id;path\n1;a,b.mp4\n", [(2, "a,b.mp4")]),
        ("a.tsv", "path\tid\na.mp4\t1\n", [(2, "a.mp4")]),
        ("gaps.csv", "id,path\n1,\n2\n3,c.mp4,extra\n", [(2, None), (3, None), (4, "c.mp4")]),
        ("A.CSV", "path\na.mp4\n", [(2, "a.mp4")]),
        ("a.jsonl", '{"path": "a.mp4"}\n\n"b.mp4"\n{broken\n7\n', [(1, "a.mp4"), (3, "b.mp4"), (4, None), (5, None)]),
        ("gaps.jsonl", '{"path": "a.mp4"}\n{"x": 1}\n', [(1, "a.mp4"), (2, None)]),
        ("a.ndjson", '{"video": "a.mp4"}', [(1, "a.mp4")]),
        ("texts.json", '["a.mp4", " b.mp4", "", null]', [(1, "a.mp4"), (2, " b.mp4"), (3, None), (4, None)]),
        ("train.json", '[{"file_path": "a.mp4", "text": "a dog"}]', [(1, "a.mp4")]),
        ("empty.txt", "# nothing\n", []),
        ("empty.json", "[]", []),
    ],
)  # fmt: skip
def test_rows(tmp_path: Path, name: str, content: str | bytes, expected: list[tuple[int, str | None]]) -> None:
    assert list(rows(write(tmp_path, name, content))) == expected


@pytest.mark.parametrize(
    ("header", "column", "value"),
    [
        ("path,clip", "clip", "2"),
        ("file,video_path,video", "path", "2"),
        ("video,file", "path", "1"),
        ("file,path", "nonsense", "2"),
    ],
)
def test_the_column_asked_for_comes_first_then_the_usual_ones(tmp_path: Path, header: str, column: str, value: str) -> None:
    assert list(rows(write(tmp_path, "a.csv", f"{header}\n1,2,3\n"), column)) == [(2, value)]


@pytest.mark.parametrize(
    ("name", "content", "kind", "text"),
    [
        ("a.csv", "id,title\n1,x\n", "missing_column", "'path'; it has id, title"),
        ("a.jsonl", '{"id": 1, "title": "x"}\n', "missing_column", "it has id, title"),
        ("a.json", '{"path": "a.mp4"}', "unreadable_list", "no JSON array"),
        ("a.json", '["a.mp4"', "unreadable_list", "cannot be read"),
        ("a.json", "[" * 100_000, "unreadable_list", "cannot be read"),
        ("a.csv", "path,x\n" + "a" * 200_000 + ",1\n", "unreadable_list", "cannot be read"),
    ],
)
def test_a_list_that_cannot_be_used(tmp_path: Path, name: str, content: str, kind: str, text: str) -> None:
    with pytest.raises(Refused, match=text) as caught:
        list(rows(write(tmp_path, name, content)))
    assert caught.value.kind == kind
