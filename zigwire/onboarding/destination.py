"""Where a browser finds Zigwire's page once it runs."""

from __future__ import annotations

from dataclasses import dataclass

from zigwire.settings import Settings

__all__ = ["Destination"]


@dataclass(frozen=True, slots=True)
class Destination:
    """The address of the page.

    Attributes:
        page: Whether there is a page that a browser can go to.
        scheme: `http` or `https`.
        port: TCP port.
        base_url: The path.
    """

    page: bool
    scheme: str
    port: int
    base_url: str

    @classmethod
    def of(cls, settings: Settings) -> Destination:
        """Return what the settings say."""
        frontend = settings.frontend
        page = frontend.enabled and not (frontend.host or "").startswith("/")
        scheme = "https" if frontend.ssl_cert and frontend.ssl_key else "http"
        return cls(page, scheme, frontend.port, frontend.base_url)

    def at(self, host: str) -> str:
        """Return the URL for those who reach this machine by a name or address."""
        return f"{self.scheme}://{f'[{host}]' if ':' in host else host}:{self.port}{self.base_url}"
