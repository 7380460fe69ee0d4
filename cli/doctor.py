"""`app.py doctor`: is everything here that Clapper needs, and what would bring what is missing."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.common import Data, settings_for
from db import dbapi
from settings import Settings

if TYPE_CHECKING:
    from pipelines.catalogue import Model
    from pipelines.machine import Machine

PACKAGES = ("gradio", "sqlalchemy", "sqlite-utils", "av", "opencv-python-headless", "scenedetect-headless", "rapidocr")
LEAST_AVCODEC = (62, 28, 102)
"""FFmpeg 8.1.2: the first of its line with the MagicYUV heap write mended (CVE-2026-8461)."""
CAPTIONER = "qwen3-vl-8b"
LEAST_FREE_BYTES = 2 << 30
SHARED_DISKS = ("nfs", "nfs4", "cifs", "smb3", "9p", "virtiofs", "fuse.sshfs")
"""File systems on which SQLite's write-ahead log is not safe."""


class Level(StrEnum):
    OK = "ok"
    NOTE = "note"
    """Something more would work with it; what is used now works without."""
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    what: str
    is_: str
    do: str = ""
    """What brings it, when it is missing."""


def register(app: typer.Typer) -> None:
    app.command(name="doctor")(command)


def command(data: Data = None) -> None:
    """Look at versions, models, disk and browser; say what is missing and how to get it. 1 when something would break."""
    found = [finding for look in CHECKS for finding in look(settings_for(data))]
    for one in found:
        typer.echo(f"{one.level:6}  {one.what:28}  {one.is_}")
        if one.do:
            typer.echo(f"{'':6}  {'':28}  → {one.do}")
    raise typer.Exit(1 if any(one.level is Level.BROKEN for one in found) else 0)


def python(_: Settings) -> Iterator[Finding]:
    good = sys.version_info >= (3, 11)
    do = "" if good else "install Python 3.11 or newer"
    yield Finding(Level.OK if good else Level.BROKEN, "Python", sys.version.split()[0], do)


def packages(_: Settings) -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            yield Finding(Level.OK, name, version(name))
        except PackageNotFoundError:
            yield Finding(Level.BROKEN, name, "missing", "make install")


def sqlite(_: Settings) -> Iterator[Finding]:
    text = f"{dbapi.module.sqlite_version} through {dbapi.module.__name__}"
    if dbapi.is_safe(dbapi.version):
        yield Finding(Level.OK, "SQLite", text)
    else:
        yield Finding(Level.BROKEN, "SQLite", f"{text} can lose pages of the database", "pip install pysqlite3")


def ffmpeg(_: Settings) -> Iterator[Finding]:
    """Asked in a child process: the commands themselves never load a decoder."""
    from pipelines.child import Child

    with Child() as child:
        libraries = child.run("pipelines.media.opening:libraries", {}, seconds=20)
    found = tuple(libraries["libavcodec"])
    text = f"libavcodec {'.'.join(map(str, found))} inside PyAV"
    if found >= LEAST_AVCODEC:
        yield Finding(Level.OK, "FFmpeg", text)
    else:
        yield Finding(Level.BROKEN, "FFmpeg", f"{text} has a known hole", "pip install 'av>=18.1'")


def models(_: Settings) -> Iterator[Finding]:
    spec = importlib.util.find_spec("rapidocr")
    weights = sorted(Path(spec.origin).parent.rglob("*.onnx")) if spec and spec.origin else []
    if weights:
        yield Finding(Level.OK, "text detector and reader", f"{len(weights)} ONNX models inside the rapidocr package")
    else:
        yield Finding(Level.BROKEN, "text detector and reader", "missing", "pip install --force-reinstall rapidocr")
    yield Finding(Level.OK, "captioner measured", "needs no model")


def optional_models(_: Settings) -> Iterator[Finding]:
    """Looked for, never loaded."""
    from pipelines.scan.detectors import transnet
    from pipelines.scorers.ocr import easyocr

    for what, names in (("cut detector transnet", transnet.PACKAGES), ("text detector easyocr", easyocr.PACKAGES)):
        missing = [name for name in names if importlib.util.find_spec(name) is None]
        if missing:
            yield Finding(Level.NOTE, what, f"without {', '.join(missing)}; others do its work", "make models")
        else:
            yield Finding(Level.OK, what, "its packages are there")
    files = easyocr.missing_weights(words=True)
    if files:
        do = f"put {' and '.join(files)} from {easyocr.SOURCE} into {easyocr.folder()}"
        yield Finding(Level.NOTE, "weights of easyocr", "missing; rapidocr brings its own", do)
    else:
        yield Finding(Level.OK, "weights of easyocr", str(easyocr.folder()))


def backends(_: Settings) -> Iterator[Finding]:
    """Who would answer for the default captioner, in the order in which `auto` asks."""
    from pipelines.backends.chats import BACKENDS
    from pipelines.catalogue import find

    for backend in sorted((cls() for _, cls in BACKENDS), key=lambda one: one.order):
        reason = backend.missing(find(CAPTIONER), "")
        yield Finding(Level.NOTE if reason else Level.OK, f"backend {backend.name}", reason or f"ready for {CAPTIONER}")


def networks(_: Settings) -> Iterator[Finding]:
    """What they would run on, asked in a process of its own, and which of them are here."""
    from pipelines import catalogue, machine, weights

    if missing := weights.not_installed():
        yield Finding(Level.NOTE, "networks in the worker", f"without {', '.join(missing)}; a server may do", "make models")
        return
    found = machine.look()
    yield Finding(Level.OK if found else Level.NOTE, "networks run on", str(found or "torch could not be asked"))
    yield Finding(Level.OK, "models folder", str(catalogue.folder()))
    ours = [model for model in catalogue.catalogue().values() if not model.hosted]
    here = {model.name: place for model in ours if (place := weights.find(model))}
    for model in ours:
        if model.name in here:
            yield Finding(Level.OK, f"model {model.name}", f"{here[model.name]}{_room(model, found)}")
    if found and (best := found.advised()).name not in here:
        yield Finding(Level.NOTE, "captioner for this machine", f"{best.name}{_room(best, found)}", weights.advice(best))
    if absent := [model.name for model in ours if model.name not in here]:
        yield Finding(Level.NOTE, "models that are not here", ", ".join(absent))


def _room(model: Model, found: Machine | None) -> str:
    """Whether it fits, as the end of a sentence."""
    if found is None or not model.memory_gib:
        return ""
    bits = found.fits(model)
    as_what = {16: "fits", 8: f"fits as {model.name}:int8", 4: f"fits as {model.name}:int4", None: "does not fit"}[bits]
    return f"; takes about {model.memory_gib:g} GiB, {as_what}"


def data_folder(settings: Settings) -> Iterator[Finding]:
    place = next(path for path in (settings.data, *settings.data.parents) if path.exists())
    writable = os.access(place, os.W_OK)
    yield Finding(
        Level.OK if writable else Level.BROKEN,
        "data folder",
        str(settings.data),
        "" if writable else f"make {place} writable",
    )
    free = shutil.disk_usage(place).free
    short = free < LEAST_FREE_BYTES
    yield Finding(
        Level.BROKEN if short else Level.OK, "free disk", f"{free / (1 << 30):.1f} GiB", "make room" if short else ""
    )
    kind = file_system(place)
    if kind in SHARED_DISKS:
        yield Finding(Level.BROKEN, "file system", f"{kind} cannot hold the database safely", "put --data on a local disk")


def fonts(_: Settings) -> Iterator[Finding]:
    """Only reels write on pictures."""
    from pipelines import lettering

    wide = lettering.find(lettering.WIDE)
    if wide:
        yield Finding(Level.OK, "font for Chinese in reels", wide)
    else:
        words = "none; reels show boxes in place of Chinese, Japanese and Korean"
        yield Finding(Level.NOTE, "font for Chinese in reels", words, "apt-get install fonts-noto-cjk")


def browser(_: Settings) -> Iterator[Finding]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found:
        yield Finding(Level.OK, "browser for the tests", found)
    else:
        yield Finding(Level.NOTE, "browser for the tests", "none; only `make test` needs one", "apt-get install chromium")


def file_system(path: Path) -> str:
    """Kind of file system that holds `path`; empty where that cannot be told."""
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    except OSError:
        return ""
    inside = [(point, kind) for _, point, kind, *_ in mounts if path.is_relative_to(point)]
    return max(inside, key=lambda mount: len(mount[0]), default=("", ""))[1]


CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    python,
    packages,
    sqlite,
    ffmpeg,
    models,
    optional_models,
    backends,
    networks,
    data_folder,
    fonts,
    browser,
)
