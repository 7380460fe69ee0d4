"""Our stylesheet and script, named by a digest of their content so that a browser may keep them for ever."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from studio.words import LANGUAGES, Words, words

HERE = Path(__file__).parent
COMPONENTS = HERE.parent / "components"


@dataclass(frozen=True)
class Assets:
    css: str
    js: Mapping[str, str]
    """By language: the words of all scripts, what says them, and the script of the frame."""
    icon: str

    @cached_property
    def version(self) -> str:
        return hashlib.sha256("".join((self.css, *self.js.values())).encode()).hexdigest()[:12]


def read_assets() -> Assets:
    """The theme, the frame, then every component's styles; the words and the script of the frame."""
    styles = [HERE / "theme.css", HERE / "frame.css", *sorted(COMPONENTS.glob("*.css"))]
    css = "\n".join(path.read_text("utf-8") for path in styles)
    own = "\n".join((HERE / name).read_text("utf-8") for name in ("say.js", "mount.js", "frame.js"))
    js = {language: f"window.clapper = {_as_script(words(language))};\n{own}" for language in LANGUAGES}
    return Assets(css, js, icon=(HERE / "icon.svg").read_text("utf-8"))


def _as_script(said: Words) -> str:
    return json.dumps({"language": said.language, "words": said.sentences}, ensure_ascii=False, separators=(",", ":"))
