"""Homes for the tests of the bridge."""

import pytest
from support.home import Home
from support.lamps import Lit
from support.rooms import Room


@pytest.fixture
async def make_home(tmp_path):
    homes = []

    async def make(**document):
        home = Home(tmp_path, document)
        homes.append(home)
        await home.start()
        return home

    yield make
    for home in homes:
        await home.stop()


@pytest.fixture
async def make_lit(tmp_path):
    homes = []

    async def make(lamps=None, **document):
        home = Lit(tmp_path, document, lamps)
        homes.append(home)
        await home.start()
        return home

    yield make
    for home in homes:
        await home.stop()


@pytest.fixture
async def make_room(tmp_path):
    rooms = []

    async def make(**document):
        room = Room(tmp_path, document)
        rooms.append(room)
        await room.start()
        return room

    yield make
    for room in rooms:
        await room.stop()
