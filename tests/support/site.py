"""A web server, what clients said to it, and a client that knows nothing of ours."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp

from zigwire.web.server import WebServer

STATE = {"topic": "bridge/state", "payload": {"state": "online"}}


class Site:
    """A server that listens; `said` is what it took from clients."""

    def __init__(self, server: WebServer, folder: Path, client: aiohttp.ClientSession, said: list[Any]) -> None:
        self.server = server
        self.audience = server.audience
        self.folder = folder
        self.url = server.address.rstrip("/")
        self.client = client
        self.said = said

    def publish_state(self) -> None:
        self.audience.published("bridge/state", b'{"state":"online"}', retain=True)

    async def get(self, path: str = "/", **request: Any) -> aiohttp.ClientResponse:
        async with self.client.get(f"{self.url}{path}", allow_redirects=False, **request) as response:
            await response.read()
            return response

    async def connect(self, query: str = "", **options: Any) -> aiohttp.ClientWebSocketResponse:
        return await self.client.ws_connect(f"{self.url}/api{query}", **options)


async def told(socket: aiohttp.ClientWebSocketResponse, number: int = 1) -> list[Any]:
    """Return what a client is told next."""
    async with asyncio.timeout(8):
        return [json.loads(await socket.receive_str()) for _ in range(number)]
