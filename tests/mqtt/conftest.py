"""A real mosquitto on a free port, certificates for it, and an independent client that watches."""

from __future__ import annotations

import datetime as dt
import ipaddress
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from support.mosquitto import Mosquitto, free_port, tool_path
from support.waiting import until

from zigwire.mqtt import Backoff, MqttClient, MqttOptions

QUICK = Backoff(first=0.05, most=0.1)


@pytest.fixture(name="until")
def fixture_until() -> Callable[..., Awaitable[None]]:
    return until


@pytest.fixture(name="free_port")
def fixture_free_port() -> int:
    return free_port()


class Observer:
    """A client of another make that records what a broker delivers."""

    def __init__(self, port: int, *filters: str, version: int = paho.MQTTv5) -> None:
        self.messages: list[paho.MQTTMessage] = []
        self._filters = filters or ("#",)
        self._subscribed = False
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=version)
        self.client.on_connect = lambda client, *_: client.subscribe([(name, 2) for name in self._filters])
        self.client.on_subscribe = self._mark_subscribed
        self.client.on_message = lambda _client, _data, message: self.messages.append(message)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def _mark_subscribed(self, *_: Any) -> None:
        self._subscribed = True

    async def ready(self) -> Observer:
        await until(lambda: self._subscribed)
        return self

    def payloads(self, topic: str) -> list[bytes]:
        return [message.payload for message in self.messages if message.topic == topic]

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path)
    yield broker
    broker.kill()


@pytest.fixture
def password_file(tmp_path: Path) -> Callable[[str, str], str]:
    def make(user: str, password: str) -> str:
        path = tmp_path / "passwords"
        tool = tool_path("mosquitto_passwd")
        subprocess.run([tool, "-c", "-b", str(path), user, password], check=True, capture_output=True)
        return str(path)

    return make


@pytest.fixture
async def observe() -> AsyncIterator[Callable[..., Awaitable[Observer]]]:
    observers: list[Observer] = []

    async def make(port: int, *filters: str, **options: Any) -> Observer:
        observers.append(Observer(port, *filters, **options))
        return await observers[-1].ready()

    yield make
    for observer in observers:
        observer.close()


@pytest.fixture
async def make_client() -> AsyncIterator[Callable[..., MqttClient]]:
    async with AsyncExitStack() as stack:

        def make(options: MqttOptions | str, **arguments: Any) -> MqttClient:
            if isinstance(options, str):
                options = MqttOptions(server=options)
            client = MqttClient(options, **{"backoff": QUICK, **arguments})
            stack.push_async_callback(client.stop)
            return client

        yield make


@dataclass(frozen=True)
class Certificates:
    """Files of one authority: its own certificate, the broker's and a client's."""

    ca: str
    server: str
    server_key: str
    client: str
    client_key: str


class Authority:
    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        # No key usage and no key identifiers: so are the certificates that people make by hand.
        self.certificate = self._sign(self._subject, self._key, x509.BasicConstraints(ca=True, path_length=None))

    def _sign(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType) -> Any:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
            .sign(self._key, hashes.SHA256())
        )

    def issue(self, name: str, *names: x509.GeneralName) -> tuple[str, str]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._sign(subject, key, x509.SubjectAlternativeName(names or [x509.DNSName(name)]))
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return self.write(f"{name}.crt", certificate), self.write_bytes(f"{name}.key", secret)

    def write(self, name: str, certificate: x509.Certificate) -> str:
        return self.write_bytes(name, certificate.public_bytes(serialization.Encoding.PEM))

    def write_bytes(self, name: str, content: bytes) -> str:
        path = self._folder / f"{self._name}-{name}"
        path.write_bytes(content)
        return str(path)


@pytest.fixture(scope="session")
def make_certificates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Certificates]:
    folder = tmp_path_factory.mktemp("certificates")

    def make(name: str) -> Certificates:
        authority = Authority(folder, name)
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        server, server_key = authority.issue("server", address, x509.DNSName("broker.example"))
        client, client_key = authority.issue("client")
        return Certificates(authority.write("ca.crt", authority.certificate), server, server_key, client, client_key)

    return make


@pytest.fixture(scope="session")
def certificates(make_certificates: Callable[[str], Certificates]) -> Certificates:
    return make_certificates("home")
