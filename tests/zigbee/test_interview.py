"""The interview asks in order, tolerates gaps, and says when it learned nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.zcl.message import Attribute, Message
from zigwire.zcl.requests import Read, Request
from zigwire.zigbee import zdo
from zigwire.zigbee.errors import RequestTimeoutError, StatusError
from zigwire.zigbee.interview import InterviewError, interview, learn_basic
from zigwire.zigbee.model import Binding, Device, DeviceType, Endpoint

BASIC = {
    "modelId": "lumi.plug",
    "manufacturerName": "LUMI\0\0",
    "powerSource": 1,
    "zclVersion": 3,
    "appVersion": 24,
    "stackVersion": 2,
    "hwVersion": 18,
    "dateCode": "02-28-2017",
}
ENDPOINTS = {1: ([6], []), 2: ([0, 12], [4]), 3: ([0], [])}


def answer(cluster: str, values: dict[str, Any]) -> Message:
    records = tuple(Attribute(number, name, value) for number, (name, value) in enumerate(values.items()))
    return Message(0, cluster, "readResponse", 1, 1, False, True, None, True, records)


class Plug:
    """Answers like a device; `fail` may raise instead."""

    def __init__(self, fail: Callable[[Any], Exception | None] = lambda _: None, manufacturer: int = 0x115F) -> None:
        self.asked: list[Any] = []
        self.fail = fail
        self.manufacturer = manufacturer

    async def zdo_request(self, device: Device, request: zdo.Message) -> zdo.Response:
        match request:
            case zdo.NodeDescriptorRequest():
                self._note("node")
                return zdo.NodeDescriptorResponse(0, 1, zdo.NodeDescriptor(0x4001, 0x8E, self.manufacturer))
            case zdo.ActiveEndpointsRequest():
                self._note("endpoints")
                return zdo.ActiveEndpointsResponse(0, 1, (*ENDPOINTS, 0, 1))
            case zdo.SimpleDescriptorRequest(endpoint=number):
                self._note(number)
                inputs, outputs = ENDPOINTS[number]
                descriptor = zdo.SimpleDescriptor(number, 0x104, 0x51, 1, tuple(inputs), tuple(outputs))
                return zdo.SimpleDescriptorResponse(0, 1, descriptor)
        raise AssertionError(request)

    async def zcl_request(self, device: Device, request: Request) -> Message | None:
        assert isinstance(request, Read)
        if len(request.attributes) > 1:
            self._note(request.attributes)
            return answer("genBasic", {str(name): BASIC[str(name)] for name in request.attributes})
        assert (request.endpoint, request.cluster) == (2, "genBasic")
        (name,) = request.attributes
        self._note(name)
        if name not in BASIC:
            raise StatusError("UNSUPPORTED_ATTRIBUTE")
        return answer("genBasic", {name: BASIC[name]})

    def _note(self, what: Any) -> None:
        self.asked.append(what)
        if (error := self.fail(what)) is not None:
            raise error


async def test_the_order_and_what_is_learned():
    device, plug = Device("0x00158d0001a00000", 0x2000), Plug()
    await interview(device, plug)
    basic = ["modelId", "manufacturerName", "powerSource", "zclVersion", "appVersion", "stackVersion", "hwVersion"]
    assert plug.asked == ["node", "endpoints", 1, 2, *basic, "dateCode", "swBuildId", 3]
    assert device.type is DeviceType.ROUTER
    assert (device.manufacturer_code, device.mac_capabilities) == (0x115F, 0x8E)
    assert (device.model_id, device.manufacturer_name) == ("lumi.plug", "LUMI")
    assert (device.power_source, device.software_build_id) == ("Mains (single phase)", None)
    assert {number: (e.input_clusters, e.output_clusters) for number, e in device.endpoints.items()} == ENDPOINTS


async def test_who_falls_asleep_at_once_is_asked_who_it_is_before_its_endpoints():
    device, plug = Device("0x00158d0001a00000", 0x2000), Plug(manufacturer=0x1002)
    await interview(device, plug)
    assert plug.asked[:5] == ["node", ("modelId", "manufacturerName"), "endpoints", 1, 2]
    assert plug.asked[5:7] == ["powerSource", "zclVersion"], "what it told is not asked again"
    assert (device.model_id, device.manufacturer_name) == ("lumi.plug", "LUMI")


async def test_who_does_not_say_at_once_is_asked_again():
    device = Device("0x00158d0001a00000", 0x2000)
    plug = Plug(lambda what: RequestTimeoutError(1) if isinstance(what, tuple) else None, manufacturer=0)
    await interview(device, plug)
    assert "modelId" in plug.asked
    assert device.model_id == "lumi.plug"


@pytest.mark.parametrize("step", ["node", "endpoints", 1, 2, 3])
async def test_each_step_is_tried_again(step: Any):
    device = Device("0x00158d0001a00000", 0x2000)
    plug = Plug(lambda what: RequestTimeoutError(1) if what == step and plug.asked.count(step) < 3 else None)
    await interview(device, plug)
    assert plug.asked.count(step) == 3
    assert device.model_id == "lumi.plug"


async def test_a_device_that_says_nothing():
    device = Device("0x00158d0001a00000", 0x2000)
    with pytest.raises(InterviewError, match="no answer within 1 s"):
        await interview(device, Plug(lambda _: RequestTimeoutError(1)))


async def test_a_silent_device_of_known_model_is_taken_for_a_sleeping_one():
    device = Device("0x00158d0001a00000", 0x2000, model_id="lumi.weather")
    await interview(device, Plug(lambda _: RequestTimeoutError(1)))
    assert (device.type, device.power_source, list(device.endpoints)) == (DeviceType.END_DEVICE, "Battery", [1])


async def test_silence_at_the_attributes_ends_asking_for_them():
    device = Device("0x00158d0001a00000", 0x2000)
    plug = Plug(lambda what: RequestTimeoutError(1) if isinstance(what, str) and what in BASIC else None)
    await interview(device, plug)
    assert [what for what in plug.asked if what in BASIC] == ["modelId", "manufacturerName"]
    assert list(device.endpoints) == [1, 2, 3]


async def test_an_endpoint_that_is_not_described_is_kept_empty():
    device = Device("0x00158d0001a00000", 0x2000)
    await interview(device, Plug(lambda what: StatusError("NOT_ACTIVE") if what == 3 else None))
    assert device.endpoints[3] == Endpoint(3)
    assert device.model_id == "lumi.plug"


async def test_binds_survive_another_interview_and_old_endpoints_do_not():
    device = Device("0x00158d0001a00000", 0x2000)
    device.endpoints = {1: Endpoint(1, bindings=[Binding(6, group=1)]), 9: Endpoint(9)}
    await interview(device, Plug())
    assert device.endpoints[1].bindings == [Binding(6, group=1)]
    assert list(device.endpoints) == [1, 2, 3]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "Unknown"),
        (1, "Mains (single phase)"),
        (2, "Mains (3 phase)"),
        (3, "Battery"),
        (4, "DC Source"),
        (0x83, "Battery"),
        (77, "Unknown"),
    ],
)
def test_power_sources(value: int, text: str):
    device = Device("0x00158d0001a00000", 0x2000)
    assert learn_basic(device, answer("genBasic", {"powerSource": value}))
    assert device.power_source == text


@given(
    st.dictionaries(
        st.sampled_from([*BASIC, "swBuildId", "other"]),
        st.none() | st.integers() | st.text() | st.floats() | st.binary(),
    )
)
def test_nothing_that_a_device_says_breaks_learning(values: dict[str, Any]):
    device = Device("0x00158d0001a00000", 0x2000)
    news = learn_basic(device, answer("genBasic", values))
    assert news == (device != Device("0x00158d0001a00000", 0x2000))
    assert not learn_basic(device, answer("genBasic", values))
