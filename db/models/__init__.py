"""The tables, a file for each of their subjects. Rows are rows; `db/results.py` turns them into records.

runs ──< jobs                     what is to do, under leases
videos ──< video_paths            identity is content; names are references
   └──< scans, clips ──< scores, facts, results
                   ├──< captions ──< checks        words, and what speaks for or against each sentence of them
                   ├──< ballots ──< duels          captions laid side by side before a person, and which of two is better
                   └── fingerprints ──< fingerprint_words
prompts                           the words that models are asked with, by their digest
samples ──< lot_clips, sample_items  which clips were decided by looking at a few; opinions: several people on one clip
notes                             flags, notes, claims that are wrong or missing
events                            who did what; only ever appended
"""

from db.models.base import NAMES, STRICT, Base, Json
from db.models.compare import Ballot, Duel
from db.models.footage import Clip, Fact, Fingerprint, FingerprintWord, Scan, Score, Video, VideoPath
from db.models.notes import Note
from db.models.people import Event, Login, Tag, User
from db.models.samples import LotClip, Opinion, Sample, SampleItem
from db.models.words import Caption, Check, Prompt, Result
from db.models.work import Export, Job, Run, Worker

__all__ = [
    "NAMES",
    "STRICT",
    "Ballot",
    "Base",
    "Caption",
    "Check",
    "Clip",
    "Duel",
    "Event",
    "Export",
    "Fact",
    "Fingerprint",
    "FingerprintWord",
    "Job",
    "Json",
    "Login",
    "LotClip",
    "Note",
    "Opinion",
    "Prompt",
    "Result",
    "Run",
    "Sample",
    "SampleItem",
    "Scan",
    "Score",
    "Tag",
    "User",
    "Video",
    "VideoPath",
    "Worker",
]
