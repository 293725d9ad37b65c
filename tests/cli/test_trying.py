"""The default run: when it pairs, and whose broker it uses."""

import socket
from types import SimpleNamespace
from typing import ClassVar

import pytest

from zigwire.cli import running, trying
from zigwire.settings import Settings
from zigwire.simulator.catalogue import default_house


@pytest.fixture
def settings(tmp_path):
    return Settings.create(tmp_path / "configuration.yaml", {"mqtt": {"server": trying.SERVER}}, {})


@pytest.fixture
def permits():
    return []


@pytest.fixture
def bridge(settings, permits):
    async def permit_join(seconds, via):
        assert via is None
        permits.append(seconds)

    network = SimpleNamespace(devices={}, permit_join=permit_join)
    return SimpleNamespace(settings=settings, network=network, web=None)


@pytest.fixture
def house():
    return default_house()


async def test_a_plug_that_does_not_come_ends_nothing(bridge, house, permits, monkeypatch, caplog, capsys):
    monkeypatch.setattr(trying, "PAIRING_TIME", 0.01)
    await trying._welcome(bridge, house)
    assert "did not join" in caplog.text
    assert permits == [0.01, 0]
    assert bridge.settings.device("plug").ieee == house.device("plug").ieee
    assert "zigwire" in capsys.readouterr().out.lower()
    await trying._welcome(bridge, house)
    assert "exists already" not in caplog.text


async def test_another_may_be_named_plug(bridge, house, monkeypatch, caplog):
    monkeypatch.setattr(trying, "PAIRING_TIME", 0.01)
    bridge.settings.add_device("0x0011223344556677", "plug")
    await trying._welcome(bridge, house)
    assert "did not join" in caplog.text
    assert "in use" not in caplog.text


async def test_faults_of_the_welcome_are_logged(bridge, house, caplog, capsys):
    house.device("plug").lose_power()
    await trying._welcome(bridge, house)
    assert "no power" in caplog.text
    assert "Ctrl+C" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change", [lambda house: setattr(house.device("plug"), "joins", 1), lambda house: house.devices.clear()]
)
async def test_a_house_that_was_set_up_is_left_as_it_is(bridge, house, permits, change):
    change(house)
    await trying._welcome(bridge, house)
    assert permits == []
    assert bridge.settings.devices == {}


class Broker:
    """Takes the place of the built-in one."""

    started: ClassVar[list] = []
    gives = None

    def __init__(self, port):
        self.port = port

    async def start(self):
        self.started.append(self.port)
        return self.gives or self.port

    async def stop(self):
        self.started.append("stopped")


@pytest.fixture
def broker(monkeypatch):
    monkeypatch.setattr(Broker, "started", [])
    monkeypatch.setattr(trying, "EmbeddedBroker", Broker)
    return Broker


@pytest.mark.parametrize(
    ("server", "port"),
    [
        ("mqtt://localhost", 1883),
        ("mqtt://127.0.0.1:1999", 1999),
        ("mqtts://localhost:8883", None),
        ("mqtt://192.0.2.1:1883", None),
    ],
)
async def test_only_the_built_in_broker_is_started(settings, broker, server, port):
    settings.change({"mqtt": {"server": server}})
    async with trying._broker(settings):
        assert broker.started == ([] if port is None else [port])
        assert settings.mqtt.server == server
    assert broker.started == ([] if port is None else [port, "stopped"])


async def test_a_taken_port_is_replaced_in_the_settings(settings, broker, monkeypatch):
    monkeypatch.setattr(broker, "gives", 45678)
    async with trying._broker(settings):
        assert settings.mqtt.server == "mqtt://127.0.0.1:45678"


@pytest.mark.parametrize(
    ("host", "taken", "starts"), [("127.0.0.1", False, True), ("localhost", True, False), ("192.0.2.1", False, False)]
)
async def test_a_house_that_is_run_plainly_has_a_broker_where_there_is_none(settings, broker, host, taken, starts):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        settings.change({"mqtt": {"server": f"mqtt://{host}:{port}"}})
        if not taken:
            other.close()
        async with trying.missing_broker(settings.path.parent):
            assert broker.started == ([port] if starts else [])
    assert settings.mqtt.server == f"mqtt://{host}:{port}"


@pytest.mark.parametrize(
    ("data", "found", "wanted"),
    [
        (None, {}, "simulated"),
        ("house", {}, "house"),
        ("house", {"house": "sim://"}, "house"),
        ("house", {"house": "tcp://127.0.0.1:1"}, None),
        (None, {"data": "sim://"}, None),
    ],
)
def test_which_house_a_default_run_means(tmp_path, monkeypatch, data, found, wanted):
    monkeypatch.chdir(tmp_path)
    runs = []

    async def run_simulated(folder, *, form_new_network):
        runs.append((str(folder), form_new_network))

    async def run(folder, *, form_new_network):
        runs.append((None, form_new_network))

    monkeypatch.setattr(trying, "run_simulated", run_simulated)
    monkeypatch.setattr(running, "_run", run)
    for folder, port in found.items():
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "configuration.yaml"
        Settings.create(path, {"mqtt": {"server": trying.SERVER}, "serial": {"port": port}}, {})
    running.run_bridge(data and running.Path(data), default=True, form_new_network=True)
    assert runs == [(wanted, True)]


@pytest.mark.parametrize("taken", [True, False])
def test_browsers_are_served_on_another_port_when_theirs_is_taken(settings, capsys, taken):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        settings.change({"frontend": {"enabled": True, "host": "127.0.0.1", "port": port}})
        if not taken:
            other.close()
        trying._let_browsers_in(settings)
    assert (settings.frontend.port != port) is taken
    assert ("taken" in capsys.readouterr().out) is taken
