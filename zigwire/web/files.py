"""The files that browsers get: the page, and pictures of devices."""

from __future__ import annotations

import re
from pathlib import Path

from aiohttp import web

__all__ = ["COMPILING_PAGE_POLICY", "PAGE_POLICY", "DeviceIcons", "Page"]

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
PICTURES = {
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".gif": "image/gif",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
PACKED = (".br", ".gz")
HASHED = re.compile(r"-[\w-]{8}\.\w+$")
"""End of a file's name that changes with its content, as bundlers make it."""

ELSEWHERE = "https://raw.githubusercontent.com https://www.zigbee2mqtt.io https://cdn.jsdelivr.net"
"""Where windfront gets pages of devices, pictures to keep, and fonts for the network map."""

PAGE_POLICY = (
    "default-src 'self'; script-src 'self' blob:; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
    f"img-src * data: blob:; font-src 'self' data:; connect-src 'self' {ELSEWHERE}; object-src 'none'; "
    "base-uri 'self'; form-action 'self'"
)
"""Pictures come from anywhere: from where users say. The network map's workers load scripts that it makes (`blob:`)."""

COMPILING_PAGE_POLICY = PAGE_POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'")
"""For a page that compiles the checks of its forms, as zigbee2mqtt-frontend does."""

PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""An SVG that is opened by itself runs nothing and belongs to nobody."""


class Page:
    """The files of a page. What it has is known from the start: there is no other way to a file than its name here.

    Args:
        folder: The files; `.br` beside a file is the same compressed.
        policy: What they may do, as a Content-Security-Policy.
    """

    def __init__(self, folder: Path, policy: str = PAGE_POLICY) -> None:
        self._policy = policy
        files = (path for path in folder.rglob("*") if path.suffix not in PACKED and path.is_file())
        self._files = {path.relative_to(folder).as_posix(): path for path in files}

    def response(self, name: str) -> web.StreamResponse:
        """Return a file, of a folder its index.

        Raises:
            HTTPNotFound: The page has no such file.
        """
        path = self._files.get(f"{name}index.html" if not name or name.endswith("/") else name)
        if path is None:
            raise web.HTTPNotFound(text="Not found")
        headers = {"Cache-Control": _caching(path), "Content-Security-Policy": self._policy}
        if path.suffix in TYPES:
            headers["Content-Type"] = TYPES[path.suffix]
        return web.FileResponse(path, headers=headers)


class DeviceIcons:
    """The pictures that users gave to devices.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def response(self, name: str) -> web.StreamResponse:
        """Return a picture.

        Raises:
            HTTPNotFound: There is none of this name.
        """
        path = self._find(name)
        if path is None:
            raise web.HTTPNotFound(text="Not found")
        headers = {
            "Cache-Control": "no-cache",
            "Content-Security-Policy": PICTURE_POLICY,
            "Content-Type": PICTURES[path.suffix.lower()],
        }
        return web.FileResponse(path, headers=headers)

    def _find(self, name: str) -> Path | None:
        try:
            path = (self._folder / name).resolve()
            is_ours = path.is_relative_to(self._folder) and path.suffix.lower() in PICTURES and path.is_file()
        except (OSError, ValueError):  # no file can have this name
            return None
        return path if is_ours else None


def _caching(path: Path) -> str:
    if path.suffix == ".html":
        return "no-store"
    return "public, max-age=31536000, immutable" if HASHED.search(path.name) else "no-cache"
