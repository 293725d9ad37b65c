"""Who may come in: whoever knows the token; where there is none, programs, and pages that this server served."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import logging
from collections import Counter

from aiohttp import web
from aiohttp.typedefs import Handler

from zigwire.web.origins import Authority, foreign

__all__ = ["Access"]

LOG = logging.getLogger(__name__)

GUESS_COSTS = 1.0  # seconds until a wrong token is answered
MOST_GUESSES = 4  # of one address that wait for their answer


class Access:
    """Checks requests.

    A token proves by itself that a page is not a foreign one. Where there is none the page has to be this server's, so
    that no other site, open in a browser at home, controls the house; be it one whose name its owner lets point to
    this machine (DNS rebinding).

    Args:
        token: What to know, None when everybody may come in.
        url: Where people reach the server, `frontend.url`.
    """

    def __init__(self, token: str | None, url: str | None) -> None:
        self._token = token.encode(errors="replace") if token else None
        self._public = Authority.of(url) if url else None
        self._guesses: Counter[str] = Counter()
        self._complaint = ""

    async def admits(self, request: web.Request) -> bool:
        """Tell whether who asks knows the token; a wrong one is answered late.

        Raises:
            HTTPForbidden: There is no token, and the request comes from a foreign page.
            HTTPTooManyRequests: Too many guesses come from this address.
        """
        if self._token is None:
            self._refuse_foreign(request)
            return True
        given = _token_of(request)
        if given is None:
            return False
        peer = _peer(request.remote or "")
        if self._guesses[peer] >= MOST_GUESSES:
            raise web.HTTPTooManyRequests(text="Too many wrong tokens")
        if hmac.compare_digest(given.encode(errors="replace"), self._token):
            return True
        await self._punish(peer)
        return False

    def guarded(self, handler: Handler) -> Handler:
        """Return a handler that answers nobody but who may come in."""

        async def handle(request: web.Request) -> web.StreamResponse:
            if not await self.admits(request):
                raise web.HTTPUnauthorized(text="A token is needed", headers={"WWW-Authenticate": "Bearer"})
            return await handler(request)

        return handle

    async def _punish(self, peer: str) -> None:
        LOG.warning("A client at %s gave a wrong token", peer or "the Unix socket")
        self._guesses[peer] += 1
        try:
            await asyncio.sleep(GUESS_COSTS)
        finally:
            self._guesses.subtract([peer])
            self._guesses = +self._guesses

    def _refuse_foreign(self, request: web.Request) -> None:
        fault = foreign(request.headers, self._public)
        if fault is None:
            return
        if fault != self._complaint:
            self._complaint = fault
            LOG.warning(
                "A page in a browser was refused: %s. Is it yours? Set frontend.auth_token, or frontend.url", fault
            )
        raise web.HTTPForbidden(text="This page is not Zigwire's; its log says more")


def _token_of(request: web.Request) -> str | None:
    """Return the token that came with a request: in the query, as pages give it, or as `Authorization: Bearer`."""
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return bearer.strip() if kind.lower() == "bearer" else request.query.get("token")


def _peer(address: str) -> str:
    """Return whom a guess counts for: the address, of IPv6 the network that a household has."""
    if ":" not in address:
        return address
    return str(ipaddress.IPv6Network((address.partition("%")[0], 64), strict=False))
