"""Devices that check in: who is asked to do so, and what they are told."""

from __future__ import annotations

from typing import Any

from zigwire.zcl.codec import parse
from zigwire.zcl.message import Message
from zigwire.zcl.requests import Request
from zigwire.zigbee import zdo
from zigwire.zigbee.errors import StatusError
from zigwire.zigbee.model import Binding, Device, Endpoint
from zigwire.zigbee.poll_control import CLUSTER, subscribe

COORDINATOR = "0x00124b0012345678"


class Asker:
    """A device's side: it takes binds or refuses them, and has an interval in quarters of a second."""

    def __init__(self, *, refuses: bool = False, interval: str = "002340380000") -> None:
        self.refuses = refuses
        self.answer = parse(CLUSTER, bytes.fromhex(f"1801010000{interval}"))
        self.asked: list[Any] = []

    async def zdo_request(self, device: Device, request: zdo.Message) -> zdo.Response:
        self.asked.append(request)
        if self.refuses:
            raise StatusError("NOT_SUPPORTED", "BindRequest")
        return zdo.BindResponse(0)

    async def zcl_request(self, device: Device, request: Request) -> Message | None:
        self.asked.append(request)
        return self.answer


def sleeper(*clusters: int) -> Device:
    return Device("0x00158d0001a2b3f0", 1, endpoints={2: Endpoint(2, input_clusters=list(clusters))})


async def test_a_device_that_can_check_in_is_asked_to():
    device = sleeper(0, CLUSTER)
    await subscribe(device, COORDINATOR, Asker())
    assert device.endpoints[2].bindings == [Binding(CLUSTER, ieee=COORDINATOR, endpoint=1)]
    assert device.meta == {"checkinInterval": 3600}


async def test_others_are_not_asked():
    asker = Asker()
    await subscribe(sleeper(0, 6), COORDINATOR, asker)
    assert asker.asked == []


async def test_it_works_without():
    device, asker = sleeper(CLUSTER), Asker(refuses=True)
    await subscribe(device, COORDINATOR, asker)
    assert len(asker.asked) == 1
    assert (device.endpoints[2].bindings, device.meta) == ([], {})


async def test_an_interval_that_is_not_told_is_not_noted():
    device = sleeper(CLUSTER)
    await subscribe(device, COORDINATOR, Asker(interval="86"))
    assert len(device.endpoints[2].bindings) == 1
    assert device.meta == {}
