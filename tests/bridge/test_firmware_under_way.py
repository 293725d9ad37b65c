"""Images of updates under way: there as long as a device gets them, whoever else does."""

import asyncio

import pytest
from support.ota_files import image_file

from zigwire.bridge.firmware.under_way import UnderWay
from zigwire.ota.errors import SourceError
from zigwire.ota.image import Image
from zigwire.ota.store import Store
from zigwire.ota.values import Pace
from zigwire.storage import Database
from zigwire.zigbee.model import Device

DEVICES = [f"0x{number:016x}" for number in range(1, 6)]
PACE = Pace(patience=20.0, delay=0.1, block_size=40)
IMAGE, OTHER = (Image.parse(image_file(version=version)) for version in (0x12, 0x13))


@pytest.fixture
def under_way(tmp_path):
    with Database(tmp_path / "zigwire.db") as database:
        for number, ieee in enumerate(DEVICES, 1):
            database.save_device(Device(ieee, number))
        yield UnderWay(database, Store(tmp_path))


def files(folder):
    return sorted(path.read_bytes() for path in (folder / "ota").rglob("*.ota"))


async def test_devices_that_get_the_same_image_share_its_file(under_way, tmp_path):
    await asyncio.gather(*(under_way.begin(ieee, IMAGE, PACE) for ieee in DEVICES))
    assert files(tmp_path) == [IMAGE.data]
    last, *others = DEVICES
    await asyncio.gather(under_way.begin(last, OTHER, PACE), *(under_way.end(ieee) for ieee in others))
    assert files(tmp_path) == [OTHER.data]
    (update,) = under_way.load().values()
    assert await under_way.image(update) == OTHER
    assert Pace(update.patience, update.delay, update.block_size) == PACE
    await under_way.end(last)
    assert list((tmp_path / "ota").iterdir()) == []


async def test_an_update_that_begins_while_another_ends_has_its_image(under_way):
    first, second = DEVICES[:2]
    await under_way.begin(first, IMAGE, PACE)
    for _ in range(50):
        await asyncio.gather(under_way.end(first), under_way.begin(second, IMAGE, PACE))
        assert await under_way.image(under_way.load()[second]) == IMAGE
        first, second = second, first


async def test_an_image_that_can_not_be_written_is_no_update(under_way, tmp_path):
    (tmp_path / "ota").write_text("in the way")
    with pytest.raises(SourceError, match="can't be written"):
        await under_way.begin(DEVICES[0], IMAGE, PACE)
    assert not under_way.load()
