"""Who may set Zigwire up: whoever sits at this machine, and from elsewhere whoever can read the code in its terminal.

A page of another site may do nothing; nor one whose name its owner lets point to this machine, unless it has the code.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets

from aiohttp import web
from aiohttp.typedefs import Handler

from zigwire.web.origins import PROXIED, Authority, is_from_here, is_loopback

__all__ = ["Access"]

COOKIE = "zigwire_setup"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that are taken for others."""

GUESS_COSTS = 1.0
"""Seconds until a wrong code is answered: a thousand connections would need 30 years for all 32^8 of them."""

OPEN = ("/", "/code")
"""What is served without the code, beside the files of the page."""


class Access:
    """Checks requests.

    Attributes:
        code: What opens the door from elsewhere.
    """

    def __init__(self) -> None:
        digits = "".join(secrets.choice(LETTERS) for _ in range(8))
        self.code = f"{digits[:4]}-{digits[4:]}"
        self._cookie = secrets.token_urlsafe(16)

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request through, or answer 401 (the code is needed) or 403 (it comes from a foreign page)."""
        if _is_foreign(request):
            raise web.HTTPForbidden(text="Another site than this one may not set Zigwire up")
        if not self._is_open(request) and not self.admits(request):
            return web.json_response({"error": "the code is needed"}, status=401)
        return await handler(request)

    def admits(self, request: web.Request) -> bool:
        """Tell whether who asks may set Zigwire up."""
        given = request.cookies.get(COOKIE, "").encode(errors="replace")
        return hmac.compare_digest(given, self._cookie.encode()) or self.is_here(request)

    async def enter(self, code: str, response: web.StreamResponse) -> bool:
        """Take a code; where it is right, the response carries what opens the door from then on."""
        if not hmac.compare_digest(_plain(code), _plain(self.code)):
            await asyncio.sleep(GUESS_COSTS)
            return False
        response.set_cookie(COOKIE, self._cookie, httponly=True, samesite="Strict", path="/")
        return True

    def is_here(self, request: web.Request) -> bool:
        """Tell whether a request comes from this machine, straight, and by a name that nobody else can give it."""
        if any(name in request.headers for name in PROXIED):
            return False
        host = Authority.of(f"//{request.headers.get('Host', '')}")
        return is_loopback(request.remote or "") and host is not None and is_loopback(host.name)

    def _is_open(self, request: web.Request) -> bool:
        resource = request.match_info.route.resource
        return request.path in OPEN or isinstance(resource, web.StaticResource)


def _plain(code: str) -> bytes:
    return "".join(letter for letter in code.upper() if letter.isalnum()).encode(errors="replace")


def _is_foreign(request: web.Request) -> bool:
    """Whether a page of another site asks, which browsers say truly."""
    fetched_by = request.headers.get("Sec-Fetch-Site", "none")
    if request.method != "GET" and fetched_by not in {"none", "same-origin"}:
        return True
    return not is_from_here(request.headers)
