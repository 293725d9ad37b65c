"""What a service manager hears, on a real socket."""

import asyncio
import os
import socket
import time

import pytest
from support.waiting import until

from zigwire.service import Service


class Manager:
    """Takes the place of systemd."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.setblocking(False)
        self.heard = []

    def listen(self):
        try:
            while True:
                self.heard.append(dict(line.split("=", 1) for line in self.socket.recv(4096).decode().split("\n")))
        except BlockingIOError:
            return self.heard


@pytest.fixture
def manager(tmp_path):
    manager = Manager(str(tmp_path / "notify"))
    yield manager
    manager.socket.close()


@pytest.fixture
def environ(tmp_path):
    return {"NOTIFY_SOCKET": str(tmp_path / "notify")}


@pytest.fixture
async def live():
    tasks = []

    def live(service):
        tasks.append(asyncio.create_task(service.live()))

    yield live
    for task in tasks:
        task.cancel()


def test_its_states(manager, environ):
    service = Service(environ)
    service.ready()
    before = time.monotonic_ns() // 1000
    service.reloading()
    service.ready()
    service.stopping()
    ready, reloading, again, stopping = manager.listen()
    assert ready == again == {"READY": "1", "STATUS": "Online"}
    assert reloading["RELOADING"] == "1"
    assert before <= int(reloading["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000
    assert stopping["STOPPING"] == "1"


async def test_signs_of_life_come_twice_in_the_time_that_is_allowed(manager, environ, live):
    service = Service({**environ, "WATCHDOG_USEC": "40000", "WATCHDOG_PID": str(os.getpid())})
    service.ready()
    begin = time.monotonic()
    live(service)
    await until(lambda: len(manager.listen()) >= 11)
    assert manager.heard[1:11] == [{"WATCHDOG": "1"}] * 10
    assert time.monotonic() - begin >= 9 * 0.02


async def test_no_sign_of_life_while_the_event_loop_hangs(manager, environ, live):
    service = Service({**environ, "WATCHDOG_USEC": "20000"})
    live(service)
    await until(manager.listen)
    before = len(manager.listen())
    time.sleep(0.1)  # noqa: ASYNC251 - this is what a hanging event loop is
    assert len(manager.listen()) == before
    await until(lambda: len(manager.listen()) > before)


async def test_patience_is_asked_for_until_it_is_ready(manager, environ, live):
    service = Service({**environ, "WATCHDOG_USEC": "20000"})
    live(service)
    await until(manager.listen)
    assert manager.heard[0] == {"WATCHDOG": "1", "EXTEND_TIMEOUT_USEC": "60000000"}
    service.ready()
    await until(lambda: manager.listen()[-1] == {"WATCHDOG": "1"})


@pytest.mark.parametrize("others", [{}, {"WATCHDOG_USEC": "20000", "WATCHDOG_PID": "1"}])
async def test_no_watchdog_for_who_has_none(manager, environ, live, others):
    live(Service({**environ, **others}))
    await until(manager.listen)
    assert manager.heard == [{"EXTEND_TIMEOUT_USEC": "60000000"}]


def test_the_abstract_namespace():
    name = f"zigwire-test-{os.getpid()}"
    manager = Manager(f"\0{name}")
    Service({"NOTIFY_SOCKET": f"@{name}"}).ready()
    assert manager.listen()[0]["READY"] == "1"
    manager.socket.close()


@pytest.mark.parametrize("value", ["", "0", "-5", "soon"])
def test_a_bad_time_is_named(environ, caplog, value):
    Service({**environ, "WATCHDOG_USEC": value})
    assert f"WATCHDOG_USEC is '{value}'" in caplog.text


def test_a_manager_that_is_gone_or_no_path_is_named(tmp_path, caplog):
    Service({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()
    assert "READY=1" in caplog.text
    Service({"NOTIFY_SOCKET": "vsock:2:1234"}).ready()
    assert "vsock:2:1234" in caplog.text


async def test_without_a_manager_nothing_happens(caplog):
    service = Service({})
    service.ready()
    service.stopping()
    await service.live()
    assert not caplog.text
