"""Worlds for the tests that run the real program."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from support.world import World


@pytest.fixture
async def make_world(tmp_path, monkeypatch):
    monkeypatch.delenv("ZIGWIRE_DATA", raising=False)
    async with AsyncExitStack() as stack:

        async def make(house, **settings):
            world = World(tmp_path, house)
            await world.open(settings)
            stack.push_async_callback(world.close)
            return world

        yield make


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
