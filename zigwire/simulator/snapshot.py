"""Keeping a house in a JSON file: the coordinator's memory and what each device holds without power."""

from __future__ import annotations

import json
import os
import struct
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.catalogue import KINDS
from zigwire.simulator.clusters import Scene, SceneKey
from zigwire.simulator.device import VirtualDevice
from zigwire.simulator.errors import SimulatorError
from zigwire.simulator.house import House
from zigwire.simulator.reporting import ReportingConfiguration
from zigwire.simulator.schedule import Clock
from zigwire.simulator.zdo import Bind

__all__ = ["Keeper", "load_house", "save_house"]

FORMAT, VERSION = "zigwire/simulated-house", 1
SOON, NOW_AND_THEN = 1.0, 60.0
"""Seconds after which a change is written, and between writes of what grows all the time, such as energies."""


def save_house(house: House, path: Path) -> None:
    """Write the house to a file, wholly or not at all.

    Raises:
        OSError: The file can't be written.
    """
    snapshot = {
        "format": FORMAT,
        "version": VERSION,
        "nvram": house.nvram.dump(),
        "ieee": house.nvram.ieee,
        "devices": [_device_state(device) for device in house.devices.values()],
        "green_power": house.green_power.dump(),
    }
    draft = path.with_name(f"{path.name}.new")
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(snapshot, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def load_house(path: Path, *, clock: Clock = time.monotonic) -> House:
    """Build the house that a file describes.

    Raises:
        OSError: The file can't be read.
        SimulatorError: It holds no house; the text names the file and what is wrong.
    """
    try:
        return _house(json.loads(path.read_text(encoding="utf-8")), clock)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, struct.error, SimulatorError) as error:
        raise SimulatorError(f"{path}: it holds no simulated house ({type(error).__name__}: {error})") from error


class Keeper:
    """Keeps the file of a house up to date: soon after each change, and now and then.

    Args:
        house: Whose `on_change` it takes.
        path: The file.
    """

    def __init__(self, house: House, path: Path) -> None:
        self._house = house
        self._path = path
        self._pending = house.schedule.after(NOW_AND_THEN, self._write)
        self._soon = False
        house.on_change = self._changed

    def close(self) -> None:
        """Write the file a last time and let go of the house."""
        self._pending.cancel()
        self._house.on_change = lambda: None
        save_house(self._house, self._path)

    def _changed(self) -> None:
        if self._soon:
            return
        self._soon = True
        self._pending.cancel()
        self._pending = self._house.schedule.after(SOON, self._write)

    def _write(self) -> None:
        self._soon = False
        self._pending = self._house.schedule.after(NOW_AND_THEN, self._write)
        save_house(self._house, self._path)


def _house(snapshot: Mapping[str, Any], clock: Clock) -> House:
    if (snapshot["format"], snapshot["version"]) != (FORMAT, VERSION):
        raise ValueError(f"format {snapshot['format']!r} {snapshot['version']!r} is not known")
    house = House(clock=clock, ieee=snapshot["ieee"])
    house.nvram.restore(snapshot["nvram"])
    for state in snapshot["devices"]:
        _restore_device(house.add(state["name"], KINDS[state["kind"]], state["ieee"]), state)
    if "green_power" in snapshot:
        house.green_power.restore(snapshot["green_power"])
    return house


def _device_state(device: VirtualDevice) -> dict[str, Any]:
    return {
        "name": device.name,
        "kind": device.description.kind,
        "ieee": device.ieee,
        "network": device.network,
        "network_address": device.node.network_address,
        "extended_pan_id": device.node.extended_pan_id.hex(),
        "joins": device.joins,
        "powered": device.powered,
        "pairing": device.pairing,
        "attributes": [[*key, _to_json(item.value)] for key, item in device.attributes.items()],
        "groups": {str(endpoint): list(names.items()) for endpoint, names in device.groups.items()},
        "scenes": [[*key, scene.name, scene.transition, scene.extension.hex()] for key, scene in device.scenes.items()],
        "bindings": [bind.serialize().hex() for bind in device.node.bindings],
        "reporting": [
            [*key, wanted.minimum, wanted.maximum, wanted.change]
            for key, wanted in device.reporting.configurations.items()
        ],
        "own": device.own_state(),
        "ota": device.ota.flash.dump() if device.ota else None,
    }


def _restore_device(device: VirtualDevice, state: Mapping[str, Any]) -> None:
    device.network = state["network"]
    device.node.network_address = state["network_address"]
    device.node.extended_pan_id = bytes.fromhex(state["extended_pan_id"])
    device.joins, device.pairing = state["joins"], state["pairing"]
    for *parts, value in state["attributes"]:
        device.attributes[AttributeKey(*parts)].value = _from_json(value)
    for endpoint, names in state["groups"].items():
        device.groups[int(endpoint)] = {int(group): str(name) for group, name in names}
    for endpoint, group, scene, name, transition, extension in state["scenes"]:
        device.scenes[SceneKey(endpoint, group, scene)] = Scene(name, transition, bytes.fromhex(extension))
    device.node.bindings.extend(Bind.parse(bytes.fromhex(bind)) for bind in state["bindings"])
    device.restore_own_state(state["own"])
    for *parts, minimum, maximum, change in state["reporting"]:
        device.reporting.configure(AttributeKey(*parts), ReportingConfiguration(minimum, maximum, change))
    if device.ota is not None:
        device.ota.restore(state.get("ota"))
    if not state["powered"]:
        device.lose_power()


def _to_json(value: Any) -> Any:
    return {"octets": value.hex()} if isinstance(value, bytes) else value


def _from_json(value: Any) -> Any:
    return bytes.fromhex(value["octets"]) if isinstance(value, dict) else value
