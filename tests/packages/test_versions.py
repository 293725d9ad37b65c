"""Versions of a package: which are here, which is in use, getting another."""

from __future__ import annotations

import json
import sys

import pytest

from zigwire.packages import Package, PackageError, Versions, fetch
from zigwire.packages.npm import run

NAME = "some-package"


def versions_in(folder):
    locked = folder / "locked"
    locked.mkdir(parents=True, exist_ok=True)
    (locked / "package.json").write_text(json.dumps({"dependencies": {NAME: "26.1.0"}}))
    return Versions(folder, Package(NAME, locked))


def put(folder, *names):
    for name in names:
        package = folder / name / "node_modules" / NAME
        package.mkdir(parents=True)
        (package / "package.json").write_text("{}")
    return versions_in(folder)


def test_a_folder_that_is_not_there_has_no_versions(tmp_path):
    versions = versions_in(tmp_path / "none")
    assert (versions.present, versions.current, versions.previous, versions.node_modules) == ([], None, None, None)


def test_versions_come_in_the_order_of_their_age(tmp_path):
    versions = put(tmp_path, "26.9.0", "26.112.0", "26.112.0-beta.1", "26.100.3")
    (tmp_path / "27.0.0").mkdir()
    (tmp_path / ".fetching-x").mkdir()
    assert versions.present == ["26.9.0", "26.100.3", "26.112.0-beta.1", "26.112.0"]


def test_one_is_used_and_the_one_before_can_come_back(tmp_path):
    versions = put(tmp_path, "1.0.0", "2.0.0")
    versions.use("1.0.0")
    assert versions.previous is None
    with pytest.raises(PackageError, match="no earlier version"):
        versions.rollback()
    versions.use("2.0.0")
    versions.use("2.0.0")
    assert (versions.current, versions.previous) == ("2.0.0", "1.0.0")
    assert versions.node_modules == tmp_path / "2.0.0" / "node_modules"
    assert versions.rollback() == "1.0.0"
    assert (versions.current, versions.previous) == ("1.0.0", "2.0.0")


def test_a_pin_stays_until_it_is_taken_away(tmp_path):
    versions = put(tmp_path, "1.0.0", "2.0.0")
    versions.use("1.0.0", pinned=True)
    versions.use("2.0.0")
    assert versions.pinned
    versions.use("2.0.0", pinned=False)
    assert not versions.pinned


def test_what_is_not_here_can_not_be_used(tmp_path):
    with pytest.raises(PackageError, match=r"'3.0.0' is not here; these are: 1.0.0"):
        put(tmp_path, "1.0.0").use("3.0.0")


def test_a_version_in_use_is_not_removed(tmp_path):
    versions = put(tmp_path, "1.0.0", "2.0.0")
    versions.use("2.0.0")
    with pytest.raises(PackageError, match="in use"):
        versions.remove("2.0.0")
    versions.remove("1.0.0")
    assert versions.present == ["2.0.0"]


def test_what_is_brought_takes_the_place_of_leavings_and_of_nothing_else(tmp_path):
    versions = put(tmp_path, "1.0.0")
    (tmp_path / "2.0.0" / "node_modules").mkdir(parents=True)
    fetched = tmp_path / "fetched" / "2.0.0"
    put(fetched.parent, "2.0.0")
    versions.add(fetched, "2.0.0")
    assert versions.present == ["1.0.0", "2.0.0"]
    (tmp_path / "1.0.0" / "mine").touch()
    versions.add(tmp_path / "another", "1.0.0")
    assert (tmp_path / "1.0.0" / "mine").exists()


def test_a_damaged_note_is_named(tmp_path):
    versions = put(tmp_path, "1.0.0")
    (tmp_path / "use.json").write_text("{")
    with pytest.raises(PackageError, match=r"use\.json can't be read"):
        _ = versions.current


@pytest.mark.parametrize("version", ["x", "26", "../26.1.0", "26.1.0; rm"])
def test_only_version_numbers_are_fetched(tmp_path, version):
    with pytest.raises(PackageError, match="is not allowed"):
        fetch(versions_in(tmp_path), version)


def test_what_is_here_is_not_fetched_again(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert fetch(put(tmp_path, "26.1.0")) == "26.1.0"


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        (["npm warn old", *[f"npm error {one}" for one in range(9)], "npm error a log"], "npm error 0\n"),
        (["WARNING: later", "ERROR: no such package", "more"], "ERROR: no such package"),
        ([f"line {one}" for one in range(9)], "line 8"),
    ],
)
def test_of_what_a_failed_program_said_the_faults_are_told(tmp_path, printed, said):
    code = f"import sys; sys.stderr.write({chr(10).join(printed)!r}); sys.exit(3)"
    with pytest.raises(PackageError) as raised:
        run([sys.executable, "-c", code], tmp_path)
    text = str(raised.value)
    assert "code 3" in text
    assert said in text
    assert "warn" not in text.lower()
    assert len(text.splitlines()) <= 5
