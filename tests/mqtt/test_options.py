"""Options: what is understood, and what is said about what is not."""

from __future__ import annotations

import pytest

from zigwire.mqtt import MqttOptions, OptionsError


@pytest.mark.parametrize(
    ("server", "parts", "shown"),
    [
        ("mqtt://localhost", ("localhost", 1883, False, None, None), "mqtt://localhost:1883"),
        ("tcp://10.0.0.1:1884", ("10.0.0.1", 1884, False, None, None), "mqtt://10.0.0.1:1884"),
        ("mqtts://broker", ("broker", 8883, True, None, None), "mqtts://broker:8883"),
        ("ssl://broker:1", ("broker", 1, True, None, None), "mqtts://broker:1"),
        ("mqtt://[::1]:1885", ("::1", 1885, False, None, None), "mqtt://[::1]:1885"),
        ("mqtt://u%40x:p%3A@h", ("h", 1883, False, "u@x", "p:"), "mqtt://h:1883"),
        ("MQTT://h/", ("h", 1883, False, None, None), "mqtt://h:1883"),
    ],
)
def test_server(server, parts, shown):
    address = MqttOptions(server=server).address
    assert address == parts
    assert str(address) == shown


def test_options_go_over_the_url():
    address = MqttOptions(server="mqtt://a:b@h", user="c", password="d").address
    assert (address.user, address.password) == ("c", "d")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"server": "localhost:1883"}, "mqtt.server is 'localhost:1883'"),
        ({"server": ""}, "mqtt.server is ''"),
        ({"server": "mqtt://"}, "names no host"),
        ({"server": "mqtt://h:99999"}, "mqtt.server is 'mqtt://h:99999'"),
        ({"server": "mqtt://h:x"}, "mqtt.server is 'mqtt://h:x'"),
        ({"server": "mqtt://[::1"}, "mqtt.server is"),
        ({"server": "ws://h"}, "WebSocket is not supported"),
        ({"server": "wss://h"}, "WebSocket is not supported"),
        ({"server": "http://h"}, "allowed are mqtt://host:port"),
        ({"version": 2}, "mqtt.version is 2"),
        ({"version": 6}, "mqtt.version is 6"),
        ({"keepalive": -1}, "mqtt.keepalive is -1"),
        ({"keepalive": 65_536}, "mqtt.keepalive is 65536"),
        ({"maximum_packet_size": 19}, "mqtt.maximum_packet_size is 19"),
        ({"maximum_packet_size": 268_435_457}, "mqtt.maximum_packet_size is 268435457"),
        ({"client_id": ""}, "mqtt.client_id is empty"),
        ({"key": "k.pem"}, "mqtt.cert is missing"),
    ],
)
def test_refused(options, text):
    with pytest.raises(OptionsError) as caught:
        MqttOptions(**{"server": "mqtt://h", **options})
    assert text in str(caught.value)


def test_the_password_is_not_shown():
    with pytest.raises(OptionsError) as caught:
        MqttOptions(server="http://user:secret@h")
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(MqttOptions(server="mqtt://h", password="secret"))


def test_client_ids_differ():
    assert MqttOptions(server="mqtt://h").client_id != MqttOptions(server="mqtt://h").client_id


def test_no_tls_without_its_scheme():
    assert MqttOptions(server="mqtt://h", ca="nowhere").ssl_context() is None


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_bad_certificate(tmp_path, content):
    path = tmp_path / "file.pem"
    if content:
        path.write_text(content)
    for name in ("ca", "cert"):
        with pytest.raises(OptionsError, match=rf"mqtt\.{name} .*file\.pem"):
            MqttOptions(server="mqtts://h", **{name: str(path)}).ssl_context()
