"""How to reach the broker: the options of the connection, checked when they are made."""

from __future__ import annotations

import secrets
import ssl
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

__all__ = ["Address", "MqttOptions", "OptionsError"]

PLAIN_SCHEMES = ("mqtt", "tcp")
TLS_SCHEMES = ("mqtts", "ssl")
SHOWN_LENGTH = 80


class OptionsError(ValueError):
    """An option is wrong; the text names it, its value and what is allowed."""


class Address(NamedTuple):
    """What a server URL says."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttOptions:
    """The `mqtt` section of the configuration, as far as it concerns the connection.

    Attributes:
        server: `mqtt://host:port` or `mqtts://host:port`; `tcp` and `ssl` mean the same.
        client_id: What the broker knows us by; made up when none is given.
        user: Overrides a user in the URL.
        password: Overrides a password in the URL.
        keepalive: Seconds between signs of life, 0 for none.
        ca: File with the certificates that sign the broker's (PEM); the system's are used without it.
        cert: File with the client's certificate (PEM).
        key: File with the key of `cert` (PEM).
        reject_unauthorized: Refuse a broker whose certificate can't be verified.
        server_name: Name to expect in the broker's certificate instead of the host.
        version: 3 for MQTT 3.1, 4 for 3.1.1, 5 for 5.0.
        maximum_packet_size: Largest packet in bytes that the broker may send to us.

    Raises:
        OptionsError: A value is not allowed.
    """

    server: str = field(repr=False)
    client_id: str = field(default_factory=lambda: f"zigwire_{secrets.token_hex(4)}")
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    keepalive: int = 60
    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    reject_unauthorized: bool = True
    server_name: str | None = None
    version: int = 4
    maximum_packet_size: int = 1_048_576

    def __post_init__(self) -> None:
        parse_server(self.server)
        if not self.client_id:
            raise OptionsError("mqtt.client_id is empty: leave it out, or give it a name")
        if self.version not in (3, 4, 5):
            raise OptionsError(f"mqtt.version is {self.version!r}: allowed are 3 (MQTT 3.1), 4 (3.1.1) and 5")
        if not 0 <= self.keepalive <= 65_535:
            raise OptionsError(f"mqtt.keepalive is {self.keepalive!r}: allowed are 0 to 65535 seconds")
        if not 20 <= self.maximum_packet_size <= 268_435_456:
            raise OptionsError(
                f"mqtt.maximum_packet_size is {self.maximum_packet_size!r}: allowed are 20 to 268435456 bytes"
            )
        if self.key is not None and self.cert is None:
            raise OptionsError(f"mqtt.key is {self.key!r}, but mqtt.cert is missing: give both or none")

    @property
    def address(self) -> Address:
        """The parts of `server`, with `user` and `password` put over those of the URL."""
        address = parse_server(self.server)
        user = address.user if self.user is None else self.user
        password = address.password if self.password is None else self.password
        return address._replace(user=user, password=password)

    def ssl_context(self) -> ssl.SSLContext | None:
        """Read the certificates; None when the server URL asks for no TLS.

        Raises:
            OptionsError: A file is missing, or is not what it should be.
        """
        if not self.address.tls:
            return None
        try:
            context = ssl.create_default_context(cafile=self.ca)
        except (OSError, ssl.SSLError) as error:
            raise OptionsError(f"mqtt.ca is {self.ca!r}, which can't be read as certificates: {error}") from error
        # Private authorities made by hand lack extensions that Python 3.13 insists on (RFC 5280 4.2.1).
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if not self.reject_unauthorized:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.cert is not None:
            self._load_client_certificate(context, self.cert)
        return context

    def _load_client_certificate(self, context: ssl.SSLContext, cert: str) -> None:
        try:
            context.load_cert_chain(cert, self.key)
        except (OSError, ssl.SSLError) as error:
            raise OptionsError(
                f"mqtt.cert {cert!r} and mqtt.key {self.key!r} can't be read as a certificate with its key: {error}"
            ) from error


def parse_server(server: str) -> Address:
    """Take a server URL apart.

    Raises:
        OptionsError: It is not a URL of a broker.
    """
    try:
        url = urlsplit(server)
        port = url.port
    except ValueError as error:
        raise _bad_server(server, str(error)) from error
    if url.scheme in ("ws", "wss"):
        raise _bad_server(server, "MQTT over WebSocket is not supported")
    if url.scheme not in PLAIN_SCHEMES + TLS_SCHEMES:
        raise _bad_server(server, "it does not start with mqtt:// or mqtts://")
    if not url.hostname:
        raise _bad_server(server, "it names no host")
    tls = url.scheme in TLS_SCHEMES
    return Address(
        host=url.hostname,
        port=port or (8883 if tls else 1883),
        tls=tls,
        user=None if url.username is None else unquote(url.username),
        password=None if url.password is None else unquote(url.password),
    )


def _bad_server(server: str, reason: str) -> OptionsError:
    before, at, host = server.rpartition("@")
    shown = f"{before.partition('://')[0]}://...@{host}" if at else server
    return OptionsError(
        f"mqtt.server is {shown[:SHOWN_LENGTH]!r}: {reason}; allowed are mqtt://host:port and mqtts://host:port"
    )
