"""What counts as success."""

from __future__ import annotations

import pytest

from zigwire.zcl.codec import parse
from zigwire.zcl.requests import Command, ConfigureReporting, Read, ReadReporting, Reporting, Write
from zigwire.zigbee.errors import StatusError
from zigwire.zigbee.outcome import check

READ = Read(endpoint=1, cluster="genOnOff", attributes=("onOff", "onTime"))
WRITE = Write(endpoint=1, cluster="genOnOff", attributes={"onTime": 1})
REPORTING = ConfigureReporting(endpoint=1, cluster="genOnOff", records=(Reporting("onOff", 0, 60),))
READ_REPORTING = ReadReporting(endpoint=1, cluster="genOnOff", attributes=("onOff",))
TOGGLE = Command(endpoint=1, cluster="genOnOff", command="toggle")


@pytest.mark.parametrize(
    ("request_", "frame"),
    [
        (READ, "180101" + "0000001001" + "014086"),
        (READ, "180101" + "0000001001"),
        (WRITE, "180104" + "00"),
        (REPORTING, "180107" + "00"),
        (READ_REPORTING, "180109" + "8b000000"),
        (TOGGLE, "18010b" + "0200"),
    ],
)
def test_success(request_, frame):
    check(request_, parse(6, bytes.fromhex(frame)))


@pytest.mark.parametrize(
    ("request_", "frame", "text"),
    [
        (READ, "180101" + "000086" + "014086", "UNSUPPORTED_ATTRIBUTE (genOnOff.onOff, genOnOff.onTime)"),
        (READ, "18010b" + "0082", "UNSUP_GENERAL_COMMAND (genOnOff)"),
        (WRITE, "180104" + "880140", "READ_ONLY (genOnOff.onTime)"),
        (WRITE, "180104" + "87", "INVALID_VALUE (genOnOff)"),
        (REPORTING, "180107" + "8c000000", "UNREPORTABLE_ATTRIBUTE (genOnOff.onOff)"),
        (READ_REPORTING, "18010b" + "0882", "UNSUP_GENERAL_COMMAND (genOnOff)"),
        (TOGGLE, "18010b" + "0281", "UNSUP_COMMAND (genOnOff)"),
        (TOGGLE, "18010b" + "02ee", "0xee (genOnOff)"),
    ],
)
def test_refusals(request_, frame, text):
    with pytest.raises(StatusError) as refused:
        check(request_, parse(6, bytes.fromhex(frame)))
    assert str(refused.value) == f"the device refused: {text}"
