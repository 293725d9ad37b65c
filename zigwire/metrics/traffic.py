"""What goes to and fro between the bridge and its devices: frames, requests, commands, and what waits of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from zigwire.bridge.commands import Commands
from zigwire.bridge.entities import DeviceEntity, Entities
from zigwire.metrics.families import counter, gauge, histogram
from zigwire.metrics.per_device import PerDevice
from zigwire.zigbee.network import Network
from zigwire.zigbee.tally import Tally

__all__ = ["CommandCollector", "FrameCollector"]


class FrameCollector(Collector):
    """Tells of frames and requests."""

    def __init__(self, network: Network, entities: Entities) -> None:
        self._network = network
        self._devices = PerDevice(entities)

    def collect(self) -> Iterator[Metric]:
        """Yield the families."""
        yield from self._frames()
        yield from self._requests()
        tallies = self._network.tallies
        yield histogram(
            "zigwire_frame_handling_seconds",
            "Seconds that a received frame took with all that it led to, up to the messages to MQTT.",
            tallies.handled,
        )
        yield histogram(
            "zigwire_radio_send_seconds",
            "Seconds until the radio knew what became of a frame, whomever it was for.",
            tallies.sent,
        )
        yield counter(
            "zigwire_radio_frames_undelivered_total",
            "Frames that were not delivered, whomever they were for.",
            tallies.undelivered,
        )
        yield gauge(
            "zigwire_radio_frames_waiting",
            "Frames that wait until the radio takes another.",
            self._network.waiting_for_air,
        )
        yield counter(
            "zigwire_frames_unreadable_total", "Received frames that could not be parsed.", self._network.unreadable
        )

    def _frames(self) -> Iterator[Metric]:
        yield self._devices.counter(
            "zigwire_device_frames_received_total",
            "Frames received from a device.",
            lambda entity: entity.device.messages,
        )
        yield self._devices.counter(
            "zigwire_device_frames_sent_total",
            "Frames handed to the radio for a device.",
            lambda entity: self._tally(entity).frames,
        )
        yield self._devices.counters(
            "zigwire_device_frames_undelivered_total",
            "Frames that did not reach a device, by the radio's word for it.",
            ("reason",),
            lambda entity: _by_reason(self._tally(entity).undelivered),
        )
        yield self._devices.counter(
            "zigwire_device_retries_total",
            "Frames sent once more because the one before did not reach the device.",
            lambda entity: self._tally(entity).retries,
        )
        yield self._devices.counter(
            "zigwire_device_network_address_changes_total",
            "How often a device came back under another network address.",
            lambda entity: entity.device.network_address_changes,
        )

    def _requests(self) -> Iterator[Metric]:
        yield self._devices.histogram(
            "zigwire_device_request_seconds",
            "Seconds from a request to its answer, or to its delivery where none is due; its wait for a turn included.",
            lambda entity: self._tally(entity).answered,
        )
        yield self._devices.counters(
            "zigwire_device_requests_failed_total",
            "Requests that came to nothing: undelivered, unanswered, radio_offline or not_sent.",
            ("reason",),
            lambda entity: _by_reason(self._tally(entity).failed),
        )
        yield self._devices.gauge(
            "zigwire_device_requests_waiting",
            "Requests that wait for their turn at a device.",
            lambda entity: self._network.waiting_requests(entity.device),
        )

    def _tally(self, entity: DeviceEntity) -> Tally:
        return self._network.tallies.of(entity.key)


class CommandCollector(Collector):
    """Tells of set and get messages."""

    def __init__(self, commands: Commands, entities: Entities) -> None:
        self._commands = commands
        self._entities = entities
        self._devices = PerDevice(entities)

    def collect(self) -> Iterator[Metric]:
        """Yield the families."""
        tallies = self._commands.tallies
        yield self._devices.counters(
            "zigwire_device_commands_total",
            "Commands to a device that ended, by verb (set, get) and status (ok, error).",
            ("verb", "status"),
            lambda entity: tallies.of(entity.key),
        )
        yield counter(
            "zigwire_group_commands_total",
            "Commands to a group that ended, by verb (set, get) and status (ok, error).",
            (
                ((group.name, *key), count)
                for group in self._entities.groups()
                for key, count in tallies.of(group.key).items()
            ),
            ("group", "verb", "status"),
        )
        yield counter(
            "zigwire_commands_refused_total",
            "Commands to nobody, or with a payload that can't be read.",
            tallies.refused,
        )
        yield histogram(
            "zigwire_command_seconds",
            "Seconds until it was known what became of a command; what waits for sleeping devices takes as long as "
            "they sleep.",
            tallies.settled,
        )
        yield self._devices.gauge(
            "zigwire_device_commands_waiting",
            "Commands that wait for those before.",
            lambda entity: self._commands.waiting(entity.key),
        )
        yield self._devices.gauge(
            "zigwire_device_commands_asleep",
            "Keys of commands that wait until a sleeping device speaks.",
            lambda entity: self._commands.asleep(entity.key) if entity.device.sleepy else None,
        )


def _by_reason(counts: Mapping[str, int]) -> dict[tuple[str, ...], int]:
    return {(reason,): count for reason, count in counts.items()}
