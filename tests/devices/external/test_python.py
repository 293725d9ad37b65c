"""Converters in Python: what is taken, what is refused and named, and how faults stay where they are."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from zigwire.devices import Context, DefinitionError
from zigwire.devices.convert import Bench
from zigwire.devices.external import ConverterFault, Python
from zigwire.zcl import codec
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Device, Endpoint

ON = codec.parse(6, bytes.fromhex("18070a00001001"))
PATH = Path("/external_converters/mine.py")
PLAIN = """
from zigwire.devices import Definition
from zigwire.devices.blocks.on_off import on_off

DEFINITIONS = [Definition(models=["mine"], vendor="Me", model="Mine", description="Made here", features=[on_off()])]
"""
FAULTY = """
from zigwire.devices import Definition, Encoded
from zigwire.devices.exposes import PUBLISHED, SET, Numeric
from zigwire.devices.feature import Decoder, Encoder, Feature


def decode(received):
    return DECODED


def encode(call):
    return ENCODED


DEFINITION = Definition(
    models=["mine"], vendor="Me", model="Mine", description="Faulty",
    features=[
        Feature(
            exposes=(Numeric("x", PUBLISHED | SET),),
            decoders=(Decoder(cluster="genOnOff", attributes=("onOff",), decode=decode),),
            encoders=(Encoder(("x",), encode),),
        ),
    ],
)
"""


@pytest.fixture
def mine() -> Device:
    return Device("0x1", 1, model_id="mine", endpoints={1: Endpoint(1, input_clusters=[0, 6])})


def behaviour(code: str, device: Device):
    python = Python()
    python.load(PATH, code)
    found = python.find(device, Bench())
    assert found is not None
    return found


def test_a_file_makes_definitions(mine):
    found = behaviour(PLAIN, mine)
    assert (found.definition.vendor, found.definition.source) == ("Me", "external")
    assert found.decode(1, ON, Context()) == {"state": "ON"}
    assert found.properties == ("state", "linkquality")
    assert found.can_set("state")
    assert not found.can_set("brightness")


async def test_what_goes_through_is_what_the_definition_does(mine):
    found = behaviour(PLAIN, mine)
    assert (await found.set("state", "OFF", Context())).state == {"state": "OFF"}
    with pytest.raises(DefinitionError, match="can't be"):
        await found.set("state", "nonsense", Context())


@pytest.mark.parametrize(
    ("code", "text", "line"),
    [
        ("a = 1\nb = (\n", "SyntaxError: '(' was never closed", 2),
        ("\n\nraise KeyError('x')\n", "KeyError: 'x'", 3),
        ("import nothing_of_this_name", "ModuleNotFoundError", 1),
        ("import sys\nsys.exit(3)", "SystemExit: 3", 2),
        ("x = 1", "it has no DEFINITIONS", None),
        ("DEFINITIONS = []", "it has no DEFINITIONS", None),
        ("DEFINITIONS = [3]", "zigwire.devices.Definition is allowed", None),
        (PLAIN.replace("features=[on_off()]", "features=[on_off().at('left')]"), "Mine", None),
        (PLAIN.replace("features=[on_off()]", "features=[3]"), "AttributeError", None),
        (PLAIN.replace('vendor="Me"', "vendor=3"), "vendor is", None),
        (PLAIN.replace('["mine"]', "[3]"), "AttributeError", None),
    ],
)
def test_a_file_that_can_not_be_used_is_named_with_its_line(code, text, line):
    with pytest.raises(ConverterFault) as caught:
        Python().load(PATH, code)
    assert text in str(caught.value)
    assert caught.value.line == line


def test_a_faulty_file_leaves_the_one_before_in_use(mine):
    python = Python()
    python.load(PATH, PLAIN)
    module = sys.modules["external_converters.mine"]
    with pytest.raises(ConverterFault):
        python.load(PATH, "1 / 0")
    assert python.find(mine, Bench()) is not None
    assert sys.modules["external_converters.mine"] is module


def test_an_unloaded_file_is_gone(mine):
    python = Python()
    python.load(PATH, PLAIN)
    python.unload(PATH.name)
    assert python.find(mine, Bench()) is None
    assert list(python.names()) == []


def test_dataclasses_and_postponed_annotations_work(mine):
    head = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass A:\n    b: int = 1\n"
    )
    assert behaviour(head + PLAIN.replace("from __future__", ""), mine)


@pytest.mark.parametrize("decoded", ["1 / 0", "{}['x']", "{'x': object()}", "3", "undefined"])
def test_a_fault_while_decoding_is_logged_once_and_tells_nothing(mine, caplog, decoded):
    found = behaviour(FAULTY.replace("DECODED", decoded), mine)
    with caplog.at_level(logging.ERROR):
        assert found.decode(1, ON, Context()) == {}
        assert found.decode(1, ON, Context()) == {}
    assert caplog.text.count("mine.py went wrong") == 1


async def test_a_fault_while_encoding_is_an_error_of_the_command(mine):
    found = behaviour(FAULTY.replace("ENCODED", "1 / 0"), mine)
    with pytest.raises(DefinitionError, match=r"x: the converter mine.py went wrong: ZeroDivisionError.*line 12"):
        await found.set("x", 1, Context())


async def test_refusals_stay_as_they_are(mine):
    code = FAULTY.replace(
        "return ENCODED", "from zigwire.devices import DefinitionError\n    raise DefinitionError('x', 'no')"
    )
    with pytest.raises(DefinitionError, match=r"^no$"):
        await behaviour(code, mine).set("x", 1, Context())


async def test_a_fault_in_the_set_up_fails_the_set_up(mine):
    code = FAULTY.replace("encoders=(", "setup=lambda place: 1 / 0, encoders=(", 1)
    found = behaviour(code, mine)
    assert found.can_configure is False
    with pytest.raises(RequestError, match="ZeroDivisionError"):
        await found.configure()


def test_a_definition_is_found_by_its_names(mine):
    code = PLAIN.replace('vendor="Me"', 'white_labels=[WhiteLabel(vendor="You", model="Yours")], vendor="Me"')
    code = "from zigwire.devices.definition import WhiteLabel\n" + code
    python = Python()
    python.load(PATH, code)
    assert list(python.names()) == ["Me/Mine", "You/Yours"]
    other = Device("0x2", 2, model_id="other", endpoints={1: Endpoint(1)})
    found = python.named("you/YOURS", other, Bench())
    assert (found.definition.vendor, found.definition.model) == ("You", "Yours")
    assert python.named("You/Mine", other, Bench()) is None


def test_a_fingerprint_that_can_not_be_compared_harms_nobody(mine, caplog):
    code = "from zigwire.devices.definition import Fingerprint\n" + PLAIN.replace(
        'models=["mine"]', "fingerprints=[Fingerprint(ieee_prefix=3)]"
    )
    python = Python()
    python.load(PATH, code)
    assert python.find(mine, Bench()) is None
    assert "mine.py can't say whether it knows 0x1" in caplog.text


def test_exposes_that_have_no_form_in_json_are_not_shown(mine):
    code = FAULTY.replace('Numeric("x", PUBLISHED | SET)', 'Numeric("x", PUBLISHED | SET, unit=object())')
    assert [one["name"] for one in behaviour(code, mine).exposes({})] == ["linkquality"]
