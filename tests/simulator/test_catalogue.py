"""Every kind of device can live in a house, and outlives it."""

from __future__ import annotations

from pathlib import Path

import pytest

from zigwire.simulator.catalogue import KINDS
from zigwire.simulator.house import House
from zigwire.simulator.snapshot import load_house, save_house

from .conftest import NETWORK


@pytest.mark.parametrize("kind", KINDS)
def test_a_device_lives_and_is_kept_under_its_kind(kind: str, tmp_path: Path) -> None:
    house = House(clock=lambda: 0.0)
    house.form(NETWORK)
    device = house.add("it", KINDS[kind], "0x00158d0000000001")
    assert device.description.kind == kind
    house.join("it")
    house.advance(600)
    house.cut_power("it")
    house.restore_power("it")
    house.advance(600)
    save_house(house, tmp_path / "house.json")
    twin = load_house(tmp_path / "house.json", clock=lambda: 0.0).device("it")
    assert twin.description.kind == kind
    assert twin.own_state() == device.own_state()
    assert {key: item.value for key, item in twin.attributes.items()} == {
        key: item.value for key, item in device.attributes.items()
    }
