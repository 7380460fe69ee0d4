"""The tables, a file for each of their subjects. Rows are rows; `db/results.py` turns them into records.

runs ──< jobs ──< tries           what is to do, under leases, and what came to nothing before it was done
videos ──< video_paths            identity is content; names are references
   └──< scans, clips ──< scores, facts, results
                   ├──< captions ──< checks        words, and what speaks for or against each sentence of them
                   ├──< ballots ──< duels          captions laid side by side before a person, and which of two is better
                   └── fingerprints ──< fingerprint_words
taken                             what lists of others say, until their files are read
prompts                           the words that models are asked with, by their digest
samples ──< lot_clips, sample_items  which clips were decided by looking at a few; opinions: several people on one clip
notes                             flags, notes, claims that are wrong or missing
errands                           single things that somebody waits for
events                            who did what; only ever appended
exports ──< export_rows           which pairs left
tallies, unindexed, saved_views   what makes a large library quick to look through
"""

from db.models.base import NAMES, STRICT, Base, Json
from db.models.compare import Ballot, Duel
from db.models.errands import Errand
from db.models.footage import Clip, Fact, Fingerprint, FingerprintWord, Scan, Score, Video, VideoPath
from db.models.notes import Note
from db.models.people import Assignment, Event, Invitation, Login, Tag, Token, User
from db.models.samples import LotClip, Opinion, Sample, SampleItem
from db.models.shelf import SavedView, Tally, Unindexed
from db.models.taken import Taken
from db.models.tries import Try
from db.models.words import Caption, Check, Prompt, Result
from db.models.work import Export, ExportRow, Job, Run, Worker

__all__ = [
    "NAMES",
    "STRICT",
    "Assignment",
    "Ballot",
    "Base",
    "Caption",
    "Check",
    "Clip",
    "Duel",
    "Errand",
    "Event",
    "Export",
    "ExportRow",
    "Fact",
    "Fingerprint",
    "FingerprintWord",
    "Invitation",
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
    "SavedView",
    "Scan",
    "Score",
    "Tag",
    "Taken",
    "Tally",
    "Token",
    "Try",
    "Unindexed",
    "User",
    "Video",
    "VideoPath",
    "Worker",
]
