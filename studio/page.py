"""What a page file gives to the shell, and what the shell gives to a page.

A page is one file in `studio/pages/` that ends in `PAGE = Page(…)`; a group of routes is one file in `studio/api/` with a
function `routes(studio) -> APIRouter`. Both are found by looking into the folder.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from db.session import Store
from settings import Settings
from studio.assets import Assets
from studio.auth import Logins
from studio.words import Words


@dataclass(frozen=True, slots=True)
class Studio:
    """What pages and routes may touch."""

    settings: Settings
    store: Store
    logins: Logins
    assets: Assets
    words: Words
    """Of the language in which a page is built. Routes ask for the one of their request, see `studio.languages`."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the studio. `build` draws it inside an open `gr.Blocks` context."""

    title: str
    """Key of its words, as of all that is shown; words that are no key are shown as they are."""
    path: str
    """"/review": one word, lower case."""
    order: int
    """Place in the navigation, low first."""
    build: Callable[[Studio], None]
    least: str = "viewer"
    """The role from which on it is shown in the navigation."""
    keys: tuple[tuple[str, str], ...] = ()
    """What each key does here, ("A", "review.keys.accept"): the dialog behind `?` shows them."""


def modules(package: ModuleType) -> Iterator[ModuleType]:
    """Every module of a package, imported, in the order of their names."""
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)
