"""Devices and groups by name, and behaviours that live as long as what they are of."""

import pytest
import yaml

from zigwire.bridge.entities import Entities, UnknownEntity
from zigwire.devices import Definition
from zigwire.settings import load
from zigwire.zigbee.model import Device, Endpoint, Group

LAMP, PLUG = "0x00158d0000000001", "0x00158d0000000002"


class Served:
    """Takes the place of a behaviour."""

    definition = Definition(vendor="", model="", description="")

    def __init__(self, device):
        self.device = device
        self.endpoint_names = {"left": 2}
        self.stopped = False

    def stop(self):
        self.stopped = True


class Network:
    def __init__(self):
        self.devices = {
            ieee: Device(ieee, place, endpoints={1: Endpoint(1)}) for place, ieee in enumerate((LAMP, PLUG))
        }
        self.groups = {7: Group(7), 8: Group(8)}


class Source:
    def find(self, device, host):
        return Served(device)


@pytest.fixture
def house(tmp_path):
    document = {
        "version": 5,
        "mqtt": {"server": "mqtt://localhost"},
        "devices": {LAMP: {"friendly_name": "kitchen/lamp"}, PLUG: {"friendly_name": "plug"}},
        "groups": {"7": {"friendly_name": "lights"}, "8": {"friendly_name": "7"}},
    }
    path = tmp_path / "configuration.yaml"
    path.write_text(yaml.safe_dump(document))
    network = Network()
    return network, Entities(network, load(path, {}), Source(), host=None)


@pytest.mark.parametrize(
    ("path", "key", "endpoint"),
    [
        ("plug", PLUG, None),
        (PLUG, PLUG, None),
        (PLUG.upper().replace("X", "x"), PLUG, None),
        ("plug/left", PLUG, "left"),
        ("kitchen/lamp", LAMP, None),
        ("kitchen/lamp/2", LAMP, "2"),
        ("lights", "7", None),
        ("7", "7", None),
        ("8", "8", None),
    ],
)
def test_who_is_addressed(house, path, key, endpoint):
    entity, found = house[1].locate(path)
    assert (entity.key, found) == (key, endpoint)


@pytest.mark.parametrize("path", ["kitchen", "/plug", "plug/left/right", "9", ""])
def test_nobody(house, path):
    with pytest.raises(UnknownEntity, match="is unknown"):
        house[1].locate(path)


def test_a_new_name_and_new_settings_leave_the_behaviour_at_work(house):
    network, entities = house
    entity = entities.of(network.devices[LAMP])
    behaviour = entity.behaviour
    entities._settings.rename(LAMP, "lamp")
    entities._settings.set_device_options(LAMP, {"retain": True})
    settled = entities.settle(network.devices[LAMP])
    assert settled is entity
    assert (entity.name, entity.settings.retain, entity.behaviour) == ("lamp", True, behaviour)
    assert not behaviour.stopped
    assert entities.is_taken("lamp")
    assert not entities.is_taken("kitchen/lamp")


def test_an_interview_and_another_device_of_that_address_end_a_behaviour(house):
    network, entities = house
    first = entities.of(network.devices[LAMP]).behaviour
    second = entities.refresh(network.devices[LAMP]).behaviour
    assert first.stopped
    network.devices[LAMP] = Device(LAMP, 9, endpoints={1: Endpoint(1)})
    third = entities.of(network.devices[LAMP]).behaviour
    assert second.stopped
    entities.stop()
    assert third.stopped


def test_endpoints_by_name_and_number(house):
    network, entities = house
    entity = entities.of(network.devices[LAMP])
    assert [entity.endpoint(name) is None for name in ("left", "default", "1", "2", "right", "1" * 5000)] == [
        True,
        False,
        False,
        True,
        True,
        True,
    ]
