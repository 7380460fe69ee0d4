"""Lists as they come, and cells that no spreadsheet runs."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from pipelines.tables import Columns, guard, shown, table

COLUMNS: Columns = {"text": str, "frames": int, "fps": float, "tags": list}
ROWS: list[dict[str, Any]] = [
    {"text": "A “bird”,\nand more", "frames": 3, "fps": 25.0, "tags": ["a", "b"]},
    {"text": "=1+1", "frames": -3, "fps": -0.5, "tags": []},
]


def write(path: Path, rows: list[dict[str, Any]] = ROWS, **options: bool) -> Path:
    with table(path, COLUMNS, **options) as add:
        for row in rows:
            add(row)
    return path


def test_an_array_is_one_json_document(tmp_path: Path) -> None:
    text = write(tmp_path / "a.json").read_text("utf-8")
    assert text == json.dumps(ROWS, indent=2, ensure_ascii=False) + "\n"
    assert shown(".json", COLUMNS, ROWS) == text
    assert json.loads(write(tmp_path / "none.json", []).read_text()) == []


def test_lines_are_objects(tmp_path: Path) -> None:
    lines = write(tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == ROWS


def test_a_csv_has_a_head_and_no_formula(tmp_path: Path) -> None:
    with write(tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        head, first, second = csv.reader(file)
    assert head == list(COLUMNS)
    assert first[0] == ROWS[0]["text"]
    assert second[:3] == ["'=1+1", "-3", "-0.5"]
    with write(tmp_path / "b.csv", guarded=False).open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[2][0] == "=1+1"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_whatever_begins_a_formula_gets_a_quote(sign: str) -> None:
    assert guard(f"{sign}A1") == f"'{sign}A1"
    assert guard(f"A{sign}1") == f"A{sign}1"
    assert guard(-1.5) == -1.5


def test_parquet_is_typed_and_holds_few_rows_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.tables.ROW_GROUP", 2)
    path = write(tmp_path / "a.parquet", [*ROWS, {"text": None, "frames": 1, "fps": 1.0, "tags": [], "other": 1}])
    file = pyarrow.parquet.ParquetFile(path)
    assert file.num_row_groups == 2
    assert file.read().to_pylist() == [*ROWS, {"text": None, "frames": 1, "fps": 1.0, "tags": []}]
    assert [str(field.type) for field in file.schema_arrow] == ["string", "int64", "double", "list<element: string>"]
    assert write(tmp_path / "b.parquet").read_bytes() == write(tmp_path / "c.parquet").read_bytes()
