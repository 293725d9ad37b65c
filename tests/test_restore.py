"""Another's data folder in the place of one's own."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from zigwire.restore import RestoreError, restore_folder
from zigwire.storage import StorageError
from zigwire.storage.lock import lock


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "z2m"
    (folder / "device_icons").mkdir(parents=True)
    (folder / "device_icons" / "a.png").write_bytes(b"icon")
    (tmp_path / "elsewhere.yaml").write_text("version: 5\n")
    (folder / "configuration.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    (folder / "log").mkdir()
    (folder / "log" / "a.log").touch()
    return folder


def test_files_are_copied_links_too(source, tmp_path):
    restored = restore_folder(source, tmp_path / "data")
    assert restored.aside is None
    assert restored.is_foreign
    copied = {path.relative_to(restored.folder).as_posix() for path in restored.folder.rglob("*") if path.is_file()}
    assert copied == {"configuration.yaml", "device_icons/a.png", "zigwire.lock"}
    copy = restored.folder / "configuration.yaml"
    assert not copy.is_symlink()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert (source / "configuration.yaml").is_symlink()


def test_what_was_there_is_moved_aside(source, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "configuration.yaml").write_text("mine")
    restored = restore_folder(source, data)
    assert (restored.aside / "configuration.yaml").read_text() == "mine"


def test_contents_that_are_no_good_change_nothing(source, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "configuration.yaml").write_text("mine")

    def refuse(unpacked):
        assert (unpacked / "configuration.yaml").read_text() == "version: 5\n"
        raise RestoreError("no good")

    with pytest.raises(RestoreError, match="no good"):
        restore_folder(source, data, refuse)
    assert {path.name for path in data.iterdir()} == {"configuration.yaml", "zigwire.lock"}
    assert (data / "configuration.yaml").read_text() == "mine"


def test_what_is_no_data_folder(tmp_path):
    with pytest.raises(RestoreError, match=r"has no configuration\.yaml"):
        restore_folder(tmp_path, tmp_path / "data")


def test_not_onto_itself_nor_under_a_bridge_that_runs(source, tmp_path):
    with pytest.raises(RestoreError, match="is the data folder itself"):
        restore_folder(source, source)
    data = tmp_path / "data"
    data.mkdir()
    with lock(data / "zigwire.lock"), pytest.raises(StorageError, match="stop it first"):
        restore_folder(source, data)


def test_more_than_fits(source, tmp_path, monkeypatch):
    monkeypatch.setattr("zigwire.restore.MOST_BYTES", 5)
    with pytest.raises(RestoreError, match="GB are allowed"):
        restore_folder(source, tmp_path / "data")


def test_folders_that_are_links_are_copied_and_circles_end(source, tmp_path):
    elsewhere = tmp_path / "converters"
    elsewhere.mkdir()
    (elsewhere / "mine.mjs").write_text("export default []")
    (elsewhere / "circle").symlink_to(source)
    (source / "external_converters").symlink_to(elsewhere)
    restore_folder(source, tmp_path / "data")
    assert (tmp_path / "data" / "external_converters" / "mine.mjs").read_text() == "export default []"


def test_what_lies_in_the_data_folder_would_be_moved(source):
    with pytest.raises(RestoreError, match="is the data folder itself, or in it"):
        restore_folder(source, source.parent)
    assert (source / "configuration.yaml").exists()


def test_a_power_cut_leaves_no_configuration_beside_half_of_the_rest(source, tmp_path, monkeypatch):
    (source / "zigwire.db").touch()
    data = tmp_path / "data"
    data.mkdir()
    for name in ("a", "configuration.yaml", "zigwire.db"):
        (data / name).touch()
    moved = []
    move = Path.replace

    def noted(path, target):
        moved.append(path.name)
        return move(path, target)

    monkeypatch.setattr(Path, "replace", noted)
    restore_folder(source, data)
    assert moved[0] == moved[-1] == "configuration.yaml"
    assert sorted(moved) == sorted(["a", "zigwire.db", "device_icons", "zigwire.db", *["configuration.yaml"] * 2])
