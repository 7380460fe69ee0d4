"""The kinds of stage and where each kind lives. Importing this loads no model and no decoder."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipelines.records import Caption, Checked, Draft, Material, Measured, Sample
from pipelines.registry import Registry
from pipelines.stage import Stage, digest


class Scorer(Stage[Material, Measured], ABC):
    """Clip → numbers and facts."""

    scores: ClassVar[tuple[str, ...]]
    """Names of the scores it gives, so that a clip it fails on gets each of them as missing."""


class Captioner(Stage[Material, Caption], ABC):
    """Clip → caption."""


class Rewriter(Stage[Draft, Caption], ABC):
    """Caption → caption, by its words; frames are not looked at again."""


class Aligner(Stage[Draft, Checked], ABC):
    """Caption and frames → how well they fit."""

    scores: ClassVar[tuple[str, ...]]
    """Names of the scores it gives, so that a clip it fails on gets each of them as missing."""


class Cutting(BaseModel):
    """How exported clips are made. The same clip cut the same way is the same file, byte for byte."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: ClassVar[int] = 3
    """Raised when the same options would give another file."""

    files: Literal["usual", "cut", "none"] = Field(
        default="usual",
        title="Clip files",
        description="cut writes each clip as an MP4, none leaves source and times in the rows, usual is the format's way",
    )
    codec: Literal["h264", "hevc", "av1"] = Field(
        default="h264", title="Codec", description="h264 is what every trainer reads"
    )
    crf: int = Field(
        default=17,
        ge=0,
        le=35,
        title="Quality",
        description="CRF of the codec; lower is better and larger, 17 is near lossless",
    )
    untouched: bool = Field(
        default=True,
        title="Copy where exact",
        description="Clips that begin with a keyframe of a plain H.264 source keep its pixels; off encodes all alike",
    )
    short_side: int | None = Field(
        default=None,
        ge=64,
        le=4320,
        title="Shorter side, pixels",
        description="Scales larger pictures down; smaller ones stay",
    )
    fps: float | None = Field(
        default=None,
        ge=1,
        le=120,
        title="Frames a second",
        description="Another rate, by leaving out or repeating whole frames",
    )
    frames: Literal["all", "8n+1", "4n+1"] = Field(
        default="all",
        title="Frame count",
        description="8n+1 and 4n+1 drop the last frames of a clip down to what video VAEs take",
    )
    crop: bool = Field(
        default=False, title="Cut off black bars", description="Keeps what the fact crop says is inside the bars"
    )
    audio: bool = Field(
        default=False, title="Keep the sound", description="AAC beside the picture; most trainers do not need it"
    )

    @property
    def may_copy(self) -> bool:
        """Whether a clip can be had without encoding, if its source is plain enough."""
        return self.untouched and self.codec == "h264" and self.frames == "all" and not (self.short_side or self.fps)

    def digest(self) -> str:
        return digest({"version": self.version, **self.model_dump(mode="json", exclude={"files"})})


@dataclass(frozen=True, slots=True)
class ClipFile:
    """A clip as it lies in an export. Without a file the name is empty and the rest is the source's."""

    name: str
    """Relative to the folder that the exporter was given."""
    frames: int
    fps: float
    width: int
    height: int
    size_bytes: int = 0
    sha256: str = ""


Cutter = Callable[[Iterable[tuple[Sample, str]]], Iterator[tuple[Sample, ClipFile]]]
"""Takes samples with the file name each clip shall have, relative to the folder of the export; gives them back, in the
same order, when the file is there. A clip that cannot be cut does not come back. The same clip under the same name, as it
comes with several captions, is one file."""


class Exporter(BaseModel, ABC):
    """Samples → a training set. Its fields are its options; it knows rows and names, others cut and keep the books."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: ClassVar[str]
    about: ClassVar[str]
    cuts: ClassVar[Literal["always", "usually", "seldom"]] = "always"
    """Whether the format needs its clips as files, usually has them, or is mostly wanted without."""
    wordless: ClassVar[bool] = False
    """Clips without a caption, and rejected ones, may leave too: the format keeps, it does not train."""
    packs: ClassVar[bool] = False
    """Clips go into archives of its own: what `cut` gives is gone afterwards."""

    def refuses(self, sample: Sample) -> str | None:
        """Why this sample cannot leave in this format, as a clause for people; None when it can."""
        return None

    @abstractmethod
    def write(self, samples: Iterable[Sample], folder: Path, *, cut: Cutter) -> None:
        """Write all below `folder`, which exists. Clips of one video come in a row; no text is blank, but for `wordless`.

        Called once for each part of a split, with a folder each. Must stream: there may be millions."""

    @abstractmethod
    def preview(self, samples: Iterable[Sample]) -> str:
        """What the first rows will look like, as text."""

    def finish(self, folder: Path, *, counts: Mapping[str, int]) -> None:
        """Write what belongs to the set as a whole. `counts`: rows by part; one part named "" is the folder itself."""


SCORERS: Registry[Scorer] = Registry("pipelines.scorers")
CAPTIONERS: Registry[Captioner] = Registry("pipelines.captioners")
REWRITERS: Registry[Rewriter] = Registry("pipelines.rewriters")
ALIGNERS: Registry[Aligner] = Registry("pipelines.aligners")
EXPORTERS: Registry[Exporter] = Registry("pipelines.exporters")
