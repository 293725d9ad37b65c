"""The client against a real broker."""

from __future__ import annotations

import asyncio
import itertools
import logging
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties as PahoProperties

from zigwire.mqtt import Backoff, MqttClient, MqttOptions, Outbox, Properties, RetainedMemory, Will

WILL = Will("base/bridge/state", '{"state":"offline"}')
SENTINEL = "base/bridge/info"


class Inbox:
    """Records what the owner of a client is given."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes, dict[str, Any]]] = []

    def __call__(self, topic: str, payload: bytes, **details: Any) -> None:
        self.messages.append((topic, payload, details))

    @property
    def pairs(self) -> list[tuple[str, bytes]]:
        return [(topic, payload) for topic, payload, _ in self.messages]


async def connected(client: MqttClient) -> MqttClient:
    client.start()
    async with asyncio.timeout(8):
        await client.wait_connected()
    return client


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def cut(client: MqttClient) -> None:
    """Break the connection without a goodbye."""
    client._connection._transport.abort()


@pytest.mark.parametrize("version", [3, 4, 5])
@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_round_trip(mosquitto, make_client, version, qos, until):
    mosquitto.start()
    inbox = Inbox()
    client = make_client(MqttOptions(server=mosquitto.url, version=version), on_message=inbox)
    client.subscribe("base/#", qos=2)
    await connected(client)
    client.publish("base/Küche/лампа/灯", '{"state":"ON","näme":"☃"}', qos=qos)
    client.publish("base/raw", b"\x00\xff", qos=qos)
    await until(lambda: len(inbox.messages) == 2)
    assert inbox.pairs == [("base/Küche/лампа/灯", '{"state":"ON","näme":"☃"}'.encode()), ("base/raw", b"\x00\xff")]
    assert all(details == {"retain": False, "qos": qos, "properties": None} for _, _, details in inbox.messages)
    assert (client.statistics.received, client.statistics.published) == (2, 2)
    assert client.statistics.connected
    await until(lambda: client.statistics.queued == 0)


async def test_the_broker_sees_the_version(mosquitto, make_client):
    log = mosquitto._folder / "mosquitto.log"
    mosquitto.start(f"log_dest file {log}", "log_type notice")
    for version in (3, 4, 5):
        await connected(make_client(MqttOptions(server=mosquitto.url, version=version, client_id=f"küche{version}")))
    text = log.read_text()
    for version, shown in ((3, "p1"), (4, "p2"), (5, "p5")):
        assert f"as küche{version} ({shown}, c1, k60)" in text


@pytest.mark.parametrize("version", [4, 5])
@pytest.mark.parametrize(
    ("user", "password", "accepted"),
    [("anna", "gehëim", True), ("anna", "wrong", False), (None, None, False), (None, "gehëim", False)],
)
async def test_password(mosquitto, make_client, password_file, caplog, version, user, password, accepted, until):
    mosquitto.start("allow_anonymous false", f"password_file {password_file('anna', 'gehëim')}")
    client = make_client(MqttOptions(server=mosquitto.url, user=user, password=password, version=version))
    client.start()
    await until(lambda: client.connected or errors(caplog))
    assert client.connected is accepted
    if not accepted:
        assert "check mqtt.user and mqtt.password" in errors(caplog)[0]
        assert "gehëim" not in caplog.text


async def test_credentials_in_the_url(mosquitto, make_client, password_file):
    mosquitto.start("allow_anonymous false", f"password_file {password_file('an@na', 'p/w')}")
    await connected(make_client(f"mqtt://an%40na:p%2Fw@127.0.0.1:{mosquitto.port}"))


class TestTls:
    @pytest.fixture
    def url(self, mosquitto) -> str:
        return f"mqtts://127.0.0.1:{mosquitto.port}"

    @pytest.fixture
    def server_lines(self, certificates) -> list[str]:
        return [f"certfile {certificates.server}", f"keyfile {certificates.server_key}"]

    async def test_authority(self, mosquitto, make_client, certificates, url, server_lines, until):
        mosquitto.start(*server_lines)
        client = await connected(make_client(MqttOptions(server=url, ca=certificates.ca)))
        client.publish("a", "b" * 100_000, qos=1)
        await until(lambda: client.statistics.published and client.statistics.queued == 0)

    async def test_client_certificate(self, mosquitto, make_client, certificates, url, server_lines, caplog, until):
        mosquitto.start(*server_lines, f"cafile {certificates.ca}", "require_certificate true")
        options = {"server": url, "ca": certificates.ca}
        await connected(make_client(MqttOptions(**options, cert=certificates.client, key=certificates.client_key)))
        without = make_client(MqttOptions(**options))
        without.start()
        await until(lambda: errors(caplog))
        assert not without.connected

    async def test_unknown_authority(self, mosquitto, make_client, make_certificates, url, server_lines, caplog, until):
        mosquitto.start(*server_lines)
        client = make_client(MqttOptions(server=url, ca=make_certificates("other").ca))
        client.start()
        await until(lambda: errors(caplog))
        assert not client.connected
        assert "check mqtt.ca" in errors(caplog)[0]

    async def test_unverified(self, mosquitto, make_client, url, server_lines):
        mosquitto.start(*server_lines)
        await connected(make_client(MqttOptions(server=url, reject_unauthorized=False)))

    @pytest.mark.parametrize(("name", "accepted"), [("broker.example", True), ("other.example", False)])
    async def test_server_name(
        self, mosquitto, make_client, certificates, url, server_lines, caplog, name, accepted, until
    ):
        mosquitto.start(*server_lines)
        client = make_client(MqttOptions(server=url, ca=certificates.ca, server_name=name))
        client.start()
        await until(lambda: client.connected or errors(caplog))
        assert client.connected is accepted

    async def test_missing_file(self, mosquitto, make_client, url, server_lines, caplog, until):
        mosquitto.start(*server_lines)
        make_client(MqttOptions(server=url, ca="nowhere.crt")).start()
        await until(lambda: errors(caplog))
        assert "mqtt.ca is 'nowhere.crt'" in errors(caplog)[0]

    async def test_plain_client_on_a_tls_port(self, mosquitto, make_client, server_lines, caplog, until):
        mosquitto.start(*server_lines)
        make_client(mosquitto.url).start()
        await until(lambda: errors(caplog))
        assert "TLS" in errors(caplog)[0]


class TestWill:
    async def test_published_when_the_connection_breaks(self, mosquitto, make_client, observe, until):
        mosquitto.start()
        observer = await observe(mosquitto.port)
        client = await connected(make_client(mosquitto.url, will=WILL))
        cut(client)
        await until(lambda: observer.payloads(WILL.topic))
        assert observer.payloads(WILL.topic) == [WILL.payload.encode()]
        late = await observe(mosquitto.port)
        await until(lambda: late.messages)
        assert late.messages[0].retain

    @pytest.mark.parametrize("version", [4, 5])
    async def test_not_published_after_a_goodbye(self, mosquitto, make_client, observe, version, until):
        mosquitto.start()
        observer = await observe(mosquitto.port)
        client = await connected(make_client(MqttOptions(server=mosquitto.url, version=version), will=WILL))
        client.publish("base/last", "word", qos=1)
        await client.stop()
        observer.client.publish("base/end", "")
        await until(lambda: observer.payloads("base/end"))
        assert [message.topic for message in observer.messages] == ["base/last", "base/end"]


async def test_broker_away_at_start(mosquitto, make_client, caplog, until):
    greeted = asyncio.Event()

    async def greet() -> None:
        greeted.set()

    backoff = CountingBackoff()
    client = make_client(mosquitto.url, on_connected=greet, backoff=backoff)
    client.publish("base/early", "1")
    client.start()
    await until(lambda: len(backoff.failures) >= 4)
    assert len(errors(caplog)) == 1, "one complaint for one cause"
    assert "nothing listens there" in errors(caplog)[0]
    assert not client.connected
    assert client.statistics.queued == 1
    mosquitto.start()
    await asyncio.wait_for(greeted.wait(), 8)
    assert client.connected
    await until(lambda: client.statistics.queued == 0)


class CountingBackoff(Backoff):
    """Counts the failures."""

    def __init__(self) -> None:
        super().__init__(first=0.05, most=0.1)
        object.__setattr__(self, "failures", [])

    def delays(self):
        for delay in super().delays():
            self.failures.append(delay)
            yield delay


def test_backoff():
    delays = list(itertools.islice(Backoff().delays(), 8))
    for delay, middle in zip(delays, (1, 2, 4, 8, 16, 30, 30, 30), strict=True):
        assert middle * 0.8 <= delay <= middle * 1.2


async def test_a_new_cause_is_a_new_complaint(mosquitto, make_client, caplog, until):
    client = make_client(mosquitto.url)
    client.start()
    await until(lambda: len(errors(caplog)) == 1)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", mosquitto.port)
    await until(lambda: len(errors(caplog)) == 2)
    assert "before it had answered" in errors(caplog)[1]
    server.close()


async def test_unknown_host(make_client, caplog, until):
    make_client("mqtt://no-such-host.invalid").start()
    await until(lambda: errors(caplog))
    assert "mqtt://no-such-host.invalid:1883 can't be used" in errors(caplog)[0]


class TestReconnect:
    async def test_subscribes_again_before_it_says_so(self, mosquitto, make_client, observe, until):
        mosquitto.start()
        inbox = Inbox()
        rounds = 0
        client: MqttClient

        async def greet() -> None:
            nonlocal rounds
            rounds += 1
            client.publish("probe/hello", str(rounds))

        client = make_client(mosquitto.url, on_message=inbox, on_connected=greet)
        client.subscribe("base/#", 1)
        client.subscribe("probe/+")
        await connected(client)
        await until(lambda: inbox.pairs == [("probe/hello", b"1")])
        mosquitto.stop()
        await until(lambda: not client.connected)
        mosquitto.start()
        await until(lambda: ("probe/hello", b"2") in inbox.pairs)
        observer = await observe(mosquitto.port)
        observer.client.publish("base/x", "y")
        await until(lambda: ("base/x", b"y") in inbox.pairs)

    async def test_subscribing_and_unsubscribing_while_connected(self, mosquitto, make_client, until):
        mosquitto.start()
        inbox = Inbox()
        client = await connected(make_client(mosquitto.url, on_message=inbox))
        client.subscribe("größe/+")
        client.publish("größe/1", "1")
        await until(lambda: inbox.pairs == [("größe/1", b"1")])
        client.unsubscribe("größe/+")
        client.subscribe("other")
        client.publish("größe/2", "2")
        client.publish("other", "3")
        await until(lambda: ("other", b"3") in inbox.pairs)
        assert inbox.pairs == [("größe/1", b"1"), ("other", b"3")]

    async def test_what_was_published_meanwhile_arrives_in_order(self, mosquitto, make_client, until):
        mosquitto.start()
        inbox = Inbox()
        client = make_client(mosquitto.url, on_message=inbox)
        client.subscribe("base/#")
        await connected(client)
        mosquitto.stop()
        await until(lambda: not client.connected)
        for number in range(100):
            client.publish("base/count", str(number), qos=number % 2)
            client.publish("base/kept", str(number), retain=True)
        mosquitto.start()
        await until(lambda: inbox.pairs and inbox.pairs[-1] == ("base/kept", b"99"))
        assert inbox.pairs[:-1] == [("base/count", b"%d" % number) for number in range(100)]

    async def test_unacknowledged_messages_are_sent_again(self, make_client, caplog, until):
        """A broker that dies over a message gets it three times, and everything behind it after all."""
        published: list[bytes] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1000)
            writer.write(b"\x20\x02\x00\x00")
            while packet := await reader.read(1000):
                published.append(packet)
                if b"poison" in packet:
                    break
                writer.write(b"\x40\x02" + packet[2 + 2 + len("base/x") :][:2])
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            client = make_client(f"mqtt://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            await connected(client)
            client.publish("base/x", "poison", qos=1)
            await until(lambda: any("each of the 3 times" in error for error in errors(caplog)))
            await until(lambda: client.connected)
            client.publish("base/x", "bread", qos=1)
            await until(lambda: client.statistics.queued == 0)
            assert [b"poison" in packet for packet in published] == [True, True, True, False]
            await client.stop()


class TestRetainedMessages:
    @pytest.fixture
    async def client(self, mosquitto, make_client):
        client = make_client(mosquitto.url, retained=RetainedMemory(SENTINEL, patience=0.3))
        client.subscribe("base/#")
        return client

    def publish_all(self, client: MqttClient) -> None:
        client.publish(SENTINEL, "info", retain=True, qos=1)
        client.publish("base/lamp", "on", retain=True, qos=1)
        client.publish("base/gone", "x", retain=True, qos=1)
        client.publish("base/gone", "", retain=True, qos=1)
        client.publish("base/event", "press", qos=1)

    async def test_published_again_when_lost(self, mosquitto, client, observe, caplog, until):
        caplog.set_level(logging.INFO)
        mosquitto.start()
        await connected(client)
        self.publish_all(client)
        await until(lambda: client.statistics.published == 5 and client.statistics.queued == 0)
        mosquitto.stop()
        await until(lambda: not client.connected)
        client.publish("base/door", "open", retain=True)
        mosquitto.start()
        observer = await observe(mosquitto.port, version=paho.MQTTv311)
        await until(lambda: len(observer.messages) == 3)
        assert {message.topic: message.payload for message in observer.messages} == {
            SENTINEL: b"info",
            "base/lamp": b"on",
            "base/door": b"open",
        }
        assert "2 are published again" in caplog.text
        assert client.statistics.published == 8

    async def test_not_published_again_when_kept(self, mosquitto, client, make_client, tmp_path, until):
        keep = ("persistence true", f"persistence_location {tmp_path}/")
        mosquitto.start(*keep)
        await connected(client)
        self.publish_all(client)
        await until(lambda: client.statistics.published == 5 and client.statistics.queued == 0)
        mosquitto.stop()
        await until(lambda: not client.connected)
        mosquitto.start(*keep)
        await until(lambda: client.connected)
        await until(lambda: not client._helpers)
        assert client.statistics.published == 5
        assert not client._retained.in_doubt

    async def test_not_published_again_at_first_connect(self, mosquitto, client):
        mosquitto.start()
        await connected(client)
        self.publish_all(client)
        assert not client._helpers
        assert not client._retained.in_doubt

    async def test_the_sentinel_is_not_handed_on(self, mosquitto, make_client, tmp_path, observe, until):
        keep = ("persistence true", f"persistence_location {tmp_path}/")
        mosquitto.start(*keep)
        inbox = Inbox()
        client = make_client(mosquitto.url, retained=RetainedMemory(SENTINEL), on_message=inbox)
        client.subscribe("other/#")
        await connected(client)
        self.publish_all(client)
        await until(lambda: client.statistics.queued == 0)
        mosquitto.stop()
        await until(lambda: not client.connected)
        mosquitto.start(*keep)
        await until(lambda: client.connected and not client._helpers)
        observer = await observe(mosquitto.port)
        observer.client.publish(SENTINEL, "of someone else")
        observer.client.publish("other/x", "y")
        await until(lambda: inbox.messages)
        assert inbox.pairs == [("other/x", b"y")]


class TestBackPressure:
    @pytest.fixture
    async def sluggish(self):
        """A broker that takes the connection and then reads nothing until it is told to."""
        read_on = asyncio.Event()
        taken = bytearray()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readexactly(2 + (await reader.readexactly(2))[1] - 2)
            writer.write(b"\x20\x02\x00\x00")
            await read_on.wait()
            while data := await reader.read(1 << 16):
                taken.extend(data)
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        yield f"mqtt://127.0.0.1:{server.sockets[0].getsockname()[1]}", read_on, taken
        read_on.set()
        server.close()

    async def test_bounds_and_order(self, make_client, sluggish, caplog, until):
        url, read_on, taken = sluggish
        client = await connected(make_client(url, outbox=Outbox(most_messages=50)))
        filler = b"." * 100_000
        while not client._outbox:
            client.publish("filler", filler)
        sent = client.statistics.published
        for number in range(100):
            client.publish("event", f"<event {number}>")
            client.publish("state", f"<state {number}>", retain=True)
        assert client.statistics.queued == 50
        assert client._connection._transport.get_write_buffer_size() < 1_000_000
        drained = asyncio.create_task(client.drain())
        await asyncio.sleep(0)
        assert not drained.done()
        read_on.set()
        await asyncio.wait_for(drained, 8)
        assert client.statistics.published == sent + 50
        await until(lambda: b"<state 99>" in taken)
        events = [number for number in range(100) if b"<event %d>" % number in taken]
        assert events == list(range(51, 100))
        assert [number for number in range(100) if b"<state %d>" % number in taken] == [99]
        warnings = [record.getMessage() for record in caplog.records if "dropped" in record.getMessage()]
        assert warnings == ["52 MQTT messages were dropped while the broker was away or slow"]
        assert client.statistics.dropped == 52

    async def test_stop_does_not_wait_forever(self, make_client, sluggish, caplog):
        url, _, _ = sluggish
        client = await connected(make_client(url))
        for _ in range(200):
            client.publish("filler", b"." * 100_000)
        async with asyncio.timeout(4):
            await client.stop(timeout=0.1)
        assert "does not take the last messages" in caplog.text
        assert "were not sent before the end" in caplog.text

    async def test_drain_returns_while_the_broker_is_away(self, make_client, free_port):
        client = make_client(f"mqtt://127.0.0.1:{free_port}")
        client.start()
        client.publish("a", "b")
        async with asyncio.timeout(1):
            await client.drain()
        assert client.statistics.queued == 1


@pytest.mark.parametrize("qos", [0, 1])
async def test_20000_messages_in_order(mosquitto, make_client, qos, until):
    mosquitto.start("max_queued_messages 0")
    inbox = Inbox()
    receiver = make_client(mosquitto.url, on_message=inbox)
    receiver.subscribe("base/#", qos)
    await connected(receiver)
    sender = await connected(make_client(mosquitto.url))
    for number in range(20_000):
        sender.publish("base/count", str(number), qos=qos)
        if number % 5000 == 0:
            await sender.drain()
    await until(lambda: len(inbox.messages) >= 20_000, timeout=20)
    assert [int(payload) for _, payload in inbox.pairs] == list(range(20_000))


async def test_few_messages_in_flight(mosquitto, make_client, until):
    mosquitto.start("max_inflight_messages 2")
    inbox = Inbox()
    client = make_client(MqttOptions(server=mosquitto.url, version=5), on_message=inbox)
    client.subscribe("base/#", 2)
    await connected(client)
    for number in range(200):
        client.publish("base/count", str(number), qos=1 + number % 2)
    client.subscribe("other/#")
    await until(lambda: len(inbox.messages) == 200)
    await until(lambda: client.statistics.queued == 0)
    assert sorted(int(payload) for _, payload in inbox.pairs) == list(range(200))


class TestRefused:
    async def test_too_large_for_mqtt(self, mosquitto, make_client, caplog):
        mosquitto.start()
        client = await connected(make_client(mosquitto.url))
        client.publish("base/large", bytes(268_435_456), retain=True)
        client.publish("base/fits", "x" * 900)
        assert client.statistics.published == 1
        assert len(errors(caplog)) == 1
        assert "'base/large' is not sent: it has 268435476 bytes" in errors(caplog)[0]

    async def test_our_own_limit_is_for_what_the_broker_sends(self, mosquitto, make_client, observe, until):
        mosquitto.start()
        observer = await observe(mosquitto.port)
        client = await connected(make_client(MqttOptions(server=mosquitto.url, maximum_packet_size=1000)))
        client.publish("base/large", "x" * 5000)
        await until(lambda: observer.payloads("base/large"))

    async def test_too_large_for_the_broker(self, mosquitto, make_client, caplog, observe, until):
        mosquitto.start("max_packet_size 1000")
        observer = await observe(mosquitto.port, version=paho.MQTTv311)
        client = await connected(make_client(MqttOptions(server=mosquitto.url, version=5)))
        client.publish("base/large", "x" * 1000)
        client.publish("base/fits", "x")
        await until(lambda: observer.payloads("base/fits"))
        assert client.connected
        assert "'base/large' is not sent" in errors(caplog)[0]

    @pytest.mark.parametrize("topic", ["", "a/+/b", "a/#", "a\0b", "x" * 70_000, "\ud800"])
    async def test_topics(self, mosquitto, make_client, caplog, topic):
        mosquitto.start()
        client = await connected(make_client(mosquitto.url))
        client.publish(topic, "x")
        assert len(errors(caplog)) == 1
        assert client.statistics.published == 0

    @pytest.mark.parametrize("topic_filter", ["", "a#", "a/#/b", "a+/b", "#/a"])
    async def test_filters(self, make_client, topic_filter):
        with pytest.raises(ValueError, match="is no topic filter"):
            make_client("mqtt://127.0.0.1").subscribe(topic_filter)

    async def test_qos(self, mosquitto, make_client, caplog):
        mosquitto.start()
        client = await connected(make_client(mosquitto.url))
        client.publish("a", "x", qos=3)
        assert "allowed are 0, 1 and 2" in errors(caplog)[0]
        assert client.statistics.published == 0

    async def test_subscription_that_the_broker_refuses(self, make_client, caplog):
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1000)
            writer.write(b"\x20\x02\x00\x00")
            request = await reader.read(1000)
            writer.write(b"\x90\x04" + request[2:4] + b"\x80\x00")
            await reader.read()
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            client = make_client(f"mqtt://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            client.subscribe("forbidden/#")
            client.subscribe("allowed/#")
            await connected(client)
            assert errors(caplog) == ["The MQTT broker refuses the subscription to 'forbidden/#' (code 128)"]
            await client.stop()


class TestProperties:
    async def test_of_a_received_message(self, mosquitto, make_client, observe, until):
        mosquitto.start()
        inbox = Inbox()
        client = make_client(MqttOptions(server=mosquitto.url, version=5), on_message=inbox)
        client.subscribe("base/#")
        await connected(client)
        observer = await observe(mosquitto.port)
        properties = PahoProperties(PacketTypes.PUBLISH)
        properties.ResponseTopic = "antwört"
        properties.CorrelationData = b"\x00\x01"
        properties.UserProperty = ("a", "b")
        observer.client.publish("base/x", "y", properties=properties)
        await until(lambda: inbox.messages)
        assert inbox.messages[0][2]["properties"] == Properties(response_topic="antwört", correlation_data=b"\x00\x01")

    async def test_of_a_published_message(self, mosquitto, make_client, observe, until):
        mosquitto.start()
        observer = await observe(mosquitto.port)
        client = await connected(make_client(MqttOptions(server=mosquitto.url, version=5)))
        properties = Properties(
            response_topic="r", correlation_data=b"\xff", message_expiry_interval=60, content_type="application/json"
        )
        client.publish("base/x", "y", properties=properties)
        await until(lambda: observer.messages)
        received = observer.messages[0].properties
        assert (received.ResponseTopic, received.CorrelationData) == ("r", b"\xff")
        assert (received.MessageExpiryInterval, received.ContentType) == (60, "application/json")

    async def test_left_out_before_version_5(self, mosquitto, make_client, observe, until):
        mosquitto.start()
        observer = await observe(mosquitto.port)
        client = await connected(make_client(mosquitto.url))
        client.publish("base/x", "y", properties=Properties(response_topic="r"))
        await until(lambda: observer.messages)
        assert observer.messages[0].payload == b"y"
        assert not hasattr(observer.messages[0].properties, "ResponseTopic")


class TestTheOwnersMistakes:
    async def test_in_on_message(self, mosquitto, make_client, caplog, until):
        mosquitto.start()
        seen = []

        def fail(topic, payload, **_):
            seen.append(payload)
            raise KeyError("of the owner")

        client = make_client(mosquitto.url, on_message=fail)
        client.subscribe("base/#")
        await connected(client)
        client.publish("base/x", "1")
        client.publish("base/x", "2")
        await until(lambda: seen == [b"1", b"2"])
        assert "Traceback" in caplog.text
        assert client.connected

    async def test_in_on_connected(self, mosquitto, make_client, caplog, until):
        mosquitto.start()

        async def fail() -> None:
            raise KeyError("of the owner")

        client = await connected(make_client(mosquitto.url, on_connected=fail))
        await until(lambda: "Traceback" in caplog.text)
        assert client.connected


async def test_goodbye_of_the_broker(make_client, caplog, until):
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(b"\x20\x03\x00\x00\x00")
        writer.write(b"\xe0\x02\x8e\x00")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        client = make_client(MqttOptions(server=f"mqtt://127.0.0.1:{server.sockets[0].getsockname()[1]}", version=5))
        client.start()
        await until(lambda: "another client connected with the same client id" in caplog.text)
        await client.stop()


async def test_the_unforeseen_does_not_end_it(mosquitto, make_client, monkeypatch, caplog):
    mosquitto.start()
    subscribe_all = MqttClient._subscribe_all
    failures = iter([RuntimeError("unforeseen")])

    async def fail_once(client, connection):
        for failure in failures:
            raise failure
        return await subscribe_all(client, connection)

    monkeypatch.setattr(MqttClient, "_subscribe_all", fail_once)
    await connected(make_client(mosquitto.url))
    assert "Traceback" in caplog.text


class TestSilence:
    async def test_of_the_broker(self, make_client, caplog, until):
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1000)
            writer.write(b"\x20\x02\x00\x00")
            await reader.read(-1)
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            url = f"mqtt://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            client = await connected(make_client(MqttOptions(server=url, keepalive=1)))
            await until(lambda: "gives no sign of life" in caplog.text)
            await client.stop()

    async def test_of_ours(self, mosquitto, make_client, until, caplog):
        log = mosquitto._folder / "mosquitto.log"
        mosquitto.start(f"log_dest file {log}", "log_type debug")
        await connected(make_client(MqttOptions(server=mosquitto.url, keepalive=1)))
        await until(lambda: log.read_text().count("Sending PINGRESP") >= 2)
        assert errors(caplog) == []


async def test_stop_while_connecting(make_client):
    accepted = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        accepted.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        client = make_client(f"mqtt://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        client.start()
        await accepted.wait()
        async with asyncio.timeout(1):
            await client.stop()
    assert not client.connected


async def test_restart_in_place(mosquitto, make_client):
    mosquitto.start()
    for _ in range(2):
        client = await connected(make_client(mosquitto.url))
        await client.stop()
        assert not client.connected
    await client.stop()
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
