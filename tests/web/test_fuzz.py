"""Nonsense over HTTP and the WebSocket: nothing breaks, nobody gets in without the token, others notice nothing."""

import asyncio
import base64
import os
import random
import struct

import pytest
from support.site import STATE, told

from zigwire.bridge.topics import parse
from zigwire.web import access

CASES = int(os.environ.get("FUZZ_CASES", "900"))
SEED = int(os.environ.get("FUZZ_SEED", "20261122"))
GOODBYE = bytes([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8])
SECRET = "open-sesame"
HANDSHAKE = (
    b"GET /api%s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n%s\r\n"
)
SEEDS = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /device_icons/../configuration.yaml HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"HEAD /api?token=x HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer x\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999\r\nIf-None-Match: "a", W/"b"\r\n\r\n',
    b"GET / HTTP/1.0\r\nRange: bytes=5-1\r\nAccept-Encoding: br;q=x\r\nOrigin: http://[::1\r\n\r\n",
    HANDSHAKE % (b"", base64.b64encode(bytes(16)), b"Sec-WebSocket-Extensions: permessage-deflate\r\n"),
    HANDSHAKE % (b"?token=%zz", base64.b64encode(bytes(15)), b"Origin: null\r\n"),
)
TEXTS = (
    b'{"topic":"a/set","payload":{"state":"ON"}}',
    b'{"topic":"bridge/request/x","payload":""}',
    b"[[[[",
    b"\xff\xfe",
)


def mutated(rng, data):
    """Return bytes with some of them changed, doubled, left out or put in."""
    data = bytearray(data)
    for _ in range(rng.choice((0, 1, 1, 2, 5, 20))):
        place = rng.randrange(len(data) + 1)
        match rng.randrange(5):
            case 0:
                data[place : place + rng.randrange(9)] = b""
            case 1:
                data[place:place] = rng.randbytes(rng.randrange(1, 9))
            case 2:
                data[place:place] = data[place : place + 40] * rng.randrange(1, 4)
            case 3:
                data[place:place] = rng.choice((b"\r\n", b"\0", b": ", b"%00", b"../", b" HTTP/1.1", b"\x80", b"?"))
            case _:
                data[place:place] = rng.choice((b"A" * 9000, b"1" * 30, b"a:b\r\n" * 300))
    return bytes(data)


def frames(rng):
    """Return WebSocket frames, right and wrong ones."""
    out = b""
    for _ in range(rng.randrange(1, 8)):
        text = mutated(rng, rng.choice(TEXTS))
        mask = rng.randbytes(4)
        first = rng.choice((0x81, 0x81, 0x81, 0x01, 0x80, 0x82, 0x88, 0x89, 0x8A, 0xC1, 0xF1, 0x83, rng.randrange(256)))
        body = bytes(byte ^ mask[index % 4] for index, byte in enumerate(text))
        length = len(body) if rng.random() < 0.9 else rng.randrange(2**20)
        head = bytes([first, 0x80 | length]) if length < 126 else struct.pack("!BBQ", first, 0xFF, length)
        out += head + mask + body
    return out + GOODBYE


async def throw(site, *parts):
    """Send parts, and read what comes until the server has enough, or waits for more."""
    host, port = site.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    answer = b""
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(0.15):
            while more := await reader.read(2**16):
                answer += more
    except (ConnectionError, TimeoutError):
        pass
    finally:
        writer.transport.abort()
    return answer


@pytest.fixture
def faults(caplog):
    """What is logged as a fault of ours."""
    yield caplog
    assert not [record for record in caplog.records if record.levelno >= 40 or record.exc_info]


async def test_http(make_site, faults, monkeypatch):
    monkeypatch.setattr(access, "GUESS_COSTS", 0.0)
    site = await make_site(auth_token=SECRET)
    site.audience.published("bridge/info", b'{"private":"the house"}', retain=True)
    rng = random.Random(SEED)
    for _ in range(CASES // 75):
        answers = await asyncio.gather(*(throw(site, mutated(rng, rng.choice(SEEDS))) for _ in range(75)))
        assert not any(b"the house" in answer or b"network_key" in answer for answer in answers)
        assert not any(answer.startswith(b"HTTP/1.1 5") for answer in answers)
    assert not site.said
    assert await told(await site.connect(f"?token={SECRET}")) == [
        {"topic": "bridge/info", "payload": {"private": "the house"}}
    ]


@pytest.mark.parametrize("token", [None, SECRET])
async def test_websocket(make_site, faults, token):
    """Without a token what is right arrives; with one, nothing does of those who don't know it."""
    site = await make_site(auth_token=token)
    site.publish_state()
    rng = random.Random(SEED)
    plain = HANDSHAKE % (b"", base64.b64encode(bytes(16)), b"")
    packed = HANDSHAKE % (b"", base64.b64encode(bytes(16)), b"Sec-WebSocket-Extensions: permessage-deflate\r\n")
    for _ in range(CASES // 75):
        sent = (throw(site, rng.choice((plain, packed)), frames(rng)) for _ in range(75))
        answers = await asyncio.gather(*sent)
        assert all(b" 101 " in answer[:20] for answer in answers if answer)
        if token:
            assert not any(b"online" in answer for answer in answers)
    assert bool(site.said) is (token is None)
    assert all(parse(topic) for topic, _ in site.said)
    assert await told(await site.connect(f"?token={token}")) == [STATE]
    assert len(site.audience) == 1
