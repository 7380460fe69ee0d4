"""The tables, a file for each of their subjects. Rows are rows; `db/results.py` turns them into records.

runs ──< jobs                     what is to do, under leases
videos ──< video_paths            identity is content; names are references
   └──< scans, clips ──< scores, facts, results
                   ├──< captions ──< checks        words, and what speaks for or against each sentence of them
                   └── fingerprints ──< fingerprint_words
prompts                           the words that models are asked with, by their digest
events                            who did what; only ever appended
tallies, unindexed, saved_views   what makes a large library quick to look through
"""

from db.models.base import NAMES, STRICT, Base, Json
from db.models.footage import Clip, Fact, Fingerprint, FingerprintWord, Scan, Score, Video, VideoPath
from db.models.people import Assignment, Event, Invitation, Login, Tag, User
from db.models.shelf import SavedView, Tally, Unindexed
from db.models.words import Caption, Check, Prompt, Result
from db.models.work import Export, Job, Run, Worker

__all__ = [
    "NAMES",
    "STRICT",
    "Assignment",
    "Base",
    "Caption",
    "Check",
    "Clip",
    "Event",
    "Export",
    "Fact",
    "Fingerprint",
    "FingerprintWord",
    "Invitation",
    "Job",
    "Json",
    "Login",
    "Prompt",
    "Result",
    "Run",
    "SavedView",
    "Scan",
    "Score",
    "Tag",
    "Tally",
    "Unindexed",
    "User",
    "Video",
    "VideoPath",
    "Worker",
]
