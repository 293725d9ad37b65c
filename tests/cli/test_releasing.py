"""Firmware for simulated devices, made on the command line."""

import asyncio
import hashlib
import json

import pytest
from click.testing import CliRunner

from zigwire.cli.main import main
from zigwire.cli.releasing import INDEX, make_index
from zigwire.coordinator import HOUSE, live_house
from zigwire.ota.image import Image
from zigwire.simulator.ota_image import Firmware

CONFIGURATION = "version: 5\nmqtt: {server: 'mqtt://localhost'}\nserial: {port: 'sim://'}\n"


@pytest.fixture
async def run(tmp_path):
    """Run the command while a house is alive in the folder."""
    (tmp_path / "configuration.yaml").write_text(CONFIGURATION)

    async def run(*arguments):
        command = ["simulator", "firmware", "--data", str(tmp_path), *arguments]
        return await asyncio.to_thread(CliRunner().invoke, main, command)

    async with live_house(tmp_path / HOUSE):
        yield run


async def test_the_image_is_for_the_device_and_newer(run, tmp_path):
    result = await run("plug", "--out", str(tmp_path / "new.ota"))
    content = (tmp_path / "new.ota").read_bytes()
    firmware = Firmware.parse(content)
    assert (firmware.manufacturer_code, firmware.image_type, firmware.file_version) == (0x115F, 1, 0x11)
    assert len(content) == 6000
    assert Image.parse(content).header.file_version == 0x11
    assert f"`zigwire ota update plug --file {tmp_path / 'new.ota'}`" in result.output
    assert not (tmp_path / INDEX).exists()


async def test_version_and_size_may_be_chosen(run, tmp_path):
    await run("bulb", "--version", "0x30000000", "--size", "1000", "--out", str(tmp_path / "new.ota"))
    content = (tmp_path / "new.ota").read_bytes()
    assert (len(content), Firmware.parse(content).file_version) == (1000, 0x30000000)


async def test_the_index_names_the_latest_image_of_each_kind(run, tmp_path):
    await run("plug", "--version", "0x11")
    await run("bulb")
    await run("plug", "--version", "0x12")
    plug = (tmp_path / "firmware" / "plug-12.ota").read_bytes()
    entries = {entry["modelId"]: entry for entry in json.loads((tmp_path / INDEX).read_text())}
    assert entries.keys() == {"lumi.plug", "TRADFRI bulb E27 WS opal 980lm"}
    assert entries["lumi.plug"] == {
        "fileName": "plug-12.ota",
        "fileVersion": 0x12,
        "fileSize": 6000,
        "url": "firmware/plug-12.ota",
        "imageType": 1,
        "manufacturerCode": 0x115F,
        "sha512": hashlib.sha512(plug).hexdigest(),
        "modelId": "lumi.plug",
    }


async def test_what_to_do_next_depends_on_the_settings(run, tmp_path):
    assert "update plug --file" in (await run("plug")).output
    with (tmp_path / "configuration.yaml").open("a") as file:
        file.write(f"ota: {{zigbee_ota_override_index_location: {INDEX}}}\n")
    assert "`zigwire ota update plug` updates it" in (await run("plug")).output


FAULTS = [
    (["ghost"], "ghost is not in the house, there are plug, spare"),
    (["plug", "--version", "new"], "version: 'new' is no number from 0 to 0xfffffffe"),
    (["plug", "--version", "0xffffffff"], "version: '0xffffffff' is no number"),
    (["plug", "--size", "100"], "100 is not in the range 512<=x<=1000000"),
]


@pytest.mark.parametrize(("arguments", "fault"), FAULTS)
async def test_faults_are_told(run, arguments, fault):
    result = await run(*arguments)
    assert result.exit_code
    assert fault in result.output


async def test_a_file_that_can_not_be_written_is_told(run, tmp_path):
    result = await run("plug", "--out", str(tmp_path / "configuration.yaml" / "new.ota"))
    assert result.exit_code == 1
    assert f"{tmp_path / 'configuration.yaml'}: " in result.output


@pytest.mark.parametrize("content", ["{}", "{", "[1]"])
async def test_an_index_that_is_none_is_told(run, tmp_path, content):
    make_index(tmp_path)
    (tmp_path / INDEX).write_text(content)
    result = await run("plug")
    assert result.exit_code == 1
    assert f"{tmp_path / INDEX} is no index" in result.output


def test_an_index_that_is_there_stays(tmp_path):
    make_index(tmp_path)
    assert json.loads((tmp_path / INDEX).read_text()) == []
    (tmp_path / INDEX).write_text("[1]")
    make_index(tmp_path)
    assert (tmp_path / INDEX).read_text() == "[1]"
