"""The user's own converters in the engine of the library."""

from __future__ import annotations

from pathlib import Path

import pytest

from zigwire.devices import Context
from zigwire.devices.external import ConverterFault, JavaScript
from zigwire.devices.herdsman import HerdsmanSource
from zigwire.devices.herdsman.catalogue import Catalogue
from zigwire.zcl import codec

ON = codec.parse(6, bytes.fromhex("18070a00001001"))
M = "const m = require('zigbee-herdsman-converters/lib/modernExtend');\n"
OWN = "zigbeeModel: ['own'], model: 'Own', vendor: 'Me', description: 'Made here'"
COMMON = f"{M}module.exports = {{{OWN}, extend: [m.onOff()]}};"
IMPORT = "import {onOff} from 'zigbee-herdsman-converters/lib/modernExtend';\n"
MODULE = f"{IMPORT}export default [{{{OWN}, extend: [onOff()]}}];"


@pytest.fixture
def source(library):
    source = HerdsmanSource(library(tame="extend: [m.onOff()]"))
    yield source
    source.close()


@pytest.fixture
def javascript(source):
    return JavaScript(source)


def load(javascript, name: str, code: str) -> None:
    javascript.load(Path("/data/external_converters") / name, code)


@pytest.mark.parametrize(("name", "code"), [("a.js", COMMON), ("a.cjs", COMMON), ("a.js", MODULE), ("a.mjs", MODULE)])
async def test_a_script_describes_its_devices(javascript, home, make_device, name, code):
    load(javascript, name, code)
    device = make_device("own", [6])
    behaviour = javascript.find(device, home(device))
    assert (behaviour.definition.vendor, behaviour.definition.source) == ("Me", "external")
    assert behaviour.decode(1, ON, Context()) == {"state": "ON"}
    assert list(javascript.names()) == ["Me/Own"]


async def test_a_script_comes_before_the_library(javascript, source, home, make_device):
    device = make_device("tame", [6])
    host = home(device)
    assert javascript.find(device, host) is None
    assert source.find(device, host).definition.source == "native"
    load(javascript, "a.js", COMMON.replace("'own'", "'tame'"))
    source.find(device, host).stop()
    assert javascript.find(device, host).definition.model == "Own"
    javascript.unload("a.js")
    source.find(device, host).stop()
    assert javascript.find(device, host) is None
    assert source.find(device, host).definition.vendor == "Test"


@pytest.mark.parametrize(
    ("code", "text", "line"),
    [
        ("not valid (", "expecting ';'", 1),
        ("\n\nnull.x;", "cannot read property 'x' of null", 3),
        (f"{M}\nmodule.exports = {{{OWN}, extend: [m.numeric({{}})]}};", "cannot read", 3),
        ("throw 'no reason'", "no reason", None),
        ("while (true) {}", "it was stopped after", None),
        ("module.exports = 3;", "no definition", None),
        (f"module.exports = {{{OWN}}};", "neither extend nor", None),
        (f"module.exports = {{{OWN.replace('Made here', '')}, extend: 3}};", "extend is no array", None),
        (f"module.exports = {{{OWN.replace(chr(39) + 'Me' + chr(39), '3')}, extend: []}};", "vendor is no text", None),
        (f"module.exports = {{{OWN.replace(chr(39) + 'own' + chr(39), '3')}, extend: []}};", "zigbeeModel holds", None),
        (f"module.exports = {{{OWN}, fingerprint: [null], extend: []}};", "fingerprint holds", None),
        ("require('/etc/hostname');", "can't be required", 1),
        ("require('../configuration');", "can't be required", 1),
        ("require('fs').readFileSync('/etc/hostname');", "not a function", 1),
        ("require('zigbee-herdsman-converters/lib/' + 'tuya');", "can't be required", 1),
    ],
)
async def test_a_script_that_can_not_be_used_is_named_with_its_line(javascript, code, text, line):
    with pytest.raises(ConverterFault) as caught:
        load(javascript, "a.js", code)
    assert text in str(caught.value)
    assert caught.value.line == line


async def test_a_faulty_script_leaves_the_one_before_in_use(javascript, home, make_device):
    load(javascript, "a.js", COMMON)
    with pytest.raises(ConverterFault):
        load(javascript, "a.js", "broken (")
    device = make_device("own", [6])
    assert javascript.find(device, home(device)).definition.model == "Own"


async def test_scripts_survive_a_new_engine(javascript, home, make_device):
    load(javascript, "a.js", COMMON)
    with pytest.raises(ConverterFault):
        load(javascript, "b.js", "const again = () => Promise.resolve().then(again); again();")
    device = make_device("own", [6])
    assert javascript.find(device, home(device)).definition.model == "Own"


async def test_a_script_that_throws_harms_only_its_own(javascript, source, home, make_device, caplog):
    bad = "fromZigbee: [{cluster: 'genOnOff', type: 'attributeReport', convert: () => { throw new Error('boom'); }}]"
    load(javascript, "a.js", f"module.exports = {{{OWN}, {bad}, toZigbee: [], exposes: []}};")
    own, tame = make_device("own", [6]), make_device("tame", [6], ieee="0x00158d0001a00002")
    host = home(own, tame)
    assert javascript.find(own, host).decode(1, ON, Context()) == {}
    assert "boom" in caplog.text
    assert source.find(tame, host).decode(1, ON, Context()) == {"state": "ON"}


async def test_a_definition_is_chosen_by_name(javascript, source, home, make_device):
    device = make_device("nobody", [6])
    host = home(device)
    chosen = source.named("test/TAME", device, host)
    assert (chosen.definition.vendor, chosen.definition.model, chosen.definition.source) == ("Test", "tame", "native")
    assert chosen.decode(1, ON, Context()) == {"state": "ON"}
    assert source.named("Test/tame", device, host) is not chosen
    assert (source.has("Test/tame"), source.has("Test/other"), source.has("tame"), source.has("")) == (True,) + (
        False,
    ) * 3
    load(javascript, "a.js", COMMON)
    assert javascript.named("Me/Own", device, host).definition.source == "external"
    assert javascript.named("Test/tame", device, host) is None


async def test_names_of_the_real_library_are_known(modules):
    catalogue = Catalogue(modules)
    assert {"Tuya/TS0601_switch", "IKEA/E1743", "Nedis/ZBDS10WT"} <= catalogue.names
    assert catalogue.files("Tuya/TS0601_switch") == catalogue.files("tuya/ts0601_SWITCH") == ["tuya.js"]
    assert "nue_3a.js" in catalogue.files("Nue / 3A/HGZB-02A")
    assert catalogue.files("TS0601_switch") == catalogue.files("") == []
