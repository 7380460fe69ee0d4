"""Who may do what: the one place that says so. The gate asks here before anything else runs.

viewer: looks. reviewer: decides, queues, saves views. lead: moves rules, acts on many clips, exports, assigns, reads
the log. admin: accounts, weights of models.
"""

from __future__ import annotations

from db.users import ROLES

SAFE = ("GET", "HEAD", "OPTIONS")
READS = ("/api/library/preview", "/api/bulk/preview", "/api/caption", "/api/reruns/estimate", "/api/spot-check/outlook")
"""Sent like a change, and changes nothing."""
LEAST = (
    ("/api/admin/accounts", "admin"),
    ("/api/admin/invitations", "admin"),
    ("/api/admin/", "lead"),
)
"""To see it or to change it; the first that fits."""
LEAST_TO_CHANGE = (
    ("/api/library/apply", "lead"),
    ("/api/library/put-back", "lead"),
    ("/api/bulk/", "lead"),
    ("/api/export", "lead"),
    ("/api/models/", "admin"),
    ("/api/", "reviewer"),
)


def needed(method: str, path: str) -> str:
    """The least role that may ask this."""
    changes = method not in SAFE and path not in READS
    rules = (*LEAST, *(LEAST_TO_CHANGE if changes else ()))
    return next((role for start, role in rules if path.startswith(start)), "viewer")


def may(role: str, least: str) -> bool:
    """Whether a role is the least one or stands above it."""
    return ROLES.index(role) >= ROLES.index(least)


def refusal(name: str, role: str, least: str) -> str:
    """Why not, in a sentence."""
    if role == "viewer":
        return f"{name} may look at everything and change nothing"
    return f"{name} is a {role}, and this takes {'an' if least == 'admin' else 'a'} {least}"
