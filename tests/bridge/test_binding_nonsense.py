"""Whatever binding and reporting requests are asked for: one answer each, and never a fault of the program."""

import random

import pytest

VALUES = [
    None, True, 0, 1, -1, 1.5, 1e300, 65536, 10**30, "", "lamp", "remote", "nope", "ü" * 200, "0x00158d0000000000",
    "default", "genOnOff", "onOff", [], ["genOnOff"], [None], [[]], [{"attribute": "onOff"}], [{"attribute": None}],
    {}, {"ID": 0, "type": 16}, {"ID": 0, "type": 999}, {"ID": 0x7000, "type": 0x99}, {"manufacturerCode": 4107},
]  # fmt: skip
REQUESTS = {
    "device/bind": ("from", "to", "from_endpoint", "to_endpoint", "clusters", "skip_disable_reporting"),
    "device/unbind": ("from", "to", "from_endpoint", "to_endpoint", "clusters", "skip_disable_reporting"),
    "device/binds/clear": ("target", "ieee_list"),
    "device/reporting/configure": (
        "id",
        "endpoint",
        "cluster",
        "attribute",
        "minimum_report_interval",
        "maximum_report_interval",
        "reportable_change",
        "options",
    ),
    "device/reporting/read": ("id", "endpoint", "cluster", "configs", "manufacturer_code"),
}
RIGHT = {
    "from": "remote",
    "to": "lamp",
    "target": "remote",
    "id": "lamp",
    "endpoint": 1,
    "cluster": "genOnOff",
    "attribute": "onOff",
    "minimum_report_interval": 1,
    "maximum_report_interval": 60,
    "configs": [{"attribute": "onOff"}],
}


@pytest.mark.parametrize("request_", REQUESTS)
async def test_whatever_is_asked_is_answered_once(make_lit, request_):
    home = await make_lit()
    await home.let_in("lamp", "remote")
    dice = random.Random(request_)
    for _ in range(150):
        asked = {key: RIGHT[key] for key in REQUESTS[request_] if key in RIGHT}
        for key in dice.sample(REQUESTS[request_], dice.randint(1, 2)):
            asked[key] = dice.choice(VALUES)
        response = await home.ask(request_, asked)
        assert "Fault in Zigwire" not in response.get("error", ""), asked
    for payload in (b"", b"null", b"[1", b"\xff\xfe", b"[]", b"7"):
        assert (await home.ask(request_, payload))["status"] == "error"
    assert len(home.sent.of(f"bridge/response/{request_}")) == 156
