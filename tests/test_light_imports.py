"""What a fresh interpreter loads: choosing stages loads no decoder, a worker no screen, asking for help neither."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DECODERS = {"av", "cv2", "onnxruntime", "rapidocr", "scenedetect"}
MODELS = {"torch", "transformers"}
CATALOGUE = """
from pipelines import recipe
from pipelines.kinds import CAPTIONERS, EXPORTERS, SCORERS
assert [cls.model_json_schema() for registry in (SCORERS, CAPTIONERS, EXPORTERS) for _, cls in registry]
assert [recipe.load(name).digests() for name in recipe.names()]
"""


def loaded_by(code: str) -> set[str]:
    """Top-level modules after running `code` in an interpreter of its own."""
    listing = "\nimport json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    command = [sys.executable, "-W", "error::ImportWarning", "-c", code + listing]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        (CATALOGUE, DECODERS | MODELS | {"gradio", "fastapi", "sqlalchemy", "numpy"}),
        ("import worker, work.files, work.clips", MODELS | {"gradio", "fastapi", "uvicorn", "studio", "av", "cv2"}),
        ("import app; app.build()", DECODERS | MODELS | {"gradio", "fastapi"}),
        ("import app; app.build('user')", DECODERS | MODELS | {"gradio", "fastapi", "alembic", "scipy", "numpy"}),
        ("import app; app.build('worker')", DECODERS | MODELS | {"gradio", "fastapi", "alembic", "scipy"}),
        ("import studio.server", DECODERS | MODELS),
        ("import db.models, db.runs, db.clips, db.exports", DECODERS | MODELS | {"gradio", "fastapi"}),
        ("import pipelines.records, pipelines.judge", {"pydantic", "yaml", "numpy"}),
    ],
    ids=["catalogue", "worker", "command line", "one command", "worker command", "studio", "database", "records"],
)
def test_nothing_heavy_is_loaded(code: str, unwanted: set[str]) -> None:
    assert loaded_by(code) & unwanted == set()


def test_the_listing_tells_what_is_loaded() -> None:
    assert {"json", "xml"} <= loaded_by("import xml.dom")
