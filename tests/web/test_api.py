"""The WebSocket, spoken by a client that knows nothing of ours."""

import asyncio
import json
import secrets

import aiohttp
import pytest
from aiohttp import WSMsgType
from support.site import STATE, told
from support.waiting import until

from zigwire.web import access, api


async def test_on_connecting_all_that_is_known_and_then_what_is_new(site):
    site.publish_state()
    site.audience.use_states(lambda: [("lamp", b'{"state":"ON"}')])
    socket = await site.connect()
    assert await told(socket, 2) == [STATE, {"topic": "lamp", "payload": {"state": "ON"}}]
    site.audience.state("lamp", b'{"state":"OFF"}')
    assert await told(socket) == [{"topic": "lamp", "payload": {"state": "OFF"}}]


@pytest.mark.parametrize("compress", [0, 15, 9])
async def test_large_lists_to_clients_of_all_kinds(site, compress):
    payload = json.dumps([{"ieee_address": hex(number)} for number in range(20_000)]).encode()
    site.audience.published("bridge/devices", payload, retain=True)
    socket = await site.connect(compress=compress, max_msg_size=2**24)
    for _ in range(2):
        [message] = await told(socket)
        assert message == {"topic": "bridge/devices", "payload": json.loads(payload)}
        payload = payload.replace(b"0x", b"0y")
        site.audience.published("bridge/devices", payload, retain=True)


@pytest.mark.parametrize(
    ("message", "delivered"),
    [
        ({"topic": "0x01/set", "payload": {"state": "ON"}}, ("0x01/set", b'{"state":"ON"}')),
        ({"topic": "hall/lamp/set/state", "payload": "ON"}, ("hall/lamp/set/state", b'"ON"')),
        ({"topic": "lamp/get", "payload": {"state": ""}}, ("lamp/get", b'{"state":""}')),
        (
            {"topic": "bridge/request/permit_join", "payload": {"time": 254, "transaction": "a-1"}},
            ("bridge/request/permit_join", b'{"time":254,"transaction":"a-1"}'),
        ),
        ({"topic": "bridge/request/restart", "payload": ""}, ("bridge/request/restart", b'""')),
        ({"topic": "bridge/request/restart"}, ("bridge/request/restart", b'""')),
    ],
)
async def test_what_clients_say(site, message, delivered):
    socket = await site.connect()
    await socket.send_json(message)
    await until(lambda: site.said)
    assert site.said == [delivered]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["JSON"]),
        ("{", ["JSON", "'{'"]),
        ("[]", ["object", "[]"]),
        ("null", ["object"]),
        ("{}", ["object", "topic"]),
        ('{"topic": 5}', ["object", "topic"]),
        ('{"topic": ""}', ["topic", "/set"]),
        ('{"topic": "lamp"}', ["topic", "'lamp'", "/set"]),
        ('{"topic": "bridge/state", "payload": {"state": "offline"}}', ["'bridge/state'"]),
        ('{"topic": "bridge/request/"}', ["'bridge/request/'"]),
        ('{"topic": "+/set"}', ["'+/set'", "wildcard"]),
        ('{"topic": "a\\u0000/set"}', ["null character"]),
        ('{"topic": "a/set", "payload": ' + "[" * 500 + "]" * 500 + "}", ["'a/set'"]),
        ('{"topic": "' + "x" * 70_000 + '/set"}', ["65535"]),
    ],
)
async def test_what_is_wrong_is_told_to_who_said_it(site, text, words):
    other, socket = await site.connect(), await site.connect()
    await socket.send_str(text)
    [complaint] = await told(socket)
    assert complaint["topic"] == "bridge/logging"
    assert complaint["payload"]["level"] == "error"
    for word in words:
        assert word in complaint["payload"]["message"]
    assert len(complaint["payload"]["message"]) < 400
    assert not site.said
    site.publish_state()
    assert await told(other) == [STATE]


async def test_binary_messages_mean_nothing(site):
    socket = await site.connect()
    await socket.send_bytes(b'{"topic":"lamp/set","payload":{}}')
    await socket.send_json({"topic": "lamp/get", "payload": {}})
    await until(lambda: site.said)
    assert [topic for topic, _ in site.said] == ["lamp/get"]


async def test_a_flood_is_slowed_down_and_nothing_of_it_lost(site, monkeypatch):
    monkeypatch.setattr(api, "BURST", 5)
    monkeypatch.setattr(api, "RATE", 50)
    socket = await site.connect()
    begin = asyncio.get_running_loop().time()
    for number in range(25):
        await socket.send_json({"topic": f"lamp{number}/set", "payload": {}})
    await until(lambda: len(site.said) == 25)
    assert asyncio.get_running_loop().time() - begin > 0.35
    assert [topic for topic, _ in site.said] == [f"lamp{number}/set" for number in range(25)]


async def test_too_large_a_message_ends_the_connection(site, monkeypatch):
    monkeypatch.setattr(api, "LARGEST", 1000)
    socket = await site.connect()
    await socket.send_str("x" * 2000)
    assert (await socket.receive(8)).type is WSMsgType.CLOSE
    assert socket.close_code == 1009
    await told_by_another(site)


async def told_by_another(site):
    site.publish_state()
    assert await told(await site.connect()) == [STATE]


async def test_too_many_clients(site, monkeypatch):
    monkeypatch.setattr(api, "MOST_CLIENTS", 2)
    first, _ = await site.connect(), await site.connect()
    third = await site.connect()
    assert (await third.receive(8)).type is WSMsgType.CLOSE
    assert third.close_code == 1013
    await first.close()
    await until(lambda: len(site.audience) < 2)
    await told_by_another(site)


async def test_a_client_that_vanishes(site):
    socket = await site.connect()
    await until(lambda: len(site.audience) == 1)
    socket._response.connection.transport.abort()
    await until(lambda: len(site.audience) == 0)
    site.publish_state()


# --- who may come in ---


async def closed(socket):
    message = await socket.receive(8)
    assert message.type is WSMsgType.CLOSE, message
    return socket.close_code


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token=secre", "?token=secret%20", "?tokens=secret"])
async def test_without_the_token(make_site, monkeypatch, query):
    monkeypatch.setattr(access, "GUESS_COSTS", 0.0)
    site = await make_site(auth_token="secret")
    site.publish_state()
    socket = await site.connect(query)
    assert await closed(socket) == 4401
    assert not site.audience


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("?token=s%C3%A4cret%26", {}),
        ("?a=b&token=s%C3%A4cret%26", {}),
        ("?token=s%C3%A4cret%26", {"Origin": "http://evil.example"}),
    ],
)
async def test_with_the_token(make_site, query, headers):
    site = await make_site(auth_token="säcret&")
    site.publish_state()
    assert await told(await site.connect(query, headers=headers)) == [STATE]


async def test_a_token_in_a_header(make_site):
    site = await make_site(auth_token="secret")
    site.publish_state()
    assert await told(await site.connect(headers={"Authorization": "Bearer secret"})) == [STATE]


async def test_nobody_says_anything_without_the_token(make_site, monkeypatch):
    monkeypatch.setattr(access, "GUESS_COSTS", 0.0)
    site = await make_site(auth_token="secret")
    socket = await site.connect("?token=wrong", autoclose=False)
    await socket.send_json({"topic": "lamp/set", "payload": {}})
    assert await closed(socket) == 4401
    await socket.close()
    assert not site.said


async def test_guesses_take_time_and_many_at_once_are_refused(make_site, monkeypatch, caplog):
    monkeypatch.setattr(access, "GUESS_COSTS", 0.3)
    site = await make_site(auth_token="secret")
    guesses = [asyncio.create_task(site.connect("?token=guess")) for _ in range(access.MOST_GUESSES)]
    await until(lambda: len(caplog.messages) == access.MOST_GUESSES)
    assert not any(guess.done() for guess in guesses)
    for query in ("?token=guess", "?token=secret"):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await site.connect(query)
        assert refused.value.status == 429
    assert await closed(await site.connect()) == 4401
    for guess in guesses:
        assert await closed(await guess) == 4401
    site.publish_state()
    assert await told(await site.connect("?token=secret")) == [STATE]
    assert "guess" not in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
async def test_pages_of_other_sites_are_refused(site, caplog, origin):
    for _ in range(2):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await site.connect(headers={"Origin": origin})
        assert refused.value.status == 403
    assert len(caplog.messages) == 1
    assert origin in caplog.text
    assert "frontend.auth_token" in caplog.text


async def test_our_page_may_come_in(site):
    site.publish_state()
    assert await told(await site.connect(headers={"Origin": site.url})) == [STATE]


async def test_http_where_a_websocket_is(site):
    response = await site.get("/api")
    assert response.status == 426


async def test_the_end(site):
    site.publish_state()
    sockets = [await site.connect() for _ in range(3)]
    for socket in sockets:
        await told(socket)
    site.audience.published("bridge/state", b'{"state":"offline"}', retain=True)
    closing = asyncio.create_task(site.server.close())
    for socket in sockets:
        assert await told(socket) == [{"topic": "bridge/state", "payload": {"state": "offline"}}]
        assert await closed(socket) == 1001
    async with asyncio.timeout(8):
        await closing


async def test_the_end_waits_for_nobody(site, monkeypatch):
    monkeypatch.setattr(api, "GOODBYE", 0.1)
    socket = await site.connect(autoclose=False)
    site.audience.published("bridge/devices", json.dumps(["x" * 2**24]).encode(), retain=True)
    assert not socket.closed
    async with asyncio.timeout(5):
        await site.server.close()


async def test_one_who_does_not_read_holds_up_nobody_and_hears_the_latest(site):
    """With real sockets: megabytes that the slow one would have to take, and what it hears at last."""
    slow, quick = await site.connect(max_msg_size=2**26), await site.connect(max_msg_size=2**26)
    transport = slow._response.connection.transport
    transport.pause_reading()
    for number in range(40):
        payload = json.dumps([number, secrets.token_hex(2**19)]).encode()
        site.audience.published("bridge/devices", payload, retain=True)
        [heard] = await told(quick)
        assert heard["payload"][0] == number
    transport.resume_reading()
    numbers = []
    while not numbers or numbers[-1] < 39:
        [heard] = await told(slow)
        numbers.append(heard["payload"][0])
    assert len(numbers) < 30
    assert numbers == sorted(numbers)
