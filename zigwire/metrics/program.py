"""The program itself and what it is connected to: version, radio, broker, browsers, requests, updates."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator, Sized

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

import zigwire
from zigwire.bridge.bridge import Bridge
from zigwire.bridge.publisher import Mqtt
from zigwire.metrics.families import counter, gauge, info
from zigwire.zigbee.network import Network

__all__ = ["ProgramCollector"]


class ProgramCollector(Collector):
    """Tells it.

    Args:
        browsers: Those that listen.
    """

    def __init__(self, bridge: Bridge, network: Network, mqtt: Mqtt, browsers: Sized) -> None:
        self._bridge = bridge
        self._network = network
        self._mqtt = mqtt
        self._browsers = browsers
        self._started = time.time()

    def collect(self) -> Iterator[Metric]:
        """Yield the families."""
        version = {"version": zigwire.__version__, "python_version": platform.python_version()}
        yield info("zigwire_build", "Which Zigwire runs.", [version])
        yield gauge(
            "zigwire_start_time_seconds",
            "Unix time of the last start or restart of the bridge; that of the process is another one.",
            self._started,
        )
        yield from self._radio()
        yield from self._broker()
        yield gauge("zigwire_web_clients", "Browsers that listen.", len(self._browsers))
        yield gauge("zigwire_requests_running", "Bridge requests under way.", self._bridge.requests.running)
        yield counter(
            "zigwire_firmware_updates_total",
            "Firmware updates that ended: installed, aborted or failed.",
            [
                ((outcome,), self._bridge.firmware.ended.get(outcome, 0))
                for outcome in ("installed", "aborted", "failed")
            ],
            ("outcome",),
        )

    def _radio(self) -> Iterator[Metric]:
        coordinator, parameters = self._network.coordinator, self._network.parameters
        if coordinator and parameters:
            labels = {
                "type": coordinator.type,
                "ieee_address": coordinator.ieee,
                "channel": str(parameters.channel),
            }
            yield info("zigwire_coordinator", "The coordinator, and the channel of its network.", [labels])
        yield gauge(
            "zigwire_radio_up", "Whether the radio is online (1) or not (0).", self._network.radio_state == "online"
        )
        yield counter(
            "zigwire_radio_losses_total", "How often a radio that was online got lost.", self._network.radio_losses
        )

    def _broker(self) -> Iterator[Metric]:
        statistics = self._mqtt.statistics
        yield gauge("zigwire_mqtt_up", "Whether the broker is connected (1) or not (0).", statistics.connected)
        yield counter("zigwire_mqtt_losses_total", "How often the broker's connection got lost.", statistics.losses)
        yield counter("zigwire_mqtt_messages_received_total", "Messages from the broker.", statistics.received)
        yield counter("zigwire_mqtt_messages_published_total", "Messages sent to the broker.", statistics.published)
        yield counter(
            "zigwire_mqtt_messages_dropped_total",
            "Messages given up because too many waited for the broker.",
            statistics.dropped,
        )
        yield gauge(
            "zigwire_mqtt_messages_waiting",
            "Messages that wait for the broker, or for its acknowledgement.",
            statistics.queued,
        )
