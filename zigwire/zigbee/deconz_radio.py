"""What Dresden Elektronik's coordinators do differently from other radios of zigpy."""

from __future__ import annotations

from typing import Any

from zigpy_deconz.api import LinkKey, NetworkParameter

from zigwire.zigbee.zigpy_radio import ApplicationMixin

__all__ = ["DeconzMixin"]


class DeconzMixin(ApplicationMixin):
    """The application of zigpy-deconz."""

    _api: Any

    async def add_link_key(self, ieee: Any, key: Any) -> None:
        """Let a device join with a link key of its own."""
        await self._api.write_parameter(NetworkParameter.link_key, LinkKey(ieee=ieee, key=key))
