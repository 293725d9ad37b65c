"""Which indexes count, and how often they are asked for."""

import asyncio
import logging

import orjson
import pytest
from support.ota_files import image_file, index_row

from zigwire.ota import indexes
from zigwire.ota.errors import IndexFault, SourceError
from zigwire.ota.indexes import Indexes

IMAGE = image_file()
NEWER = image_file(version=0x13)
PROJECTS = [index_row(IMAGE, "lamp.ota")]


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def own(data):
    """Write an index of a user's own, and return its path in the data folder."""
    (data / "firmware" / "own.ota").write_bytes(NEWER)

    def write(*rows):
        (data / "firmware" / "index.json").write_bytes(orjson.dumps(rows))
        return "firmware/index.json"

    return write


async def urls(known, index=None, *, downgrade=False):
    entries, _ = await known.entries(index, downgrade=downgrade)
    return [entry.url for entry in entries]


async def test_the_project_has_one_for_updates_and_one_to_go_back(data, server, project):
    server.pages = {"/index.json": orjson.dumps(PROJECTS), "/index1.json": b"[]"}
    for no_override in (None, ""):
        known = Indexes(data, no_override)
        assert await urls(known) == ["lamp.ota"]
        assert await urls(known, downgrade=True) == []


async def test_a_hundred_devices_cause_one_look_and_later_a_question_whether_it_changed(data, server, project):
    server.pages = {"/index.json": orjson.dumps(PROJECTS)}
    clock = Clock()
    known = Indexes(data, None, clock)
    await asyncio.gather(*(urls(known) for _ in range(100)))
    assert server.asked == ["/index.json"]
    clock.now += indexes.FRESH
    again = await asyncio.gather(*(urls(known) for _ in range(100)))
    assert server.asked[1:] == ["/index.json unchanged"]
    assert again == [["lamp.ota"]] * 100
    server.pages = {"/index.json": b"[]"}
    clock.now += indexes.FRESH
    assert await urls(known) == []


async def test_an_index_that_a_user_names_is_asked_for_each_time(data, server):
    known = Indexes(data, None)
    for rows in ([], PROJECTS):
        server.pages["/own.json"] = orjson.dumps(rows)
        assert len(await urls(known, f"{server.url}/own.json")) == len(rows)


async def test_an_index_that_a_user_names_is_an_address_or_lies_in_the_folder(data, own, tmp_path):
    known = Indexes(data, None)
    assert await urls(known, own(*PROJECTS)) == ["lamp.ota"]
    (tmp_path / "outside.json").write_bytes(b"[]")
    for outside in ("../outside.json", str(tmp_path / "outside.json")):
        with pytest.raises(SourceError, match="outside of the data folder"):
            await urls(known, outside)


async def test_the_override_comes_first(data, server, project, own):
    server.pages = {"/index.json": orjson.dumps(PROJECTS), "/mine.json": orjson.dumps(PROJECTS)}
    known = Indexes(data, own(index_row(NEWER, "firmware/own.ota")))
    assert await urls(known) == ["firmware/own.ota", "lamp.ota"]
    assert await urls(known, f"{server.url}/mine.json") == ["firmware/own.ota", "lamp.ota"]
    own()
    assert await urls(known) == ["lamp.ota"]


async def test_the_override_is_enough_without_another(data, server, project, own, caplog):
    caplog.set_level(logging.INFO)
    known = Indexes(data, own(index_row(NEWER, "firmware/own.ota")))
    for index in (None, f"{server.url}/ghost.json", "firmware/ghost.json", "../ghost.json"):
        assert await urls(known, index) == ["firmware/own.ota"]
    assert caplog.text.count("Only the override index counts") == 4


async def test_the_override_may_be_an_address_which_is_not_asked_for_each_time(data, server, project):
    server.pages = {"/index.json": b"[]", "/override.json": orjson.dumps(PROJECTS)}
    known = Indexes(data, f"{server.url}/override.json")
    for _ in range(2):
        assert await urls(known) == ["lamp.ota"]
    assert sorted(server.asked) == ["/index.json", "/override.json"]


async def test_the_override_may_lie_anywhere_and_leave_the_rest_to_the_file(data, tmp_path, server, project, own):
    own()
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_bytes(orjson.dumps([{"url": "firmware/own.ota"}]))
    for override in (str(elsewhere), elsewhere.as_uri()):
        (entry,), _ = await Indexes(data, override).entries(None, downgrade=False)
        assert (entry.manufacturer_code, entry.image_type, entry.file_version) == (0x117C, 0x4203, 0x13)


async def test_entries_whose_file_is_no_image_are_left_out_and_said(data, server, project, own, caplog):
    (data / "firmware" / "bad.ota").write_bytes(b"nothing")
    rows = [{"url": url} for url in ("firmware/bad.ota", "../secret", "firmware/ghost.ota", "firmware/own.ota")]
    assert await urls(Indexes(data, own(*rows))) == ["firmware/own.ota"]
    assert [word for word in ("bad.ota", "../secret", "ghost.ota") if word not in caplog.text] == []


async def test_a_broken_override_is_told_not_passed_over(data, server, project):
    server.pages = {"/index.json": orjson.dumps(PROJECTS)}
    (data / "override.json").write_text("{")
    with pytest.raises(IndexFault, match=r"override\.json: the index is no JSON"):
        await urls(Indexes(data, "override.json"))
    with pytest.raises(SourceError, match="No such file"):
        await urls(Indexes(data, "ghost.json"))


async def test_without_an_index_the_error_names_it(data, server, project):
    with pytest.raises(SourceError, match=r"/index\.json can't be fetched: status 404"):
        await urls(Indexes(data, None))


async def test_entries_with_faults_are_said_but_not_all(data, server, caplog):
    server.pages = {"/own.json": orjson.dumps([5] * 1000)}
    assert await urls(Indexes(data, None), f"{server.url}/own.json") == []
    assert len(caplog.messages) == indexes.MOST_FAULTS + 1
    assert "1000 entries" in caplog.messages[-1]


async def test_passwords_of_an_index_are_in_no_message(data, server, caplog):
    server.pages = {"/own.json": b"[5]", "/none.json": b"{"}
    address = server.url.replace("//", "//me:secret@")
    known = Indexes(data, None)
    assert await urls(known, f"{address}/own.json") == []
    with pytest.raises(IndexFault) as raised:
        await urls(known, f"{address}/none.json")
    assert "127.0.0.1" in caplog.text
    assert "secret" not in caplog.text + str(raised.value)
