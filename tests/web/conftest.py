"""A web server with a small page, on a free port."""

from __future__ import annotations

from contextlib import AsyncExitStack

import aiohttp
import pytest
import yaml
from support.mosquitto import free_port
from support.site import Site

from zigwire.settings import load
from zigwire.web.server import WebServer


@pytest.fixture
def page(tmp_path):
    folder = tmp_path / "page"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>page</title>")
    (folder / "assets" / "index-AbCd1234.js").write_text("plain")
    (folder / "assets" / "index-AbCd1234.js.br").write_bytes(b"packed")
    (folder / "assets" / "site.webmanifest").write_text("{}")
    return folder


@pytest.fixture
async def make_site(tmp_path, page):
    async with AsyncExitStack() as stack:

        async def make(routes=None, **frontend):
            path = tmp_path / "configuration.yaml"
            document = {"enabled": True, "host": "127.0.0.1", "port": free_port(), **frontend}
            path.write_text(
                yaml.safe_dump({"version": 5, "mqtt": {"server": "mqtt://localhost"}, "frontend": document})
            )
            settings = load(path, {})
            said = []
            server = WebServer(settings, lambda *message: said.append(message), page, routes)
            stack.push_async_callback(server.close)
            client = await stack.enter_async_context(aiohttp.ClientSession())
            await server.open()
            return Site(server, tmp_path, client, said)

        yield make


@pytest.fixture
async def site(make_site):
    return await make_site()
