"""The web server: the page, pictures of devices, and the WebSocket, all below `frontend.base_url`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, cast

from aiohttp import web
from aiohttp.typedefs import Handler

from zigwire.settings import Settings
from zigwire.web.access import Access
from zigwire.web.api import Api, Deliver
from zigwire.web.audience import Audience
from zigwire.web.files import COMPILING_PAGE_POLICY, PAGE_POLICY, DeviceIcons, Page
from zigwire.web.listening import ListenError, Place

__all__ = ["WebServer"]

LOG = logging.getLogger(__name__)

logging.getLogger("aiohttp.websocket").setLevel(logging.ERROR)
"""Its warnings are about what clients ask for."""

AGAIN = 30.0  # seconds until a place that is taken is tried again
IDLE = 30.0  # seconds in which a client has to make a whole request, the first or the next one
MOST_CONNECTIONS = 500
SHUTDOWN = 1.0  # seconds for answers under way
POLICIES = {"zigbee2mqtt-frontend": COMPILING_PAGE_POLICY}
ICONS = "device_icons/"
METHODS = ("GET", "HEAD")
HEADERS = {
    "Server": "Zigwire",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the address may hold the token
    "Content-Security-Policy": "default-src 'none'",
}


class WebServer:
    """Serves browsers from `open` until `close`.

    Args:
        settings: The configuration.
        deliver: Takes topic (below the base topic) and payload of what clients send.
        page: Folder with the page's files.
        routes: What else there is for those who have the token, by path below `frontend.base_url`.

    Attributes:
        audience: Hears what is published.
    """

    def __init__(
        self,
        settings: Settings,
        deliver: Deliver,
        page: Path,
        routes: Mapping[str, Handler] | None = None,
    ) -> None:
        frontend, folder = settings.frontend, settings.path.parent
        self._place = Place(frontend, folder)
        self._base = f"/{frontend.base_url.strip('/')}".rstrip("/")
        self._has_token = bool(frontend.auth_token)
        access = Access(frontend.auth_token, frontend.url)
        self.audience = Audience()
        self._api = Api(self.audience, access, deliver)
        others = {path: access.guarded(handler) for path, handler in (routes or {}).items()}
        self._routes: dict[str, Handler] = {"api": self._api.serve, **others}
        policy = POLICIES.get(frontend.package, PAGE_POLICY)
        self._page = None if frontend.disable_ui_serving else Page(page, policy)
        self._icons = DeviceIcons(folder / "device_icons")
        self._closing = AsyncExitStack()

    @property
    def address(self) -> str:
        """Where browsers find the page: a URL, or the path of a Unix socket."""
        place = str(self._place)
        return place if place.startswith("/") else f"{place}{self._base}/"

    async def open(self) -> None:
        """Begin to serve; an address that can't be used is tried again, for as long as it takes."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve)
        app.on_response_prepare.append(_add_headers)
        runner = web.AppRunner(
            app,
            handle_signals=False,
            access_log=None,
            logger=Nonsense(logging.getLogger("aiohttp.server")),
            keepalive_timeout=IDLE,
            shutdown_timeout=SHUTDOWN,
        )
        await runner.setup()
        self._closing.push_async_callback(runner.cleanup)
        self._closing.push_async_callback(self._api.close)
        server = await self._listen(runner)
        self._closing.callback(self._place.leave)
        self._closing.callback(server.close)
        LOG.info("Browsers are served at %s", self.address)
        if not self._has_token and not self._place.is_private:
            LOG.warning("Whoever reaches this machine over the network controls your devices: set frontend.auth_token")

    async def close(self) -> None:
        """Say goodbye to all clients and end."""
        await self._closing.aclose()

    async def _listen(self, runner: web.AppRunner) -> asyncio.Server:
        complaint = ""
        while True:
            try:
                return await self._place.listen(lambda: _connection(runner))
            except ListenError as error:
                if complaint != str(error):
                    complaint = str(error)
                    LOG.error("Browsers can't be served at %s: %s. It is tried again", self.address, complaint)
            await asyncio.sleep(AGAIN)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._answer(request)
        except (web.HTTPException, ConnectionError):
            raise
        except Exception:
            LOG.exception("A browser's request could not be answered because of a fault in Zigwire")
            raise web.HTTPInternalServerError(text="Fault in Zigwire: its log says more") from None

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.method not in METHODS:
            raise web.HTTPMethodNotAllowed(request.method, METHODS)
        if self._base and request.path == self._base:
            return _to_folder(request)
        if not request.path.startswith(f"{self._base}/"):
            raise web.HTTPNotFound(text="Not found")
        name = request.path[len(self._base) + 1 :]
        if handler := self._routes.get(name):
            return await handler(request)
        if self._page is None:
            raise web.HTTPNotFound(text="Not found")
        if name.startswith(ICONS):
            return self._icons.response(name.removeprefix(ICONS))
        return self._page.response(name)


class Nonsense(logging.LoggerAdapter[logging.Logger]):
    """What aiohttp says of requests that are none, which anybody can send: at level debug, whatever it thinks of it."""

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        """Log it."""
        del level
        super().log(logging.DEBUG, msg, *args, **kwargs)


class Refusal(asyncio.Protocol):
    """Ends a connection at once: there are too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """End it."""
        cast(asyncio.Transport, transport).abort()


def _connection(runner: web.AppRunner) -> asyncio.Protocol:
    """Return what talks over a new connection."""
    server = runner.server
    return server() if server and len(server.connections) < MOST_CONNECTIONS else Refusal()


def _to_folder(request: web.Request) -> web.Response:
    """Send on from `/base` to `/base/`, by a relative way: a proxy may have put something before it."""
    _, _, name = request.rel_url.raw_path.rpartition("/")
    query = request.rel_url.raw_query_string
    return web.Response(status=302, headers={"Location": f"{name}/?{query}" if query else f"{name}/"})


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        if name not in response.headers or name == "Server":
            response.headers[name] = value
