"""`zigwire restore`."""

import stat
import zipfile

import pytest
from click.testing import CliRunner

from zigwire.cli import main
from zigwire.storage.lock import lock

CONFIGURATION = ("configuration.yaml", b"version: 5\n")


@pytest.fixture
def pack(tmp_path):
    def pack(*entries):
        path = tmp_path / "backup.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries:
                archive.writestr(name, content)
        return path

    return pack


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def restore(file, data):
    result = CliRunner().invoke(main, ["restore", str(file), "--data", str(data)])
    return result.exit_code, result.output


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "zigwire.lock"
    }


def linked(name):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def test_into_a_folder_that_is_not_there(pack, data):
    status, said = restore(pack(CONFIGURATION, ("zigwire.db", b"db"), ("device_icons/a.png", b"icon")), data)
    assert status == 0, said
    assert contents(data) == {CONFIGURATION[0]: CONFIGURATION[1], "zigwire.db": b"db", "device_icons/a.png": b"icon"}
    assert stat.S_IMODE((data / "configuration.yaml").stat().st_mode) == 0o600
    assert "replaced" not in said
    assert "Zigbee2MQTT" not in said


def test_what_was_there_is_kept(pack, data):
    (data / "log" / "x").mkdir(parents=True)
    (data / "log" / "x" / "log.log").write_text("a line")
    (data / "configuration.yaml").write_text("old")
    (data / "zigwire.db").write_text("old")
    (data / "restoring").mkdir()
    status, said = restore(pack(CONFIGURATION, ("state.json", b"{}")), data)
    assert status == 0, said
    (aside,) = data.glob("replaced-*")
    assert contents(aside) == {"configuration.yaml": b"old", "zigwire.db": b"old"}
    assert str(aside) in said
    assert "Zigbee2MQTT" in said
    assert (data / "log" / "x" / "log.log").exists()
    assert (data / "configuration.yaml").read_bytes() == CONFIGURATION[1]
    assert not (data / "zigwire.db").exists()
    assert not (data / "restoring").exists()


def test_what_never_belongs_into_a_backup_is_left_out(pack, data):
    entries = [
        ("log/a.log", b""),
        ("ota/a.ota", b""),
        ("zigwire.lock", b"1"),
        ("replaced-1/x", b""),
        ("restoring/x", b""),
    ]
    status, said = restore(pack(CONFIGURATION, *entries), data)
    assert status == 0, said
    assert set(contents(data)) == {"configuration.yaml"}


@pytest.mark.parametrize(
    "name", ["../evil", "/evil", "a/../../evil", "a\\..\\evil", "C:/evil", "C:evil", "..", linked("evil")]
)
def test_paths_out_of_the_folder_are_refused(pack, data, tmp_path, name):
    status, said = restore(pack(CONFIGURATION, (name, b"/etc/passwd")), data)
    assert status == 1
    assert "is no backup" in said
    assert not data.exists()
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize(
    ("entries", "word"),
    [([("state.json", b"{}")], "has no configuration.yaml"), ([CONFIGURATION, CONFIGURATION], "twice")],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_is_no_backup(pack, data, entries, word):
    status, said = restore(pack(*entries), data)
    assert status == 1
    assert word in said
    assert not data.exists()


def test_no_zip_file(tmp_path, data):
    (tmp_path / "file").write_text("hello")
    status, said = restore(tmp_path / "file", data)
    assert status == 1
    assert "no ZIP file" in said


def test_a_damaged_one_changes_nothing(pack, data):
    file = pack(CONFIGURATION, ("large", bytes(range(256)) * 100))
    raw = bytearray(file.read_bytes())
    place = raw.index(b"large") + 100
    raw[place] ^= 0xFF
    file.write_bytes(raw)
    data.mkdir()
    (data / "configuration.yaml").write_text("old")
    status, said = restore(file, data)
    assert status == 1
    assert "damaged" in said
    assert contents(data) == {"configuration.yaml": b"old"}


def test_more_than_fits(pack, data, monkeypatch):
    monkeypatch.setattr("zigwire.restore.MOST_BYTES", 1000)
    status, said = restore(pack(CONFIGURATION, ("large", bytes(1001))), data)
    assert status == 1
    assert "GB" in said
    assert not data.exists()


def test_files_and_folders_of_one_name(pack, data):
    data.mkdir()
    (data / "configuration.yaml").write_text("old")
    status, said = restore(pack(CONFIGURATION, ("a", b""), ("a/b", b"")), data)
    assert status == 1
    assert "a" in said
    assert contents(data) == {"configuration.yaml": b"old"}


def test_not_while_the_bridge_runs(pack, data):
    data.mkdir()
    (data / "configuration.yaml").write_text("old")
    with lock(data / "zigwire.lock"):
        status, said = restore(pack(CONFIGURATION), data)
    assert status == 1
    assert "stop it first" in said
    assert contents(data) == {"configuration.yaml": b"old"}


def test_a_name_that_is_no_text(pack, data):
    file = pack(CONFIGURATION, ("ä", b""))
    file.write_bytes(file.read_bytes().replace("ä".encode(), b"\xff\xff"))
    status, said = restore(file, data)
    assert status == 1
    assert "is no ZIP file, or a damaged one" in said
    assert not data.exists()
