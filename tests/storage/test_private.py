"""Files with keys in them."""

import os
import stat

import pytest

from zigwire.storage.private import create_private, replace_private


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_takes_no_others_place(tmp_path):
    path = tmp_path / "key"
    create_private(path, b"1")
    with pytest.raises(FileExistsError):
        create_private(path, b"2")
    assert (path.read_bytes(), mode(path)) == (b"1", 0o600)


def test_another_file_is_replaced(tmp_path):
    path = tmp_path / "key"
    path.write_bytes(b"old")
    path.chmod(0o644)
    replace_private(path, b"new")
    assert (path.read_bytes(), mode(path)) == (b"new", 0o600)
    assert list(tmp_path.iterdir()) == [path]


def test_two_that_replace_a_file_at_the_same_time_leave_one_of_both(tmp_path, monkeypatch):
    path, sync = tmp_path / "key", os.fsync

    def overtaken(handle):
        monkeypatch.setattr(os, "fsync", sync)
        replace_private(path, b"second")
        sync(handle)

    monkeypatch.setattr(os, "fsync", overtaken)
    replace_private(path, b"first")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "key"
    path.write_bytes(b"old")

    def fail(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        replace_private(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
