"""The ZCL side of a virtual device: general commands on its attributes, default responses, dispatch to clusters."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from zigwire.simulator.attributes import Access, AttributeKey
from zigwire.simulator.clusters import HANDLERS, Answer, Host
from zigwire.simulator.frame import ZclFrame
from zigwire.simulator.reporting import ReportingConfiguration, ReportingEngine
from zigwire.simulator.zdo import Node
from zigwire.zcl import types
from zigwire.zcl.status import Status
from zigwire.zigbee.radio import ApsFrame, Mode

__all__ = ["ClusterClient", "ZclHost", "ZclServer"]

READ, WRITE, WRITE_UNDIVIDED, WRITE_SILENT = 0x00, 0x02, 0x03, 0x05
CONFIGURE_REPORTING, READ_REPORTING, DEFAULT_RESPONSE, DISCOVER, DISCOVER_EXTENDED = 0x06, 0x08, 0x0B, 0x0C, 0x15
ALL_ENDPOINTS = 0xFF
NO_REPORTS = 0xFFFF
RECEIVED = 1


class ClusterClient(Protocol):
    """The client side of a cluster, where a device has one that acts."""

    def receive(self, frame: ZclFrame) -> Answer:
        """Take a command of the cluster's server."""

    def default_response(self, command: int, status: int) -> None:
        """Take the default response to a command of this client."""


class ZclHost(Host, Protocol):
    """What the server needs of its device."""

    clients: dict[tuple[int, int], ClusterClient]
    node: Node
    reporting: ReportingEngine

    def write(self, key: AttributeKey, value: Any) -> int:
        """Take a written value; returns a ZCL status."""

    def send(
        self,
        endpoint: int,
        cluster: int,
        frame: ZclFrame,
        *,
        destination: int = 0,
        destination_endpoint: int = 1,
        mode: Mode = Mode.UNICAST,
    ) -> None:
        """Send a frame."""


class ZclServer:
    """Serves the ZCL frames that reach a device."""

    def __init__(self, host: ZclHost) -> None:
        self._host = host
        self._general: dict[int, Callable[[int, int, ZclFrame], Answer]] = {
            READ: self._read,
            WRITE: self._write,
            WRITE_UNDIVIDED: self._write_undivided,
            WRITE_SILENT: self._write_silent,
            CONFIGURE_REPORTING: self._configure_reporting,
            READ_REPORTING: self._read_reporting,
            DISCOVER: self._discover,
            DISCOVER_EXTENDED: self._discover,
            **dict.fromkeys((0x01, 0x04, 0x07, 0x09, 0x0D, 0x16), _accept),
            0x0A: _accept,
            DEFAULT_RESPONSE: self._default_response,
        }

    def receive(self, frame: ApsFrame) -> None:
        """Take a frame: act on it, answer it when it was for this device alone."""
        try:
            zcl = ZclFrame.parse(frame.data)
        except ValueError:
            return
        for endpoint in self._targets(frame):
            answer = self._answer(endpoint, frame.cluster, zcl)
            if frame.mode is Mode.UNICAST:
                self._reply(endpoint, frame, zcl, answer)
            if answer.effect is not None:
                answer.effect()

    def _targets(self, frame: ApsFrame) -> list[int]:
        known = [e for e in self._host.node.endpoints.values() if e.profile == frame.profile or not frame.profile]
        if frame.mode is Mode.GROUP:
            return [e.id for e in known if frame.destination in self._host.groups[e.id]]
        return [e.id for e in known if frame.destination_endpoint in {e.id, ALL_ENDPOINTS}]

    def _answer(self, endpoint: int, cluster: int, frame: ZclFrame) -> Answer:
        try:
            if frame.cluster_specific:
                return self._cluster_command(endpoint, cluster, frame)
            general = self._general.get(frame.command)
            return general(endpoint, cluster, frame) if general else Answer(Status.UNSUP_GENERAL_COMMAND)
        except (struct.error, IndexError, ValueError):
            return Answer(Status.MALFORMED_COMMAND)

    def _cluster_command(self, endpoint: int, cluster: int, frame: ZclFrame) -> Answer:
        client = self._host.clients.get((endpoint, cluster))
        if frame.to_client and client is not None and frame.manufacturer is None:
            return client.receive(frame)
        handler = HANDLERS.get(cluster)
        served = self._host.node.endpoints[endpoint].serves(cluster)
        if handler is None or not served or frame.to_client or frame.manufacturer is not None:
            return Answer(Status.UNSUP_COMMAND)
        return handler(self._host, endpoint, frame)

    def _reply(self, endpoint: int, frame: ApsFrame, request: ZclFrame, answer: Answer) -> None:
        if answer.silent:
            return
        if answer.command is not None:
            response = request.response(answer.command, answer.payload)
        elif answer.status or not request.disable_default_response:
            response = request.default_response(answer.status)
        else:
            return
        self._host.send(
            endpoint, frame.cluster, response, destination=frame.source, destination_endpoint=frame.source_endpoint
        )

    # General commands

    def _default_response(self, endpoint: int, cluster: int, frame: ZclFrame) -> Answer:
        client = self._host.clients.get((endpoint, cluster))
        if client is not None and frame.to_client and len(frame.payload) == 2:
            client.default_response(*frame.payload)
        return Answer(silent=True)

    def _key(self, endpoint: int, cluster: int, frame: ZclFrame, attribute: int) -> AttributeKey | None:
        """The attribute that a request means, None when the device has none such."""
        described = self._host.node.endpoints[endpoint]
        key = AttributeKey(endpoint, cluster, attribute, frame.manufacturer)
        known = cluster in described.clients if frame.to_client else described.serves(cluster)
        return key if known and key in self._host.attributes else None

    def _read(self, endpoint: int, cluster: int, frame: ZclFrame) -> Answer:
        ids = [item[0] for item in struct.iter_unpack("<H", frame.payload)]
        return Answer(command=0x01, payload=b"".join(self._read_one(endpoint, cluster, frame, i) for i in ids))

    def _read_one(self, endpoint: int, cluster: int, frame: ZclFrame, attribute: int) -> bytes:
        key = self._key(endpoint, cluster, frame, attribute)
        if key is None:
            return struct.pack("<HB", attribute, Status.UNSUPPORTED_ATTRIBUTE)
        item = self._host.attributes[key]
        if Access.READ not in item.access:
            return struct.pack("<HB", attribute, Status.WRITE_ONLY)
        value = types.encode(item.type, self._host.read(key))
        return struct.pack("<HBB", attribute, Status.SUCCESS, item.type) + value

    def _checked_writes(
        self, endpoint: int, cluster: int, frame: ZclFrame
    ) -> Iterator[tuple[int, AttributeKey | None, Any, int]]:
        data, position = frame.payload, 0
        while position < len(data):
            attribute, type_id = struct.unpack_from("<HB", data, position)
            value, position = types.decode(type_id, data, position + 3)
            key = self._key(endpoint, cluster, frame, attribute)
            yield attribute, key, value, self._write_status(key, type_id)

    def _write_status(self, key: AttributeKey | None, type_id: int) -> int:
        if key is None:
            return Status.UNSUPPORTED_ATTRIBUTE
        item = self._host.attributes[key]
        if item.type != type_id:
            return Status.INVALID_DATA_TYPE
        return Status.SUCCESS if Access.WRITE in item.access else Status.READ_ONLY

    def _write(self, endpoint: int, cluster: int, frame: ZclFrame) -> Answer:
        failed = b""
        for attribute, key, value, checked in list(self._checked_writes(endpoint, cluster, frame)):
            status = self._host.write(key, value) if key is not None and not checked else checked
            if status:
                failed += struct.pack("<BH", status, attribute)
        return Answer(command=0x04, payload=failed or bytes([Status.SUCCESS]))

    def _write_undivided(self, endpoint: int, cluster: int, frame: ZclFrame) -> Answer:
        refused = [(status, a) for a, _, _, status in self._checked_writes(endpoint, cluster, frame) if status]
        if refused:
            return Answer(command=0x04, payload=b"".join(struct.pack("<BH", *item) for item in refused))
        return self._write(endpoint, cluster, frame)

    def _write_silent(self, endpoint: int, cluster: int, frame: ZclFrame) -> Answer:
        self._write(endpoint, cluster, frame)
        return Answer(silent=True)

    def _configure_reporting(self, endpoint: int, cluster: int, frame: ZclFrame) -> Answer:
        data, position, failed = frame.payload, 0, b""
        while position < len(data):
            direction, attribute = struct.unpack_from("<BH", data, position)
            if direction == RECEIVED:
                position += 5
                continue
            type_id, minimum, maximum = struct.unpack_from("<BHH", data, position + 3)
            change, position = None, position + 8
            if types.is_analog(type_id):
                change, position = types.decode(type_id, data, position)
            key = self._key(endpoint, cluster, frame, attribute)
            status = self._configure(key, type_id, ReportingConfiguration(minimum, maximum, change))
            if status:
                failed += struct.pack("<BBH", status, direction, attribute)
        return Answer(command=0x07, payload=failed or bytes([Status.SUCCESS]))

    def _configure(self, key: AttributeKey | None, type_id: int, wanted: ReportingConfiguration) -> int:
        if key is None:
            return Status.UNSUPPORTED_ATTRIBUTE
        item = self._host.attributes[key]
        if Access.REPORT not in item.access:
            return Status.UNREPORTABLE_ATTRIBUTE
        if item.type != type_id:
            return Status.INVALID_DATA_TYPE
        if wanted.maximum == NO_REPORTS:
            self._host.reporting.stop(key)
            return Status.SUCCESS
        if wanted.maximum and wanted.minimum > wanted.maximum:
            return Status.INVALID_VALUE
        self._host.reporting.configure(key, wanted)
        return Status.SUCCESS

    def _read_reporting(self, endpoint: int, cluster: int, frame: ZclFrame) -> Answer:
        records = struct.iter_unpack("<BH", frame.payload)
        return Answer(
            command=0x09, payload=b"".join(self._reporting_of(endpoint, cluster, frame, *record) for record in records)
        )

    def _reporting_of(self, endpoint: int, cluster: int, frame: ZclFrame, direction: int, attribute: int) -> bytes:
        key = self._key(endpoint, cluster, frame, attribute)
        if key is None:
            return struct.pack("<BBH", Status.UNSUPPORTED_ATTRIBUTE, direction, attribute)
        known = self._host.reporting.configurations.get(key)
        if known is None or direction == RECEIVED:
            return struct.pack("<BBH", Status.NOT_FOUND, direction, attribute)
        type_id = self._host.attributes[key].type
        change = b"" if known.change is None else types.encode(type_id, known.change)
        return struct.pack("<BBHBHH", Status.SUCCESS, 0, attribute, type_id, known.minimum, known.maximum) + change

    def _discover(self, endpoint: int, cluster: int, frame: ZclFrame) -> Answer:
        start, limit = struct.unpack_from("<HB", frame.payload)
        known = sorted(
            key
            for key in self._host.attributes
            if key[:2] == (endpoint, cluster) and key.manufacturer == frame.manufacturer and key.attribute >= start
        )
        served = known if self._host.node.endpoints[endpoint].serves(cluster) else []
        extended = frame.command == DISCOVER_EXTENDED
        records = b"".join(self._discovered(key, extended) for key in served[:limit])
        return Answer(command=frame.command + 1, payload=bytes([len(served) <= limit]) + records)

    def _discovered(self, key: AttributeKey, extended: bool) -> bytes:
        item = self._host.attributes[key]
        record = struct.pack("<HB", key.attribute, item.type)
        if not extended:
            return record
        flags = (Access.READ in item.access) | (Access.WRITE in item.access) << 1 | (Access.REPORT in item.access) << 2
        return record + bytes([flags])


def _accept(_endpoint: int, _cluster: int, _frame: ZclFrame) -> Answer:
    return Answer()
