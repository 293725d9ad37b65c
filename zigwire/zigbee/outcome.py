"""What a device's answer means: success, or which refusal."""

from __future__ import annotations

from zigwire.zcl.message import Attribute, Message
from zigwire.zcl.requests import ConfigureReporting, Prepared, Read, Request, Write
from zigwire.zcl.status import status_name
from zigwire.zigbee.errors import StatusError

__all__ = ["check"]


def check(request: Request, message: Message) -> None:
    """Accept an answer, or tell what the device refused.

    One readable attribute makes a read a success; one refused record makes a write or a reporting configuration fail.
    Answers to prepared frames are judged by those who prepared them.
    That an attribute is not reported is an answer to who reads the reporting configuration.

    Raises:
        StatusError: The device refused.
    """
    if isinstance(request, Prepared):
        return
    status = message.args.get("statusCode", 0)
    if status and message.type in _BARE:
        raise StatusError(status_name(status), message.cluster)
    refused = [record for record in message.attributes if _refused(record)]
    if not refused:
        return
    if isinstance(request, Read) and len(refused) < len(message.attributes):
        return
    if isinstance(request, Read | Write | ConfigureReporting):
        names = ", ".join(_name(message, record) for record in refused)
        raise StatusError(status_name(refused[0].status), names)


_BARE = {"defaultResponse", "writeResponse", "configReportResponse", "writeStructuredResponse"}
"""Messages that may be no more than a status."""


def _refused(record: Attribute) -> bool:
    """Whether the device gave a status; a value that only the table finds impossible has been answered."""
    return bool(record.status) and "raw" not in (record.extra or {})


def _name(message: Message, record: Attribute) -> str:
    key = f"0x{record.id:04x}" if record.name is None else record.name
    return f"{message.cluster}.{key}"
