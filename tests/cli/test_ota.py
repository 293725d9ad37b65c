"""The commands `ota …`, with a broker and a bridge that is played."""

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from click.testing import CliRunner
from support.mosquitto import Mosquitto
from support.ota_files import image_file

from zigwire.cli import main, ota_checks, ota_updates
from zigwire.settings import Settings
from zigwire.storage import Database

PLUG, LAMP = "0x00158d0001a2b3c4", "0x00158d0001a2b3c5"
DEVICES = [
    {"ieee_address": PLUG, "friendly_name": "plug", "definition": {"supports_ota": True, "vendor": "V", "model": "P1"}},
    {
        "ieee_address": LAMP,
        "friendly_name": "a/lamp",
        "definition": {"supports_ota": True, "vendor": "V", "model": "L"},
    },
    {
        "ieee_address": "0x1",
        "friendly_name": "sensor",
        "definition": {"supports_ota": False, "vendor": "V", "model": "S"},
    },
    {"ieee_address": "0x2", "friendly_name": "stranger", "definition": None},
]
UPDATE = "device/ota_update/update"


class PlayedBridge:
    """Says what a bridge says, and answers requests as it is told."""

    def __init__(self, port):
        self.requests = []
        self.answers = {}
        self.asked = threading.Event()
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self._client.on_message = self._received
        ready = threading.Event()
        self._client.on_subscribe = lambda *_: ready.set()
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self._client.subscribe("zigbee2mqtt/bridge/request/#")
        assert ready.wait(5)
        self.say("bridge/devices", DEVICES, retain=True)
        self.say("bridge/state", {"state": "online"}, retain=True)

    def say(self, topic, payload, *, retain=False):
        self._client.publish(f"zigbee2mqtt/{topic}", json.dumps(payload), qos=1, retain=retain)

    def stop(self):
        self._client.disconnect()
        self._client.loop_stop()

    def _received(self, client, userdata, message):
        name = message.topic.removeprefix("zigbee2mqtt/bridge/request/")
        request = json.loads(message.payload)
        self.requests.append((name, request))
        for topic, payload in self.answers.get((name, request["id"])) or self.answers[name]:
            mine = {"transaction": request["transaction"]} if topic.startswith("bridge/response") else {}
            self.say(topic, payload | mine)
        self.asked.set()


def ok(**data):
    return {"status": "ok", "data": data}


def error(text):
    return {"status": "error", "data": {}, "error": text}


def state(**update):
    return ("plug", {"state": "ON", "update": update})


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    mosquitto = Mosquitto(tmp_path_factory.mktemp("broker"))
    mosquitto.start()
    yield mosquitto
    mosquitto.stop()


@pytest.fixture
def data(broker, tmp_path):
    Settings.create(tmp_path / "configuration.yaml", {"mqtt": {"server": broker.url}}, {})
    return tmp_path


@pytest.fixture
def bridge(broker):
    played = PlayedBridge(broker.port)
    yield played
    played.stop()


@pytest.fixture
def ota(data):
    return lambda *arguments: CliRunner().invoke(main, ["ota", *arguments[:1], "--data", str(data), *arguments[1:]])


# --- list


def test_what_is_known_of_each_device_that_can_be_updated(ota, bridge, data):
    with Database(data / "zigwire.db") as database:
        update = {"installed_version": 17, "latest_version": 18, "state": "updating", "progress": 41.66, "remaining": 5}
        database.put_state(PLUG, {"state": "ON", "update": update})
        database.put_state(LAMP, {"update": {"installed_version": -1, "latest_version": -1, "state": None}})
    result = ota("list")
    assert result.exit_code == 0
    assert [line.split() for line in result.output.splitlines()] == [
        ["NAME", "MODEL", "INSTALLED", "LATEST", "STATE"],
        ["plug", "V", "P1", "17", "18", "updating", "42", "%"],
        ["a/lamp", "V", "L", "?", "?", "?"],
    ]


def test_a_list_without_a_database_says_so(ota, bridge):
    result = ota("list")
    assert result.exit_code == 0
    assert "zigwire.db" in result.stderr
    assert "plug" in result.stdout


def test_a_home_without_such_devices(ota, bridge):
    bridge.say("bridge/devices", DEVICES[2:], retain=True)
    for command in (["list"], ["check", "--all"]):
        result = ota(*command)
        assert (result.exit_code, result.output) == (0, "No device can be updated.\n")


# --- check


def test_look_ups_are_told_and_a_failed_one_ends_with_code_1(ota, bridge):
    topic = "bridge/response/device/ota_update/check"
    newer = ok(id="plug", update_available=True, source="http://x/p.ota", release_notes="Brighter")
    bridge.answers = {
        ("device/ota_update/check", "plug"): [(topic, newer)],
        ("device/ota_update/check", "a/lamp"): [(topic, error("Device didn't respond"))],
    }
    result = ota("check", "--all")
    assert result.exit_code == 1
    assert "plug: newer firmware is there  source=http://x/p.ota  release_notes=Brighter" in result.stdout
    assert "a/lamp: Device didn't respond" in result.stdout
    assert "1 of 2 could not be looked up" in result.stderr


def test_a_look_up_that_finds_nothing_says_why(ota, bridge):
    answer = ok(id="plug", update_available=False, reason="the index has no image")
    bridge.answers = {"device/ota_update/check": [("bridge/response/device/ota_update/check", answer)]}
    result = ota("check", "plug")
    assert (result.exit_code, result.output) == (0, "plug: no newer firmware  reason=the index has no image\n")


def test_only_some_devices_are_asked_at_a_time(ota, bridge, monkeypatch):
    monkeypatch.setattr(ota_checks, "AT_ONCE", 2)
    topic = "bridge/response/device/ota_update/check"
    bridge.answers = {"device/ota_update/check": [(topic, ok(update_available=False))]}
    names = [f"device {number}" for number in range(7)]
    result = ota("check", *names)
    assert result.exit_code == 0
    assert sorted(line.partition(":")[0] for line in result.output.splitlines()) == names


@pytest.mark.parametrize(("arguments", "words"), [([], "--all"), (["plug", "--all"], "--all")])
def test_whom_a_look_up_is_for_has_to_be_said(ota, arguments, words):
    result = ota("check", *arguments)
    assert result.exit_code == 2
    assert words in result.output


def test_a_request_whose_answer_has_another_name(data, bridge):
    topic = "bridge/response/device/ota_update/check"
    bridge.answers = {"device/ota_update/check/downgrade": [(topic, ok(update_available=False))]}
    arguments = ["--data", str(data), "--timeout", "5", "device/ota_update/check/downgrade", "id=plug"]
    result = CliRunner().invoke(main, ["request", *arguments])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"update_available": False}


# --- update


def test_an_update_with_its_progress(ota, bridge):
    done = ok(id="plug", **{"from": {"file_version": 17}, "to": {"file_version": 18}})
    bridge.answers = {
        UPDATE: [
            state(state="updating", progress=0, remaining=130),
            ("plug", {"state": "OFF"}),
            state(state="updating", progress=100, remaining=0),
            (f"bridge/response/{UPDATE}", done),
        ]
    }
    result = ota("update", PLUG)
    assert result.exit_code == 0
    assert "100%" in result.output
    assert "0 min 0 s left" in result.output
    assert f"{PLUG} runs version 18 instead of 17." in result.output
    assert bridge.requests[0][1]["id"] == PLUG


def test_a_file_is_sent_and_an_url_named(ota, bridge, tmp_path):
    file = tmp_path / "mine.ota"
    file.write_bytes(image_file())
    bridge.answers = {f"{UPDATE}/downgrade": [(f"bridge/response/{UPDATE}", error("No image currently available"))]}
    for arguments, field in (
        (["--file", str(file)], {"hex": {"data": image_file().hex(), "file_name": "mine.ota"}}),
        (["--url", "http://x/p.ota"], {"url": "http://x/p.ota"}),
    ):
        result = ota("update", "plug", "--downgrade", *arguments)
        assert result.exit_code == 1
        assert "Error: No image currently available" in result.stderr
        name, request = bridge.requests[-1]
        del request["transaction"]
        assert (name, request) == (f"{UPDATE}/downgrade", {"id": "plug", **field})


def test_a_damaged_file_is_not_sent(ota, bridge, tmp_path):
    file = tmp_path / "mine.ota"
    file.write_bytes(image_file(more_size=1))
    result = ota("update", "plug", "--file", str(file))
    assert result.exit_code == 1
    assert "image size 71" in result.stderr
    assert bridge.requests == []


def test_a_bridge_that_stops_in_the_middle(ota, bridge):
    bridge.answers = {UPDATE: [state(state="updating", progress=5), ("bridge/state", {"state": "offline"})]}
    result = ota("update", "plug")
    assert result.exit_code == 1
    assert "goes on when it runs again" in result.stderr


def test_a_bridge_that_does_not_answer(ota, bridge, monkeypatch):
    monkeypatch.setattr(ota_updates, "PATIENCE", 0.05)
    bridge.answers = {UPDATE: []}
    result = ota("update", "plug")
    assert result.exit_code == 1
    assert "No update has begun" in result.stderr


def test_the_watch_is_interrupted_the_update_is_not(bridge, data):
    bridge.answers = {UPDATE: [state(state="updating", progress=5)]}
    command = [str(Path(sys.executable).with_name("zigwire")), "ota", "update", "--data", str(data), "plug"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert bridge.asked.wait(10)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=10)
    assert process.returncode == ota_updates.INTERRUPTED
    assert "The update goes on: `zigwire ota abort plug` ends it" in output


# --- abort


@pytest.mark.parametrize(
    ("topic", "answer", "code", "words"),
    [
        (f"{UPDATE}/abort", ok(id="plug"), 0, "The update of plug is aborted."),
        (UPDATE, error("No OTA in progress to abort for device 'plug'"), 1, "No OTA in progress"),
    ],
)
def test_an_update_is_aborted(ota, bridge, topic, answer, code, words):
    bridge.answers = {f"{UPDATE}/abort": [(f"bridge/response/{topic}", answer)]}
    result = ota("abort", "plug")
    assert result.exit_code == code
    assert words in result.output


# --- inspect


def inspected(tmp_path, content):
    file = tmp_path / "lamp.ota"
    file.write_bytes(content)
    return CliRunner().invoke(main, ["ota", "inspect", str(file)])


def test_a_file_is_shown(tmp_path):
    optional = b"\2" + bytes.fromhex("c4b3a201008d1500") + b"\1\0\3\0"
    content = b"NGIS" + image_file(control=7, optional=optional, words=b"a\x1blamp") + b"!"
    result = inspected(tmp_path, content)
    assert result.exit_code == 0
    rows = dict(line.split("  ", 1) for line in result.output.splitlines())
    assert {name: value.strip() for name, value in rows.items() if "SHA" not in name} == {
        "manufacturer": "0x117c",
        "image type": "0x4203",
        "version": "18 (0x00000012)",
        "stack": "Zigbee PRO",
        "words": r"'a\x1blamp'",
        "security credentials": "version 2",
        "only for device": "0x00158d0001a2b3c4",
        "only for hardware": "1 to 3",
        "image size": "83 bytes, 69 of them header",
        "file size": "88 bytes, 4 before the image and 1 after it",
        "element": "0x0000 upgrade image, 8 bytes",
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"nothing", "nowhere in the file"), (image_file(body=b"\x2a\0\1\0\xff\xff"), "element 0x002a at 56")],
)
def test_a_file_with_faults_ends_with_code_1(tmp_path, content, words):
    result = inspected(tmp_path, content)
    assert result.exit_code == 1
    assert words in result.stderr
