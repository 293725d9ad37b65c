"""Facts about Xiaomi devices, recorded from Zigbee2MQTT 2.14.1 or from the devices themselves."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.devices import Context, DefinitionError, NativeBehaviour, NativeSource, compile_definition
from zigwire.devices.convert import Bench
from zigwire.zcl.codec import encode, parse
from zigwire.zcl.message import Attribute, Message
from zigwire.zigbee.model import Device, Endpoint

EXPOSES = [
    {
        "type": "switch",
        "features": [
            {
                "access": 7,
                "label": "State",
                "name": "state",
                "property": "state",
                "type": "binary",
                "value_off": "OFF",
                "value_on": "ON",
                "value_toggle": "TOGGLE",
            }
        ],
    },
    {"access": 5, "label": "Power", "name": "power", "property": "power", "type": "numeric", "unit": "W"},
    {"access": 1, "label": "Energy", "name": "energy", "property": "energy", "type": "numeric", "unit": "kWh"},
    {
        "access": 1,
        "category": "diagnostic",
        "label": "Device temperature",
        "name": "device_temperature",
        "property": "device_temperature",
        "type": "numeric",
        "unit": "°C",
    },
    {
        "access": 7,
        "category": "config",
        "label": "Power outage memory",
        "name": "power_outage_memory",
        "property": "power_outage_memory",
        "type": "binary",
        "value_off": False,
        "value_on": True,
    },
    {
        "access": 1,
        "category": "diagnostic",
        "label": "Linkquality",
        "name": "linkquality",
        "property": "linkquality",
        "type": "numeric",
        "unit": "lqi",
        "value_max": 255,
        "value_min": 0,
    },
]


def option(name, **more):
    label = name[0].upper() + name[1:].replace("_", " ")
    return {"access": 2, "label": label, "name": name, "property": name, "type": "numeric"} | more


OPTIONS = [
    option("power_calibration", value_step=0.1),
    option("power_precision", value_min=0, value_max=3),
    option("energy_calibration", value_step=0.1),
    option("energy_precision", value_min=0, value_max=3),
    option("device_temperature_calibration", value_step=0.1),
    option("state_action", type="binary", value_on=True, value_off=False),
]

DECODED = [
    (1, 6, "182a0a00001001", {"state": "ON"}),
    (1, 6, "182a0a00001000", {"state": "OFF"}),
    (1, 6, "182a010000001001", {"state": "ON"}),
    (1, 12, "182a0a5500390000803f", {"power": 1}),
    (2, 12, "182a0a55003900004841", {"power": 12.5}),
    (2, 12, "182a0a55003900000000", {"power": 0}),
    (2, 12, "182a0a550039000050c0", {"power": -3.25}),
    (2, 12, "182a0a5500390000c07f", {"power": None}),
    (2, 12, "182a01550000390000803f", {"power": 1}),
    (3, 12, "182a0a55003900002b42", {"power": 42.75}),
    (1, 0, "182a0a0500420474657374", None),
    (1, 0, "182a0a01ff42040121bd0b", {"voltage": 3005}),
    (1, 0, "182a0a01ff420401218c0a", {"voltage": 2700}),
    (1, 0, "182a0a01ff4203032819", {"device_temperature": 25}),
    (1, 0, "182a0a01ff42030328fb", {"device_temperature": -5}),
    (1, 0, "182a0a01ff420405210500", {"power_outage_count": 4}),
    (1, 0, "182a0a01ff42046421bd0b", {"state": "OFF"}),
    (1, 0, "182a0a01ff4203642001", {"state": "ON"}),
    (1, 0, "182a0a01ff4206953900004841", {"energy": 12.5, "consumption": 12.5}),
    (1, 0, "182a0a01ff4206953900c80f45", {"energy": 2300.5, "consumption": 2300.5}),
    (1, 0, "182a0a01ff4206963900004841", {"voltage": 1.25}),
    (1, 0, "182a0a01ff4206963900c80f45", {"voltage": 230.05}),
    (1, 0, "182a0a01ff4206973900004841", {"current": 0.0125}),
    (1, 0, "182a0a01ff4206973900c80f45", {"current": 2.3005}),
    (1, 0, "182a0a01ff4206983900c80f45", {"power": 2300.5}),
    (1, 0, "182a0a01ff4204f021bd0b", {"flip_indicator_light": "OFF"}),
    (1, 0, "182a0a01ff4203f02001", {"flip_indicator_light": "ON"}),
    (
        1,
        0,
        "182a0a01ff42160121bd0b0328190421a8130521070006210100641001",
        {"voltage": 3005, "device_temperature": 25, "power_outage_count": 6, "state": "ON"},
    ),
    (
        1,
        0,
        "182a0a01ff42190121a90b032815052109006429660865211815662bc4800100",
        {"voltage": 2985, "device_temperature": 21, "power_outage_count": 8, "state": "OFF"},
    ),
    (
        1,
        0,
        "182a0a01ff422264100103281e983900004841953900005040963900c00f45973900005a4205210300",
        {
            "device_temperature": 30,
            "power_outage_count": 2,
            "state": "ON",
            "energy": 3.25,
            "consumption": 3.25,
            "voltage": 230,
            "current": 0.0545,
            "power": 12.5,
        },
    ),
    (
        1,
        0,
        "1c5f112a0a01ff422303281f052101000821621364100095390000a03f963900c00f459839000048419a2000",
        {
            "device_temperature": 31,
            "power_outage_count": 0,
            "state": "OFF",
            "energy": 1.25,
            "consumption": 1.25,
            "voltage": 230,
            "power": 12.5,
        },
    ),
    (1, 0, "182a0a02ff4c0600100121bd0b210d0023d20400002105002055", {"voltage": 3005, "power_outage_count": 4}),
    (1, 0, "182a0a02ff4c0600100021f00a2111002301000000210100200a", {"voltage": 2800, "power_outage_count": 0}),
]

DECODED_WITH_OPTIONS = [
    ({"power_calibration": 1.5}, 12, "182a0a5500390000803f", {"power": 1.01}),
    ({"energy_calibration": 1.5}, 0, "182a0a01ff4206953900004841", {"energy": 12.69, "consumption": 12.5}),
    ({"energy_precision": 0}, 0, "182a0a01ff4206953900004841", {"energy": 13, "consumption": 12.5}),
    ({"device_temperature_calibration": 1.5}, 0, "182a0a01ff4203032819", {"device_temperature": 27}),
    (
        {"device_temperature_calibration": 1.5, "device_temperature_precision": 1},
        0,
        "182a0a01ff4203032819",
        {"device_temperature": 26.5},
    ),
    ({"voltage_calibration": 10}, 0, "182a0a01ff4206963900c80f45", {"voltage": 253.06}),
    ({"voltage_precision": 0}, 0, "182a0a01ff4206963900c80f45", {"voltage": 230}),
    ({"state_action": True}, 6, "182a0a00001001", {"state": "ON", "action": "on"}),
    ({"state_action": True}, 6, "182a0a00001000", {"state": "OFF", "action": "off"}),
]


def without_prose(exposes):
    return json.loads(json.dumps(exposes), object_hook=lambda one: {k: v for k, v in one.items() if k != "description"})


def test_identity(behaviour):
    definition = behaviour.definition
    assert (definition.vendor, definition.model, definition.ota) == ("Xiaomi", "ZNCZ02LM", True)
    assert (definition.version, definition.source, behaviour.setup) == ("0.0.0", "native", ())


def test_what_the_interface_lists(behaviour):
    assert without_prose(behaviour.exposes({})) == EXPOSES
    assert without_prose(behaviour.option_dicts) == OPTIONS


def test_everything_is_described(behaviour):
    switch, *others = behaviour.exposes({})
    shown = [*switch["features"], *others, *behaviour.option_dicts]
    assert all(one["description"] for one in shown)


def test_the_precision_of_the_temperature_can_be_chosen_though_it_is_not_listed(behaviour):
    name = "device_temperature_precision"
    assert name not in [one["name"] for one in behaviour.option_dicts]
    assert behaviour.check_options({name: 2}) == []
    (fault,) = behaviour.check_options({name: 9})
    assert fault.startswith(f"{name} can't be 9")


@pytest.mark.parametrize(("endpoint", "cluster", "frame", "state"), DECODED)
def test_recorded_frames(behaviour, endpoint, cluster, frame, state):
    decoded = behaviour.decode(endpoint, parse(cluster, bytes.fromhex(frame)), Context())
    assert decoded == state
    assert not any(isinstance(value, float) and value.is_integer() for value in (decoded or {}).values())


@pytest.mark.parametrize(("options", "cluster", "frame", "state"), DECODED_WITH_OPTIONS)
def test_recorded_frames_with_options(behaviour, options, cluster, frame, state):
    assert behaviour.check_options(options) == []
    assert behaviour.decode(1, parse(cluster, bytes.fromhex(frame)), Context(options=options)) == state


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (
            {"device_temperature_precision": 4},
            "device_temperature_precision can't be 4; allowed: a whole number from 0 to 3",
        ),
        ({"power_precision": -1}, "power_precision can't be -1; allowed: a whole number from 0 to 3"),
        ({"energy_precision": "2"}, 'energy_precision can\'t be "2"; allowed: a whole number from 0 to 3'),
        ({"voltage_precision": 1.5}, "voltage_precision can't be 1.5; allowed: a whole number from 0 to 3"),
        ({"power_calibration": "x"}, 'power_calibration can\'t be "x"; allowed: a number'),
        ({"device_temperature_calibration": True}, "device_temperature_calibration can't be true; allowed: a number"),
        ({"state_action": "yes"}, 'state_action can\'t be "yes"; allowed: true or false'),
    ],
)
def test_options_that_are_wrong(behaviour, options, fault):
    assert behaviour.check_options({"friendly_name": "plug", "qos": 9, **options}) == [fault]


@pytest.mark.parametrize(
    ("key", "endpoint", "frame"),
    [("state", 1, "1001000000"), ("power", 2, "1001005500"), ("power_outage_memory", 1, None)],
)
def test_reads(behaviour, key, endpoint, frame):
    (request,) = behaviour.read(key, Context()).requests
    assert request.endpoint == endpoint
    assert encode(request, 1).hex() == (frame or "145f110100f0ff")


def test_power_is_read_at_the_first_endpoint_of_a_plug_that_lacks_the_second(plug):
    plug.endpoints = {1: Endpoint(1)}
    definition = NativeSource().definition(plug)
    assert definition is not None
    (request,) = compile_definition(definition, plug, Bench()).read("power", Context()).requests
    assert request.endpoint == 1


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64)
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=40),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=7), inner, max_size=3),
    max_leaves=8,
)
OPTION_NAMES = st.sampled_from([one["name"] for one in OPTIONS] + ["voltage_precision", "retain"])
KEYS = st.sampled_from(["state", "on_time", "off_wait_time", "power", "power_outage_memory", "linkquality", "nope", ""])


def any_plug() -> NativeBehaviour:
    device = Device("0x00158d0001a00000", 1, model_id="lumi.plug", endpoints={1: Endpoint(1), 2: Endpoint(2)})
    definition = NativeSource().definition(device)
    assert definition is not None
    return compile_definition(definition, device, Bench())


PLUG = any_plug()


@given(
    st.integers(0, 255),
    st.sampled_from([(0, 0xFF01), (0, 0xFF02), (0, 0xFFF0), (6, 0), (12, 0x55), (0, 5)]),
    st.sampled_from(["attributeReport", "readResponse", "writeResponse", "raw", "commandOn"]),
    ANY,
    st.sampled_from([0, 0x86]),
    st.dictionaries(OPTION_NAMES, ANY, max_size=3),
)
def test_any_message_decodes_to_what_json_can_hold(endpoint, place, kind, value, status, options):
    cluster, attribute = place
    names = {(6, 0): "onOff", (12, 0x55): "presentValue"}
    attributes = (Attribute(attribute, names.get(place), value, 0x42, status),)
    message = Message(cluster, "any", kind, 1, 10, False, True, None, True, attributes)
    state = PLUG.decode(endpoint, message, Context(options=options, state={"power_outage_memory": value}))
    json.dumps(state, allow_nan=False)


@given(st.sampled_from([0, 6, 12]), st.binary(min_size=3, max_size=60))
def test_any_frame_decodes_to_what_json_can_hold(cluster, frame):
    message = parse(cluster, frame) if not frame[0] & 4 or len(frame) >= 5 else None
    if message:
        json.dumps(PLUG.decode(1, message, Context()), allow_nan=False)


@given(st.binary(max_size=60))
def test_any_status_report_decodes_to_what_json_can_hold(blob):
    frame = bytes.fromhex("182a0a01ff42") + bytes([len(blob)]) + blob
    state = PLUG.decode(1, parse(0, frame), Context())
    json.dumps(state, allow_nan=False)
    assert state is not None


@given(KEYS, ANY, st.dictionaries(KEYS, ANY), st.sampled_from([None, "1", "2", "l1"]), st.dictionaries(KEYS, ANY))
def test_any_command_is_encoded_or_refused(key, value, message, endpoint, state):
    context = Context(state=state, message=message, endpoint=endpoint)
    try:
        encoded = PLUG.encode(key, value, context)
    except DefinitionError as error:
        assert len(str(error)) < 200
        return
    assert encoded.requests
    assert all(encode(request, 1) for request in encoded.requests)
    json.dumps(dict(encoded.state), allow_nan=False)


@given(KEYS, st.dictionaries(KEYS, ANY), st.sampled_from([None, "1", "2", "l1"]))
def test_any_read_is_sent_or_refused(key, state, endpoint):
    try:
        reading = PLUG.read(key, Context(state=state, endpoint=endpoint))
    except DefinitionError:
        return
    assert all(encode(request, 1) for request in reading.requests)


@given(st.dictionaries(OPTION_NAMES, ANY))
def test_any_options_are_checked(options):
    assert len(PLUG.check_options(options)) <= len(options)
