"""The page on Clapper as a library is a program that runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.support.footage import make_video


def test_the_page_runs_from_top_to_bottom(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 4
    names: dict[str, Any] = {"video": str(make_video(tmp_path / "a.mp4", seed=1)), "folder": str(tmp_path / "place")}
    for number, block in enumerate(blocks):
        exec(compile(block, f"docs/python.md, block {number + 1}", "exec"), names)
    assert names["info"].display_size == (160, 90) and names["end"]["end"]["frames"] == 70
    assert names["verdict"].state == "kept" and names["now"].state == "done"
    assert names["accepted"].caption.text == "Blocks drift to the left."
    assert [event.kind for event in names["history"]] == ["edit"]
