"""The log to a syslog server."""

import logging
import os
import re
import socket
import threading

import pytest
from support.waiting import until

STAMP = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
LOG = logging.getLogger("zigwire.test")


@pytest.fixture
def datagrams():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        yield server


@pytest.fixture
def stream():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server


def place(server, **others):
    host, port = server.getsockname()
    return {"host": host, "port": port, **others}


def line(connection):
    with connection.makefile("rb") as lines:
        return lines.readline()


def test_by_udp_as_rfc_5424(configure, datagrams):
    configure(log_output=["syslog"], log_syslog=place(datagrams, app_name="my house", pid="7", localhost="here"))
    LOG.warning("hello\nworld")
    wanted = rb"<132>1 " + STAMP + rb" here myhouse 7 - - zigwire\.test: hello\\nworld"
    assert re.fullmatch(wanted, datagrams.recv(1000))


@pytest.mark.parametrize("name", ["BSD", "3164", "RFC3164"])
def test_by_udp_as_rfc_3164(configure, datagrams, name):
    configure(log_output=["syslog"], log_syslog=place(datagrams, type=name))
    LOG.error("hello")
    head = rf"<131>[A-Z][a-z]{{2}} [ \d]\d \d\d:\d\d:\d\d localhost Zigbee2MQTT\[{os.getpid()}\]: zigwire\.test: hello"
    assert re.fullmatch(head.encode(), datagrams.recv(1000))


def test_an_end_of_messages_that_was_chosen(configure, datagrams):
    configure(log_output=["syslog"], log_syslog=place(datagrams, eol="\\r\\n"))
    LOG.warning("hello")
    assert datagrams.recv(1000).endswith(b": hello\r\n")


def test_by_tcp_over_a_new_connection_after_one_that_ended(configure, stream):
    configure(log_output=["syslog"], log_syslog=place(stream, protocol="tcp4"))
    LOG.warning("one")
    first, _ = stream.accept()
    with first:
        assert line(first).endswith(b": one\n")
    LOG.warning("two")
    second, _ = stream.accept()
    with second:
        assert line(second).endswith(b": two\n")


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_by_a_socket_file(configure, tmp_path, kind):
    with socket.socket(socket.AF_UNIX, kind) as server:
        server.bind(str(tmp_path / "syslog"))
        server.settimeout(5)
        if kind is socket.SOCK_STREAM:
            server.listen()
        configure(log_output=["syslog"], log_syslog={"protocol": "unix", "path": str(tmp_path / "syslog")})
        LOG.error("hello")
        receiver = server.accept()[0] if kind is socket.SOCK_STREAM else server
        assert receiver.recv(1000).startswith(b"<131>1 ")
        receiver.close()


async def test_what_nobody_takes_waits_and_is_told_once(configure, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("zigwire.logs.syslog.PAUSE", 0.01)
    path = tmp_path / "syslog"
    configure(log_output=["console", "syslog"], log_syslog={"protocol": "unix", "path": str(path)})
    LOG.error("early")
    said = []
    await until(lambda: said.append(capsys.readouterr().out) or str(path) in "".join(said))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(path))
        server.settimeout(5)
        assert server.recv(1000).endswith(b": early")
    assert "".join(said).count(str(path)) == 1


def test_the_newest_messages_wait(configure, monkeypatch, datagrams):
    monkeypatch.setattr("zigwire.logs.syslog.MOST_WAITING", 3)
    may_connect = threading.Event()

    def connect(_):
        may_connect.wait(5)
        link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        link.connect(datagrams.getsockname())
        return link

    monkeypatch.setattr("zigwire.logs.syslog.connect", connect)
    configure(log_output=["syslog"])
    for number in range(10):
        LOG.error("message %d", number)
    may_connect.set()
    heard = [datagrams.recv(1000)[-9:]]
    while heard[-1] != b"message 9":
        heard.append(datagrams.recv(1000)[-9:])
    assert heard[-3:] == [b"message 7", b"message 8", b"message 9"]
    assert len(heard) <= 4


def test_what_waits_is_sent_before_the_end(configure, datagrams):
    configure(log_output=["syslog"], log_syslog=place(datagrams))
    for number in range(50):
        LOG.error("message %d", number)
    configure(log_output=[])
    for number in range(50):
        assert datagrams.recv(1000).endswith(b" %d" % number)


def test_an_unknown_protocol_is_named(configure, capsys):
    configure(log_output=["console", "syslog"], log_syslog={"protocol": "pigeon"})
    assert "'pigeon'" in capsys.readouterr().out
