"""The connection to the broker over restarts."""

import pytest
from support.mosquitto import Mosquitto
from support.waiting import until

from zigwire.broker import BrokerConnection
from zigwire.settings import load


@pytest.fixture
def mosquitto(tmp_path):
    broker = Mosquitto(tmp_path)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def settings(tmp_path, mosquitto):
    def settings(**mqtt):
        path = tmp_path / "configuration.yaml"
        lines = "".join(f"  {name}: {value}\n" for name, value in {"server": mosquitto.url, **mqtt}.items())
        path.write_text(f"version: 5\nmqtt:\n{lines}")
        return load(path, {})

    return settings


class Taken:
    def __init__(self):
        self.payloads = []

    def __call__(self, topic, payload, **_):
        self.payloads.append(payload)


async def test_it_stays_while_the_settings_do_and_nothing_gets_lost(settings):
    connection, taken = BrokerConnection(), Taken()
    mqtt = await connection.client(settings())
    mqtt.subscribe("a")
    mqtt.start()
    await mqtt.wait_connected()
    connection.deliver(taken)
    mqtt.publish("a", b"1")
    await until(lambda: taken.payloads == [b"1"])
    connection.hold()
    mqtt.publish("a", b"2")
    await until(lambda: mqtt.statistics.received == 2)
    assert await connection.client(settings()) is mqtt
    assert mqtt.connected
    assert taken.payloads == [b"1"]
    connection.deliver(taken)
    mqtt.publish("a", b"3")
    await until(lambda: taken.payloads == [b"1", b"2", b"3"])
    await connection.close()
    assert not mqtt.connected


async def test_other_settings_make_another_one(settings):
    connection = BrokerConnection()
    first = await connection.client(settings())
    first.start()
    await first.wait_connected()
    second = await connection.client(settings(client_id="another"))
    assert second is not first
    assert not first.connected
    await connection.close()
    assert await connection.client(settings(client_id="another")) is not second
    await connection.close()
