"""ZDO frames: facts from real transcripts, and no input that breaks the parser."""

from __future__ import annotations

import dataclasses
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.zigbee import zdo

PLUG, COORDINATOR = "0x00158d0001a00000", "0x00124b0012345678"

ON_AIR = [
    (zdo.NetworkAddressRequest(PLUG), 0x0000, "0000a001008d15000000"),
    (zdo.NodeDescriptorRequest(0x2000), 0x0002, "0020"),
    (zdo.SimpleDescriptorRequest(0x2000, 100), 0x0004, "002064"),
    (zdo.ActiveEndpointsRequest(0x2000), 0x0005, "0020"),
    (zdo.DeviceAnnounce(0x2000, PLUG, 0x8E), 0x0013, "00200000a001008d15008e"),
    (
        zdo.BindRequest(zdo.BindingEntry(PLUG, 1, 6, zdo.BindTarget(COORDINATOR, 1))),
        0x0021,
        "0000a001008d15000106000378563412004b120001",
    ),
    (
        zdo.UnbindRequest(zdo.BindingEntry(PLUG, 1, 6, zdo.BindTarget(group=901))),
        0x0022,
        "0000a001008d15000106000185 03".replace(" ", ""),
    ),
    (zdo.LqiRequest(), 0x0031, "00"),
    (zdo.LeaveRequest(PLUG), 0x0034, "0000a001008d150000"),
    (zdo.PermitJoiningRequest(254), 0x0036, "fe01"),
    (zdo.ClearBindingsRequest.to("0xffffffffffffffff"), 0x002B, "000801ffffffffffffffff"),
    (zdo.ParentAnnounce((PLUG,)), 0x001F, "010000a001008d1500"),
    (
        zdo.SimpleDescriptorResponse(0, 0x2000, zdo.SimpleDescriptor(3, 0x0104, 9, 1, (12,), (12, 4))),
        0x8004,
        "0000200e03040109000101" + "0c00" + "02" + "0c000400",
    ),
    (zdo.SimpleDescriptorResponse(0x83, 0x2000), 0x8004, "83002000"),
    (zdo.PowerDescriptorResponse(0, 0x2000, 0xC110), 0x8003, "00002010c1"),
    (zdo.MatchDescriptorResponse(0, 0, (1,)), 0x8006, "0000000101"),
]


def parsed(cluster: int, data: bytes) -> zdo.Message:
    found = zdo.parse(cluster, data)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(("message", "cluster", "payload"), ON_AIR, ids=lambda value: type(value).__name__)
def test_frames_as_they_are_on_air(message: zdo.Message, cluster: int, payload: str):
    assert message.cluster == cluster
    assert zdo.encode(message, 7).hex() == "07" + payload
    assert zdo.parse(cluster, bytes.fromhex("07" + payload)) == (7, message)


def test_a_node_descriptor():
    message = parsed(0x8002, bytes.fromhex("03" + "000020" + "01408e5f115252000000520000"))
    assert isinstance(message, zdo.NodeDescriptorResponse)
    assert message.descriptor is not None
    assert (message.descriptor.logical_type, message.descriptor.mac_capabilities) == (1, 0x8E)
    assert message.descriptor.manufacturer_code == 0x115F


def test_neighbours_and_routes():
    entry = "11" * 8 + "0000a001008d1500" + "0020" + "25" + "02" + "01" + "78"
    message = parsed(0x8031, bytes.fromhex("01" + "00010001" + entry))
    assert isinstance(message, zdo.LqiResponse)
    (neighbor,) = message.entries
    assert (neighbor.ieee, neighbor.address, neighbor.linkquality) == (PLUG, 0x2000, 120)
    assert (neighbor.device_type, neighbor.receiver_on, neighbor.relationship) == (1, 1, 2)
    message = parsed(0x8032, bytes.fromhex("01" + "00010001" + "0020" + "3b" + "0120"))
    assert isinstance(message, zdo.RoutingResponse)
    (route,) = message.entries
    assert (route.destination, route.next_hop, route.route_status) == (0x2000, 0x2001, 3)
    assert (route.memory_constrained, route.many_to_one, route.route_record_required) == (True, True, True)


def test_what_an_error_leaves_out():
    assert zdo.parse(0x8002, bytes.fromhex("0581")) == (5, zdo.NodeDescriptorResponse(0x81))
    assert zdo.parse(0x8031, bytes.fromhex("0584")) == (5, zdo.LqiResponse(0x84))


def test_children_behind_an_address_are_passed_over():
    message = parsed(0x8001, bytes.fromhex("01" + "00" + "0000a001008d1500" + "0020" + "0100" + "3412"))
    assert message == zdo.IeeeAddressResponse(0, PLUG, 0x2000)


@pytest.mark.parametrize(
    ("cluster", "data"),
    [
        (0x0013, ""),
        (0x0013, "01"),
        (0x0013, "0100200000a001008d1500"),
        (0x8004, "01000020ff01"),
        (0x0021, "01" + "00" * 11 + "02"),
    ],
)
def test_what_can_not_be_read(cluster: int, data: str):
    with pytest.raises(zdo.ParseError):
        zdo.parse(cluster, bytes.fromhex(data))


@given(
    st.sampled_from([cluster for base in (0, 0x8000) for cluster in range(base, base + 0x40)]), st.binary(max_size=80)
)
def test_nothing_breaks_the_parser(cluster: int, data: bytes):
    try:
        found = zdo.parse(cluster, data)
    except zdo.ParseError:
        return
    if found is None:
        return
    tsn, message = found
    again = zdo.encode(message, tsn)
    assert zdo.parse(cluster, again) == (tsn, message)


@pytest.mark.parametrize("cluster", [0x7777, 0x8038])
def test_unknown_clusters_are_no_damage(cluster: int):
    assert zdo.parse(cluster, b"\1\0") is None


def test_status_names():
    assert zdo.status_name(0x88) == "NO_ENTRY"
    assert zdo.status_name(0x42) == "0x42"


def test_every_message_of_the_module_is_public():
    messages = {name for name, kind in vars(zdo).items() if isinstance(kind, type) and issubclass(kind, zdo.Message)}
    assert messages <= set(zdo.__all__)
    assert all(dataclasses.is_dataclass(getattr(zdo, name)) for name in messages)
    assert typing.get_type_hints(zdo.Response)["status"] is int
