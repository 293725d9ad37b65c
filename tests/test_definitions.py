"""Which of the user's converters run, and which may be sent."""

from __future__ import annotations

import pytest

from zigwire.definitions import PYTHON_SWITCH, herdsman_source, user_converters


@pytest.fixture
def library():
    source = herdsman_source()
    if source is None:
        pytest.skip("no library of definitions (`zigwire library fetch` gets it)")
    yield source
    source.close()


def test_without_the_library_it_is_said_what_is_missing(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("ZIGWIRE_LIBRARY", str(tmp_path))
    assert herdsman_source() is None
    assert "`zigwire library fetch` gets it" in caplog.text


@pytest.mark.parametrize("text", ["{", '{"current": "1.0.0"}'], ids=["choice", "package"])
def test_a_library_that_is_spoilt_is_none(tmp_path, monkeypatch, caplog, text):
    package = tmp_path / "1.0.0" / "node_modules" / "zigbee-herdsman-converters"
    for folder in (package, package.with_name("zigbee-herdsman"), package.with_name("buffer")):
        folder.mkdir(parents=True)
    (package / "package.json").write_text("no JSON")
    (tmp_path / "use.json").write_text(text)
    monkeypatch.setenv("ZIGWIRE_LIBRARY", str(tmp_path))
    assert herdsman_source() is None
    assert "The library of definitions can't be used" in caplog.text


@pytest.mark.parametrize(
    ("environ", "closed"), [({}, True), ({PYTHON_SWITCH: "0"}, True), ({PYTHON_SWITCH: "1"}, False)]
)
def test_python_is_not_taken_unless_the_environment_says_so(tmp_path, environ, closed):
    converters = user_converters(tmp_path, None, environ, scripts=True)
    assert bool(converters.closed("x.py")) is closed


async def test_scripts_run_where_they_are_wanted_and_the_library_is_here(tmp_path, library, caplog):
    folder = tmp_path / "external_converters"
    folder.mkdir()
    facts = "zigbeeModel: ['x'], model: 'X', vendor: 'Me', description: 'x', fromZigbee: [], toZigbee: [], exposes: []"
    (folder / "a.js").write_text(f"module.exports = {{{facts}}};")
    converters = user_converters(tmp_path, library, {}, scripts=True)
    assert converters.closed("x.js") is None
    assert list(converters.names()) == ["Me/X"]
    for shut in (
        user_converters(tmp_path, library, {}, scripts=False),
        user_converters(tmp_path, None, {}, scripts=True),
    ):
        assert shut.closed("x.mjs")
        assert list(shut.names()) == []
    assert "a.js can't be loaded: advanced.enable_external_js is off" in caplog.text
