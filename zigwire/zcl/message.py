"""A received ZCL frame in the words of the MQTT interface."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

__all__ = ["Attribute", "Message"]


class Attribute(NamedTuple):
    """One record of a read response, report, write or reporting command.

    Attributes:
        id: Attribute id.
        name: Name in the table of clusters, None when it has none.
        value: The value; None when `status` is not zero (or nothing was carried).
        type: ZCL data type id, None when nothing was carried.
        status: ZCL status, 0 for success.
        extra: Further fields of the record, for example intervals of a reporting configuration.
    """

    id: int
    name: str | None
    value: Any = None
    type: int | None = None
    status: int = 0
    extra: dict[str, Any] | None = None

    @property
    def key(self) -> str | int:
        """Name where there is one, else the id."""
        return self.id if self.name is None else self.name


@dataclass(slots=True)
class Message:
    """A parsed ZCL frame.

    Attributes:
        cluster_id: Id of the cluster.
        cluster: Name of the cluster, or its id as text when no table knows it.
        type: What it is: `attributeReport`, `readResponse`, `read`, `write`, `writeResponse`, `configReportResponse`,
            `readReportConfigResponse`, `defaultResponse`, `discoverResponse`, ..., `command<Name>` for a cluster's
            command (`commandOn`), or `raw` when the cluster's command is unknown.
        tsn: Transaction sequence number.
        command_id: Command id in the frame.
        cluster_specific: Whether the command is one of the cluster rather than a general one.
        to_client: Direction bit: sent by a server.
        manufacturer: Manufacturer code.
        disable_default_response: The frame control bit.
        attributes: Records, for general commands that carry them.
        args: Parameters by name, for cluster commands and default responses (`cmdId`, `statusCode`).
        payload: Everything behind the header.
        rest: What could not be decoded, for example behind a record of unknown type.
        frame: The whole frame as it came.
        answered: Whether its sender gets no answer any more: a definition has given it, or knows that none is wanted.
        group: The group that it was sent to, None when it was sent to one device.
    """

    cluster_id: int
    cluster: str
    type: str
    tsn: int
    command_id: int
    cluster_specific: bool
    to_client: bool
    manufacturer: int | None
    disable_default_response: bool
    attributes: tuple[Attribute, ...] = ()
    args: dict[str, Any] = field(default_factory=dict)
    payload: bytes = b""
    rest: bytes = b""
    frame: bytes = b""
    answered: bool = False
    group: int | None = None
