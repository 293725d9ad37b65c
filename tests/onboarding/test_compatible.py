"""Zigbee2MQTT's endpoints, as its page and programs use them."""

from __future__ import annotations

import base64
import io
import zipfile

import pytest
import yaml

from zigwire.onboarding.destination import Destination


async def test_what_there_is(onboarding):
    status, data = await onboarding.get("/data")
    assert status == 200
    assert set(data) == {"page", "settings", "settingsSchema", "devices"}
    assert data["page"] == "form"
    assert data["settings"]["advanced"]["network_key"] == "GENERATE"
    assert "mqtt" in data["settingsSchema"]["properties"]
    assert all({"name", "path"} <= set(device) for device in data["devices"])


async def test_settings_are_taken(onboarding):
    wanted = {
        "mqtt": {"server": "mqtt://broker:1883", "base_topic": "z"},
        "serial": {"port": "tcp://10.0.0.1:6638", "adapter": "ember"},
        "advanced": {"network_key": "GENERATE", "pan_id": "GENERATE", "ext_pan_id": "GENERATE", "channel": 20},
        "frontend": {"enabled": True, "port": 8099},
    }
    status, answer = await onboarding.post("/submit", wanted)
    assert (status, answer) == (200, {"success": True, "frontendUrl": "http://localhost:8099/"})
    assert await onboarding.outcome
    made = yaml.safe_load((onboarding.folder / "configuration.yaml").read_text())
    assert made["serial"] == wanted["serial"]
    assert len(made["advanced"]["network_key"]) == 16


@pytest.mark.parametrize("frontend", [{"enabled": False}, {"enabled": True, "host": "/run/zigwire.sock"}])
async def test_where_no_browser_can_go_it_is_sent_nowhere(onboarding, frontend):
    wanted = {"mqtt": {"server": "mqtt://broker"}, "frontend": frontend}
    assert (await onboarding.post("/submit", wanted))[1]["frontendUrl"] is None


async def test_nor_where_the_user_does_not_want_it(begin):
    onboarding = await begin(Z2M_ONBOARD_NO_REDIRECT="1")
    wanted = {"mqtt": {"server": "mqtt://broker"}, "frontend": {"enabled": True}}
    assert (await onboarding.post("/submit", wanted))[1]["frontendUrl"] is None


async def test_faults_are_answered(onboarding):
    status, answer = await onboarding.post("/submit", {"serial": {"adapter": "nonsense"}})
    assert (status, answer["success"]) == (406, False)
    assert "serial.adapter" in answer["error"]
    assert not onboarding.outcome.done()


async def test_a_backup_as_text(onboarding):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("configuration.yaml", "version: 5\nmqtt: {server: 'mqtt://x'}\n")
    status, answer = await onboarding.post("/submit-zip", data=base64.b64encode(raw.getvalue()))
    assert (status, answer) == (200, {"success": True, "frontendUrl": None})
    assert await onboarding.outcome
    assert (onboarding.folder / "configuration.yaml").exists()


@pytest.mark.parametrize("body", [b"", b"no base64!", b"aGVsbG8="])
async def test_no_backup(onboarding, body):
    status, answer = await onboarding.post("/submit-zip", data=body)
    assert (status, answer["success"]) == (406, False)


def test_an_ipv6_address_is_marked_as_one():
    assert Destination(page=True, scheme="http", port=8080, base_url="/").at("fd00::7") == "http://[fd00::7]:8080/"
