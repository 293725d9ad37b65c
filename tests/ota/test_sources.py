"""What is read and fetched, and what is not."""

import asyncio
import datetime as dt
import ipaddress
import os
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from zigwire.ota import sources
from zigwire.ota.errors import SourceError
from zigwire.ota.sources import fetch, path_below, read_file

LIMIT = 100


@pytest.fixture
def certificate(tmp_path):
    """Return a file with a certificate for 127.0.0.1 that nobody but itself vouches for, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path = tmp_path / "server.pem"
    secret = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(signed.public_bytes(encoding) + secret)
    return path


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_file_in_the_folder_is_named_in_many_ways(data):
    path = data / "firmware" / "a lamp.ota"
    path.write_bytes(b"image")
    for source in ("firmware/a lamp.ota", "./firmware/../firmware/a lamp.ota", str(path), path.as_uri()):
        assert read_file(path_below(data, source), LIMIT) == b"image"


@pytest.mark.parametrize(
    "source",
    [
        "../outside.ota",
        "firmware/../../outside.ota",
        "{parent}/outside.ota",
        "file://{parent}/outside.ota",
        "file:///%2e%2e/outside.ota",
        "file://elsewhere/lamp.ota",
        "file://[broken",
        "file:///a%00b",
        "link.ota",
        "round.ota",
        "firmware/door/outside.ota",
        "/etc/passwd",
        "a\0b",
        "\ud800",
        "x" * 5000,
        "",
        ".",
        "firmware",
        "pipe",
        "ftp://example.org/lamp.ota",
    ],
)
def test_nothing_else_is_read(data, source):
    (data.parent / "outside.ota").write_bytes(b"image")
    (data / "link.ota").symlink_to(data.parent / "outside.ota")
    (data / "round.ota").symlink_to(data / "round.ota")
    (data / "firmware" / "door").symlink_to(data.parent)
    os.mkfifo(data / "pipe")
    with pytest.raises(SourceError):
        read_file(path_below(data, source.replace("{parent}", str(data.parent))), LIMIT)


async def test_what_is_too_big_is_not_read_to_its_end(data, server):
    (data / "big").write_bytes(bytes(LIMIT + 1))
    with pytest.raises(SourceError, match="larger than 100 bytes"):
        read_file(data / "big", LIMIT)
    server.pages = {"/big": bytes(LIMIT + 1), "/small": bytes(LIMIT)}
    with pytest.raises(SourceError, match="larger than 100 bytes"):
        await fetch(f"{server.url}/big", LIMIT)
    assert (await fetch(f"{server.url}/small", LIMIT)).content == bytes(LIMIT)


async def test_what_has_not_changed_is_not_sent_again(server):
    server.pages = {"/page": b"first"}
    first = await fetch(f"{server.url}/page", LIMIT)
    assert await fetch(f"{server.url}/page", LIMIT, first) is first
    server.pages = {"/page": b"second"}
    assert (await fetch(f"{server.url}/page", LIMIT, first)).content == b"second"


async def test_redirections_are_followed_but_not_for_ever_nor_to_files(server):
    server.pages = {"/old": "/new", "/new": b"image", "/round": "/round", "/out": "file:///etc/passwd"}
    assert (await fetch(f"{server.url}/old", LIMIT)).content == b"image"
    for page in ("/round", "/out"):
        with pytest.raises(SourceError, match="can't be fetched"):
            await fetch(server.url + page, LIMIT)


@pytest.mark.parametrize(
    "address", ["http://", "http://[::1", "http://example.invalid:99999/", "https://\x7f/", "http://127.0.0.1:9/\ud800"]
)
async def test_addresses_that_can_be_none(address):
    with pytest.raises(SourceError):
        await fetch(address, LIMIT)


async def test_a_certificate_that_nobody_vouches_for_is_not_enough(serve, tls):
    async with serve(tls) as server:
        server.pages = {"/lamp.ota": b"image"}
        with pytest.raises(SourceError, match="CERTIFICATE_VERIFY_FAILED"):
            await fetch(f"{server.url}/lamp.ota", LIMIT)
        assert server.asked == []


async def test_nothing_that_was_secured_goes_on_without(serve, tls, server, certificate, monkeypatch):
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", ssl.create_default_context(cafile=certificate))
    server.pages = {"/lamp.ota": b"image"}
    async with serve(tls) as secured:
        secured.pages = {"/lamp.ota": b"image", "/moved": f"{server.url}/lamp.ota"}
        assert (await fetch(f"{secured.url}/lamp.ota", LIMIT)).content == b"image"
        with pytest.raises(SourceError, match="from https to http"):
            await fetch(f"{secured.url}/moved", LIMIT)


async def test_a_server_that_says_nothing_is_left(monkeypatch):
    monkeypatch.setattr(sources, "PATIENCE", 0.05)
    ended = asyncio.Event()

    async def keep_silent(_, writer):
        await ended.wait()
        writer.close()

    async with await asyncio.start_server(keep_silent, "127.0.0.1", 0) as silent:
        port = silent.sockets[0].getsockname()[1]
        with pytest.raises(SourceError, match="does not answer in time"):
            await fetch(f"http://127.0.0.1:{port}/", LIMIT)
        ended.set()


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_what_is_no_http_is_told(scheme):
    async def talk(_, writer):
        writer.write(b"\x16\x03\x01 what?\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as strange:
        port = strange.sockets[0].getsockname()[1]
        with pytest.raises(SourceError, match="can't be fetched"):
            await fetch(f"{scheme}://127.0.0.1:{port}/", LIMIT)


async def test_passwords_in_addresses_are_not_told():
    with pytest.raises(SourceError) as raised:
        await fetch("http://me:secret@127.0.0.1:9/lamp.ota", LIMIT)
    assert "127.0.0.1:9/lamp.ota" in str(raised.value)
    assert "secret" not in str(raised.value)
