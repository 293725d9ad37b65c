"""What was chosen, and the configuration that says it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zigwire.onboarding.choices import SIMULATED, Broker, Choices, Page, channel, radio
from zigwire.onboarding.errors import OnboardingError
from zigwire.onboarding.network import UNKNOWN_KEY, Network
from zigwire.onboarding.session import Session
from zigwire.zigbee.radio import NetworkParameters
from zigwire.zigbee.search import FoundRadio

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
KEYS = ("port", "adapter", "baudrate", "rtscts", "name", "server", "user", "password", "base_topic", "channel")
COORDINATOR = "0x00124b0001020304"


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_whatever_is_entered_is_taken_or_refused(entered: dict[str, Any]):
    for read in (radio, Broker.parse, channel):
        try:
            read(entered)
        except OnboardingError as error:
            assert str(error)


@pytest.mark.parametrize("page", [Page(8080), Page(8081, "secret")])
@pytest.mark.parametrize("broker", [None, Broker("mqtts://b:8883", "me", "pass", "home")])
def test_every_choice_is_a_configuration(tmp_path, page: Page, broker: Broker | None):
    choices = Choices(FoundRadio("/dev/x", "x", "ember", 460800, rtscts=True), broker, Network.new().on(20), page)
    settings = Session(tmp_path, {}).finish(choices)
    assert settings.as_dict() == Session(tmp_path, {}).finish(choices).as_dict()
    assert settings.serial.rtscts
    assert settings.advanced.channel == 20
    assert (settings.frontend.host is None) == (settings.frontend.auth_token is not None)
    if broker is not None:
        assert (settings.mqtt.user, settings.mqtt.password) == ("me", "pass")


def test_what_was_chosen_before_and_is_not_any_more_goes(tmp_path):
    radio = FoundRadio("/dev/x", "x", "ember", 460800, rtscts=True)
    network = Network.new()
    Session(tmp_path, {}).finish(Choices(radio, Broker("mqtt://b", "me", "pass"), network, Page(8080, "secret")))
    again = Session(tmp_path, {})
    assert again.network == Network(network.parameters, exists=True)
    simulated = FoundRadio(SIMULATED, "simulated house")
    settings = again.finish(Choices(simulated, None, Network.new(), Page(8080)))
    assert (settings.serial.adapter, settings.serial.baudrate, settings.serial.rtscts) == (None, None, None)
    assert (settings.mqtt.user, settings.mqtt.password, settings.frontend.auth_token) == (None, None, None)
    assert list(settings.advanced.network_key) == network.parameters["network_key"]


def test_networks_that_are_made_up_differ():
    assert Network.new().parameters != Network.new().parameters


def test_nobody_is_shown_the_key():
    network = Network.new()
    assert "network_key" not in network.shown()


def test_a_network_that_exists_stays_on_its_channel():
    held = NetworkParameters(0x1234, None, 15, bytes(range(16)))
    network = Network.new().replaced_by(held, COORDINATOR)
    assert network.on(25) == network
    assert network.shown() == {"channel": 15, "pan_id": 0x1234, "ext_pan_id": COORDINATOR, "exists": True}
    assert network.parameters["network_key"] == list(range(16))


def test_a_key_that_the_radio_keeps_to_itself_is_no_key():
    made_up = Network.new()
    network = made_up.replaced_by(NetworkParameters(0x1234, None, 15, UNKNOWN_KEY), COORDINATOR)
    assert network.parameters["network_key"] == made_up.parameters["network_key"]
