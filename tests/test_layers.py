"""Who may import whom, read from the source itself.

records <- stage <- {scan scorers captioners exporters media} <- work, worker     no database, no screen below work
records <- db <- {studio, work}                                                   no screen in db, no decoder in studio
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DECODERS = {"av", "cv2", "onnxruntime", "rapidocr", "scenedetect"}
MODELS = {"torch", "transformers", "vllm"}
SCREEN = {"gradio", "fastapi", "starlette", "uvicorn"}
TABLES = {"sqlalchemy", "alembic", "sqlite_utils", "sqlite3", "pysqlite3"}
TOP = {"settings", "app", "worker"}
FORBIDDEN = {
    "pipelines": {"db", "studio", "cli", "work"} | TOP | SCREEN | TABLES,
    "db": {"studio", "cli", "work"} | TOP | SCREEN | MODELS | DECODERS,
    "studio": {"cli", "work", "app", "worker"} | MODELS | DECODERS,
    "work": {"studio", "cli"} | SCREEN | MODELS,
    "cli": MODELS,
}
LIGHT_SCAN = {"params.py", "split.py", "camera.py", "timeline.py"}
"""Read by the studio, or plain arithmetic."""


@dataclass(frozen=True)
class Import:
    """One import: the module, who imports it, and whether it waits inside a function or is for types alone."""

    module: str
    by: Path
    line: int
    at_start: bool

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.by.relative_to(ROOT)}:{self.line} imports {self.module}"


def imports(folder: str) -> list[Import]:
    """All imports of a folder's, or a single file's, source."""
    place = ROOT / folder
    files = [place] if place.suffix else sorted(place.rglob("*.py"))
    return [found for file in files for found in _walk(ast.parse(file.read_text(encoding="utf-8")), file, at_start=True)]


def _walk(node: ast.AST, file: Path, *, at_start: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, file, node.lineno, at_start)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{file}:{node.lineno}: write imports in full"
        for alias in node.names:
            yield Import(f"{node.module}.{alias.name}", file, node.lineno, at_start)
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, file, at_start=at_start and not _waits(node))


def _waits(node: ast.AST) -> bool:
    """Whether what is inside does not run when the module is loaded."""
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def wrong(found: list[Import], *modules: str) -> list[str]:
    return [str(one) for one in found if one.top in modules]


CODE = """
import a.b
if TYPE_CHECKING:
    import c
def f():
    from d import e
class G:
    import h
try:
    import i
except ImportError:
    pass
"""


def test_the_reader_sees_what_it_should(tmp_path: Path) -> None:
    found = {one.module: one.at_start for one in _walk(ast.parse(CODE), tmp_path, at_start=True)}
    assert found == {"a.b": True, "c": False, "d.e": False, "h": True, "i": True}


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_no_layer_knows_those_above_it(layer: str) -> None:
    found = imports(layer)
    assert len(found) > 20
    assert not wrong(found, *FORBIDDEN[layer])


def test_records_need_nothing_of_ours() -> None:
    found = [*imports("pipelines/records"), *imports("pipelines/errors.py")]
    others = [one for one in found if not one.module.startswith("pipelines.records.")]
    assert not wrong(others, "pipelines", "pydantic", "numpy")


def test_the_tables_do_not_know_how_results_are_made() -> None:
    making = tuple(f"pipelines.{part}" for part in ("scan", "media", "scorers", "captioners", "exporters", "child"))
    assert not [str(one) for one in imports("db") if one.module.startswith(making)]


def test_decoders_are_met_in_the_decoding_parts_alone() -> None:
    decoding = ROOT / "pipelines" / "media", ROOT / "pipelines" / "scan"
    for one in imports("pipelines"):
        if one.top in DECODERS and one.at_start:
            assert one.by.parent in decoding, str(one)
            assert one.by.name not in LIGHT_SCAN | {"__init__.py"}, str(one)


def test_only_backends_meet_torch() -> None:
    assert not [str(one) for one in imports("pipelines") if one.top in MODELS and "backends" not in one.by.parts]


@pytest.mark.parametrize("file", ["settings.py", "app.py", "worker.py", "cli"])
def test_the_top_starts_light(file: str) -> None:
    heavy = DECODERS | MODELS | {"gradio", "fastapi", "uvicorn"}
    assert not [str(one) for one in imports(file) if one.at_start and one.top in heavy]


def test_the_screen_and_the_worker_never_meet() -> None:
    assert not wrong(imports("worker.py"), "studio", "cli", *SCREEN)
    assert not [str(one) for one in imports("studio") if one.module.startswith(("pipelines.media", "pipelines.scorers"))]
