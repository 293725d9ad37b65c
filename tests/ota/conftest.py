"""A data folder, and a web server on loopback."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from zigwire.ota import indexes


class Server:
    """Serves what `pages` holds, a text being where a page has moved to, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | str] = {}
        self.asked: list[str] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        page = self.pages.get(request.path)
        if isinstance(page, str):
            raise web.HTTPFound(page)
        if page is None:
            raise web.HTTPNotFound
        tag = f'"{hashlib.sha256(page).hexdigest()}"'
        if request.headers.get("If-None-Match") == tag:
            self.asked[-1] += " unchanged"
            return web.Response(status=304)
        return web.Response(body=page, headers={"ETag": tag})


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    served = Server()
    app = web.Application()
    app.router.add_get("/{path:.*}", served.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    served.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield served
    finally:
        await runner.cleanup()


@pytest.fixture
async def server():
    async with serving() as served:
        yield served


@pytest.fixture
def serve():
    return serving


@pytest.fixture
def project(monkeypatch, server):
    """Let the project's indexes be on the server."""
    monkeypatch.setattr(indexes, "UPGRADES", f"{server.url}/index.json")
    monkeypatch.setattr(indexes, "DOWNGRADES", f"{server.url}/index1.json")


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    (folder / "firmware").mkdir(parents=True)
    return folder
