"""Homes for the tests of the bridge."""

import pytest
from support.home import Home


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
