"""`zigwire library update`: what is said of a version before it is used, and when it is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from zigwire.cli.main import main
from zigwire.herdsman_library import Versions, default_folder
from zigwire.storage import Database
from zigwire.zigbee.model import Device, DeviceType, Endpoint, InterviewState

LIBRARY = "zigbee-herdsman-converters"
LAMP, SWITCH = "0x00158d0001a00001", "0x00158d0001a00002"


@pytest.fixture
def versions(tmp_path, monkeypatch):
    """Make versions of a library that knows two devices, the first of them in use."""
    installed = Versions(default_folder()).node_modules
    if installed is None:
        pytest.skip("no library of definitions (`zigwire library fetch` gets it)")
    monkeypatch.setenv("ZIGWIRE_LIBRARY", str(tmp_path / "library"))
    here = Versions(tmp_path / "library")

    def make(**blocks: dict[str, str]) -> Versions:
        for version, devices in blocks.items():
            put(installed, here.folder / version.replace("_", ".").strip("v"), devices)
        here.use("1.0.0")
        return here

    return make


def put(installed: Path, folder: Path, devices: dict[str, str]) -> None:
    modules = folder / "node_modules"
    modules.mkdir(parents=True)
    for package in installed.iterdir():
        if package.name != LIBRARY:
            (modules / package.name).symlink_to(package)
    ours, theirs = modules / LIBRARY, installed / LIBRARY
    (ours / "dist" / "devices").mkdir(parents=True)
    (ours / "package.json").write_text((theirs / "package.json").read_text())
    for name in ("index.js", "lib", "converters"):
        (ours / "dist" / name).symlink_to(theirs / "dist" / name)
    for model, blocks in devices.items():
        head = 'const m = require("../lib/modernExtend");\nexports.definitions = '
        facts = f'zigbeeModel: ["{model}"], model: "{model}", vendor: "Test", description: "Made for a test"'
        (ours / "dist" / "devices" / f"{model}.js").write_text(f"{head}[{{{facts}, extend: [{blocks}]}}];")
    index = {model: [[f"{model}.js", 0]] for model in devices}
    (ours / "dist" / "models-index.json").write_text(json.dumps(index))


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    settings = {"version": 5, "mqtt": {"server": "mqtt://x"}, "devices": {LAMP: {"friendly_name": "kitchen"}}}
    (folder / "configuration.yaml").write_text(yaml.safe_dump(settings))
    with Database(folder / "zigwire.db") as database:
        for ieee, model in ((LAMP, "lamp"), (SWITCH, "switch")):
            endpoint = Endpoint(1, profile=260, input_clusters=[0, 6])
            database.save_device(
                Device(
                    ieee,
                    7,
                    type=DeviceType.ROUTER,
                    interview_state=InterviewState.SUCCESSFUL,
                    model_id=model,
                    endpoints={1: endpoint},
                )
            )
    return folder


def update(*arguments: str):
    return CliRunner().invoke(main, ["library", "update", "1.1.0", *arguments])


OLD = {"lamp": "m.onOff()", "switch": "m.onOff()", "old": ""}


def test_an_update_that_concerns_nobody_is_used(versions, data):
    here = versions(v1_0_0=OLD, v1_1_0={**OLD, "new": "m.onOff()"})
    result = update("--data", str(data))
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[:3] == ["From version 1.0.0 to 1.1.0:", "New definitions: 1", "  Test/new"]
    assert "Devices of your own that mean something else: 0" in lines
    assert (here.current, here.previous) == ("1.1.0", "1.0.0")


def test_an_update_that_concerns_the_user_s_devices_is_refused(versions, data):
    here = versions(v1_0_0=OLD, v1_1_0={"lamp": "m.onOff(), m.identify()", "switch": "m.onOff()"})
    result = update("--data", str(data))
    assert result.exit_code == 1
    assert "Definitions that are gone: 1\n  Test/old\n" in result.output
    assert "  Test/lamp: exposes +identify; options +identify_timeout" in result.output
    assert "Devices of your own that mean something else: 1\n  kitchen (Test lamp): exposes, options\n" in result.output
    assert "--yes" in result.output
    assert here.current == "1.0.0"
    assert update("--data", str(data), "--yes").exit_code == 0
    assert here.current == "1.1.0"


def test_a_set_up_that_changed_concerns_the_user_too(versions, data):
    without = "m.onOff({configureReporting: false})"
    here = versions(v1_0_0=OLD, v1_1_0={**OLD, "lamp": without})
    result = update("--data", str(data))
    assert "  kitchen (Test lamp): set-up" in result.output
    assert here.current == "1.0.0"


def test_a_version_that_can_not_be_loaded_is_refused(versions, data):
    here = versions(v1_0_0=OLD, v1_1_0={**OLD, "lamp": "m.nothing()"})
    result = update("--data", str(data), "--yes")
    assert result.exit_code == 1
    assert "lamp.js" in result.output
    assert here.current == "1.0.0"


def test_without_devices_the_definitions_are_compared(versions, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    here = versions(v1_0_0=OLD, v1_1_0=OLD)
    result = update("--list", "0")
    assert result.exit_code == 0, result.output
    assert "Changed definitions: 0" in result.output
    assert here.current == "1.1.0"
