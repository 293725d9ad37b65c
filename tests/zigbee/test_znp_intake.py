"""What is read of a Z-Stack coordinator's line, beside what zigpy-znp itself reads of it."""

from __future__ import annotations

from functools import reduce
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zigpy_znp.commands import AF
from zigpy_znp.frames import GeneralFrame, TransportFrame

from zigwire.zigbee.radio import ApsFrame, Mode
from zigwire.zigbee.znp_intake import Intake, incoming_message

u8 = st.integers(0, 255)
u16 = st.integers(0, 0xFFFF)


def unpi(command: bytes, payload: bytes) -> bytes:
    body = bytes([len(payload)]) + command + payload
    return b"\xfe" + body + bytes([reduce(xor, body)])


def message(
    group=0, cluster=6, source=0x1234, source_endpoint=1, endpoint=1, broadcast=0, quality=120, data=b"\x18\x01\x0a"
) -> bytes:
    head = b"".join(value.to_bytes(2, "little") for value in (group, cluster, source))
    return head + bytes([source_endpoint, endpoint, broadcast, quality, 0]) + bytes(5) + bytes([len(data)]) + data


def read(*pieces: bytes) -> tuple[list[ApsFrame], list[bytes]]:
    delivered: list[ApsFrame] = []
    others: list[bytes] = []
    intake = Intake(delivered.append, others.append)
    for piece in pieces:
        intake.feed(piece)
    return delivered, others


@given(
    group=u16,
    cluster=u16,
    source=u16,
    source_endpoint=u8,
    broadcast=st.booleans(),
    quality=u8,
    data=st.binary(max_size=200),
)
def test_reads_the_same_as_zigpy_znp(group, cluster, source, source_endpoint, broadcast, quality, data):
    payload = message(group, cluster, source, source_endpoint, 1, int(broadcast), quality, data) + b"\x34\x12\x1d"
    frame, _ = TransportFrame.deserialize(unpi(b"\x44\x81", payload))
    theirs = AF.IncomingMsg.Callback.from_frame(GeneralFrame(frame.payload.header, frame.payload.data))
    ours = incoming_message(payload)
    assert ours is not None
    assert (
        ours.cluster,
        ours.source,
        ours.source_endpoint,
        ours.destination_endpoint,
        ours.linkquality,
        ours.data,
    ) == (
        theirs.ClusterId,
        theirs.SrcAddr,
        theirs.SrcEndpoint,
        theirs.DstEndpoint,
        theirs.LQI,
        theirs.Data,
    )
    assert ours.mode is (Mode.BROADCAST if broadcast else Mode.GROUP if group else Mode.UNICAST)
    assert ours.destination == (0xFFFC if broadcast else group)


@pytest.mark.parametrize(("endpoint", "profile"), [(1, 0x0104), (242, 0xA1E0), (77, 0x0104)])
def test_the_profile_is_that_of_our_endpoint(endpoint, profile):
    frame = incoming_message(message(endpoint=endpoint))
    assert frame is not None
    assert frame.profile == profile


@given(st.lists(st.integers(1, 40), max_size=20))
def test_however_the_octets_are_cut(cuts):
    octets = unpi(b"\x44\x81", message()) + unpi(b"\x44\x80", b"\0\1\2") + unpi(b"\x44\x81", message(cluster=12))
    pieces, position = [], 0
    for cut in cuts:
        pieces.append(octets[position : position + cut])
        position += cut
    delivered, others = read(*pieces, octets[position:])
    assert [frame.cluster for frame in delivered] == [6, 12]
    assert others == [unpi(b"\x44\x80", b"\0\1\2")]


@given(st.binary(max_size=60))
def test_noise_before_a_frame_costs_at_most_what_it_hides(noise):
    octets = unpi(b"\x44\x81", message())
    delivered, others = read(noise, octets * 12)
    assert delivered
    assert all(frame.cluster == 6 for frame in delivered[-1:])
    assert all(other[0] == 0xFE for other in others)


def test_a_damaged_frame_is_dropped_and_the_next_one_read():
    broken = bytearray(unpi(b"\x44\x81", message()))
    broken[8] ^= 0x10
    delivered, others = read(bytes(broken) + unpi(b"\x44\x81", message(cluster=8)))
    assert [frame.cluster for frame in delivered] == [8]
    assert others == []


def test_a_message_that_is_cut_short_goes_the_usual_way():
    short = unpi(b"\x44\x81", message()[:-2])
    assert read(short) == ([], [short])
