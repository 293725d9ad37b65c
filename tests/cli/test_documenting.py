"""`zigwire docs`: what is typed, and what goes wrong."""

import pytest
from click.testing import CliRunner

from zigwire.cli import documenting, main

NO_LIBRARY = "The library of definitions is not here: only the devices that Zigwire describes itself.\n"


@pytest.fixture(autouse=True)
def _without_library(tmp_path, monkeypatch):
    monkeypatch.setattr(documenting, "default_folder", lambda: tmp_path / "library")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "devices"


def docs(*models, out):
    return CliRunner().invoke(main, ["docs", *models, "--out", str(out)])


def test_pages_of_some(folder):
    result = docs("ZNCZ02LM", "aqara/sp-euc01", "zncz02lm", out=folder)
    assert (result.exit_code, result.stderr) == (0, NO_LIBRARY)
    assert result.stdout == f"2 new, 0 changed and 0 unchanged pages of devices in {folder}.\n"
    assert sorted(page.name for page in folder.iterdir()) == ["SP-EUC01.md", "ZNCZ02LM.md"]


def test_pages_of_all(folder):
    assert docs(out=folder).exit_code == 0
    assert docs(out=folder).stdout.startswith("0 new, 0 changed and ")
    assert (folder / "PJ-1203-W.md").exists()


def test_a_page_that_is_in_the_folder_and_of_no_known_device_is_told(folder):
    folder.mkdir()
    (folder / "TS0001.md").write_text("mine\n")
    result = docs("ZNCZ02LM", out=folder)
    assert result.exit_code == 0
    assert f"1 other pages in {folder} are of no device known here" in result.stderr
    assert (folder / "TS0001.md").read_text() == "mine\n"


def test_a_folder_that_is_named_from_within(folder, monkeypatch):
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert docs("ZNCZ02LM", out=".").exit_code == 0
    assert (folder.parent / "guide" / "usage" / "ota_updates.md").exists()


def test_a_model_that_nobody_knows(folder):
    result = docs("ZNCZ02LM", "ZNCZ02ML", out=folder)
    assert result.exit_code == 2
    assert 'no device has the model "ZNCZ02ML"; these are like it: ZNCZ02LM' in result.stderr
    assert not folder.exists()


def test_a_page_that_would_lose_its_notes(folder):
    folder.mkdir()
    (folder / "ZNCZ02LM.md").write_text("mine\n")
    result = docs("ZNCZ02LM", out=folder)
    assert result.exit_code == 1
    assert f"Error: {folder / 'ZNCZ02LM.md'}:2: there is no line `<!-- Notes BEGIN`" in result.stderr
    assert (folder / "ZNCZ02LM.md").read_text() == "mine\n"


def test_a_folder_that_can_not_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    result = docs("ZNCZ02LM", out=tmp_path / "file" / "devices")
    assert result.exit_code == 1
    assert result.stderr.endswith(f"Error: {tmp_path / 'file' / 'devices' / 'ZNCZ02LM.md'}: Not a directory\n")


def test_where_to_write_has_to_be_said():
    result = CliRunner().invoke(main, ["docs"])
    assert result.exit_code == 2
    assert "--out" in result.stderr
