"""Trying coordinators: a simulated one on a TCP port, and ports where there is none."""

from __future__ import annotations

import errno
import re
import socket

import pytest

from zigwire.simulator.catalogue import default_house
from zigwire.simulator.house import House
from zigwire.simulator.znp import serve
from zigwire.zigbee.radio import NetworkParameters, RadioError
from zigwire.zigbee.radios import UnknownAdapterError, radio_for
from zigwire.zigbee.search import FoundRadio
from zigwire.zigbee.trial import _reason, find_adapter, try_radio

PARAMETERS = NetworkParameters(0x1A62, "0x1122334455667788", 15, bytes(range(16)))


@pytest.fixture
def house() -> House:
    return default_house()


@pytest.fixture
async def port(house: House):
    server = await serve(house, 0)
    yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


async def test_one_without_a_network_tells_who_it_is_and_stays_so(house: House, port: str):
    answer = await try_radio(FoundRadio(port, "x", "zstack"))
    assert answer.network is None
    assert answer.info is not None
    assert str(answer) == f"ZStack3x0, {answer.info.ieee}, holds no network"
    assert house.network is None


async def test_one_with_a_network_tells_of_it(port: str):
    radio = radio_for("zstack", port)()
    await radio.connect()
    await radio.form(PARAMETERS)
    await radio.close()
    answer = await try_radio(FoundRadio(port, "x", "zstack"))
    assert answer.network == PARAMETERS
    assert "PAN id 6754 on channel 15" in str(answer)
    assert "0001020304" not in repr(answer)


async def test_a_wrong_adapter_is_found_out(port: str):
    answer = await find_adapter(FoundRadio(port, "x", "deconz"))
    assert answer.radio.adapter == "zstack"


@pytest.mark.parametrize("port", ["tcp://127.0.0.1", "tcp://", "tcp://:1", "tcp://x:99999", "tcp://[", "http://x:80"])
async def test_what_is_no_port_is_not_tried(port: str):
    with pytest.raises(RadioError, match="can't be used: a device file or tcp://host:port is allowed"):
        await find_adapter(FoundRadio(port, "x"))


async def test_an_unknown_adapter_is_refused(port: str):
    with pytest.raises(UnknownAdapterError, match="'nonsense' is unknown"):
        await find_adapter(FoundRadio(port, "x", "nonsense"))


@pytest.mark.parametrize(
    ("port", "said"),
    [
        ("/dev/zigwire-none", "there is no /dev/zigwire-none"),
        ("tcp://127.0.0.1:1", "nothing listens at tcp://127.0.0.1:1"),
        ("/dev/null", "/dev/null can't be used: Inappropriate ioctl for device"),
    ],
)
async def test_where_there_is_none_other_adapters_are_not_tried(port: str, said: str):
    with pytest.raises(RadioError, match=said):
        await find_adapter(FoundRadio(port, "x"))


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "no permission to open /dev/null: .*usermod -aG "),
        (BlockingIOError(errno.EAGAIN, "busy"), "/dev/null is in use by another program"),
        (OSError(errno.EBUSY, "busy"), "/dev/null is in use by another program"),
        (socket.gaierror(-2, "Name or service not known"), "/dev/null can't be used: Name or service not known"),
        (TimeoutError(), "what is at /dev/null does not answer as ember$"),
        (ValueError("odd"), "does not answer as ember: wrapped"),
    ],
)
def test_reasons(cause: Exception, said: str):
    error = RadioError("wrapped")
    error.__cause__ = cause
    assert re.search(said, _reason(error, FoundRadio("/dev/null", "x", "ember")))
