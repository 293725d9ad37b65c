import errno
import stat
from pathlib import Path

import pytest

from zigwire.settings import SettingsError
from zigwire.settings.replace import replace_text


def names(directory):
    return sorted(path.name for path in directory.iterdir())


def test_a_new_file_is_for_its_owner_only(tmp_path):
    replace_text(tmp_path / "a", "é\n")
    assert (tmp_path / "a").read_bytes() == "é\n".encode()
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_mode_and_link_stay(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "real").chmod(0o664)
    (tmp_path / "link").symlink_to("real")
    replace_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "real").stat().st_mode) == 0o664
    assert names(tmp_path) == ["link", "real"]


def test_a_file_that_is_mounted_is_written_through(tmp_path, monkeypatch):
    def busy(self, target):
        raise OSError(errno.EBUSY, "Device or resource busy")

    (tmp_path / "a").write_text("old, and longer")
    monkeypatch.setattr(Path, "replace", busy)
    replace_text(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"
    assert names(tmp_path) == ["a"]


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "a").write_text("old")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SettingsError, match=r"a: can't be written: No space left"):
        replace_text(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_no_directory(tmp_path):
    with pytest.raises(SettingsError, match="can't be written"):
        replace_text(tmp_path / "none" / "a", "new")
