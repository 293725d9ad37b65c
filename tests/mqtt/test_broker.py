"""The embedded broker, used by our client and by one of another make."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys

import paho.mqtt.client as paho
import pytest

from zigwire.mqtt import EmbeddedBroker


@pytest.fixture
async def broker():
    broker = EmbeddedBroker(0)
    await broker.start()
    yield broker
    await broker.stop()


async def test_messages_and_retained_ones(broker, make_client, observe, until, caplog):
    caplog.set_level(logging.DEBUG)
    client = make_client(f"mqtt://127.0.0.1:{broker.port}")
    client.start()
    await client.wait_connected()
    client.publish("base/kept", "1", retain=True)
    client.publish("base/gone", "2", qos=1)
    await until(lambda: client.statistics.queued == 0)
    observer = await observe(broker.port, "base/#", version=paho.MQTTv311)
    await until(lambda: observer.messages)
    client.publish("base/event", "3")
    await until(lambda: len(observer.messages) == 2)
    assert [(message.topic, message.payload) for message in observer.messages] == [
        ("base/kept", b"1"),
        ("base/event", b"3"),
    ]
    assert not [record for record in caplog.records if record.name.startswith(("amqtt", "transitions"))]


async def test_a_taken_port(free_port, caplog):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port))
        taken.listen()
        broker = EmbeddedBroker(free_port)
        port = await broker.start()
        assert port == broker.port != free_port
        assert f"(port {free_port} is taken), for trying out and on this machine only" in caplog.text
        await broker.stop()


async def test_the_wanted_port_on_loopback_only(free_port):
    broker = EmbeddedBroker(free_port)
    assert await broker.start() == free_port
    assert [bound.getsockname() for bound in broker._server.sockets] == [("127.0.0.1", free_port)]
    await broker.stop()


async def test_nothing_is_kept_over_a_stop(free_port, make_client, observe, until):
    broker = EmbeddedBroker(free_port)
    await broker.start()
    client = make_client(f"mqtt://127.0.0.1:{free_port}")
    client.start()
    await client.wait_connected()
    client.publish("base/kept", "1", retain=True, qos=1)
    await until(lambda: client.statistics.queued == 0)
    await broker.stop()
    await until(lambda: not client.connected)
    await broker.start()
    assert broker.port == free_port
    observer = await observe(free_port, version=paho.MQTTv311)
    await until(lambda: client.connected)
    client.publish("base/end", "2")
    await until(lambda: observer.messages)
    assert [message.topic for message in observer.messages] == ["base/end"]
    await broker.stop()
    await broker.stop()


def test_amqtt_is_loaded_only_when_it_is_used():
    code = "import sys, zigwire.mqtt; sys.exit('amqtt' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
