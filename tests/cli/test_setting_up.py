"""`zigwire setup`, on a simulated coordinator's port and a real broker."""

from __future__ import annotations

import asyncio
import threading

import pytest
import yaml
from click.testing import CliRunner
from support.mosquitto import Mosquitto

from zigwire.cli import main
from zigwire.simulator.catalogue import default_house
from zigwire.simulator.znp import serve
from zigwire.zigbee.search import FoundRadio


@pytest.fixture
def coordinator():
    """Serves in a thread of its own: the command has an event loop itself."""
    ready, ports = threading.Event(), []
    loop = asyncio.new_event_loop()

    async def run():
        server = await serve(default_house(), 0)
        ports.append(server.sockets[0].getsockname()[1])
        ready.set()

    def live():
        loop.run_until_complete(run())
        loop.run_forever()
        loop.close()

    thread = threading.Thread(target=live)
    thread.start()
    assert ready.wait(5)
    yield f"tcp://127.0.0.1:{ports[0]}"
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


@pytest.fixture
def broker(tmp_path):
    mosquitto = Mosquitto(tmp_path)
    mosquitto.start()
    yield mosquitto.url
    mosquitto.stop()


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def found(monkeypatch):
    radios = []

    async def find_radios():
        return radios

    monkeypatch.setattr("zigwire.onboarding.session.find_radios", find_radios)
    return radios


def setup(data, *arguments, says=""):
    result = CliRunner().invoke(main, ["setup", "--data", str(data), *arguments], input=says)
    return result.exit_code, result.output


def made(data):
    return yaml.safe_load((data / "configuration.yaml").read_text())


def test_without_questions(data, coordinator, broker):
    status, said = setup(data, "--yes", "--port", coordinator, "--mqtt", broker, "--channel", "25", "--share-page")
    assert status == 0, said
    assert "It answers: ZStack3x0" in said
    assert "The broker lets us in." in said
    assert f"zigwire run --data {data}" in said
    configuration = made(data)
    assert configuration["serial"] == {"port": coordinator, "adapter": "zstack"}
    assert configuration["mqtt"] == {"base_topic": "zigbee2mqtt", "server": broker}
    assert configuration["advanced"]["channel"] == 25
    assert configuration["frontend"]["auth_token"] in said
    assert "host" not in configuration["frontend"]


def test_with_questions(data, found, coordinator, broker):
    found += [FoundRadio(coordinator, "A gateway", "zstack"), FoundRadio("/dev/ttyS0", "Serial port ttyS0")]
    answers = ["", "mqtt://127.0.0.1:1", "", "", "", "n", broker, "", "", "house", "20", "y", "n"]
    status, said = setup(data, says="\n".join(answers) + "\n")
    assert status == 0, said
    assert "A gateway" in said
    assert "nothing listens there" in said
    configuration = made(data)
    assert configuration["serial"] == {"port": coordinator, "adapter": "zstack"}
    assert configuration["mqtt"] == {"base_topic": "house", "server": broker}
    assert configuration["advanced"]["channel"] == 20
    assert configuration["homeassistant"] == {"enabled": True}
    assert configuration["frontend"]["host"] == "127.0.0.1"


def test_what_is_no_broker_is_asked_for_again(data, broker):
    answers = ["localhost", "", "", "", broker, "", "", "", "", "n", "n"]
    status, said = setup(
        data, "--port", "tcp://127.0.0.1:1", "--adapter", "ember", "--untried", says="\n".join(answers) + "\n"
    )
    assert status == 0, said
    assert "mqtt.server is 'localhost'" in said
    assert made(data)["mqtt"]["server"] == broker


def test_the_only_radio_is_taken(data, found):
    found += [FoundRadio("/dev/one", "One", "ember", 460800, rtscts=True), FoundRadio("/dev/ttyS0", "Serial port")]
    status, said = setup(data, "--yes", "--untried")
    assert status == 0, said
    assert made(data)["serial"] == {"port": "/dev/one", "adapter": "ember", "baudrate": 460800, "rtscts": True}


def test_two_radios_are_not_chosen_between(data, found):
    found += [FoundRadio("/dev/one", "One", "ember"), FoundRadio("/dev/two", "Two", "ember")]
    status, said = setup(data, "--yes", "--untried")
    assert status == 1
    assert "One at /dev/one (ember), Two at /dev/two (ember)" in said
    assert not data.exists()


def test_a_simulated_house(data):
    status, said = setup(data, "--yes", "--port", "sim://")
    assert status == 0, said
    assert f"`zigwire run --data {data}`" in said
    assert made(data)["mqtt"]["server"] == "mqtt://127.0.0.1:1883"


def test_a_simulated_house_with_a_broker_of_ones_own(data, broker):
    status, said = setup(data, "--yes", "--port", "sim://", "--mqtt", broker)
    assert status == 0, said
    assert made(data)["mqtt"]["server"] == broker


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "tcp://127.0.0.1:1"], "nothing listens at tcp://127.0.0.1:1"),
        (["--port", "/dev/x", "--adapter", "nonsense"], "serial.adapter 'nonsense' is unknown"),
        (["--port", "tcp://1", "--adapter", "ember", "--untried", "--mqtt", "http://x"], "mqtt.server is 'http://x'"),
        (["--port", "tcp://1", "--adapter", "nonsense", "--untried"], "serial.adapter"),
        (["--port", "tcp://x:1", "--untried"], "serial.adapter is missing"),
        (["--port", "tcp://x", "--adapter", "ember", "--untried"], "port 'tcp://x' can't be used"),
        (["--from", ".", "--mqtt", "mqtt://x"], "--from takes all settings over"),
    ],
)
def test_what_can_not_be_used(data, arguments, said):
    status, output = setup(data, "--yes", *arguments)
    assert status == 1
    assert said in output
    assert not (data / "configuration.yaml").exists()


def test_a_configuration_that_is_there_stays(data):
    data.mkdir()
    (data / "configuration.yaml").write_text("mine")
    status, said = setup(data, "--yes", "--port", "sim://")
    assert status == 1
    assert "is there already" in said
    assert (data / "configuration.yaml").read_text() == "mine"


def test_a_zigbee2mqtt_is_taken_over(data, tmp_path):
    source = tmp_path / "z2m"
    source.mkdir()
    (source / "configuration.yaml").write_text("version: 5\nmqtt: {server: 'mqtt://x'}\n")
    status, said = setup(data, "--from", str(source))
    assert status == 0, said
    assert made(data)["mqtt"] == {"server": "mqtt://x"}
