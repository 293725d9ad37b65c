"""Messages as values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.mqtt import Properties, Will
from zigwire.mqtt.message import Publication, check_filter, encode_topic

texts = st.text(max_size=20)


@given(st.builds(Properties, response_topic=texts, correlation_data=st.binary(max_size=20), content_type=texts))
def test_properties_survive_the_wire(properties):
    assert Properties.from_wire({name: [value] for name, value in properties.to_wire().items()}) == properties


def test_no_properties_of_interest():
    assert Properties.from_wire({"dup": 0, "retain": 1, "user_property": [("a", "b")]}) is None


@pytest.mark.parametrize(
    "values",
    [
        {"message_expiry_interval": -1},
        {"message_expiry_interval": 2**32},
        {"message_expiry_interval": 1.5},
        {"response_topic": "ä" * 32_768},
        {"correlation_data": bytes(65_536)},
    ],
)
def test_properties_that_do_not_fit(values):
    with pytest.raises(ValueError, match=next(iter(values))):
        Properties(**values)


def test_will():
    assert Will("ä", "ö").to_publication() == Publication("ä".encode(), "ö".encode(), qos=1, retain=True)
    with pytest.raises(ValueError, match="wildcard"):
        Will("a/#", "x").to_publication()


@pytest.mark.parametrize("topic", ["a", "/", "a/b c/ä", "x" * 65_535, "$SYS/x"])
def test_topics(topic):
    assert encode_topic(topic).decode() == topic


@pytest.mark.parametrize("topic", ["", "+", "a/+/b", "#", "a#", "a\0", "x" * 65_536, "\ud800"])
def test_topics_that_are_none(topic):
    with pytest.raises(ValueError, match=r"topic|surrogates"):
        encode_topic(topic)


@pytest.mark.parametrize("topic_filter", ["a", "#", "+", "a/#", "a/+/b", "+/+/#", "/", "$SYS/#"])
def test_filters(topic_filter):
    check_filter(topic_filter)
