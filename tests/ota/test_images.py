"""Images from the look-up to the bytes that a device may get, with real files and a real server."""

import asyncio
import hashlib

import orjson
import pytest
from support.ota_files import image_file, index_row

from zigwire.ota.errors import ImageError, SourceError
from zigwire.ota.images import Images
from zigwire.ota.index import Entry, Identity
from zigwire.ota.values import Current

LAMP = Identity("LAMP", "Maker")
CURRENT = Current(0x117C, 0x4203, 0x11)
IMAGE = image_file()


def kept_files(data):
    return [path.read_bytes() for path in (data / "ota").rglob("*") if path.is_file()]


async def look(images, *, downgrade=False, index=None):
    return await images.find(LAMP, CURRENT, downgrade=downgrade, index=index)


async def test_devices_that_want_the_same_image_share_it(data, server, project):
    server.pages = {"/index.json": orjson.dumps([index_row(IMAGE, f"{server.url}/lamp.ota")]), "/lamp.ota": IMAGE}
    images = Images(data, None)
    found = await look(images)
    assert (found.available, found.reason) == (True, "the index has version 18, the device runs 17")
    first, *others = await asyncio.gather(*(images.load(found.entry) for _ in range(10)))
    assert first.data == IMAGE
    assert all(other is first for other in others)
    assert server.asked == ["/index.json", "/lamp.ota"]
    assert kept_files(data) == []


async def test_an_image_is_no_longer_there_than_a_device_gets_it(data, server):
    server.pages = {"/lamp.ota": IMAGE}
    images = Images(data, None)
    entry = Entry(url=f"{server.url}/lamp.ota", sha512=hashlib.sha512(IMAGE).hexdigest())
    for _ in range(2):
        await images.load(entry)
        await asyncio.sleep(0)  # the loop lets go of its last result
    assert server.asked == ["/lamp.ota"] * 2


async def test_a_file_here_is_read_each_time(data):
    path = data / "firmware" / "lamp.ota"
    images = Images(data, None)
    for digest in (None, hashlib.sha512(IMAGE).hexdigest()):
        entry = Entry(url="firmware/lamp.ota", sha512=digest)
        path.write_bytes(IMAGE)
        image = await images.load(entry)
        assert image.data == IMAGE
        path.write_bytes(image_file(version=0x13))
        if digest is None:
            assert (await images.load(entry)).header.file_version == 0x13
        else:
            with pytest.raises(ImageError, match="SHA-512"):
                await images.load(entry)


@pytest.mark.parametrize(
    ("version", "downgrade", "more", "available", "reason"),
    [
        (0x12, False, {}, True, "the index has version 18, the device runs 17"),
        (0x11, False, {}, False, "the index has version 17, the device runs 17: it is not newer"),
        (0x10, False, {}, False, "the index has version 16, the device runs 17: it is not newer"),
        (0x10, True, {}, True, "the index has version 16, the device runs 17"),
        (0x11, True, {}, False, "the index has version 17, the device runs 17: it is not older"),
        (0x12, True, {}, False, "the index has version 18, the device runs 17: it is not older"),
        (0x10, False, {"force": True}, True, "the index has version 16, the device runs 17, and the index wants it"),
    ],
)
async def test_what_counts_as_available(data, server, project, version, downgrade, more, available, reason):
    row = index_row(image_file(version=version), f"{server.url}/lamp.ota", **more)
    server.pages = {"/index1.json" if downgrade else "/index.json": orjson.dumps([row])}
    found = await look(Images(data, None), downgrade=downgrade)
    assert found.available is available
    assert found.reason.startswith(reason)
    assert found.entry.url == row["url"]


async def test_without_an_image_the_reason_is_told(data, server, project):
    server.pages = {"/index.json": orjson.dumps([index_row(IMAGE, "lamp.ota", modelId="OTHER")])}
    found = await look(Images(data, None))
    assert (found.entry, found.available) == (None, False)
    assert found.reason.endswith("but none for model 'LAMP'")


async def test_an_index_from_the_network_reaches_no_file_here(data, server):
    (data / "firmware" / "lamp.ota").write_bytes(IMAGE)
    for url in ("firmware/lamp.ota", str(data / "firmware" / "lamp.ota")):
        server.pages = {"/own.json": orjson.dumps([index_row(IMAGE, url)])}
        images = Images(data, None)
        found = await look(images, index=f"{server.url}/own.json")
        assert found.entry.url == url
        with pytest.raises(SourceError, match="status 404"):
            await images.load(found.entry)


async def test_an_index_here_reaches_files_in_the_folder_only(data):
    (data.parent / "outside.ota").write_bytes(IMAGE)
    images = Images(data, None)
    for url in ("firmware/lamp.ota", "../outside.ota"):
        (data / url).write_bytes(IMAGE)
        (data / "index.json").write_bytes(orjson.dumps([index_row(IMAGE, url)]))
        found = await look(images, index="index.json")
        if url.startswith("firmware"):
            assert (await images.load(found.entry)).data == IMAGE
            continue
        with pytest.raises(SourceError, match="outside of the data folder"):
            await images.load(found.entry)


async def test_what_is_not_what_the_index_says_is_refused_and_not_kept(data, server):
    server.pages = {"/lamp.ota": IMAGE}
    images = Images(data, None)
    with pytest.raises(ImageError, match="SHA-512"):
        await images.load(Entry(url=f"{server.url}/lamp.ota", sha512="0" * 128))
    assert kept_files(data) == []


async def test_a_user_names_an_address_or_a_file(data, server):
    (data / "firmware" / "lamp.ota").write_bytes(IMAGE)
    server.pages = {"/lamp.ota": IMAGE, "/own_way.ota": image_file(body=b"\x2a\0\1\0\xff\xff")}
    images = Images(data, None)
    for source in ("firmware/lamp.ota", f"{server.url}/lamp.ota"):
        assert (await images.open(source)).data == IMAGE
    with pytest.raises(ImageError, match="element 0x002a"):
        await images.open(f"{server.url}/own_way.ota")
