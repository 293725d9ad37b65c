"""Where the page's files are."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from zigwire.cli import main
from zigwire.settings import Frontend, Settings
from zigwire.web.pages import BUILT_IN, DEFAULT, PAGES, assets, versions


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ZIGWIRE_PAGES", str(tmp_path))
    return tmp_path


def put(folder, package, *names):
    for name in names:
        dist = folder / package / name / "node_modules" / package / "dist"
        dist.mkdir(parents=True)
        (dist.parent / "package.json").write_text("{}")


def page(*arguments):
    result = CliRunner().invoke(main, ["page", *arguments])
    return result.exit_code, result.output


def test_what_the_setting_may_be_can_be_fetched(tmp_path):
    for name in PAGES:
        settings = Settings.create(
            tmp_path / f"{name}.yaml", {"mqtt": {"server": "mqtt://x"}, "frontend": {"package": name}}, {}
        )
        assert settings.frontend.package == name
    assert Frontend().package == DEFAULT


@pytest.mark.parametrize("package", PAGES.values(), ids=str)
def test_the_lock_file_pins_the_page_by_its_hash(package):
    lock = json.loads((package.locked / "package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages[f"node_modules/{package.name}"]["version"] == package.pinned
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())


def test_without_the_page_there_is_none(folder):
    assert assets(DEFAULT) is None
    assert (BUILT_IN / "index.html").is_file()
    assert page()[1].splitlines()[0] == f"{DEFAULT}: not here; `zigwire page fetch` gets it"


def test_the_version_in_use_is_served(folder):
    put(folder, DEFAULT, "2.14.0", "2.15.0")
    versions(DEFAULT).use("2.14.0")
    assert assets(DEFAULT) == folder / DEFAULT / "2.14.0" / "node_modules" / DEFAULT / "dist"
    assert page("fetch", "2.15.0")[0] == 0
    assert "2.15.0" in str(assets(DEFAULT))
    assert "  2.14.0  (before)\n  2.15.0  (in use)" in page()[1]
    assert page("rollback")[0] == 0
    assert "2.14.0" in str(assets(DEFAULT))


def test_a_damaged_note_is_said_and_the_small_page_served(folder, caplog):
    put(folder, DEFAULT, "2.15.0")
    (folder / DEFAULT / "use.json").write_text("{")
    assert assets(DEFAULT) is None
    assert "use.json can't be read" in caplog.text
    assert page("rollback")[0] == 1


def test_what_is_no_version(folder):
    status, said = page("fetch", "../x")
    assert status == 1
    assert "a number such as 2." in said


@pytest.mark.parametrize("name", ["index.html", "page.js", "page.css"])
def test_the_small_page_asks_nobody_else(name):
    text = (BUILT_IN / name).read_text()
    assert "http://" not in text
    assert "https://" not in text
