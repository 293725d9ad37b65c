"""Setting Zigwire up in a browser: served until there is a configuration, or until the program is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from zigwire.onboarding.access import Access
from zigwire.onboarding.compatible import Compatible
from zigwire.onboarding.failure import Failure
from zigwire.onboarding.form import Form
from zigwire.onboarding.server import Place, application, served
from zigwire.onboarding.session import Session, read
from zigwire.onboarding.wanted import CONFIGURATION
from zigwire.service import Service
from zigwire.settings import Settings

__all__ = ["Onboarding"]

Announce = Callable[[str], None]


class Onboarding:
    """What browsers are served before Zigwire runs; who was let in once stays in.

    Args:
        folder: The data folder, which may not be there yet.
        environ: The environment: `Z2M_ONBOARD_URL` and the rest.
        announce: Tells the person in the terminal.

    Raises:
        OnboardingError: `Z2M_ONBOARD_URL` says nothing sensible.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str], announce: Announce) -> None:
        self._folder = folder
        self._environ = environ
        self._announce = announce
        self._access = Access()
        self._place = Place.wanted(environ)
        self._service = Service(environ)

    async def set_up(self) -> bool:
        """Serve the form until there is a configuration; False when the program is told to stop before.

        Raises:
            OnboardingError: The server can't be started.
        """
        finished, session, app = asyncio.Event(), Session(self._folder, self._environ), application(self._access)
        form = Form(session, self._access, finished.set)
        form.add_to(app)
        Compatible(session, self._environ, finished.set).add_to(app)
        begun, other = "is to be set up anew", ""
        if not (self._folder / CONFIGURATION).exists():
            begun = "has no configuration yet"
            other = f" Or set it up in this terminal: Ctrl+C, then `zigwire setup --data {self._folder}`."
        async with served(app, self._place) as port:
            form.port = port
            self._invite(port, f"{self._folder} {begun}. Set Zigwire up in a browser:", other)
            return await self._unless_stopped(finished.wait())

    async def show_failure(self, errors: Sequence[str]) -> bool | None:
        """Serve what went wrong until a person decides.

        Args:
            errors: In sentences.

        Returns:
            Whether to set Zigwire up anew (True) or only to try again (False); None when the program is told to stop.

        Raises:
            OnboardingError: The server can't be started.
        """
        failure, app = Failure(errors, self._load), application(self._access)
        failure.add_to(app)
        async with served(app, self._place) as port:
            self._invite(port, "Mend it, and try again in a browser:")
            if not await self._unless_stopped(failure.decided):
                return None
        return failure.decided.result()

    def _load(self) -> Settings:
        return read(self._folder / CONFIGURATION, self._environ)

    def _invite(self, port: int, sentence: str, other: str = "") -> None:
        code = self._access.code
        urls = list(self._place.urls(port, code))
        width = max(len(url) for url, _ in urls)
        lines = "\n".join(f"  {url:{width}}   {where}" for url, where in urls)
        self._announce(f"{sentence}\n\n{lines}\n\nThe code for other machines is {code}.{other}")

    async def _unless_stopped(self, waiting: Awaitable[object]) -> bool:
        """Wait for something, and let systemd be patient meanwhile; False when the program is told to stop before."""
        loop = asyncio.get_running_loop()
        task, alive = asyncio.ensure_future(waiting), asyncio.create_task(self._service.live())
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        try:
            await asyncio.wait([task])
        finally:
            alive.cancel()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)
        return not task.cancelled()
