"""What may be queued from the browser: on one's own machine anything readable, otherwise what the operator allowed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

from pipelines import ingest, remote
from pipelines.errors import Refused, Usage
from pipelines.lists import LISTS
from settings import Settings

MOST = 200
"""Inputs of one run; more belong into a list."""


def sample_videos() -> Path:
    """The folder of videos that comes with Gradio; nothing is imported to find it."""
    spec = find_spec("gradio")
    if spec is None or spec.origin is None:
        raise Usage("the sample videos come with the package gradio, and it is not installed; run: make install")
    return Path(spec.origin).parent / "media_assets" / "videos"


def checked(settings: Settings, given: Sequence[str]) -> list[str]:
    """The inputs as absolute paths. Raises `Usage` naming the first that is missing or not allowed."""
    wanted = [text.strip() for text in given if text.strip()]
    if not wanted:
        raise Usage("nothing to run yet: name a folder, a video or a list, or drop files here")
    if len(wanted) > MOST:
        raise Usage(f"{len(wanted)} inputs are too many for one run; put them into one list file")
    return [_address(settings, text) if ingest.is_url(text) else str(_checked(settings, text)) for text in wanted]


def _address(settings: Settings, url: str) -> str:
    try:
        remote.check(url, settings.remote_hosts)
    except Refused as error:
        raise Usage(f"{url}: {error}") from None
    return url


def _checked(settings: Settings, text: str) -> Path:
    path = _absolute(text)
    allowed = allowed_folders(settings)
    if allowed and not _within(path, allowed):
        raise Usage(f"{text} lies outside the folders that may be queued here: {_names(settings)}")
    if not path.exists():
        raise Usage(f"{text} is not there; is the path right, and the disk mounted?")
    if allowed and path.suffix.lower() in LISTS:
        must_be_allowed(settings, (one.path for one in ingest.find(str(path)) if isinstance(one, ingest.Found)), text)
    return path


def must_be_allowed(settings: Settings, paths: Iterable[str], text: str) -> None:
    """A list, `text`, must not lead where a path may not. Raises `Usage` naming the first that does."""
    allowed = allowed_folders(settings)
    outside = (one for one in paths if not ingest.is_url(one) and not _within(Path(one), allowed)) if allowed else iter(())
    if first := next(outside, None):
        raise Usage(f"{text} names {ingest.shown(first)}, which lies outside the folders that may be queued here")


def allowed_folders(settings: Settings) -> list[Path]:
    """Empty when everything may be queued: one local user, who could read it all anyway."""
    if not settings.roots and not settings.auth:
        return []
    return [folder.resolve() for folder in (*settings.roots, settings.uploads, sample_videos())]


def _absolute(text: str) -> Path:
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        raise Usage(f"{text}: there is no such user; write the whole path") from None
    if not path.is_absolute() or "\0" in text:
        raise Usage(f"{text} is not a whole path; write it from / or from ~")
    return path


def _within(path: Path, allowed: list[Path]) -> bool:
    real = path.resolve()
    return any(real.is_relative_to(folder) for folder in allowed)


def _names(settings: Settings) -> str:
    return ", ".join(map(str, settings.roots)) or "only uploads; whoever runs the studio can allow folders with --root"
