"""Names to classes. A file in the folder is enough; nothing else has to be edited."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import ClassVar, Generic, Protocol, TypeVar

from pipelines.errors import Usage


class Named(Protocol):
    name: ClassVar[str]


T = TypeVar("T", bound=Named)


class Registry(Generic[T]):
    """The classes of one package by name, found the first time somebody looks."""

    def __init__(self, package: str) -> None:
        self.package = package
        self._found: dict[str, type[T]] = {}
        self._looked = False

    def register(self, cls: type[T]) -> type[T]:
        """Class decorator. Two classes of one name are refused."""
        if self._found.setdefault(cls.name, cls) is not cls:
            raise ValueError(f"{self.package}: two classes are named {cls.name!r}")
        return cls

    def __getitem__(self, name: str) -> type[T]:
        known = dict(self)
        if name not in known:
            raise Usage(f"there is no {name!r} in {self.package}; known: {', '.join(known) or 'none'}")
        return known[name]

    def __contains__(self, name: str) -> bool:
        return name in dict(self)

    def __iter__(self) -> Iterator[tuple[str, type[T]]]:
        self._look()
        yield from sorted(self._found.items())

    def _look(self) -> None:
        if self._looked:
            return
        package = importlib.import_module(self.package)
        for module in pkgutil.iter_modules(package.__path__, f"{self.package}."):
            importlib.import_module(module.name)
        self._looked = True
