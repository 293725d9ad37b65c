"""The folder of converters: loading, reloading, saving, removing."""

from __future__ import annotations

import logging

import pytest

from zigwire.devices.convert import Bench
from zigwire.devices.external import ConverterFault, Converters, Folder, Python, Unavailable
from zigwire.zigbee.model import Device, Endpoint

MINE = Device("0x1", 1, model_id="mine", endpoints={1: Endpoint(1, input_clusters=[0, 6])})


def code(model: str = "Mine") -> str:
    return f"""
from zigwire.devices import Definition
DEFINITION = Definition(models=["mine"], vendor="Me", model="{model}", description="Made here")
"""


@pytest.fixture
def converters(tmp_path):
    return Converters(tmp_path / "converters", Python(), Unavailable("scripts are off"))


def found(converters):
    behaviour = converters.find(MINE, Bench())
    return behaviour and behaviour.definition.model


def test_a_folder_that_is_not_there_is_empty(converters):
    assert converters.refresh() is False
    assert list(converters.listing()) == []
    assert not converters.folder.path.exists()


def test_files_are_followed(converters, caplog):
    folder = converters.folder.path
    folder.mkdir()
    (folder / "a.py").write_text(code())
    (folder / "bad.py").write_text("x = 1\n1 / 0")
    (folder / "notes.txt").write_text("not code")
    assert converters.refresh() is True
    assert found(converters) == "Mine"
    assert "bad.py can't be loaded: ZeroDivisionError: division by zero (line 2)" in caplog.text
    assert converters.refresh() is False
    (folder / "a.py").write_text(code("Other one"))
    assert converters.refresh() is True
    assert found(converters) == "Other one"
    (folder / "a.py").unlink()
    assert converters.refresh() is True
    assert found(converters) is None


def test_a_file_that_is_broken_by_an_edit_goes_on_as_before(converters):
    converters.save("a.py", code())
    (converters.folder.path / "a.py").write_text("broken (")
    assert converters.refresh() is True
    assert found(converters) == "Mine"


def test_what_is_saved_is_used_and_kept(converters):
    converters.save("a.py", code())
    assert found(converters) == "Mine"
    assert list(converters.listing()) == [("a.py", code())]
    assert converters.refresh() is False
    assert [path.name for path in converters.folder.path.iterdir()] == ["a.py"]


def test_bad_code_is_put_aside_and_nothing_is_lost(converters):
    converters.save("a.py", code())
    with pytest.raises(ConverterFault):
        converters.save("a.py", "broken (")
    assert found(converters) == "Mine"
    assert list(converters.listing()) == [("a.py", code())]
    assert (converters.folder.path / "a.py.invalid").read_text() == "broken ("
    assert converters.refresh() is False


def test_what_is_removed_is_gone(converters):
    converters.save("a.py", code())
    assert converters.remove("a.py") is True
    assert converters.remove("a.py") is False
    assert found(converters) is None
    assert list(converters.listing()) == []


def test_a_language_that_is_not_run_says_why(converters, caplog):
    folder = converters.folder.path
    folder.mkdir()
    (folder / "a.js").write_text("module.exports = {}")
    with caplog.at_level(logging.ERROR):
        converters.refresh()
    assert "a.js can't be loaded: scripts are off" in caplog.text
    assert found(converters) is None


def test_a_file_that_is_no_text_is_named(converters, caplog):
    converters.folder.path.mkdir()
    (converters.folder.path / "a.py").write_bytes(b"\xff\xfe")
    converters.refresh()
    assert "a.py can't be loaded" in caplog.text
    assert list(converters.listing()) == []


@pytest.mark.parametrize("name", ["x.py", "My converter (2)".replace("(2)", "2") + ".js", "ä.mjs", "a-b_c.cjs", "1.py"])
def test_names_that_are_allowed(tmp_path, name):
    assert Folder(tmp_path, (".py", ".js", ".mjs", ".cjs")).admits(name)


LONG = "x" * 200 + ".py"


@pytest.mark.parametrize(
    "name", ["../x.py", "/x.py", "a/b.py", "a\\b.py", ".x.py", ".py", "..py", "x.py\n", "x\0.py", LONG]
)
@pytest.mark.parametrize("wrong", ["{}", "x.py.invalid", "x.txt", "x", ""])
def test_names_that_are_not(tmp_path, name, wrong):
    assert not Folder(tmp_path, (".py", ".js")).admits(wrong.format(name))


@pytest.mark.parametrize("name", [3, None, ["x.py"]])
def test_names_that_are_no_texts(tmp_path, name):
    assert not Folder(tmp_path, (".py", ".js")).admits(name)


def test_a_folder_that_can_not_be_read_changes_nothing(converters, tmp_path, caplog):
    converters.save("a.py", code())
    converters.folder.path.rename(tmp_path / "elsewhere")
    converters.folder.path.write_text("no folder")
    assert converters.refresh() is False
    assert converters.refresh() is False
    assert found(converters) == "Mine"
    assert caplog.text.count("can't be read") == 1


def test_a_folder_named_like_a_converter_is_none(converters):
    (converters.folder.path / "a.py").mkdir(parents=True)
    assert converters.refresh() is False
