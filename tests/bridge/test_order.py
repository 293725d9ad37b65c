"""Orders that Zigbee2MQTT 2.14.1's comparison gives on Node.js 20 (measured)."""

import pytest

from zigwire.bridge.order import ordered


@pytest.mark.parametrize(
    ("keys", "state", "expected"),
    [
        ([], None, []),
        (["a"], None, ["a"]),
        (["state", "brightness"], "ON", ["brightness", "state"]),
        (["state", "a", "b"], "OFF", ["b", "a", "state"]),
        (
            ["brightness_percent", "state", "a", "brightness", "d"],
            "off",
            ["d", "a", "brightness_percent", "state", "brightness"],
        ),
        (["state", "d", "b"], "off", ["b", "d", "state"]),
        (["a", "c", "b", "state"], "off", ["b", "c", "a", "state"]),
        (["d", "b", "brightness_percent", "state"], "off", ["b", "d", "brightness_percent", "state"]),
    ],
)
def test_the_order(keys, state, expected):
    message = {key: state if key == "state" else 1 for key in keys}
    assert [key for key, _ in ordered(message)] == expected
