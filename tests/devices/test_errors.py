from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.devices.errors import BadValueError, UnknownKeyError, shortened

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "null"),
        ("off", '"off"'),
        (21.5, "21.5"),
        ([1, 2], "[1, 2]"),
        ({"a": "b"}, '{"a": "b"}'),
        ([[[[[[]]]]]], "[[[[...]]]]"),
    ],
)
def test_values_show_as_the_user_wrote_them(value, text):
    assert shortened(value) == text


def test_a_large_value_is_cut():
    assert shortened("x" * 300_000) == '"' + "x" * 58 + "…"


@given(JSON)
def test_no_value_shows_longer_than_60_characters(value):
    assert len(shortened(value)) <= 60


def test_a_deep_value_shows_at_all():
    value = []
    for _ in range(10_000):
        value = [value]
    assert shortened(value) == "[[[[...]]]]"


def test_the_texts_name_key_value_and_what_is_allowed():
    assert str(BadValueError("state", "MAYBE", '"ON" or "OFF"')) == 'state can\'t be "MAYBE"; allowed: "ON" or "OFF"'
    assert str(UnknownKeyError("nope", ["b", "a"])) == '"nope" is no key of this device; known: a, b'
    assert str(UnknownKeyError("nope", [])) == '"nope" is no key of this device; known: none'
