from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.devices import Context, Definition, compile_definition
from zigwire.devices.blocks import lumi
from zigwire.devices.convert import Bench
from zigwire.devices.errors import BadValueError
from zigwire.zcl.codec import encode, parse
from zigwire.zcl.message import Attribute, Message

SETTING_ON, SETTING_OFF = "aa8005d14707011001", "aa8005d14709011000"


def basic(attribute, value, kind="attributeReport"):
    attributes = (Attribute(attribute, None, value, 0x41),)
    return Message(0, "genBasic", kind, 1, 10, False, True, lumi.MANUFACTURER, True, attributes)


class TestTags:
    @pytest.mark.parametrize(
        ("blob", "entries"),
        [
            ("", []),
            ("0121bd0b", [(1, 3005)]),
            ("0328fb", [(3, -5)]),
            ("064901000000", []),
            ("0624050403020 1".replace(" ", ""), [(6, 0x0102030405)]),
            ("64100195390000a03f", [(100, 1), (149, 1.25)]),
            ("0121bd0b0328", [(1, 3005)]),
            ("0121bd0b03281905", [(1, 3005), (3, 25)]),
            ("0121bd0b03ee190521", [(1, 3005)]),
            ("0a4203616263" + "032819", [(10, "abc"), (3, 25)]),
            ("0a42ff" + "032819", [(10, ""), (3, 25)]),
            ("0a420a61" + "032819", []),
        ],
    )
    def test_entries_up_to_the_first_that_can_not_be_read(self, blob, entries):
        assert list(lumi.tags(bytes.fromhex(blob))) == entries

    @given(st.binary(max_size=80))
    def test_any_bytes(self, blob):
        assert all(0 <= number <= 255 for number, _ in lumi.tags(blob))

    @given(st.binary(max_size=40))
    def test_what_is_cut_off_takes_nothing_from_what_is_before(self, rest):
        assert next(lumi.tags(bytes.fromhex("032819") + rest)) == (3, 25)


class TestStatusReport:
    @pytest.fixture
    def report(self, plug):
        double = lumi.Tag(7, ("a", "b"), lambda value: value * 2)
        features = [lumi.status_report(lumi.DEVICE_TEMPERATURE, double, lumi.OUTAGE_COUNT, lumi.SUPPLY_VOLTAGE)]
        return compile_definition(Definition(vendor="A", model="1", description="", features=features), plug, Bench())

    @pytest.mark.parametrize(
        ("attribute", "value", "state"),
        [
            (0xFF01, bytes.fromhex("032819"), {"device_temperature": 25}),
            (0xFF01, bytes.fromhex("072003"), {"a": 6, "b": 6}),
            (0xFF01, bytes.fromhex("0520000121bd0b"), {"power_outage_count": 0, "voltage": 3005}),
            (0xFF01, bytes.fromhex("9920010a420161"), {}),
            (0xFF01, bytes.fromhex("03390000c07f"), {"device_temperature": None}),
            (0xFF01, bytes.fromhex("03420161"), {}),
            (0xFF01, b"", {}),
            (0xFF01, "text", {}),
            (0xFF01, None, {}),
            (0xFF02, [{"elmType": 16, "elmVal": 1}, {"elmType": 33, "elmVal": 3005}], {"voltage": 3005}),
            (0xFF02, [1, 2, 3, 4, 5, 6], {}),
            (0xFF02, [{}] * 5, {}),
            (0xFF02, {}, {}),
        ],
    )
    def test_rows_say_what_entries_mean(self, report, attribute, value, state):
        assert report.decode(1, basic(attribute, value), Context()) == state

    def test_rows_that_the_interface_lists(self, report):
        assert report.properties == ("device_temperature", "linkquality")


class TestPowerOutageMemory:
    @pytest.mark.parametrize(
        ("value", "halves"),
        [
            (True, ["f0ff4109" + SETTING_ON, "f0ff4107aa8003d3070801"]),
            (False, ["f0ff4109" + SETTING_OFF, "f0ff4107aa8003d3070a01"]),
        ],
    )
    def test_it_is_written_in_two_halves(self, behaviour, value, halves):
        encoded = behaviour.encode("power_outage_memory", value, Context())
        assert [encode(request, 1).hex() for request in encoded.requests] == ["145f110102" + half for half in halves]
        assert encoded.state == {"power_outage_memory": value}

    @pytest.mark.parametrize("value", ["yes", "true", "false", 1, 0, None, "", [], {}, math.nan])
    def test_only_true_and_false_are_taken(self, behaviour, value):
        with pytest.raises(BadValueError, match=r"^power_outage_memory can't be .*; allowed: true or false$"):
            behaviour.encode("power_outage_memory", value, Context())

    def test_it_is_read_where_it_is_written(self, behaviour):
        (request,) = behaviour.read("power_outage_memory", Context()).requests
        assert (request.endpoint, encode(request, 1).hex()) == (1, "145f110100f0ff")

    @pytest.mark.parametrize(
        ("cached", "known"),
        [({}, False), ({"power_outage_memory": True}, True), ({"power_outage_memory": "yes"}, True)],
    )
    def test_a_plug_that_can_not_tell_keeps_what_it_acknowledged(self, behaviour, cached, known):
        context = Context(state=cached)
        assert behaviour.read("power_outage_memory", context).fallback == {"power_outage_memory": known}
        for answer in (b"", b"\xaa\x80", bytes.fromhex("aa8003d3070801"), "text", None, 5):
            message = basic(0xFFF0, answer, "readResponse")
            assert behaviour.decode(1, message, context) == {"power_outage_memory": known}

    @pytest.mark.parametrize(("setting", "value"), [(SETTING_ON, True), (SETTING_OFF, False)])
    def test_a_plug_that_tells_is_believed(self, behaviour, setting, value):
        message = parse(0, bytes.fromhex("1c5f112a01f0ff0041" + f"{len(setting) // 2:02x}" + setting))
        context = Context(state={"power_outage_memory": not value})
        assert behaviour.decode(1, message, context) == {"power_outage_memory": value}

    def test_a_setting_of_neither_value_is_unknown(self, behaviour):
        message = basic(0xFFF0, bytes.fromhex("aa8005d14707011002"), "readResponse")
        assert behaviour.decode(1, message, Context()) == {"power_outage_memory": False}

    def test_only_answers_to_reads_count(self, behaviour):
        assert behaviour.decode(1, basic(0xFFF0, bytes.fromhex(SETTING_ON)), Context()) == {}
