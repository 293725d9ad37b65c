"""Homes for the tests of the bridge."""

import pytest
from support.home import Home
from support.lamps import Lit
from support.rooms import Room


class Neighbourhood:
    """Starts homes, and stops them when the test is over."""

    def __init__(self):
        self._homes = []

    async def open(self, home):
        self._homes.append(home)
        await home.start()
        return home

    async def close(self):
        for home in self._homes:
            await home.stop()


@pytest.fixture
async def neighbourhood():
    neighbourhood = Neighbourhood()
    yield neighbourhood
    await neighbourhood.close()


@pytest.fixture
def make_home(tmp_path, neighbourhood):
    return lambda **document: neighbourhood.open(Home(tmp_path, document))


@pytest.fixture
def make_lit(tmp_path, neighbourhood):
    return lambda lamps=None, **document: neighbourhood.open(Lit(tmp_path, document, lamps))


@pytest.fixture
def make_room(tmp_path, neighbourhood):
    return lambda **document: neighbourhood.open(Room(tmp_path, document))
