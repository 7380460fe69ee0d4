"""The tables, a file for each of their subjects. Rows are rows; `db/results.py` turns them into records.

runs ──< jobs                     what is to do, under leases
videos ──< video_paths            identity is content; names are references
   └──< scans, clips ──< scores, facts, results
                   ├──< captions ──< checks        words, and what speaks for or against each sentence of them
                   └── fingerprints ──< fingerprint_words
taken                             what lists of others say, until their files are read
prompts                           the words that models are asked with, by their digest
errands                           single things that somebody waits for
events                            who did what; only ever appended
"""

from db.models.base import NAMES, STRICT, Base, Json
from db.models.errands import Errand
from db.models.footage import Clip, Fact, Fingerprint, FingerprintWord, Scan, Score, Video, VideoPath
from db.models.people import Event, Login, Tag, Token, User
from db.models.taken import Taken
from db.models.words import Caption, Check, Prompt, Result
from db.models.work import Export, Job, Run, Worker

__all__ = [
    "NAMES",
    "STRICT",
    "Base",
    "Caption",
    "Check",
    "Clip",
    "Errand",
    "Event",
    "Export",
    "Fact",
    "Fingerprint",
    "FingerprintWord",
    "Job",
    "Json",
    "Login",
    "Prompt",
    "Result",
    "Run",
    "Scan",
    "Score",
    "Tag",
    "Taken",
    "Token",
    "User",
    "Video",
    "VideoPath",
    "Worker",
]
