from __future__ import annotations

import math

import pytest

from zigwire.devices import Context, Definition, compile_definition
from zigwire.devices.blocks.numeric import numeric
from zigwire.devices.convert import Bench
from zigwire.devices.errors import NotReadableError
from zigwire.devices.exposes import PUBLISHED
from zigwire.zcl.message import Attribute, Message
from zigwire.zcl.requests import Read

TEMPERATURE = 0x0402


def report(value):
    attributes = (Attribute(0, "measuredValue", value, 0x29),)
    return Message(
        TEMPERATURE, "msTemperatureMeasurement", "attributeReport", 1, 10, False, True, None, True, attributes
    )


def compiled(plug, **more):
    feature = numeric("temperature", "msTemperatureMeasurement", "measuredValue", unit="°C", divisor=100, **more)
    return compile_definition(Definition(vendor="A", model="1", description="", features=[feature]), plug, Bench())


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (2150, {"temperature": 21.5}),
        (2100, {"temperature": 21}),
        (-5, {"temperature": -0.05}),
        (2155.5, {"temperature": 21.56}),
        (math.nan, {"temperature": None}),
        ("21", {}),
        (b"\x15", {}),
        (True, {}),
        ([21], {}),
        (None, {}),
    ],
)
def test_the_number_is_divided(plug, value, state):
    assert compiled(plug).decode(1, report(value), Context()) == state


@pytest.mark.parametrize(("wished", "endpoint"), [(None, 1), (2, 2), (9, 1)])
def test_it_is_read_at_its_endpoint_where_the_device_has_it(plug, wished, endpoint):
    reading = compiled(plug, endpoint=wished, manufacturer=0x1234).read("temperature", Context())
    assert reading.requests == (
        Read(
            endpoint=endpoint,
            cluster="msTemperatureMeasurement",
            attributes=("measuredValue",),
            manufacturer=0x1234,
        ),
    )
    assert reading.fallback is None


def test_without_get_it_is_not_readable(plug):
    behaviour = compiled(plug, access=PUBLISHED, description="How warm it is", category="diagnostic")
    with pytest.raises(NotReadableError):
        behaviour.read("temperature", Context())
    shown = behaviour.exposes({})[0]
    assert (shown["access"], shown["unit"], shown["category"]) == (1, "°C", "diagnostic")
