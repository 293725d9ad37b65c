"""Where the server listens, and what it says when it can't."""

import asyncio
import contextlib
import socket
import ssl
import subprocess

import aiohttp
import pytest
from support.mosquitto import free_port
from support.waiting import until

from zigwire.settings import Frontend
from zigwire.web import server
from zigwire.web.listening import ListenError, Place


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
    subprocess.run(
        [*command.split(), "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True
    )
    return folder


@pytest.mark.parametrize(
    ("settings", "shown", "private"),
    [
        ({}, "http://localhost:8080", False),
        ({"host": ""}, "http://localhost:8080", False),
        ({"host": "0.0.0.0"}, "http://0.0.0.0:8080", False),
        ({"host": "127.0.0.1", "port": 80}, "http://127.0.0.1:80", True),
        ({"host": "localhost"}, "http://localhost:8080", True),
        ({"host": "::1"}, "http://[::1]:8080", True),
        ({"host": "::"}, "http://[::]:8080", False),
        ({"host": "pi.lan", "ssl_cert": "c", "ssl_key": "k"}, "https://pi.lan:8080", False),
        ({"host": "/run/zigwire.sock"}, "/run/zigwire.sock", True),
    ],
)
def test_places(tmp_path, settings, shown, private):
    place = Place(Frontend(**settings), tmp_path)
    assert (str(place), place.is_private) == (shown, private)


async def test_tls(make_site, certificate):
    site = await make_site(ssl_cert=str(certificate / "cert.pem"), ssl_key=str(certificate / "key.pem"))
    assert site.url.startswith("https://")
    context = ssl.create_default_context(cafile=certificate / "cert.pem")
    context.check_hostname = False
    assert (await site.get("/", ssl=context)).status == 200
    site.publish_state()
    socket = await site.connect(ssl=context)
    assert "online" in await socket.receive_str()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"ssl_cert": "nope.pem", "ssl_key": "nope.key"}, ["ssl_cert", "nope.pem", "No such file"]),
        ({"ssl_key": "nope.key"}, ["ssl_key", "without", "ssl_cert"]),
        ({"host": "192.0.2.1"}, ["no such address"]),
        ({"host": "no such host"}, ["not known"]),
        ({"host": "/nope/zigwire.sock"}, ["No such file"]),
    ],
)
async def test_places_that_can_not_be_used(tmp_path, settings, words):
    with pytest.raises(ListenError) as refused:
        await Place(Frontend(port=free_port(), **settings), tmp_path).listen(asyncio.Protocol)
    for word in words:
        assert word.lower() in str(refused.value).lower()


async def test_a_certificate_without_its_key(tmp_path, certificate):
    with pytest.raises(ListenError, match="ssl_cert"):
        await Place(Frontend(ssl_cert=str(certificate / "cert.pem")), tmp_path).listen(asyncio.Protocol)


async def test_a_unix_socket(make_site, tmp_path):
    path = tmp_path / "zigwire.sock"
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(path))
    site = await make_site(host=str(path))
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path))) as client:
        async with client.get("http://localhost/") as response:
            assert response.status == 200
        with pytest.raises(ListenError, match="another program"):
            await Place(Frontend(host=str(path)), tmp_path).listen(asyncio.Protocol)
        assert path.exists()
    await site.server.close()
    assert not path.exists()


async def test_a_taken_port_is_tried_again(make_site, monkeypatch, caplog):
    monkeypatch.setattr(server, "AGAIN", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        opening = asyncio.create_task(make_site(port=port))
        await until(lambda: caplog.messages)
        await asyncio.sleep(0.05)
        assert not opening.done()
    site = await opening
    assert (await site.get()).status == 200
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        f"Browsers can't be served at http://127.0.0.1:{port}/: another program uses it. It is tried again"
    ]


async def test_a_warning_where_anybody_may_come_in(make_site, caplog):
    await make_site(host="0.0.0.0")
    assert "frontend.auth_token" in caplog.text


@pytest.mark.parametrize("settings", [{"host": "0.0.0.0", "auth_token": "secret"}, {"host": "127.0.0.1"}])
async def test_no_warning_needed(make_site, caplog, settings):
    await make_site(**settings)
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


async def test_too_many_connections(site, monkeypatch):
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 3)
    host, port = site.url.removeprefix("http://").split(":")
    idle = [await asyncio.open_connection(host, int(port)) for _ in range(3)]
    reader, writer = await asyncio.open_connection(host, int(port))
    with pytest.raises((ConnectionError, EOFError)):
        await reader.readexactly(1)
    writer.close()
    for _, writer in idle:
        writer.close()
    async with asyncio.timeout(8):
        await served_again(site)


async def served_again(site):
    with contextlib.suppress(aiohttp.ClientError):
        assert (await site.get()).status == 200
        return
    await asyncio.sleep(0.01)
    await served_again(site)


async def test_who_does_not_come_to_the_point_is_cut_off(make_site, monkeypatch):
    monkeypatch.setattr(server, "IDLE", 0.2)
    site = await make_site()
    host, port = site.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET / HTTP/1.1\r\n")
    async with asyncio.timeout(8):
        assert await reader.read() == b""
    writer.close()
