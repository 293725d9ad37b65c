"""The page's server on a free port, with an empty data folder."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from support.mosquitto import free_port

from zigwire.onboarding.onboard import Onboarding

CODE = re.compile(r"The code for other machines is ([A-Z0-9-]+)")


class Visited:
    """The server, and who talks to it.

    Attributes:
        announced: What the terminal shows.
        outcome: What becomes of it.
    """

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.announced = ""
        self._up = asyncio.Event()
        environ = {"Z2M_ONBOARD_URL": f"http://0.0.0.0:{self.port}", **environ}
        self.outcome = asyncio.ensure_future(Onboarding(folder, environ, self._announce).set_up())

    def _announce(self, text: str) -> None:
        self.announced = text
        self._up.set()

    @property
    def code(self) -> str:
        found = CODE.search(self.announced)
        assert found
        return found[1]

    async def start(self) -> None:
        up = asyncio.ensure_future(self._up.wait())
        await asyncio.wait([up, self.outcome], return_when=asyncio.FIRST_COMPLETED)
        if self.outcome.done():
            self.outcome.result()
        self.http = aiohttp.ClientSession(self.url, cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def get(self, path: str, **options):
        async with self.http.get(path, **options) as response:
            return response.status, await self._content(response)

    async def post(self, path: str, body=None, **options):
        options = options or {"json": {} if body is None else body}
        async with self.http.post(path, **options) as response:
            return response.status, await self._content(response)

    @staticmethod
    async def _content(response: aiohttp.ClientResponse):
        return await response.json() if "json" in response.content_type else await response.text()

    async def close(self) -> None:
        await self.http.close()
        self.outcome.cancel()
        await asyncio.wait([self.outcome])


@pytest.fixture
async def begin(tmp_path: Path) -> AsyncIterator:
    begun: list[Visited] = []

    async def begin(folder: Path | None = None, **environ: str) -> Visited:
        onboarding = Visited(folder or tmp_path / "data", environ)
        await onboarding.start()
        begun.append(onboarding)
        return onboarding

    yield begin
    for onboarding in begun:
        await onboarding.close()


@pytest.fixture
async def onboarding(begin) -> Visited:
    return await begin()
