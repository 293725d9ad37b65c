"""Commands over MQTT: whom they mean."""

import click
import pytest
from support.mosquitto import free_port

from zigwire.cli import talking
from zigwire.cli.talking import Heard, addressed
from zigwire.settings import Settings

NAMES = {"0x00158d0001a2b3c4": "plug", "0x00158d0001a2b3c5": "hall/lamp"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("plug", "plug"),
        ("plug/l1", "plug"),
        ("0x00158d0001a2b3c4", "plug"),
        ("0x00158D0001A2B3C4/1", "plug"),
        ("hall/lamp", "hall/lamp"),
        ("hall/lamp/left", "hall/lamp"),
        ("hall", "hall"),
        ("a/group", "a/group"),
    ],
)
def test_whose_state_a_command_changes(path, name):
    assert addressed(path, NAMES) == name


@pytest.mark.parametrize(
    ("topic", "payload", "transaction"),
    [
        ("bridge/response/health_check", {"transaction": "cli-1", "status": "ok"}, "cli-1"),
        ("bridge/response/health_check", {"transaction": ["of", "another", "client"]}, None),
        ("bridge/response/health_check", {"transaction": 5}, None),
        ("bridge/response/health_check", {}, None),
        ("bridge/response/health_check", "nonsense", None),
        ("plug", {"transaction": "cli-1"}, None),
    ],
)
def test_which_messages_are_responses(topic, payload, transaction):
    assert Heard(topic, payload, retained=False).answers == transaction


def test_a_broker_that_does_not_answer_is_named_without_its_password(tmp_path, monkeypatch):
    monkeypatch.setattr(talking, "CONNECT_TIMEOUT", 0.01)
    server = f"mqtt://someone:secret@127.0.0.1:{free_port()}"
    Settings.create(tmp_path / "configuration.yaml", {"mqtt": {"server": server}}, {})
    with pytest.raises(click.ClickException) as raised:
        talking.list_devices(tmp_path)
    assert "127.0.0.1" in raised.value.message
    assert "secret" not in raised.value.message
