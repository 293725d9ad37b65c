"""Which frame answers which, and the frames that answer a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.zcl import foundation
from zigwire.zcl.clusters import CLUSTERS, Clusters
from zigwire.zcl.foundation import GENERAL_COMMANDS, Body
from zigwire.zcl.frame import GENERAL, SPECIFIC, Header
from zigwire.zcl.message import Attribute, Message
from zigwire.zcl.requests import Typed
from zigwire.zcl.status import Status

__all__ = ["answers", "default_response", "read_response", "wants_default_response"]


def wants_default_response(
    message: Message, *, unicast: bool, status: int = Status.SUCCESS, clusters: Clusters = CLUSTERS
) -> bool:
    """Tell whether a message is to be answered with a default response (ZCL 2.5.12.2).

    It is when the message came to us alone, is no default response itself, no other command answers it, and its sender
    wants to hear of success or there is a failure to tell. Unlike the ZCL asks, a frame that could not be read is not
    answered: a definition may read it all the same, and Zigbee2MQTT's silence is what devices in the field know.

    Args:
        message: The message that came.
        unicast: Whether it came to us alone, rather than to a group or to all.
        status: What the default response would say.
        clusters: The table of clusters, with the device's own.
    """
    if not unicast or message.type in {"raw", "defaultResponse"}:
        return False
    if message.disable_default_response and status == Status.SUCCESS:
        return False
    header = Header(
        frame_type=SPECIFIC if message.cluster_specific else GENERAL,
        tsn=message.tsn,
        command_id=message.command_id,
        to_client=message.to_client,
        manufacturer=message.manufacturer,
    )
    return _response(message.cluster_id, header, clusters) is None


def default_response(message: Message, status: int = Status.SUCCESS) -> bytes:
    """Return the default response to a message."""
    args = {"cmdId": message.command_id, "statusCode": status}
    return _reply(message, foundation.DEFAULT_RESPONSE, Body(args=args))


def read_response(message: Message, values: Mapping[str | int, Any], clusters: Clusters = CLUSTERS) -> bytes:
    """Return the response to a message that reads attributes.

    Args:
        message: The message, of type `read`.
        values: Values by name or id; `Typed` ones name their own type. What is not among them is unsupported.
        clusters: The table of clusters, with the device's own.

    Raises:
        EncodeError: A value does not fit its type.
    """
    cluster = clusters.find(message.cluster_id, message.manufacturer)

    def record(asked: Attribute) -> Attribute:
        value = values.get(asked.key, values.get(asked.id))
        definition = cluster.attribute(asked.id, message.manufacturer)
        if isinstance(value, Typed):
            return asked._replace(type=value.type, value=value.value)
        if value is None or definition is None:
            return asked._replace(status=Status.UNSUPPORTED_ATTRIBUTE)
        return asked._replace(type=definition.type.id, value=value)

    return _reply(message, foundation.READ_RESPONSE, Body(tuple(map(record, message.attributes))))


def answers(sent: bytes, cluster_id: int, message: Message, clusters: Clusters = CLUSTERS) -> bool:
    """Tell whether a message is the answer to a frame that was sent.

    It is when it has the cluster and the transaction number of the frame, goes the other way, and is the response that
    the frame's command has, or a default response about that command. Where a command has a response of its own, a
    default response only counts when it tells of a failure: the response may still come after success.

    Args:
        sent: The frame that was sent.
        cluster_id: Its cluster.
        message: The message that came.
        clusters: The table of clusters, with the device's own.

    Raises:
        ParseError: The frame that was sent has no header.
    """
    header, _ = Header.parse(sent)
    if (message.cluster_id, message.tsn, message.to_client) != (cluster_id, header.tsn, not header.to_client):
        return False
    response = _response(cluster_id, header, clusters)
    if message.type == "defaultResponse":
        failed = message.args["statusCode"] != Status.SUCCESS
        return message.args["cmdId"] == header.command_id and (failed or response is None)
    return message.cluster_specific == (header.frame_type == SPECIFIC) and message.command_id == response


def _response(cluster_id: int, header: Header, clusters: Clusters) -> int | None:
    """Return the command that answers a frame's command, None when a default response does."""
    if header.frame_type == GENERAL:
        general = GENERAL_COMMANDS.get(header.command_id)
        return general.response if general else None
    cluster = clusters.find(cluster_id, header.manufacturer)
    command = cluster.command(header.command_id, to_client=header.to_client)
    return command.response if command else None


def _reply(message: Message, command_id: int, body: Body) -> bytes:
    header = Header(
        frame_type=GENERAL,
        tsn=message.tsn,
        command_id=command_id,
        to_client=not message.to_client,
        manufacturer=message.manufacturer,
        disable_default_response=True,
    )
    return header.serialise() + GENERAL_COMMANDS[command_id].build(body)
