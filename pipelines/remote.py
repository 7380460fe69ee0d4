"""Videos at addresses (`https://`, `s3://` and friends), brought into a cache through fsspec.

Nothing is fetched unless the operator listed where from: `films.example.org`, `*.example.org`, `s3://bucket`. Each hop of a
redirect is looked at anew, and so is the address that is really connected to, whatever a name resolved to before. Addresses
of this machine and of private networks are for hosts that were listed by their full name.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from pipelines.errors import Cancelled, ClapperError, Refused
from pipelines.ingest import VIDEO_EXTENSIONS
from pipelines.media.item import replacing

WEB = ("http", "https")
BUCKETS = ("s3", "s3a", "gs", "gcs", "az", "abfs", "oss", "hf")
SPARE_BYTES = 256 << 20
CHUNK_BYTES = 1 << 20
CONNECT_S, SILENCE_S = 10.0, 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take."""

    bytes: int = 4 << 30
    seconds: float = 1800.0


def check(url: str, hosts: tuple[str, ...]) -> None:
    """Raise `Refused` unless the operator listed where `url` leads."""
    parts = _parts(url)
    if not hosts:
        raise Refused("remote_off", "fetching from elsewhere is off; whoever runs this can list hosts with --remote-host")
    if parts.scheme not in (*WEB, *BUCKETS):
        raise Refused("remote_scheme", f"{parts.scheme}:// is not fetched; known are {', '.join((*WEB, *BUCKETS))}")
    if not _listed(parts, hosts):
        raise Refused("remote_host", f"{_name(parts)} is not among the hosts that may be fetched from: {', '.join(hosts)}")


def fetch(
    url: str, cache: Path, *, hosts: tuple[str, ...], limits: Limits, cancelled: Callable[[], bool] = lambda: False
) -> Path:
    """The file at `url`, in a folder of its own below `cache`; what is there already is not fetched again.

    Raises `Refused` for what may not be fetched, is too large, takes too long or is not there; `Cancelled`."""
    check(url, hosts)
    dest = cache / hashlib.sha256(url.encode("utf-8", "surrogateescape")).hexdigest()[:32] / file_name(url)
    if dest.exists():
        return dest
    dest.parent.mkdir(parents=True, exist_ok=True)
    watch = _watch(limits, dest.parent, cancelled)
    try:
        with replacing(dest) as part, _file_system(url, hosts, limits) as (files, path):
            files.get_file(path, str(part), callback=watch, **_chunks(url))
    except ClapperError:
        raise
    except Exception as error:
        raise _told(error) from None
    return dest


def file_name(url: str) -> str:
    """The last part of its path, fit for a file; what is no video by its name is taken for an mp4, its content will tell."""
    name = re.sub(r"[^\w .+-]", "_", PurePosixPath(unquote(urlsplit(url).path)).name).lstrip(".")[-100:] or "video"
    return name if Path(name).suffix.lower() in VIDEO_EXTENSIONS else f"{name}.mp4"


def _parts(url: str) -> Any:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise Refused("bad_url", "this is no address that can be read; is it whole?") from None
    if not parts.hostname:
        raise Refused("bad_url", "the address names no host; write it as https://host/path")
    if parts.username or parts.password:
        raise Refused("bad_url", "an address must not hold a password; it would be stored and shown")
    return parts


def _name(parts: Any) -> str:
    """As the operator lists it: a host for the web, else scheme and bucket."""
    return str(parts.hostname) if parts.scheme in WEB else f"{parts.scheme}://{parts.netloc}"


def _listed(parts: Any, hosts: tuple[str, ...], *, by_full_name: bool = False) -> bool:
    name = _name(parts)
    return any(name == host.lower() or (not by_full_name and fnmatchcase(name, host.lower())) for host in hosts)


@contextmanager
def _file_system(url: str, hosts: tuple[str, ...], limits: Limits) -> Iterator[tuple[Any, str]]:
    """fsspec's file system for the address, and the path in it."""
    import fsspec

    parts = _parts(url)
    if parts.scheme not in WEB:
        yield fsspec.core.url_to_fs(url)
        return
    hop = Hop(hosts, url)
    files = fsspec.filesystem(
        "http", get_client=hop.client, client_kwargs={"seconds": limits.seconds}, skip_instance_cache=True
    )
    try:
        yield files, url
    finally:
        if files._session is not None:
            files.close_session(files.loop, files._session)


class Hop:
    """Where a download stands on its way through redirects. Every connection is made through `socket`."""

    def __init__(self, hosts: tuple[str, ...], url: str) -> None:
        self._hosts = hosts
        self._enter(url)

    def _enter(self, url: str) -> None:
        check(url, self._hosts)
        if urlsplit(url).scheme not in WEB:
            raise Refused("remote_scheme", "it leads on to something that is no web address")
        self._may_be_private = _listed(_parts(url), self._hosts, by_full_name=True)

    async def client(self, *, seconds: float, **_: Any) -> Any:
        """An HTTP client of which each hop and each connection is checked. Environment and netrc are not looked at."""
        import aiohttp

        trace = aiohttp.TraceConfig()
        trace.on_request_redirect.append(self._redirected)
        limits = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_S, sock_read=SILENCE_S)
        connector = aiohttp.TCPConnector(socket_factory=self.socket, force_close=True)
        return aiohttp.ClientSession(connector=connector, trace_configs=[trace], timeout=limits, trust_env=False)

    async def _redirected(self, _session: Any, _context: Any, told: Any) -> None:
        where = told.response.headers.get("location") or told.response.headers.get("uri") or ""
        self._enter(urljoin(str(told.response.url), where))

    def socket(self, address: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
        """A socket for this address. Raises `Refused` for one of a private range that nobody listed."""
        family, kind, protocol, _, place = address
        if not self._may_be_private and not ipaddress.ip_address(str(place[0]).split("%")[0]).is_global:
            raise Refused("private_address", f"it leads to {place[0]}, an address of a private network, and is not fetched")
        return socket.socket(family, kind, protocol)


def _chunks(url: str) -> dict[str, int]:
    return {"chunk_size": CHUNK_BYTES} if urlsplit(url).scheme in WEB else {}


def _watch(limits: Limits, folder: Path, cancelled: Callable[[], bool]) -> Any:
    """Hears of every piece that comes; raises when there is too much of it, or too slowly."""
    from fsspec.callbacks import Callback

    ends = time.monotonic() + limits.seconds

    class Watch(Callback):  # type: ignore[misc]  # fsspec has no types
        def call(self, *_: Any, **__: Any) -> None:
            size = max(self.size or 0, self.value)
            if size > limits.bytes:
                raise Refused("too_large", f"it has more than the {limits.bytes / (1 << 20):.0f} MiB that are fetched")
            if time.monotonic() > ends:
                raise Refused("time_limit", f"it took more than {limits.seconds:.0f} s to fetch")
            if shutil.disk_usage(folder).free < SPARE_BYTES + max(size - self.value, 0):
                raise Refused("no_room", "there is no room for it on the disk of the data folder")
            if cancelled():
                raise Cancelled("stopped on request")

        def branch(self, *_: Any, **__: Any) -> None:
            return None

    return Watch()


def _told(error: Exception) -> Refused:
    """Why it could not be fetched, without anything of what the other side said."""
    refused = next((one for one in _chain(error) if isinstance(one, Refused)), None)
    if refused is not None:
        return refused
    if isinstance(error, FileNotFoundError):
        return Refused("not_found", "there is nothing at this address; is it right?")
    if isinstance(error, ImportError):
        return Refused(
            "no_package", f"{error.name or 'a package'} is missing for addresses of this kind; install it with pip"
        )
    if isinstance(error, TimeoutError):
        return Refused("time_limit", "nothing came for too long; try again later")
    return Refused("fetch_failed", f"it could not be fetched ({type(error).__name__}); try again later")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
