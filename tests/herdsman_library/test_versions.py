from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from zigwire.herdsman_library import LibraryError, Versions, default_folder, fetch
from zigwire.herdsman_library.npm import run
from zigwire.herdsman_library.versions import PACKAGE, pinned_version


def put(folder, *names):
    for name in names:
        package = folder / name / "node_modules" / PACKAGE
        package.mkdir(parents=True)
        (package / "package.json").write_text("{}")
    return Versions(folder)


def test_a_folder_that_is_not_there_has_no_versions(tmp_path):
    versions = Versions(tmp_path / "none")
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
    with pytest.raises(LibraryError, match="no earlier version"):
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
    with pytest.raises(LibraryError, match=r"'3.0.0' is not here; these are: 1.0.0"):
        put(tmp_path, "1.0.0").use("3.0.0")


def test_a_version_in_use_is_not_removed(tmp_path):
    versions = put(tmp_path, "1.0.0", "2.0.0")
    versions.use("2.0.0")
    with pytest.raises(LibraryError, match="in use"):
        versions.remove("2.0.0")
    versions.remove("1.0.0")
    assert versions.present == ["2.0.0"]


def test_a_damaged_note_is_named(tmp_path):
    versions = put(tmp_path, "1.0.0")
    (tmp_path / "use.json").write_text("{")
    with pytest.raises(LibraryError, match=r"use\.json can't be read"):
        _ = versions.current


def test_the_folder_is_the_environments_unless_it_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv("ZIGWIRE_LIBRARY", raising=False)
    assert default_folder() == Path(sys.prefix) / "share" / "zigwire" / "library"
    monkeypatch.setenv("ZIGWIRE_LIBRARY", str(tmp_path))
    assert default_folder() == tmp_path


def test_the_lock_file_pins_every_package_by_its_hash():
    import zigwire.herdsman_library as library

    lock = json.loads((Path(library.__file__).parent / "package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages[f"node_modules/{PACKAGE}"]["version"] == pinned_version()
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())


@pytest.mark.parametrize("version", ["x", "26", "../26.1.0", "26.1.0; rm"])
def test_only_version_numbers_are_fetched(tmp_path, version):
    with pytest.raises(LibraryError, match="is not allowed"):
        fetch(Versions(tmp_path), version)


def test_what_is_here_is_not_fetched_again(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert fetch(put(tmp_path, pinned_version())) == pinned_version()


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
    with pytest.raises(LibraryError) as raised:
        run([sys.executable, "-c", code], tmp_path)
    text = str(raised.value)
    assert "code 3" in text
    assert said in text
    assert "warn" not in text.lower()
    assert len(text.splitlines()) <= 5
