"""The commands for versions of the library and of the page."""

import json

import pytest
from click.testing import CliRunner

from zigwire.cli import main

PACKAGES = {
    "library": ("ZIGWIRE_LIBRARY", "zigbee-herdsman-converters", ""),
    "page": ("ZIGWIRE_PAGES", "zigbee2mqtt-windfront", "zigbee2mqtt-windfront"),
}


@pytest.fixture(params=PACKAGES)
def command(request, tmp_path, monkeypatch):
    variable, package, folder = PACKAGES[request.param]
    monkeypatch.setenv(variable, str(tmp_path))
    here = tmp_path / folder
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        place = here / version / "node_modules" / package
        place.mkdir(parents=True)
        (place / "package.json").write_text("{}")
    (here / "use.json").write_text(json.dumps({"current": "1.2.0", "previous": "1.0.0", "pinned": False}))
    return request.param, here


def test_versions_are_listed_with_what_they_are(command):
    name, _ = command
    result = CliRunner().invoke(main, [name])
    assert result.exit_code == 0
    lines = [line for line in result.output.splitlines() if line.startswith("  ")]
    assert lines == ["  1.0.0  (before)", "  1.1.0", "  1.2.0  (in use)"]


def test_going_back(command):
    name, here = command
    result = CliRunner().invoke(main, [name, "rollback"])
    assert result.exit_code == 0, result.output
    assert "1.0.0 is in use again" in result.output
    assert json.loads((here / "use.json").read_text())["current"] == "1.0.0"


@pytest.mark.parametrize("arguments", [[], ["rollback"]])
def test_a_damaged_choice_is_told_in_a_sentence(command, arguments):
    name, here = command
    (here / "use.json").write_text("{")
    result = CliRunner().invoke(main, [name, *arguments])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert f"Error: {here / 'use.json'} can't be read" in result.stderr
