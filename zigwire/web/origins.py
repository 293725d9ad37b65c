"""Where the page comes from that opens a WebSocket, which a browser says truly: this server, or another site."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from zigwire.bridge.payloads import shortened

__all__ = ["PROXIED", "Authority", "foreign", "is_from_here", "is_local", "is_loopback"]

USUAL_PORTS = {"http": 80, "https": 443}
LOCAL_ENDS = (".local", ".localhost", ".localdomain", ".lan", ".home", ".home.arpa", ".internal", ".fritz.box")
PROXIED = ("X-Forwarded-Host", "X-Forwarded-For", "X-Real-IP", "Forwarded")
"""Headers that reverse proxies set, and that no page can set for a WebSocket."""


class Authority(NamedTuple):
    """Host and port, as an address names them."""

    name: str
    port: int | None

    @classmethod
    def of(cls, url: str) -> Authority | None:
        """Read a URL or, after `//`, a host; None when it has none."""
        try:
            parts = urlsplit(url)
            name, port = parts.hostname, parts.port or USUAL_PORTS.get(parts.scheme)
        except ValueError:
            return None
        return cls(name, port) if name else None

    def serves(self, origin: Authority) -> bool:
        """Tell whether a page of an origin is from here; proxies often leave the port of the host away."""
        return self.name == origin.name and self.port in (None, origin.port)


def foreign(headers: Mapping[str, str], public: Authority | None) -> str | None:
    """Say why a request comes from a page that this server did not serve; None when it did, or when it is no page.

    Args:
        headers: Of the request.
        public: Where the settings say that people reach the server.
    """
    if "Origin" not in headers:
        return None
    origin = Authority.of(headers["Origin"])
    if origin is None or not is_from_here(headers, public):
        return f"it belongs to {shortened(headers['Origin'])}, another site than {shortened(headers.get('Host', ''))}"
    if public and public.serves(origin):
        return None
    if is_local(origin.name) or any(name in headers for name in PROXIED):
        return None
    return f"anybody can let the name {shortened(origin.name)} point to this machine"


def is_from_here(headers: Mapping[str, str], public: Authority | None = None) -> bool:
    """Tell whether a request comes from a page of this server, by the name that it was asked by, or from no page.

    Args:
        headers: Of the request.
        public: Where the settings say that people reach the server.
    """
    if "Origin" not in headers:
        return True
    origin = Authority.of(headers["Origin"])
    hosts = (headers.get("Host", ""), headers.get("X-Forwarded-Host", "").split(",")[0].strip())
    known = (*(Authority.of(f"//{host}") for host in hosts), public)
    return origin is not None and any(one.serves(origin) for one in known if one)


def is_local(name: str) -> bool:
    """Tell whether a host name means nothing outside of the home, or is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "." not in name or name.rstrip(".").endswith(LOCAL_ENDS)
    return True


def is_loopback(name: str) -> bool:
    """Tell whether a host name or address is this machine's own, for itself alone."""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost"
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
