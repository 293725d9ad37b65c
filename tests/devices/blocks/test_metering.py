"""Power and energy, as recorded."""

from __future__ import annotations

import pytest

from zigwire.devices.blocks.metering import dc_meter, electrical_meter, electricity_meter, energy_meter

WORTH = {
    0: "180101050600210a00040600210100",
    1: "18010103060021e803020600210100",
    2: "180101010600210a00000600210100",
    6: "18010102030022e8030001030022010000",
}
BOTH = (0, 0x702, 0xB04)


@pytest.fixture
def meter(bed):
    return bed(*electricity_meter(), clusters=BOTH)


async def test_the_set_up_asks_for_the_worth_before_it_says_which_changes_are_reported(meter):
    sent = await meter.configure(WORTH)
    assert sent[:3] == ["1:b04:10010005060406", "1:b04:10010003060206", "1:b04:10010001060006"]
    assert sent[3:6] == [
        "1:b04:bind",
        "1:b04:100106000b05290a00e8fd3200000805210a00e8fd3200000505210a00e8fd3200",
        "1:b04:1001000b0508050505",
    ]
    assert sent[6:] == [
        "1:702:10010002030103",
        "1:702:bind",
        "1:702:100106000000250a00e8fd640000000000",
        "1:702:1001000000",
    ]


async def test_values_are_worth_what_the_device_told(meter):
    assert meter.decode(0xB04, "182a0a0b0529d007") == {"power": 2000}
    await meter.configure(WORTH)
    assert meter.decode(0xB04, "182a0a0b0529d007") == {"power": 200}
    assert meter.decode(0xB04, "182a0a08052164000505212c01") == {"current": 0.1, "voltage": 30}
    assert meter.decode(0x702, "182a0a00002587d612000000") == {"energy": 1234.57}
    assert meter.decode(0x702, "182a0a00042ab00400") == {"power": 1200}
    assert meter.decode(0xB04, "182a0a100528 f6".replace(" ", "")) == {"power_factor": -0.1}


def test_a_report_of_the_worth_counts_at_once(meter):
    assert meter.decode(0xB04, "182a0a0506210a000406210100") is None
    assert meter.decode(0xB04, "182a0a0b0529d007") == {"power": 200}


async def test_a_device_that_tells_no_worth_is_still_set_up(meter):
    sent = await meter.configure()
    assert "1:702:100106000000250a00e8fd000000000000" in sent


@pytest.mark.parametrize(
    ("make", "clusters", "keys"),
    [
        (electrical_meter, (0xB04,), {"power": "1:b04:1001000b05", "voltage": "1:b04:1001000505"}),
        (dc_meter, (0xB04,), {"power": "1:b04:1001000601", "current": "1:b04:1001000301"}),
        (energy_meter, (0x702,), {"power": "1:702:1001000004", "energy": "1:702:1001000000"}),
    ],
)
async def test_reads_go_where_the_value_is(bed, make, clusters, keys):
    meter = bed(*make(), clusters=clusters)
    for key, frame in keys.items():
        assert await meter.get(key) == [frame]
