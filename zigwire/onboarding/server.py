"""The server that is there while Zigwire is set up: where it listens, and what all of its answers have."""

from __future__ import annotations

import errno
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

from zigwire.bridge.payloads import shortened
from zigwire.onboarding.access import Access
from zigwire.onboarding.errors import OnboardingError
from zigwire.web.origins import is_loopback
from zigwire.web.pages import BUILT_IN

__all__ = ["Place", "application", "json_of", "received", "served", "told"]

PAGE = Path(__file__).with_name("page")
VARIABLE = "Z2M_ONBOARD_URL"
EVERYWHERE = ("0.0.0.0", "::")
LOCALHOST = ("127.0.0.1", "::1")
DEFAULT_PORT = 8080
OTHER_PORTS = 20
"""Ports after the default one that are tried when it is taken."""

LARGEST_BACKUP = 256 * 2**20  # bytes
CHUNK = 2**16

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline';"
    " connect-src 'self' http: https:; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Zigwire": "setup",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen.

    Attributes:
        host: Address or name.
        ports: In the order in which they are tried.
    """

    host: str = "0.0.0.0"
    ports: range = range(DEFAULT_PORT, DEFAULT_PORT + OTHER_PORTS)

    @classmethod
    def wanted(cls, environ: Mapping[str, str]) -> Place:
        """Read `Z2M_ONBOARD_URL`; without it, all interfaces and port 8080 or the next free one.

        Raises:
            OnboardingError: It is no URL.
        """
        url = environ.get(VARIABLE)
        if not url:
            return cls()
        try:
            parts = urlsplit(url)
            host = parts.hostname if parts.scheme == "http" else None
            port = parts.port or DEFAULT_PORT
        except ValueError:
            host = None
        if not host:
            raise OnboardingError(f"{VARIABLE} is {shortened(url)}: allowed is http://address:port")
        return cls(host, range(port, port + 1))

    def urls(self, port: int, code: str) -> Iterator[tuple[str, str]]:
        """Yield addresses for people, and from where each can be used."""
        if self.host in EVERYWHERE:
            yield f"http://localhost:{port}/", "on this machine"
            if address := _own_address():
                yield f"http://{address}:{port}/?code={code}", "from elsewhere in your network"
        elif is_loopback(self.host):
            yield f"http://{'localhost' if self.host in LOCALHOST else self.host}:{port}/", "on this machine"
        else:
            host = f"[{self.host}]" if ":" in self.host else self.host
            yield f"http://{host}:{port}/?code={code}", "in your network"


def application(access: Access) -> web.Application:
    """Return a server with what every page of it needs: its files, and the way in with the code."""
    app = web.Application(middlewares=[_headers, access.guard, _refusals])

    async def index(request: web.Request) -> web.StreamResponse:
        if "code" not in request.query:
            return web.FileResponse(PAGE / "index.html")
        response = web.HTTPFound("/")
        await access.enter(request.query["code"], response)
        raise response

    async def code(request: web.Request) -> web.Response:
        entered = (await json_of(request)).get("code")
        response = web.json_response({})
        if not await access.enter(entered if isinstance(entered, str) else "", response):
            raise OnboardingError("this is not the code: it is in the terminal or the log of Zigwire")
        return response

    app.router.add_get("/", index)
    app.router.add_post("/code", code)
    app.router.add_static("/page", PAGE)
    app.router.add_static("/style", BUILT_IN)
    return app


@asynccontextmanager
async def served(app: web.Application, place: Place) -> AsyncIterator[int]:
    """Serve for as long as the context lasts; yields the port.

    Raises:
        OnboardingError: No port can be opened.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0, handle_signals=False)
    await runner.setup()
    try:
        yield await _open(runner, place)
    finally:
        await runner.cleanup()


async def json_of(request: web.Request) -> dict[str, Any]:
    """Return the object that a request carries.

    Raises:
        OnboardingError: It carries none.
    """
    try:
        entered = orjson.loads(await request.read())
    except ValueError as error:
        raise OnboardingError("the request is no JSON") from error
    if not isinstance(entered, dict):
        raise OnboardingError(f"the request is {shortened(entered)}: an object is allowed")
    return entered


@asynccontextmanager
async def received(request: web.Request) -> AsyncIterator[Path]:
    """Keep what a request carries in a file for as long as the context lasts.

    Raises:
        OnboardingError: It is too much.
    """
    size = 0
    with TemporaryDirectory(prefix="zigwire-backup-") as folder:
        file = Path(folder) / "backup.zip"
        with file.open("wb") as to:
            async for chunk in request.content.iter_chunked(CHUNK):
                size += len(chunk)
                if size > LARGEST_BACKUP:
                    raise OnboardingError(f"the file is larger than {LARGEST_BACKUP // 2**20} MB, which is the most")
                to.write(chunk)
        yield file


def told(handler: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]) -> Handler:
    """Make a handler of a function from one object to another."""

    async def answered(request: web.Request) -> web.StreamResponse:
        return web.json_response(await handler(await json_of(request)))

    return answered


async def _open(runner: web.AppRunner, place: Place) -> int:
    for port in place.ports:
        try:
            await web.TCPSite(runner, place.host, port).start()
        except OSError as error:
            if error.errno != errno.EADDRINUSE or port == place.ports[-1]:
                raise OnboardingError(f"port {port} of {place.host} can't be opened: {error.strerror}") from error
        else:
            return port
    raise OnboardingError(f"no port of {place.host} can be opened")


@web.middleware
async def _headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as refusal:
        refusal.headers.update(HEADERS)
        raise
    response.headers.update(HEADERS)
    return response


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what can't be done with its reason; 406 is Zigbee2MQTT's word for it."""
    try:
        return await handler(request)
    except OnboardingError as error:
        return web.json_response({"success": False, "error": str(error)}, status=406)


def _own_address() -> str | None:
    """Return the address by which others reach this machine, None when it has no network; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])
