"""Where images and indexes come from: files here, and addresses in the network."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from zigwire.ota.errors import SourceError

if TYPE_CHECKING:
    from aiohttp import ClientResponse

__all__ = ["Fetched", "fetch", "is_address", "path_below", "path_of", "public", "read_file"]

CONNECT_PATIENCE = 15.0  # seconds
SILENCE = 30.0  # seconds
PATIENCE = 300.0  # seconds for all of it
LARGEST_HOPS = 5
CHUNK = 2**16  # bytes
OK, NOT_MODIFIED = 200, 304


class Fetched(NamedTuple):
    """What an address gave.

    Attributes:
        content: All of it, unpacked.
        version: The server's word for this version (ETag), None where it has none.
    """

    content: bytes
    version: str | None


def is_address(source: str) -> bool:
    """Tell whether a source is to be fetched with http or https."""
    return source.lower().startswith(("http://", "https://"))


def path_of(folder: Path, source: str) -> Path:
    """Return the path that a source means: relative to a folder, absolute, or a file: URL.

    Raises:
        SourceError: It is none.
    """
    if not source.lower().startswith("file:"):
        return folder / source
    try:
        host, path = urlsplit(source)[1:3]
    except ValueError as error:
        raise SourceError(f"'{source}' is no file: {error}") from None
    if host not in {"", "localhost"}:
        raise SourceError(f"'{source}' is a file of another machine, {host}")
    return folder / unquote(path)


def path_below(folder: Path, source: str) -> Path:
    """Return the path that a source means, with its symbolic links followed.

    Raises:
        SourceError: It leads out of the folder, or is none.
    """
    try:
        path = path_of(folder, source).resolve()
        inside = path.is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError) as error:
        raise SourceError(f"'{source}' is no path: {error}") from None
    if not inside:
        raise SourceError(f"'{source}' is outside of the data folder, {folder}")
    return path


def read_file(path: Path, limit: int) -> bytes:
    """Read a file of `limit` bytes at most.

    Raises:
        SourceError: It is not there, no file, larger or not to be read.
    """
    try:
        with open(path, "rb", opener=_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SourceError(f"{path} is no file")
            content = file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} can't be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > limit:
        raise SourceError(f"{path} is larger than {limit} bytes")
    return content


def _at_once(path: str, flags: int) -> int:
    """Open a file without waiting for somebody to write to it, should it be a pipe."""
    return os.open(path, flags | os.O_NONBLOCK)


async def fetch(address: str, limit: int, known: Fetched | None = None) -> Fetched:
    """Get what an address holds; certificates are verified, and no redirection leads from https to http.

    Args:
        address: Of http or https.
        limit: Bytes of the content at most.
        known: What it gave before; returned again where it has not changed.

    Raises:
        SourceError: It gives nothing, too much, or takes too long.
    """
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=PATIENCE, sock_connect=CONNECT_PATIENCE, sock_read=SILENCE)
    version = known.version if known else None
    headers = {"If-None-Match": version} if version else {}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.get(address, headers=headers, max_redirects=LARGEST_HOPS) as response,
        ):
            if response.status == NOT_MODIFIED and known is not None:
                return known
            return Fetched(await _content(response, limit), response.headers.get("ETag"))
    except aiohttp.InvalidURL:
        raise SourceError(public(f"'{address}' is no address")) from None
    except TimeoutError:
        raise SourceError(public(f"{address} does not answer in time")) from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise SourceError(public(f"{address} can't be fetched: {str(error) or type(error).__name__}")) from None


async def _content(response: ClientResponse, limit: int) -> bytes:
    hops = [hop.url.scheme for hop in (*response.history, response)]
    if hops[0] == "https" and "http" in hops:
        raise ValueError("it leads from https to http")
    if response.status != OK:
        raise ValueError(f"status {response.status}")
    content = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        content += chunk
        if len(content) > limit:
            raise ValueError(f"it is larger than {limit} bytes")
    return bytes(content)


def public(text: str) -> str:
    """Take the passwords out of addresses."""
    return re.sub(r"(?<=//)[^/@\s]+@", "", text)
