"""The errors Clapper raises on purpose. Each message is one sentence, fit to be shown to a person.

ClapperError
├── Refused        this item cannot be used (with a short `kind` that groups the same reasons)
├── Fatal          the stage itself is broken: weights missing, wrong key, dead device
├── NotNow         something outside is away for a while: a server that restarts
├── Cancelled      somebody asked to stop
└── Usage          the person asked for something that does not exist or does not fit
"""

from __future__ import annotations


class ClapperError(Exception):
    """Base of all of them."""


class Refused(ClapperError):
    """An item cannot be used. The rest goes on."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        """Short and stable, for grouping and for tests: `empty_file`, `no_video`, `too_large`, …"""


class Fatal(ClapperError):
    """The stage is broken for every item; the message says what to do."""


class NotNow(ClapperError):
    """Something outside is away for a while. The item goes back and is tried again later; it is not its fault."""


class Cancelled(ClapperError):
    """Somebody asked to stop."""


class Usage(ClapperError):
    """Wrong use: an unknown name, a value that does not fit."""
