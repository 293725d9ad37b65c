import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.bridge.payloads import PayloadFault, command_message, dumps, request_message, shortened

DEEP = b'{"state":' + b"[" * 300 + b"]" * 300 + b"}"


@pytest.mark.parametrize(
    ("payload", "attribute", "expected"),
    [
        (b'{"state": "ON"}', None, {"state": "ON"}),
        (b"ON", None, {"state": "ON"}),
        (b"toggle", None, {"state": "toggle"}),
        (b'"OFF"', None, {"state": "OFF"}),
        (b"ON", "state", {"state": "ON"}),
        (b"", "state", {"state": ""}),
        (b"12", "brightness", {"brightness": 12}),
        (b'{"x": 0.1}', "color", {"color": {"x": 0.1}}),
        (b"true", "power_outage_memory", {"power_outage_memory": True}),
    ],
)
def test_commands(payload, attribute, expected):
    assert command_message(payload, attribute) == expected


@pytest.mark.parametrize(
    "payload",
    [b'{"state": ', b"", b"{}", b"[1, 2]", b"42", b"null", bytes(range(200, 256)), b"x" * 300_000, DEEP],
)
def test_a_bad_command_is_named_and_not_echoed_at_length(payload):
    with pytest.raises(PayloadFault) as fault:
        command_message(payload, None)
    assert len(str(fault.value)) < 400


@pytest.mark.parametrize("value", [request_message(DEEP), command_message(DEEP, "state")])
def test_what_is_nested_too_deeply_is_taken_as_text(value):
    assert dumps(value)
    assert "characters" in shortened(value)


@given(st.binary())
def test_any_bytes_are_a_command_or_a_fault(payload):
    try:
        assert isinstance(command_message(payload, None), dict)
    except PayloadFault as fault:
        assert "payload" in str(fault)
    assert isinstance(command_message(payload, "state"), dict)
    request_message(payload)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_json_round_trip_has_sorted_keys(value):
    try:
        raw = dumps(value)
    except TypeError:  # lone surrogates are no text
        return
    assert json.loads(raw) == value
    if isinstance(value, dict):
        assert list(json.loads(raw)) == sorted(value, key=lambda key: key.encode())


@pytest.mark.parametrize("value", ["x" * 1000, b"\xff" * 1000, {"a": "y" * 1000}, [1] * 1000])
def test_values_are_shown_shortened(value):
    shown = shortened(value)
    assert len(shown) < 100
    assert "characters" in shown
