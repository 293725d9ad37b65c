"""The database: what is kept, what survives, what is done about damage."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zigwire.storage.database import Database
from zigwire.storage.errors import StorageError
from zigwire.zigbee.model import (
    Binding,
    ConfiguredReporting,
    Device,
    DeviceType,
    Endpoint,
    Group,
    InterviewState,
    Member,
    Scene,
)
from zigwire.zigbee.radio import NetworkParameters
from zigwire.zigbee.store import NetworkRecord

IEEE = "0x00158d0001a00000"
RECORD = NetworkRecord(NetworkParameters(6754, "0x00124b0012345678", 11, bytes(range(16))), "0x00124b0012345678")


def plug() -> Device:
    endpoint = Endpoint(
        1,
        device=0x51,
        input_clusters=[0, 6, 12],
        output_clusters=[25],
        bindings=[Binding(6, ieee="0x00124b0012345678", endpoint=1), Binding(6, group=901)],
        reportings=[ConfiguredReporting(6, 0, 0, 3600, 0), ConfiguredReporting(12, 0x55, 5, 600, 0.5, 0x115F)],
        scenes=[Scene(1, 0, "evening", {"state": "ON"})],
    )
    return Device(
        IEEE,
        0x2000,
        DeviceType.ROUTER,
        InterviewState.SUCCESSFUL,
        manufacturer_code=0x115F,
        mac_capabilities=0x8E,
        manufacturer_name="LUMI",
        model_id="lumi.plug",
        power_source="Mains (single phase)",
        date_code="02-28-2017",
        endpoints={1: endpoint, 242: Endpoint(242, 0xA1E0)},
        last_seen=1_700_000_000_123,
        linkquality=120,
        meta={"configured": "0.0.0"},
    )


def devices(path: Path) -> list[Device]:
    with Database(path) as database:
        return database.load_devices()


def test_everything_comes_back(tmp_path: Path):
    path = tmp_path / "zigwire.db"
    group = Group(7, [Member(IEEE, 1), Member("0x00158d0001a00001", 3)])
    with Database(path) as database:
        database.save_device(plug())
        database.save_group(group)
        database.save_network(RECORD)
        database.put_state(IEEE, {"state": "ON", "power": 1.5, "update": {"state": None}})
    with Database(path) as database:
        assert database.load_devices() == [plug()]
        assert database.load_groups() == [group]
        assert database.load_network() == RECORD
        assert database.load_states() == {IEEE: {"state": "ON", "power": 1.5, "update": {"state": None}}}
        assert isinstance(database.load_devices()[0].endpoints[1].reportings[0].change, int)
    assert path.stat().st_mode & 0o077 == 0


def test_a_saved_device_keeps_its_place(tmp_path: Path):
    with Database(tmp_path / "zigwire.db") as database:
        for number in range(3):
            database.save_device(Device(f"0x{number:016x}", number))
        database.save_device(Device(f"0x{1:016x}", 99, endpoints={1: Endpoint(1)}))
        database.save_device(Device(f"0x{1:016x}", 100))
        assert [device.network_address for device in database.load_devices()] == [0, 100, 2]
        assert database.load_devices()[1].endpoints == {}


def test_removing_takes_all_with_it_and_unknown_ones_are_ignored(tmp_path: Path):
    path = tmp_path / "zigwire.db"
    with Database(path) as database:
        database.save_device(plug())
        database.save_group(Group(1, [Member(IEEE, 1)]))
        database.remove_device(IEEE)
        database.remove_group(1)
        database.remove_device("0x0000000000000000")
        database.remove_group(9)
    connection = sqlite3.connect(path)
    for table in ("devices", "endpoints", "bindings", "reportings", "scenes", "groups", "members"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    connection.close()


def test_states_and_sightings_are_written_by_flush(tmp_path: Path):
    path = tmp_path / "zigwire.db"
    database = Database(path)
    device = plug()
    database.save_device(device)
    device.last_seen, device.linkquality = 1_700_000_001_000, 7
    database.touch_device(device)
    state = {"state": "OFF"}
    database.put_state(IEEE, state)
    assert devices_in(path) == (1_700_000_000_123, 120)
    state["state"] = "ON"
    database.flush()
    assert devices_in(path) == (1_700_000_001_000, 7)
    assert database.load_states() == {IEEE: {"state": "ON"}}
    database.remove_state(IEEE)
    database.flush()
    assert database.load_states() == {}
    database.close()


def devices_in(path: Path) -> tuple[int, int]:
    connection = sqlite3.connect(path)
    row = connection.execute("SELECT last_seen, linkquality FROM devices").fetchone()
    connection.close()
    return row


def test_a_failed_flush_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with Database(tmp_path / "zigwire.db") as database:
        database.put_state("a", {"n": 1})
        database.put_state("b", {"n": 1})
        monkeypatch.setattr(database, "_write", lambda *_: (_ for _ in ()).throw(sqlite3.OperationalError("disk full")))
        with pytest.raises(StorageError, match="disk full"):
            database.flush()
        database.put_state("b", {"n": 2})
        monkeypatch.undo()
        database.flush()
        assert database.load_states() == {"a": {"n": 1}, "b": {"n": 2}}


def test_flush_in_a_thread_beside_saves(tmp_path: Path):
    with Database(tmp_path / "zigwire.db") as database:
        stop = threading.Event()

        def flushing() -> None:
            while not stop.is_set():
                database.flush()

        thread = threading.Thread(target=flushing)
        thread.start()
        for number in range(100):
            database.save_device(Device(f"0x{number:016x}", number))
            database.put_state(str(number), {"n": number})
        stop.set()
        thread.join()
        database.flush()
        assert len(database.load_devices()) == len(database.load_states()) == 100


TEXT = st.text(max_size=20).filter(lambda text: "\0" not in text and text.isprintable())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        TEXT,
        st.dictionaries(
            TEXT,
            st.none()
            | st.booleans()
            | st.integers(-(2**53), 2**53)
            | st.floats(allow_nan=False, allow_infinity=False)
            | TEXT,
        ),
    )
)
def test_any_state_comes_back(tmp_path: Path, states: dict):
    with Database(tmp_path / "zigwire.db") as database:
        for entity in database.load_states():
            database.remove_state(entity)
        for entity, state in states.items():
            database.put_state(entity, state)
        database.flush()
        assert database.load_states() == states


WRITER = textwrap.dedent("""
    import sys
    from pathlib import Path
    from zigwire.storage.database import Database
    from zigwire.zigbee.model import Device, Endpoint, Group, Member
    database = Database(Path(sys.argv[1]))
    for number in range(100_000):
        ieee = f"0x{number:016x}"
        database.save_device(Device(ieee, number & 0xFFFF, endpoints={1: Endpoint(1, input_clusters=[number])}))
        database.put_state(ieee, {"n": number})
        if number % 5 == 4:
            database.save_group(Group(number, [Member(ieee, 1)]))
            database.flush()
            print(number, flush=True)
""")


@pytest.mark.parametrize("lines", [1, 3, 10, 17, 29])
def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, lines: int):
    path = tmp_path / "zigwire.db"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True, env=environment
    )
    for _ in range(lines):
        last = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    for line in process.stdout:
        last = int(line)
    process.wait()
    with Database(path) as database:
        known = {device.ieee: device for device in database.load_devices()}
        states = database.load_states()
        groups = {group.id for group in database.load_groups()}
    assert not list(tmp_path.glob("*damaged*"))
    for number in range(last + 1):
        ieee = f"0x{number:016x}"
        assert known[ieee].endpoints[1].input_clusters == [number]
        assert states[ieee] == {"n": number}
    assert set(range(4, last + 1, 5)) <= groups


def spoil(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(100)
        file.write(os.urandom(4096))
        file.truncate(5000)


@pytest.mark.parametrize("harm", ["spoiled", "text", "missing", "empty", "value"])
def test_the_snapshot_takes_the_place_of_a_damaged_file(tmp_path: Path, caplog, harm: str):
    path = tmp_path / "zigwire.db"
    with Database(path) as database:
        database.save_device(plug())
    assert devices(path) == [plug()]  # opened once more: the snapshot of the start knows the plug
    assert (tmp_path / "zigwire.db.1").exists()
    match harm:
        case "spoiled":
            spoil(path)
        case "text":
            path.write_text("not a database at all\n" * 100)
        case "missing":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "value":
            connection = sqlite3.connect(path)
            connection.execute("UPDATE devices SET type = 'Toaster'")
            connection.commit()
            connection.close()
    with caplog.at_level(logging.CRITICAL):
        assert devices(path) == [plug()]
    assert "snapshot" in caplog.text
    assert bool(list(tmp_path.glob("zigwire.db.damaged-*"))) == (harm != "missing")


def test_the_next_good_snapshot_is_used(tmp_path: Path):
    path = tmp_path / "zigwire.db"
    with Database(path) as database:
        database.save_device(plug())
    devices(path)
    (tmp_path / "zigwire.db.1").replace(tmp_path / "zigwire.db.2")
    (tmp_path / "zigwire.db.1").write_text("spoiled too")
    path.write_text("spoiled")
    assert devices(path) == [plug()]
    assert (tmp_path / "zigwire.db.2").read_text() == "spoiled too"  # pushed on, not deleted


def test_without_a_snapshot_the_damaged_file_is_kept_and_a_new_one_begun(tmp_path: Path, caplog):
    path = tmp_path / "zigwire.db"
    path.write_text("spoiled")
    with caplog.at_level(logging.CRITICAL):
        assert devices(path) == []
    assert "starting empty" in caplog.text
    assert next(tmp_path.glob("zigwire.db.damaged-*")).read_text() == "spoiled"


def test_snapshots_rotate_daily_and_never_to_nothing(tmp_path: Path):
    path = tmp_path / "zigwire.db"
    with Database(path) as database:
        assert not database.snapshot()  # there is nothing to keep
        for day in range(8):
            database.save_device(Device(f"0x{day:016x}", day))
            assert database.snapshot()  # more devices than before
            assert not database.snapshot()
        os.utime(tmp_path / "zigwire.db.1", (0, 0))
        assert database.snapshot()
        assert sorted(copy.name for copy in tmp_path.glob("zigwire.db.[0-9]*")) == [
            f"zigwire.db.{n}" for n in range(1, 6)
        ]
        for device in database.load_devices():
            database.remove_device(device.ieee)
        os.utime(tmp_path / "zigwire.db.1", (0, 0))
        assert not database.snapshot()
    connection = sqlite3.connect(tmp_path / "zigwire.db.5")
    assert connection.execute("SELECT count(*) FROM devices").fetchone() == (5,)
    connection.close()


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path):
    path = tmp_path / "zigwire.db"
    with Database(path) as database:
        database.save_device(plug())
    connection = sqlite3.connect(path)
    connection.execute("UPDATE schema SET version = 99")
    connection.execute("ALTER TABLE devices DROP COLUMN date_code")
    connection.commit()
    connection.close()
    with pytest.raises(StorageError, match="newer Zigwire"):
        Database(path)
    assert not list(tmp_path.glob("*damaged*"))


def test_a_path_that_can_not_be_opened(tmp_path: Path):
    with pytest.raises(StorageError, match="no-such-folder"):
        Database(tmp_path / "no-such-folder" / "zigwire.db")
