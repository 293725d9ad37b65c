"""The database: what is kept, what survives, what is done about damage."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zigwire.storage.database import Database
from zigwire.storage.errors import StorageError
from zigwire.storage.rows import insert_device
from zigwire.zigbee.model import (
    NULL,
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
        reportings=[
            ConfiguredReporting(6, 0, 0, 3600, 0),
            ConfiguredReporting(6, 0x4003, 0, 3600, NULL),
            ConfiguredReporting(12, 0x55, 5, 600, 0.5, 0x115F),
        ],
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


def test_groups_come_back_in_the_order_in_which_they_came(tmp_path: Path):
    with Database(tmp_path / "zigwire.db") as database:
        for number in (901, 21, 7):
            database.save_group(Group(number))
        database.save_group(Group(21, [Member(IEEE, 1)]))
        assert database.load_groups() == [Group(901), Group(21, [Member(IEEE, 1)]), Group(7)]


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
    state["state"] = "ON"  # not put
    database.flush()
    assert devices_in(path) == (1_700_000_001_000, 7)
    assert database.load_states() == {IEEE: {"state": "OFF"}}
    database.remove_state(IEEE)
    database.flush()
    assert database.load_states() == {}
    database.close()


def devices_in(path: Path) -> tuple[int, int]:
    connection = sqlite3.connect(path)
    row = connection.execute("SELECT last_seen, linkquality FROM devices").fetchone()
    connection.close()
    return row


def fill_disk(database: Database) -> None:
    """Let SQLite find no room for another page; a state of `LARGE` needs one."""
    (pages,) = database._batches.execute("PRAGMA page_count").fetchone()
    database._batches.execute(f"PRAGMA max_page_count = {pages}")


LARGE = {"text": "x" * 100_000}


def test_a_failed_flush_loses_nothing(tmp_path: Path):
    with Database(tmp_path / "zigwire.db") as database:
        device = plug()
        database.save_device(device)
        device.linkquality = 7
        database.touch_device(device)
        database.put_state("a", LARGE)
        database.put_state("b", {"n": 1})
        fill_disk(database)
        with pytest.raises(StorageError, match="full"):
            database.flush()
        database.put_state("b", {"n": 2})
        database._batches.execute("PRAGMA max_page_count = 1000000")
        database.flush()
        assert database.load_states() == {"a": LARGE, "b": {"n": 2}}
        assert database.load_devices()[0].linkquality == 7


def test_a_failing_flush_at_the_close_is_told_and_loses_nothing(tmp_path: Path, caplog):
    path = tmp_path / "zigwire.db"
    database = Database(path)
    database.put_state("a", LARGE)
    fill_disk(database)
    database.close()
    database.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        database.load_states()
    database = Database(path)
    assert len(caplog.records) == 1
    assert "next start" in caplog.text
    assert database.load_states() == {"a": LARGE}
    database.close()


def test_after_the_close_nothing_is_done(tmp_path: Path):
    path = tmp_path / "zigwire.db"
    database = Database(path)
    database.save_device(plug())
    database.close()
    database.flush()
    assert not database.snapshot()
    assert not (tmp_path / "zigwire.db.1").exists()


@pytest.mark.parametrize(
    "value",
    [2**64, -(2**63) - 1, "\ud800", {"deep": ["\udfff"]}, {"\ud800": 1}],
    ids=["large", "small", "surrogate", "deep", "key"],
)
def test_what_json_can_not_express_is_left_out_alone(tmp_path: Path, caplog, value):
    path = tmp_path / "zigwire.db"
    with Database(path) as database:
        database.put_state("before", {"n": 1})
        with caplog.at_level(logging.ERROR):
            database.put_state("lamp", {"state": "ON", "odd": value})
            database.put_state("lamp", {"state": "OFF", "odd": value})
        assert [record.getMessage() for record in caplog.records] == [
            "The state of lamp is kept without ['odd']: JSON can't express it"
        ]
        database.put_state("after", {"n": 2})
        database.flush()
        assert database.load_states() == {"before": {"n": 1}, "lamp": {"state": "OFF"}, "after": {"n": 2}}
        with pytest.raises(TypeError):
            database.put_state("\ud800", {})
        database.put_state("last", {"n": 3})
    with Database(path) as database:
        assert database.load_states()["last"] == {"n": 3}


def test_a_state_is_serialised_once(tmp_path: Path):
    class Counted:
        times = 0

        def __str__(self) -> str:
            Counted.times += 1
            return "counted"

    with Database(tmp_path / "zigwire.db") as database:
        database.put_state("a", {"value": Counted()})
        database.flush()
        assert database.load_states() == {"a": {"value": "counted"}}
    assert Counted.times == 1


@pytest.fixture
def impatient() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("impatient")
def test_flush_and_snapshot_in_threads_beside_saves(tmp_path: Path):
    stop = threading.Event()

    def repeat(work: Callable[[], object]) -> None:
        while not stop.is_set():
            work()

    with Database(tmp_path / "zigwire.db") as database, ThreadPoolExecutor() as threads:
        works = [threads.submit(repeat, work) for work in (database.flush, database.flush, database.snapshot)]
        try:
            for number in range(300):
                device = Device(f"0x{number:016x}", number, endpoints={1: Endpoint(1)})
                database.save_device(device)
                for sighting in range(20):
                    device.last_seen = sighting
                    database.touch_device(device)
                    database.put_state(f"{number}-{sighting}", {"n": sighting})
        finally:
            stop.set()
        for work in works:
            work.result()
        database.flush()
        assert [device.last_seen for device in database.load_devices()] == [19] * 300
        assert len(database.load_states()) == 6000
    with sqlite3.connect(tmp_path / "zigwire.db.1") as copy:
        assert copy.execute("SELECT count(*) FROM devices").fetchone()[0] > 0
        assert copy.execute("PRAGMA foreign_key_check").fetchall() == []
    copy.close()


def test_a_snapshot_in_a_thread_has_nothing_of_a_change_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "zigwire.db"
    with Database(path) as database, ThreadPoolExecutor() as threads:
        database.save_device(Device("0x01", 1))

        def insert(connection: sqlite3.Connection, device: Device) -> None:
            insert_device(connection, device)
            assert threads.submit(database.snapshot).result(timeout=30)

        monkeypatch.setattr("zigwire.storage.database.insert_device", insert)
        database.save_device(Device("0x02", 2))
    copy = sqlite3.connect(tmp_path / "zigwire.db.1")
    assert copy.execute("SELECT ieee FROM devices").fetchall() == [("0x01",)]
    copy.close()


class Watched:
    """A lock that counts who asked for it."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self.asked.release()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_closing_waits_for_a_snapshot_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with ThreadPoolExecutor() as threads, Database(tmp_path / "zigwire.db") as database:
        watched = database._copying = Watched()

        def slow(_: Path) -> bool:
            watched.asked.acquire()
            closing = threads.submit(database.close)
            assert watched.asked.acquire(timeout=10)
            assert not closing.done()
            return database.load_states() == {}

        monkeypatch.setattr("zigwire.storage.database.snapshot", slow)
        assert database.snapshot()


def test_a_flush_waits_for_a_state_that_is_being_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with ThreadPoolExecutor() as threads, Database(tmp_path / "zigwire.db") as database:
        watched = database._noting = Watched()
        append = database._journal.append
        flushes = []

        def slow(entity: str, state: bytes | None) -> None:
            append(entity, state)
            watched.asked.acquire()
            flushes.append(threads.submit(database.flush))
            assert watched.asked.acquire(timeout=10)

        monkeypatch.setattr(database._journal, "append", slow)
        database.put_state("a", {})
        flushes[0].result(timeout=10)
        assert database.load_states() == {"a": {}}


def test_one_zigwire_at_a_time(tmp_path: Path):
    path = tmp_path / "zigwire.db"
    with Database(path) as database:
        database.save_device(plug())
        spoil(path)  # a second one must not even look at it
        with pytest.raises(StorageError, match=f"Another Zigwire .process {os.getpid()}. runs on .*{tmp_path}"):
            Database(path)
        assert not list(tmp_path.glob("*damaged*"))


def test_another_process_is_refused_until_the_first_ends(tmp_path: Path):
    path = tmp_path / "zigwire.db"
    first = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, env=environment())
    first.stdout.readline()
    with pytest.raises(StorageError, match=f"process {first.pid}"):
        Database(path)
    first.kill()
    first.stdout.read()
    first.wait()
    with Database(path) as database:
        assert database.load_devices()


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


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
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True, env=environment()
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


@pytest.mark.parametrize("harm", ["spoiled", "text", "missing", "empty"])
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
    with caplog.at_level(logging.CRITICAL):
        assert devices(path) == [plug()]
    assert "snapshot" in caplog.text
    assert ("To start empty instead" in caplog.text) == (harm in {"missing", "empty"})
    assert bool(list(tmp_path.glob("zigwire.db.damaged-*"))) == (harm != "missing")


def test_to_start_empty_the_snapshots_are_deleted_as_well(tmp_path: Path, caplog):
    path = tmp_path / "zigwire.db"
    with Database(path) as database:
        database.save_device(plug())
        database.snapshot()
    for copy in tmp_path.glob("zigwire.db*"):
        copy.unlink()
    assert devices(path) == []
    assert not caplog.records


@pytest.mark.parametrize(
    ("change", "warning", "expected"),
    [
        ("UPDATE devices SET type = 'Toaster'", "unknown DeviceType 'Toaster'", {"type": DeviceType.UNKNOWN}),
        (
            "UPDATE devices SET interview_state = 'HALF_DONE'",
            "unknown InterviewState 'HALF_DONE'",
            {"interview_state": InterviewState.PENDING},
        ),
        ("UPDATE devices SET meta = '{'", "'{', which can't be read", {"meta": {}}),
        ("UPDATE devices SET meta = '[1]'", "can't be read", {"meta": {}}),
        ("UPDATE devices SET model_id = CAST(x'6cff' AS TEXT)", "", {"model_id": "l\ufffd"}),
        ("UPDATE bindings SET endpoint = 9", "bindings are stored of endpoint 9", {}),
        ("UPDATE endpoints SET ieee = 'other' WHERE id = 242", "endpoint of the unknown device other", {}),
        ("INSERT INTO members VALUES (77, 'other', 1)", "member of the unknown group 77", {}),
    ],
)
def test_values_that_make_no_sense_are_no_damage(tmp_path: Path, caplog, change: str, warning: str, expected: dict):
    path = tmp_path / "zigwire.db"
    with Database(path) as database:
        database.save_device(plug())
        database.snapshot()
        database.save_network(RECORD)  # the snapshot has none
    connection = sqlite3.connect(path)
    connection.execute(change)
    connection.commit()
    connection.close()
    with Database(path) as database:
        (device,) = database.load_devices()
        assert database.load_groups() == []
        assert database.load_network() == RECORD
    assert {name: getattr(device, name) for name in expected} == expected
    assert device.endpoints[1].reportings == plug().endpoints[1].reportings
    assert warning in caplog.text
    assert not list(tmp_path.glob("*damaged*"))


def test_a_snapshot_that_can_not_be_opened_is_passed_over(tmp_path: Path, caplog):
    path = tmp_path / "zigwire.db"
    with Database(path) as database:
        database.save_device(plug())
        database.snapshot()
    (tmp_path / "zigwire.db.1").replace(tmp_path / "zigwire.db.2")
    (tmp_path / "zigwire.db.1").mkdir()
    path.write_text("spoiled")
    assert devices(path) == [plug()]
    assert "zigwire.db.1 is passed over" in caplog.text


def test_a_snapshot_that_can_not_be_copied_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "zigwire.db"
    with Database(path) as database:
        database.save_device(plug())
        database.snapshot()
    path.write_text("spoiled")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(StorageError, match="No space left"):
        Database(path)
    assert path.read_text() == "spoiled"
    monkeypatch.undo()
    assert devices(path) == [plug()]


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
    for _ in range(2):  # the first try lets go of the folder
        with pytest.raises(StorageError, match="newer Zigwire"):
            Database(path)
    assert not list(tmp_path.glob("*damaged*"))


def test_a_path_that_can_not_be_opened(tmp_path: Path):
    with pytest.raises(StorageError, match="no-such-folder"):
        Database(tmp_path / "no-such-folder" / "zigwire.db")
