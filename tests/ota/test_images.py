"""Images from the look-up to the bytes that a device may get, with real files and a real server."""

import asyncio
import hashlib
import logging
from pathlib import Path

import orjson
import pytest
from support.ota_files import image_file, index_row

from zigwire.ota.errors import ImageError, SourceError
from zigwire.ota.images import Images
from zigwire.ota.index import Entry, Identity
from zigwire.ota.values import Current

IEEE = "0x00158d0001a2b3c4"
LAMP = Identity("LAMP", "Maker")
CURRENT = Current(0x117C, 0x4203, 0x11)
IMAGE = image_file()


def kept_files(data):
    return [path.read_bytes() for path in (data / "ota").rglob("*") if path.is_file()]


async def look(images, *, downgrade=False, index=None):
    return await images.find(LAMP, CURRENT, downgrade=downgrade, index=index)


async def test_an_image_of_the_project_is_found_fetched_once_and_kept(data, server, project):
    server.pages = {"/index.json": orjson.dumps([index_row(IMAGE, f"{server.url}/lamp.ota")]), "/lamp.ota": IMAGE}
    images = Images(data, None)
    found = await look(images)
    assert (found.available, found.reason) == (True, "the index has version 18, the device runs 17")
    for image in await asyncio.gather(*(images.load(found.entry) for _ in range(10))):
        assert image.data == IMAGE
    assert (await Images(data, None).load(found.entry)).data == IMAGE
    assert server.asked == ["/index.json", "/lamp.ota"]
    assert kept_files(data) == [IMAGE]


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


async def test_an_image_that_can_not_be_kept_is_loaded_all_the_same(data, server, caplog):
    caplog.set_level(logging.WARNING)
    (data / "ota").write_text("in the way")
    server.pages = {"/lamp.ota": IMAGE}
    entry = Entry(url=f"{server.url}/lamp.ota", sha512=hashlib.sha512(IMAGE).hexdigest())
    assert (await Images(data, None).load(entry)).data == IMAGE
    assert "not kept for the next device" in caplog.text


async def test_a_user_names_an_address_or_a_file(data, server):
    (data / "firmware" / "lamp.ota").write_bytes(IMAGE)
    server.pages = {"/lamp.ota": IMAGE, "/own_way.ota": image_file(body=b"\x2a\0\1\0\xff\xff")}
    images = Images(data, None)
    for source in ("firmware/lamp.ota", f"{server.url}/lamp.ota"):
        assert (await images.open(source)).data == IMAGE
    with pytest.raises(ImageError, match="element 0x002a"):
        await images.open(f"{server.url}/own_way.ota")


@pytest.mark.parametrize("folder", ["absolute", "relative"])
async def test_what_a_user_sends_is_kept_opened_and_dropped(data, monkeypatch, folder):
    monkeypatch.chdir(data.parent)
    images = Images(data if folder == "absolute" else Path(data.name), None)
    path = images.keep(IMAGE.hex(), "mine.ota", IEEE)
    assert path == data / "ota" / "mine.ota"
    assert images.is_kept(str(path))
    assert (await images.open(str(path))).data == IMAGE
    images.drop(path)
    assert kept_files(data) == []
