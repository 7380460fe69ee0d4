"""The words Clapper thinks in.

Frozen and picklable, standard library only; paths, never pixels. Times in seconds count from the first frame of the
video that is shown; times in ticks (`pts`) are the file's own, in units of its time base, so that they stay exact.

    Video ── Clip ──┬── Score    a number that was measured, or why it could not be
                    ├── Fact     a word that was measured: camera, colours, text on screen
                    ├── Sheet    sampled frames on disk
                    └── Caption ── Caption ── …   an append-only chain, each with its Prompt, Parts and Usage
"""

from pipelines.records.footage import Clip, Fact, Material, Measured, ScannedClip, Score, Sheet, Video, VideoInfo
from pipelines.records.rules import Rule, State, Verdict
from pipelines.records.samples import Happened, KeptCaption, Review, Sample
from pipelines.records.words import Author, Caption, Checked, Draft, Outcome, Part, Prompt, Sentence, Usage

__all__ = [
    "Author",
    "Caption",
    "Checked",
    "Clip",
    "Draft",
    "Fact",
    "Happened",
    "KeptCaption",
    "Material",
    "Measured",
    "Outcome",
    "Part",
    "Prompt",
    "Review",
    "Rule",
    "Sample",
    "ScannedClip",
    "Score",
    "Sentence",
    "Sheet",
    "State",
    "Usage",
    "Verdict",
    "Video",
    "VideoInfo",
]
