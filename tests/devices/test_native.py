from __future__ import annotations

import math

import pytest

from zigwire.devices import Bind, Context, Definition, compile_definition
from zigwire.devices.blocks.numeric import numeric
from zigwire.devices.blocks.on_off import on_off, power_on_behavior
from zigwire.devices.convert import Bench
from zigwire.devices.definition import Fingerprint, WhiteLabel
from zigwire.devices.errors import NotReadableError, ReadOnlyError, UnknownEndpointError, UnknownKeyError
from zigwire.devices.exposes import PUBLISHED, SET, Binary, Numeric
from zigwire.devices.feature import Decoder, Encoded, Encoder, Feature, Reader, Reading
from zigwire.devices.options import ILLUMINANCE_RAW
from zigwire.zcl.codec import parse
from zigwire.zcl.requests import Command, Read

ON, OFF = bytes.fromhex("182a0a00001001"), bytes.fromhex("182a0a00001000")


def definition(*features, **more):
    return Definition(vendor="A", model="1", description="", features=features, **more)


@pytest.fixture
def double(plug):
    """A switch of two gangs with one temperature."""
    features = on_off().at("left", "right"), numeric("device_temperature", "genDeviceTempCfg", "currentTemperature")
    return compile_definition(definition(*features, endpoint_names={"left": 1, "right": 2}), plug, Bench())


class TestNamedEndpoints:
    def test_exposes_and_properties(self, double):
        assert double.properties == ("state_left", "state_right", "device_temperature", "linkquality")
        assert [one.get("endpoint") for one in double.exposes({})] == ["left", "right", None, None]
        assert double.endpoint_names == {"left": 1, "right": 2}

    @pytest.mark.parametrize(("endpoint", "state"), [(1, {"state_left": "ON"}), (2, {"state_right": "ON"}), (3, None)])
    def test_a_report_is_of_its_endpoint(self, double, endpoint, state):
        assert double.decode(endpoint, parse(6, ON), Context()) == state

    def test_the_action_names_the_endpoint(self, double):
        context = Context(options={"state_action": True})
        assert double.decode(2, parse(6, OFF), context) == {"state_right": "OFF", "action": "off_right"}

    @pytest.mark.parametrize(
        ("key", "endpoint", "number"),
        [
            ("state_left", None, 1),
            ("state_right", None, 2),
            ("state", "right", 2),
            ("state", "2", 2),
            ("state_left", "1", 1),
        ],
    )
    def test_a_command_goes_to_its_endpoint(self, double, key, endpoint, number):
        encoded = double.encode(key, "ON", Context(endpoint=endpoint))
        assert [request.endpoint for request in encoded.requests] == [number]
        assert encoded.state == {{1: "state_left", 2: "state_right"}[number]: "ON"}

    def test_toggling_looks_at_the_own_state(self, double):
        context = Context(state={"state_left": "OFF", "state_right": "ON", "state": "ON"})
        assert double.encode("state_left", "TOGGLE", context).state == {"state_left": "ON"}

    def test_times_are_found_with_and_without_the_name(self, double):
        for key in ("on_time", "on_time_right"):
            context = Context(message={"state_right": "ON", key: 5})
            (request,) = double.encode("state_right", "ON", context).requests
            assert request.args == {"ctrlbits": 0, "ontime": 50, "offwaittime": 0}

    def test_each_endpoint_is_claimed_by_itself(self, double):
        assert double.claim("state_left") == double.claim("on_time_left") == double.claim("on_time", "left")
        assert double.claim("state_left") != double.claim("state_right")
        assert double.claim("nonsense") == "nonsense"

    def test_a_key_without_name_needs_an_endpoint(self, double):
        with pytest.raises(UnknownKeyError, match=r"known: .*state_left, state_right"):
            double.encode("state", "ON", Context())

    def test_a_key_that_one_endpoint_alone_knows_needs_no_name(self, plug):
        features = (on_off().at("left"), power_on_behavior().at("left", "right"))
        behaviour = compile_definition(definition(*features, endpoint_names={"left": 2, "right": 3}), plug, Bench())
        encoded = behaviour.encode("state", "ON", Context())
        assert ([one.endpoint for one in encoded.requests], encoded.state) == ([2], {"state_left": "ON"})
        for key, endpoint in (("power_on_behavior", None), ("state", "right")):
            assert not behaviour.can_set(key, endpoint)
            assert not behaviour.can_get(key, endpoint)

    def test_reads(self, double):
        assert double.read("state", Context(endpoint="right")).requests == (
            Read(endpoint=2, cluster="genOnOff", attributes=("onOff",)),
        )


class TestEndpointsWithoutName:
    @pytest.mark.parametrize(("endpoint", "number"), [(None, 1), ("2", 2)])
    def test_a_command_goes_where_the_topic_says(self, behaviour, endpoint, number):
        (request,) = behaviour.encode("state", "ON", Context(endpoint=endpoint)).requests
        assert request.endpoint == number

    @pytest.mark.parametrize("endpoint", ["l5", "4", "9" * 5000, "²", ""])
    def test_an_endpoint_that_does_not_exist(self, behaviour, endpoint):
        for ask in (
            lambda context: behaviour.encode("state", "ON", context),
            lambda context: behaviour.read("state", context),
        ):
            with pytest.raises(UnknownEndpointError, match="state can't go to endpoint"):
                ask(Context(endpoint=endpoint))

    def test_the_default_endpoint_is_the_one_of_that_name(self, plug):
        behaviour = compile_definition(definition(on_off(), endpoint_names={"default": 3}), plug, Bench())
        (request,) = behaviour.encode("state", "ON", Context()).requests
        assert request.endpoint == 3
        assert behaviour.decode(3, parse(6, ON), Context(options={"state_action": True})) == {
            "state": "ON",
            "action": "on",
        }

    def test_a_device_without_endpoints_is_asked_at_endpoint_1(self, plug):
        plug.endpoints = {}
        (request,) = compile_definition(definition(on_off()), plug, Bench()).encode("state", "ON", Context()).requests
        assert request.endpoint == 1


class TestDecoding:
    def test_nothing_decodes_it(self, behaviour):
        assert behaviour.decode(1, parse(0xFC7F, bytes.fromhex("18570a00002001")), Context()) is None

    def test_an_attribute_with_a_failure_says_nothing(self, behaviour):
        assert behaviour.decode(1, parse(6, bytes.fromhex("182a01000086")), Context()) is None

    def test_only_reports_and_read_responses_carry_values(self, behaviour):
        assert behaviour.decode(1, parse(6, bytes.fromhex("182a0200001001")), Context()) is None

    def test_several_decoders_add_up_in_the_order_of_the_definition(self, plug):
        def feature(value, *attributes):
            decoder = Decoder(cluster="genOnOff", attributes=attributes, decode=lambda _: {"a": value, value: value})
            return Feature(decoders=(decoder,))

        both = compile_definition(definition(feature("x", 0x4001, "onOff"), feature("y", "onOff")), plug, Bench())
        message = parse(6, bytes.fromhex("182a0a01402101000000" + "1001"))
        assert both.decode(1, message, Context()) == {"a": "y", "x": "x", "y": "y"}

    def test_a_named_endpoint_hears_what_all_hear_too(self, plug):
        everywhere = Decoder(cluster="genOnOff", attributes=("onOff",), decode=lambda _: {"seen": True})
        behaviour = compile_definition(
            definition(on_off().at("left"), Feature(decoders=(everywhere,)), endpoint_names={"left": 1}), plug, Bench()
        )
        assert behaviour.decode(1, parse(6, ON), Context()) == {"state_left": "ON", "seen": True}
        assert behaviour.decode(2, parse(6, ON), Context()) == {"seen": True}

    def test_commands_are_found_by_their_type(self, plug):
        decoder = Decoder(cluster=6, commands=("commandToggle",), decode=lambda got: {"action": got.message.type})
        behaviour = compile_definition(definition(Feature(decoders=(decoder,))), plug, Bench())
        assert behaviour.decode(1, parse(6, bytes.fromhex("012a02")), Context()) == {"action": "commandToggle"}
        assert behaviour.decode(1, parse(6, bytes.fromhex("012a01")), Context()) is None

    def test_values_are_ready_for_json(self, plug):
        raw = {"a": 21.0, "b": math.nan, "c": {"d": [1.0, math.inf]}, "e": 1e300, "f": (2.0,), "g": True, "h": 0.5}
        decoder = Decoder(cluster=6, attributes=(0,), decode=lambda _: raw)
        state = compile_definition(definition(Feature(decoders=(decoder,))), plug, Bench()).decode(
            1, parse(6, ON), Context()
        )
        assert state == {"a": 21, "b": None, "c": {"d": [1, None]}, "e": 1e300, "f": [2], "g": True, "h": 0.5}
        assert [type(value) for value in (state["a"], state["g"])] == [int, bool]

    def test_options_adjust_numerics_only(self, plug):
        decoder = Decoder(cluster=6, attributes=(0,), decode=lambda _: {"mode": 1, "power": 1, "other": 1})
        exposes = Binary("mode", PUBLISHED, on=1, off=0), Numeric("power", PUBLISHED)
        behaviour = compile_definition(definition(Feature(exposes=exposes, decoders=(decoder,))), plug, Bench())
        options = {"mode_calibration": 5, "power_calibration": 50, "other_calibration": 0.5}
        assert behaviour.decode(1, parse(6, ON), Context(options=options)) == {"mode": 1, "power": 1.5, "other": 1.5}

    def test_the_options_of_a_quantity_are_those_of_all_its_endpoints(self, plug):
        power = numeric("power", "genAnalogInput", "presentValue").at("a", "b")
        behaviour = compile_definition(definition(power, endpoint_names={"a": 2, "b": 3}), plug, Bench())
        message = parse(12, bytes.fromhex("182a0a5500390000803f"))
        context = Context(options={"power_calibration": 50})
        assert behaviour.decode(3, message, context) == {"power_b": 1.5}
        assert [one["name"] for one in behaviour.option_dicts] == ["power_calibration", "power_precision"]


class TestCommands:
    def test_what_can_not_be_done_is_told_apart(self, behaviour):
        with pytest.raises(ReadOnlyError, match="power can't be set"):
            behaviour.encode("power", 5, Context())
        with pytest.raises(UnknownKeyError, match=r'"brightnes" is no key .* known: .*power_outage_memory, state'):
            behaviour.encode("brightnes", 1, Context())
        with pytest.raises(NotReadableError, match="energy can't be read"):
            behaviour.read("energy", Context())
        with pytest.raises(NotReadableError, match="on_time can't be read"):
            behaviour.read("on_time", Context())
        with pytest.raises(UnknownKeyError, match="known: power, power_outage_memory, state"):
            behaviour.read("nope", Context())

    def test_optimistic_states_and_fallbacks_get_the_name_of_the_endpoint(self, plug):
        feature = Feature(
            exposes=(Numeric("level", PUBLISHED | SET),),
            encoders=(Encoder(("level",), lambda call: Encoded((), {"level": call.value / 2})),),
            readers=(Reader(("level",), lambda _: Reading((), {"level": 7})),),
        )
        behaviour = compile_definition(definition(feature.at("left"), endpoint_names={"left": 1}), plug, Bench())
        assert behaviour.encode("level_left", 4, Context()).state == {"level_left": 2}
        assert behaviour.read("level_left", Context()).fallback == {"level_left": 7}


class TestOptionsAndExposes:
    def test_a_feature_may_show_itself_under_an_option_only(self, plug):
        raw = Feature(
            exposes=(Numeric("illuminance_raw", PUBLISHED),),
            options=(ILLUMINANCE_RAW,),
            shown=lambda options: options.get("illuminance_raw") is True,
        )
        behaviour = compile_definition(definition(raw), plug, Bench())
        assert [one["name"] for one in behaviour.exposes({})] == ["linkquality"]
        assert [one["name"] for one in behaviour.exposes({"illuminance_raw": True})] == [
            "illuminance_raw",
            "linkquality",
        ]

    def test_an_option_is_listed_once(self, plug):
        behaviour = compile_definition(definition(on_off(), on_off(), options=[ILLUMINANCE_RAW]), plug, Bench())
        assert [one["name"] for one in behaviour.option_dicts] == ["state_action", "illuminance_raw"]

    def test_set_up_of_every_endpoint_in_order(self, plug):
        switch = Feature(
            setup=lambda place: (
                Bind(place.endpoint, "genOnOff"),
                Read(endpoint=place.endpoint, cluster="genOnOff", attributes=("onOff",)),
            )
        )
        behaviour = compile_definition(definition(switch.at("a", "b"), endpoint_names={"a": 2, "b": 1}), plug, Bench())
        assert [step.endpoint for step in behaviour.setup] == [2, 2, 1, 1]
        assert [type(step) for step in behaviour.setup] == [Bind, Read, Bind, Read]

    def test_a_white_label_is_shown_under_its_name(self, plug):
        label = WhiteLabel(vendor="B", model="2", fingerprints=[Fingerprint(manufacturer_name="LUMI")])
        behaviour = compile_definition(definition(on_off(), white_labels=[label]), plug, Bench())
        assert (behaviour.definition.vendor, behaviour.definition.model) == ("B", "2")

    @pytest.mark.parametrize(
        ("wrong", "text"),
        [
            (Feature(decoders=(Decoder(cluster="genNothing", decode=lambda _: {}),)), "genNothing"),
            (
                Feature(decoders=(Decoder(cluster=6, attributes=("nope",), decode=lambda _: {}),)),
                "nope is no attribute",
            ),
            (on_off().at("left"), "left is no endpoint"),
        ],
    )
    def test_a_definition_that_names_what_does_not_exist(self, plug, wrong, text):
        with pytest.raises(ValueError, match=text):
            compile_definition(definition(wrong), plug, Bench())


def test_a_command_of_a_switch_is_what_the_network_sends(behaviour):
    assert behaviour.encode("state", "on", Context()) == Encoded(
        (Command(endpoint=1, cluster="genOnOff", command="on", disable_default_response=False),), {"state": "ON"}
    )
