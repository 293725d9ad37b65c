"""The address that the server listens on: a TCP port or a Unix socket, with or without TLS."""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections.abc import Callable
from pathlib import Path

from zigwire.settings import Frontend
from zigwire.web.origins import is_loopback

__all__ = ["ListenError", "Place"]

HANDSHAKE = 10.0  # seconds for TLS

NO_SUCH_ADDRESS = "this machine has no such address"
REASONS = {
    errno.EADDRINUSE: "another program uses it",
    errno.EADDRNOTAVAIL: NO_SUCH_ADDRESS,
    None: NO_SUCH_ADDRESS,  # from Python 3.12 on
}
"""By number of the error that listening ends with."""

Factory = Callable[[], asyncio.Protocol]


class ListenError(Exception):
    """The address can't be used; the text says why."""


class Place:
    """Where the settings want the server to be.

    Args:
        settings: Section `frontend`.
        folder: The data folder: files of the certificate that have no whole path are looked for there.
    """

    def __init__(self, settings: Frontend, folder: Path) -> None:
        self._host = settings.host or None
        self._port = settings.port
        self._certificate = folder / settings.ssl_cert if settings.ssl_cert else None
        self._key = folder / settings.ssl_key if settings.ssl_key else None
        self._socket = Path(self._host) if self._host and self._host.startswith("/") else None

    def __str__(self) -> str:
        if self._socket:
            return str(self._socket)
        host = self._host or "localhost"
        scheme = "https" if self._certificate else "http"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self._port}"

    @property
    def is_private(self) -> bool:
        """Whether other machines can't reach it by themselves."""
        return self._socket is not None or (self._host is not None and is_loopback(self._host))

    async def listen(self, factory: Factory) -> asyncio.Server:
        """Begin to take connections.

        Raises:
            ListenError: The address is taken or not this machine's, or the certificate can't be used.
        """
        context = self._context()
        try:
            if self._socket:
                return await self._listen_on_socket(self._socket, factory, context)
            return await asyncio.get_running_loop().create_server(
                factory, self._host, self._port, ssl=context, ssl_handshake_timeout=HANDSHAKE if context else None
            )
        except OSError as error:
            raise ListenError(REASONS.get(error.errno) or error.strerror or str(error)) from error

    def leave(self) -> None:
        """Remove what a closed server left behind."""
        if self._socket:
            self._socket.unlink(missing_ok=True)

    async def _listen_on_socket(self, path: Path, factory: Factory, context: ssl.SSLContext | None) -> asyncio.Server:
        if await _answers(path):
            raise ListenError("another program uses it")
        return await asyncio.get_running_loop().create_unix_server(factory, path, ssl=context)

    def _context(self) -> ssl.SSLContext | None:
        if self._certificate is None:
            if self._key:
                raise ListenError("frontend.ssl_key is set without frontend.ssl_cert")
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        try:
            context.load_cert_chain(self._certificate, self._key)
        except OSError as error:
            files = f"frontend.ssl_cert {self._certificate} with frontend.ssl_key {self._key}"
            raise ListenError(f"{files} can't be used: {error.strerror or error}") from error
        return context


async def _answers(path: Path) -> bool:
    """Tell whether somebody listens on a Unix socket; a file that a killed program left is nobody's."""
    try:
        _, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return False
    writer.close()
    return True
