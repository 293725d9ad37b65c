"""The library's real engine room with definitions made for a test in the place of the library's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zigwire.devices.convert import Bench
from zigwire.devices.herdsman import HerdsmanSource, Package
from zigwire.herdsman_library import Versions, default_folder
from zigwire.zigbee.model import Device, DeviceType, Endpoint, InterviewState


@pytest.fixture(scope="session")
def modules() -> Path:
    folder = Versions(default_folder()).node_modules
    if folder is None:
        pytest.skip("no library of definitions (`zigwire library fetch` gets it)")
    return folder


@pytest.fixture
def library(modules, tmp_path):
    """Make a library that knows other devices: model ids and the JavaScript of their definitions."""

    def make(**definitions: str) -> Package:
        folder = tmp_path / "node_modules"
        folder.mkdir()
        for package in modules.iterdir():
            if package.name != "zigbee-herdsman-converters":
                (folder / package.name).symlink_to(package)
        ours = folder / "zigbee-herdsman-converters"
        theirs = modules / "zigbee-herdsman-converters"
        (ours / "dist" / "devices").mkdir(parents=True)
        (ours / "package.json").write_text((theirs / "package.json").read_text())
        for name in ("index.js", "lib", "converters"):
            (ours / "dist" / name).symlink_to(theirs / "dist" / name)
        for model, script in definitions.items():
            (ours / "dist" / "devices" / f"{model}.js").write_text(definition(model, script))
        index = {model: [[f"{model}.js", 0]] for model in definitions}
        (ours / "dist" / "models-index.json").write_text(json.dumps(index))
        package = Package.at(folder)
        assert package is not None
        return package

    return make


def definition(model: str, script: str) -> str:
    return f"""
        const fz = require("../converters/fromZigbee");
        const tz = require("../converters/toZigbee");
        const exposes = require("../lib/exposes");
        const m = require("../lib/modernExtend");
        const e = exposes.presets;
        const ea = exposes.access;
        exports.definitions = [
            {{zigbeeModel: ["{model}"], model: "{model}", vendor: "Test", description: "Made for a test", {script}}},
        ];
    """


@pytest.fixture
def source(modules):
    package = Package.at(modules)
    assert package is not None
    source = HerdsmanSource(package)
    yield source
    source.close()


class Home(Bench):
    """A host that knows its devices, and notes what else a definition wants of it."""

    def __init__(self, *devices: Device) -> None:
        super().__init__()
        self.devices = {device.ieee: device for device in devices}
        self.states: dict[str, dict] = {}
        self.set_options: dict[str, object] = {}
        self.saved: list[str] = []
        self.other_scenes: list[str] = []
        self.changes: list[str] = []
        self.clusters: dict[str, dict] = {}
        self.begin({})

    def device(self, ieee):
        return self.devices.get(ieee)

    def state(self, device):
        return self.states.get(device.ieee, {})

    def options(self, device):
        return self.set_options

    def save(self, device):
        self.saved.append(device.ieee)

    def scenes_changed(self, devices):
        self.other_scenes += [device.ieee for device in devices]

    def changed(self, device):
        self.changes.append(device.ieee)

    def use_clusters(self, device, clusters):
        self.clusters[device.ieee] = dict(clusters)

    def answers(self, *frames: str) -> None:
        """Answer the next requests with these frames, and forget what was sent."""
        self.begin({"read_answers": [{"frame": place, "frame_hex": text} for place, text in enumerate(frames)]})


@pytest.fixture
def home():
    return Home


@pytest.fixture
def make_device():
    """Make an interviewed device: its model id, and the input clusters of each of its endpoints."""

    def make(model: str, *clusters: list[int], ieee: str = "0x00158d0001a00001", maker: str = "Test") -> Device:
        endpoints = (Endpoint(place, input_clusters=list(inputs)) for place, inputs in enumerate(clusters, 1))
        return Device(
            ieee=ieee,
            network_address=0x1234,
            type=DeviceType.ROUTER,
            interview_state=InterviewState.SUCCESSFUL,
            manufacturer_name=maker,
            model_id=model,
            endpoints={endpoint.id: endpoint for endpoint in endpoints},
        )

    return make
