"""Setting Zigwire up over HTTP, as the page does it: real coordinator on a port, real broker, real files."""

from __future__ import annotations

import asyncio
import io
import socket
import zipfile

import pytest
import yaml
from support.mosquitto import Mosquitto

from zigwire.onboarding import server
from zigwire.onboarding.errors import OnboardingError
from zigwire.onboarding.wanted import is_wanted
from zigwire.simulator.catalogue import default_house
from zigwire.simulator.znp import serve
from zigwire.zigbee.radio import NetworkParameters
from zigwire.zigbee.radios import radio_for


@pytest.fixture
def broker(tmp_path):
    mosquitto = Mosquitto(tmp_path)
    mosquitto.start()
    yield mosquitto
    mosquitto.stop()


@pytest.fixture
async def coordinator():
    opened = await serve(default_house(), 0)
    yield f"tcp://127.0.0.1:{opened.sockets[0].getsockname()[1]}"
    opened.close()


def configuration(onboarding):
    return yaml.safe_load((onboarding.folder / "configuration.yaml").read_text())


def packed(**files):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_yaml", ".yaml"), content)
    return raw.getvalue()


MINIMAL = (
    "version: 5\nmqtt: {base_topic: zigbee2mqtt, server: 'mqtt://localhost'}\nserial: {port: /dev/x, adapter: ember}\n"
)


async def test_from_an_empty_folder_to_a_configuration(onboarding, coordinator, broker):
    _, state = await onboarding.get("/api/state")
    assert state["page"] == "form"
    assert not state["elsewhere"]
    assert "network_key" not in str(state)
    status, tried = await onboarding.post("/api/radio", {"port": coordinator})
    assert (status, tried["adapter"]) == (200, "zstack")
    assert "holds no network" in tried["said"]
    access = {"server": broker.url, "user": "", "password": "", "base_topic": "house"}
    assert await onboarding.post("/api/broker", access) == (200, {"another_bridge": False})
    radio = {"port": coordinator, "adapter": tried["adapter"]}
    wanted = {"radio": radio, "broker": access, "channel": 20, "token": None, "homeassistant": True}
    status, answer = await onboarding.post("/api/start", wanted)
    assert (status, answer) == (200, {"page": True, "scheme": "http", "port": onboarding.port, "base_url": "/"})
    assert await onboarding.outcome
    made = configuration(onboarding)
    assert made["mqtt"] == {"base_topic": "house", "server": broker.url}
    assert made["serial"] == radio
    assert made["frontend"] == {"enabled": True, "port": onboarding.port, "host": "127.0.0.1"}
    assert made["homeassistant"] == {"enabled": True}
    shown = state["network"]
    assert made["advanced"]["channel"] == 20
    assert made["advanced"]["pan_id"] == shown["pan_id"]
    assert f"0x{bytes(made['advanced']['ext_pan_id']).hex()}" == shown["ext_pan_id"]
    assert len(set(made["advanced"]["network_key"])) > 1


async def test_the_network_of_the_radio_is_kept(onboarding, coordinator, broker):
    radio = radio_for("zstack", coordinator)()
    await radio.connect()
    await radio.form(NetworkParameters(0x1A62, "0x1122334455667788", 15, bytes(range(16))))
    await radio.close()
    _, tried = await onboarding.post("/api/radio", {"port": coordinator, "adapter": "zstack"})
    assert tried["network"] == {"channel": 15, "pan_id": 0x1A62, "ext_pan_id": "0x1122334455667788", "exists": True}
    assert (await onboarding.post("/api/network"))[1] == tried["network"]
    wanted = {"radio": {"port": coordinator, "adapter": "zstack"}, "broker": {"server": broker.url}, "channel": 25}
    assert (await onboarding.post("/api/start", wanted))[0] == 200
    advanced = configuration(onboarding)["advanced"]
    assert (advanced["channel"], advanced["pan_id"]) == (15, 0x1A62)
    assert advanced["network_key"] == list(range(16))


async def test_another_bridge_at_the_topic_is_noticed(onboarding, broker):
    from zigwire.mqtt import MqttClient, MqttOptions

    client = MqttClient(MqttOptions(server=broker.url), on_message=lambda *_args, **_options: None)
    client.publish("zigbee2mqtt/bridge/state", b'{"state":"online"}', retain=True, qos=1)
    client.start()
    await client.wait_connected()
    await client.stop()
    assert await onboarding.post("/api/broker", {"server": broker.url}) == (200, {"another_bridge": True})


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/api/radio", {"port": "tcp://127.0.0.1:1"}, "nothing listens at tcp://127.0.0.1:1"),
        ("/api/radio", {"port": ""}, "port is missing"),
        ("/api/radio", {"port": 5}, "port is 5: a text is allowed"),
        ("/api/radio", {"port": "/dev/x", "baudrate": "fast"}, "baudrate is 'fast'"),
        ("/api/radio", {"port": "/dev/x", "rtscts": 3}, "rtscts is 3"),
        ("/api/broker", {"server": "mqtt://127.0.0.1:1"}, "nothing listens there"),
        ("/api/broker", {"server": "http://x"}, "mqtt.server is 'http://x'"),
        ("/api/broker", {"server": "mqtt://127.0.0.1:1", "base_topic": "a/#"}, "wildcard"),
        ("/api/broker", [], "an object is allowed"),
        ("/api/start", {"broker": {}}, "radio is missing"),
        ("/api/start", {"radio": {"port": "sim://"}, "channel": 27}, "channel is 27: 11 to 26 are allowed"),
        ("/api/start", {"radio": {"port": "sim://"}, "token": 5}, "token"),
        (
            "/api/start",
            {"radio": {"port": "/dev/x", "adapter": "nonsense"}, "broker": {"server": "mqtt://x"}},
            "adapter",
        ),
        ("/api/folder", {"path": "/nonexistent"}, "has no configuration.yaml"),
        ("/api/folder", {}, "path is missing"),
        ("/code", {"code": "AAAA-AAAA"}, "this is not the code"),
    ],
)
async def test_what_can_not_be_used_is_told(onboarding, path, body, said):
    status, answer = await onboarding.post(path, body)
    assert status == 406
    assert said in answer["error"]
    assert not (onboarding.folder / "configuration.yaml").exists()
    assert not onboarding.outcome.done()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"5", b'{"port": ' + b"9" * 400 + b"}", b'"\\ud800"', bytes(range(256)), b"[" * 5000]
)
async def test_what_is_no_request_is_told(onboarding, body):
    assert (await onboarding.post("/api/radio", data=body))[0] == 406


async def test_a_folder_of_zigbee2mqtt_is_copied(onboarding, tmp_path):
    source = tmp_path / "z2m"
    (source / "log").mkdir(parents=True)
    (source / "log" / "a.log").write_text("x")
    (source / "configuration.yaml").write_text(MINIMAL)
    (source / "database.db").write_text("")
    status, answer = await onboarding.post("/api/folder", {"path": str(source)})
    assert (status, answer["page"]) == (200, False)
    assert await onboarding.outcome
    assert (onboarding.folder / "configuration.yaml").read_text() == MINIMAL
    assert (onboarding.folder / "database.db").exists()
    assert not (onboarding.folder / "log").exists()
    assert (source / "log" / "a.log").exists()


async def test_a_backup_is_unpacked(onboarding):
    assert (await onboarding.post("/api/archive", data=packed(configuration_yaml=MINIMAL)))[0] == 200
    assert await onboarding.outcome
    assert (onboarding.folder / "configuration.yaml").read_text() == MINIMAL


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"hello", "is no ZIP file"),
        (packed(configuration_yaml="version: [\n"), "configuration.yaml"),
        (packed(configuration_yaml="version: 5\nmqtt: {server: 5}\n"), "mqtt.server"),
        (packed(configuration_yaml=MINIMAL, **{"../evil": "x"}), "would leave the folder"),
    ],
)
async def test_a_backup_that_would_not_start_changes_nothing(onboarding, tmp_path, raw, said):
    status, answer = await onboarding.post("/api/archive", data=raw)
    assert status == 406
    assert said in answer["error"]
    assert not (onboarding.folder / "configuration.yaml").exists()
    assert not list(tmp_path.rglob("evil"))


async def test_a_backup_that_is_too_large(onboarding, monkeypatch):
    monkeypatch.setattr(server, "LARGEST_BACKUP", 2**20)
    status, answer = await onboarding.post("/api/archive", data=bytes(2**20 + 1))
    assert (status, "the most" in answer["error"]) == (406, True)


async def test_one_that_is_there_keeps_its_network_and_the_rest(begin, tmp_path, coordinator, broker):
    folder = tmp_path / "there"
    folder.mkdir()
    advanced = f"advanced:\n  network_key: {list(range(16))}  # mine\n  channel: 25\n"
    (folder / "configuration.yaml").write_text(f"version: 5\nmqtt: {{server: 'mqtt://old'}}\n{advanced}")
    onboarding = await begin(folder)
    wanted = {"radio": {"port": coordinator, "adapter": "zstack"}, "broker": {"server": broker.url}, "channel": 11}
    assert (await onboarding.post("/api/start", wanted))[0] == 200
    made = configuration(onboarding)
    assert made["advanced"] == {"network_key": list(range(16)), "channel": 25}
    assert made["mqtt"]["server"] == broker.url
    assert "# mine" in (folder / "configuration.yaml").read_text()


async def test_systemd_is_asked_for_patience_meanwhile(begin, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        await begin(NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="60000000")
        async with asyncio.timeout(5):
            said = await asyncio.get_running_loop().sock_recv(manager, 1000)
    assert said.decode().splitlines() == ["WATCHDOG=1", "EXTEND_TIMEOUT_USEC=60000000"]


async def test_the_terminal_is_told_of_the_other_way_while_it_is_open(begin, tmp_path):
    folder = tmp_path / "there"
    assert f"`zigwire setup --data {folder}`" in (await begin(folder)).announced
    folder.mkdir(exist_ok=True)
    (folder / "configuration.yaml").write_text(MINIMAL)
    assert "zigwire setup" not in (await begin(folder)).announced


async def test_a_taken_port_is_named(begin, onboarding):
    with pytest.raises(OnboardingError, match=f"port {onboarding.port} of 0.0.0.0 can't be opened"):
        await begin(Z2M_ONBOARD_URL=f"http://0.0.0.0:{onboarding.port}")


@pytest.mark.parametrize("url", ["localhost:8080", "http://", "https://0.0.0.0:8080", "http://x:99999", "http://["])
def test_where_nobody_can_listen(url):
    with pytest.raises(OnboardingError, match=r"Z2M_ONBOARD_URL is .* allowed is http://address:port"):
        server.Place.wanted({"Z2M_ONBOARD_URL": url})


@pytest.mark.parametrize(
    ("url", "first"),
    [
        ("http://127.0.0.1:9000", "http://localhost:9000/"),
        ("http://0.0.0.0:9000", "http://localhost:9000/"),
        ("http://[::1]:9000", "http://localhost:9000/"),
        ("http://127.8.9.10:9000", "http://127.8.9.10:9000/"),
        ("http://192.0.2.7:9000", "http://192.0.2.7:9000/?code=AAAA"),
        ("http://[fd00::7]:9000", "http://[fd00::7]:9000/?code=AAAA"),
    ],
)
def test_addresses_for_people(url, first):
    place = server.Place.wanted({"Z2M_ONBOARD_URL": url})
    assert next(place.urls(9000, "AAAA"))[0] == first


@pytest.mark.parametrize(
    ("environ", "there", "wanted"),
    [
        ({}, False, True),
        ({}, True, False),
        ({"Z2M_ONBOARD_FORCE_RUN": "1"}, True, True),
        ({"Z2M_ONBOARD_NO_SERVER": "1"}, False, False),
        ({"Z2M_ONBOARD_NO_SERVER": "1", "Z2M_ONBOARD_FORCE_RUN": "1"}, True, False),
    ],
)
def test_when_it_is_wanted(tmp_path, environ, there, wanted):
    if there:
        (tmp_path / "configuration.yaml").touch()
    assert is_wanted(tmp_path, environ) is wanted


async def test_the_network_of_one_radio_is_not_given_to_another(onboarding, coordinator, broker):
    radio = radio_for("zstack", coordinator)()
    await radio.connect()
    await radio.form(NetworkParameters(0x1A62, "0x1122334455667788", 15, bytes(range(16))))
    await radio.close()
    _, before = await onboarding.get("/api/state")
    await onboarding.post("/api/radio", {"port": coordinator})
    other = {"port": "tcp://127.0.0.1:1", "adapter": "ember"}
    assert (await onboarding.post("/api/start", {"radio": other, "broker": {"server": broker.url}}))[0] == 200
    advanced = configuration(onboarding)["advanced"]
    assert advanced["pan_id"] == before["network"]["pan_id"]
    assert advanced["network_key"] != list(range(16))


async def test_each_radio_that_was_asked_keeps_its_network(onboarding, coordinator, broker):
    radio = radio_for("zstack", coordinator)()
    await radio.connect()
    await radio.form(NetworkParameters(0x1A62, "0x1122334455667788", 15, bytes(range(16))))
    await radio.close()
    assert (await onboarding.post("/api/radio", {"port": coordinator}))[0] == 200
    assert (await onboarding.post("/api/radio", {"port": "tcp://127.0.0.1:1"}))[0] == 406
    wanted = {"radio": {"port": coordinator, "adapter": "zstack"}, "broker": {"server": broker.url}}
    assert (await onboarding.post("/api/start", wanted))[0] == 200
    assert configuration(onboarding)["advanced"]["network_key"] == list(range(16))


ROUTES = ("/code", "/api/radio", "/api/broker", "/api/network", "/api/start", "/api/folder", "/submit", "/all/submit")
ODD = [
    None,
    True,
    0,
    -1,
    1e300,
    "",
    "\0",
    "x" * 5000,
    "../..",
    "mdns://",
    "tcp://",
    "sim:/",
    [],
    [[]],
    {},
    {"port": []},
]
FIELDS = (
    "code",
    "port",
    "adapter",
    "baudrate",
    "server",
    "base_topic",
    "radio",
    "broker",
    "path",
    "token",
    "mqtt",
    "serial",
)


@pytest.mark.parametrize("path", ROUTES)
async def test_nothing_that_is_sent_breaks_it(begin, tmp_path, monkeypatch, path):
    monkeypatch.setattr("zigwire.onboarding.access.GUESS_COSTS", 0.0)
    onboarding = await begin()
    (onboarding.folder.parent / "data").write_text("a file where the folder should be")
    for field in FIELDS:
        for value in ODD:
            status, _ = await onboarding.post(path, {field: value, "port": value if field == "port" else "/dev/none"})
            assert status in {200, 406}, (path, field, value)
    assert (await onboarding.get("/api/state"))[0] == 200
