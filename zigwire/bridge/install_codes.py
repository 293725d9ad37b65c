"""install_code/add: lets a device join with the key that follows from what is printed on it."""

from __future__ import annotations

import logging
from typing import Any

from zigwire.bridge.payloads import shortened
from zigwire.bridge.requests import Handler, RequestFault, fields
from zigwire.confidential import SECRETS
from zigwire.zigbee.install_codes import InstallCodeError, parse
from zigwire.zigbee.network import Network

__all__ = ["InstallCodeRequests"]

LOG = logging.getLogger(__name__)


class InstallCodeRequests:
    """install_code/add."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {"install_code/add": self.add}

    async def add(self, message: Any) -> dict[str, Any]:
        """Give the coordinator the link key of an install code, or all keys that it may mean."""
        value = fields(message, "value", bare="value")["value"]
        if not isinstance(value, str):
            raise RequestFault(
                "Invalid payload", f"value is {shortened(value)}; the text of an install code is allowed"
            )
        try:
            code = parse(value.strip())
        except InstallCodeError as error:
            raise RequestFault(str(error)) from error
        SECRETS.add(value, code.code, *code.link_keys)
        for key in code.link_keys:
            await self._network.add_link_key(code.ieee, key)
        fault = f" ({code.fault}: mended)" if code.fault else ""
        LOG.info("Added the install code of %s%s", code.ieee, fault)
        return {"value": value}
