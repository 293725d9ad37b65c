"""Keeping a house in a file."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.catalogue import default_house
from zigwire.simulator.clusters import Scene, SceneKey
from zigwire.simulator.errors import SimulatorError
from zigwire.simulator.house import COORDINATOR_IEEE, House
from zigwire.simulator.nvram import TableKey
from zigwire.simulator.plug import MEMORY, RELAY, XiaomiPlug
from zigwire.simulator.reporting import ReportingConfiguration
from zigwire.simulator.snapshot import Keeper, load_house, save_house
from zigwire.simulator.zdo import Bind
from zigwire.zigbee.radio import ApsFrame

from .conftest import NETWORK, Ear

POWER = AttributeKey(2, 0x0C, 0x55)


def lived_in() -> tuple[House, XiaomiPlug]:
    house = default_house(lambda: 0.0)
    house.form(NETWORK)
    house.join("plug")
    house.pair("spare")
    plug = house.device("plug")
    assert isinstance(plug, XiaomiPlug)
    plug.write(MEMORY, bytes.fromhex("aa8005d14707011001"))
    house.press("plug")
    plug.groups[1][9] = "nine"
    plug.scenes[SceneKey(1, 9, 2)] = Scene("two", 5, b"\x06\x00\x01\x01")
    plug.node.bindings += [Bind(1, 6, group=9), Bind(2, 0x0C, ieee=COORDINATOR_IEEE, destination_endpoint=1)]
    plug.reporting.configure(POWER, ReportingConfiguration(1, 60, 0.5))
    house.set_temperature("plug", 30)
    house.advance(3600)
    return house, plug


def test_everything_survives(tmp_path: Path) -> None:
    house, plug = lived_in()
    save_house(house, tmp_path / "house.json")
    again = load_house(tmp_path / "house.json", clock=lambda: 5000.0)
    twin = again.device("plug")
    assert isinstance(twin, XiaomiPlug)
    assert again.parameters == house.parameters == NETWORK
    assert again.nvram.items == house.nvram.items
    assert again.nvram.tables == house.nvram.tables
    assert again.on_network(twin)
    assert (twin.on, twin.restores, twin.outages) == (True, True, 1)
    assert twin.meter.energy == pytest.approx(0.04, rel=0.06)
    assert twin.meter.temperature == pytest.approx(plug.meter.temperature)
    assert twin.load == plug.load
    assert twin.attributes[MEMORY].value == bytes.fromhex("aa8005d14707011001")
    assert (twin.groups, twin.scenes, twin.node.bindings) == (plug.groups, plug.scenes, plug.node.bindings)
    assert twin.node.announce() == plug.node.announce()
    assert twin.reporting.configurations == plug.reporting.configurations
    assert again.device("spare").pairing
    assert (tmp_path / "house.json").stat().st_mode & 0o777 == 0o600


def test_life_goes_on_after_loading(tmp_path: Path) -> None:
    house, plug = lived_in()
    save_house(house, tmp_path / "house.json")
    again, ear = load_house(tmp_path / "house.json", clock=lambda: 0.0), Ear()
    again.attach(ear)
    again.advance(400)
    assert ear.reports(0x0C, 0x55)
    assert any(frame.cluster == 0 for frame in ear.frames)
    confirmed: list[str | None] = []
    again.transmit(ApsFrame(0, 1, plug.node.network_address, 1, 0x0104, 6, b"\x01\x01\x00"), confirmed.append)
    again.permit(60)
    again.advance(1)
    assert confirmed == [None]
    assert again.device("plug").read(RELAY) == 0
    assert [ieee for ieee, _ in ear.joined] == [again.device("spare").ieee]


def test_power_that_was_cut_stays_cut(tmp_path: Path) -> None:
    house, _ = lived_in()
    house.cut_power("plug")
    save_house(house, tmp_path / "house.json")
    again = load_house(tmp_path / "house.json", clock=lambda: 0.0)
    assert not again.device("plug").powered
    again.restore_power("plug")
    plug = again.device("plug")
    assert isinstance(plug, XiaomiPlug)
    assert (plug.on, plug.outages) == (True, 2)


def test_table_entries_that_a_host_deleted_stay_deleted(tmp_path: Path) -> None:
    house, _ = lived_in()
    del house.nvram.tables[TableKey(1, 1, 7)]
    house.nvram.tables[TableKey(1, 9, 0)] = b"new"
    save_house(house, tmp_path / "house.json")
    assert load_house(tmp_path / "house.json").nvram.tables == house.nvram.tables


def test_the_keeper_writes_after_changes_and_now_and_then(tmp_path: Path) -> None:
    path = tmp_path / "data" / "house.json"
    house = default_house(lambda: 0.0)
    keeper = Keeper(house, path)
    house.form(NETWORK)
    assert not path.exists()
    house.advance(1.5)
    assert load_house(path).parameters == NETWORK
    house.join("plug")
    house.press("plug")
    house.advance(3600)
    kept = load_house(path, clock=lambda: 0.0).device("plug")
    assert isinstance(kept, XiaomiPlug)
    assert kept.meter.energy == pytest.approx(0.04, rel=0.06)
    house.press("plug")
    keeper.close()
    assert load_house(path).device("plug").read(RELAY) == 0
    path.unlink()
    house.press("plug")
    house.advance(3600)
    assert not path.exists()


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house, _ = lived_in()
    path = tmp_path / "house.json"
    save_house(house, path)
    before = path.read_bytes()

    def broken(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", broken)
    house.press("plug")
    with pytest.raises(OSError, match="no space"):
        save_house(house, path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"format": "other", "version": 1}',
        '{"format": "zigwire/simulated-house", "version": 1}',
    ],
)
def test_a_file_that_holds_no_house_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "house.json"
    path.write_text(text)
    with pytest.raises(SimulatorError, match=r"house\.json: it holds no simulated house"):
        load_house(path)


@cache
def good_snapshot() -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "house.json"
        save_house(lived_in()[0], path)
        return path.read_text()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(data=st.data())
def test_a_damaged_file_never_raises_anything_else(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "house.json"
    part = document = json.loads(good_snapshot())
    while isinstance(part, dict | list) and part:
        keys = sorted(part) if isinstance(part, dict) else list(range(len(part)))
        key = data.draw(st.sampled_from(keys))
        if data.draw(st.booleans()) or not isinstance(part[key], dict | list) or not part[key]:
            part[key] = data.draw(st.one_of(st.none(), st.text(max_size=3), st.integers(), st.lists(st.integers())))
            break
        part = part[key]
    path.write_text(json.dumps(document))
    try:
        load_house(path, clock=lambda: 0.0)
    except SimulatorError as error:
        assert "house.json" in str(error)
