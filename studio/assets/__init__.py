"""Our stylesheet and script, named by a digest of their content so that a browser may keep them for ever."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).parent
COMPONENTS = HERE.parent / "components"


@dataclass(frozen=True)
class Assets:
    css: str
    js: str
    icon: str

    @cached_property
    def version(self) -> str:
        return hashlib.sha256((self.css + self.js).encode()).hexdigest()[:12]


def read_assets() -> Assets:
    """The theme, the frame, then every component's styles; the script of the frame."""
    styles = [HERE / "theme.css", HERE / "frame.css", *sorted(COMPONENTS.glob("*.css"))]
    css = "\n".join(path.read_text("utf-8") for path in styles)
    return Assets(css, js=(HERE / "frame.js").read_text("utf-8"), icon=(HERE / "icon.svg").read_text("utf-8"))
