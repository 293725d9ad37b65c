"""The MQTT broker that the settings name: how to reach it, and the connection that outlives restarts."""

from __future__ import annotations

from typing import Any

from zigwire.bridge.payloads import dumps
from zigwire.mqtt import HeldMessages, MessageHandler, MqttClient, MqttOptions, RetainedMemory, Will
from zigwire.settings import Settings
from zigwire.settings.model import Mqtt

__all__ = ["BrokerConnection", "mqtt_options"]


def mqtt_options(settings: Settings, **others: Any) -> MqttOptions:
    """Return the options of the connection; `others` replace what the settings say.

    Raises:
        OptionsError: The broker's address or the TLS files can't be used.
    """
    mqtt = settings.mqtt
    options: dict[str, Any] = {
        "server": mqtt.server,
        "user": mqtt.user,
        "password": mqtt.password,
        "keepalive": int(mqtt.keepalive),
        "ca": mqtt.ca,
        "cert": mqtt.cert,
        "key": mqtt.key,
        "reject_unauthorized": mqtt.reject_unauthorized,
        "server_name": mqtt.server_name,
        "version": mqtt.version,
        "maximum_packet_size": mqtt.maximum_packet_size,
    }
    if mqtt.client_id is not None:
        options["client_id"] = mqtt.client_id
    return MqttOptions(**(options | others))


class BrokerConnection:
    """The connection to the broker. It is kept over restarts in place for as long as the settings of MQTT are the same.

    What comes while nobody takes messages waits.
    """

    def __init__(self) -> None:
        self._mqtt: MqttClient | None = None
        self._made_for: Mqtt | None = None
        self._held = HeldMessages()

    async def client(self, settings: Settings) -> MqttClient:
        """Return the client for the settings, the one in use if it may stay.

        Raises:
            OptionsError: The broker's address or the TLS files can't be used.
        """
        if self._mqtt is not None and settings.mqtt == self._made_for:
            return self._mqtt
        await self.close()
        base_topic, retain = settings.mqtt.base_topic, not settings.mqtt.force_disable_retain
        self._made_for = settings.mqtt
        self._mqtt = MqttClient(
            mqtt_options(settings),
            will=Will(f"{base_topic}/bridge/state", dumps({"state": "offline"}), retain=retain),
            on_message=self._held,
            retained=RetainedMemory(f"{base_topic}/bridge/info"),
        )
        return self._mqtt

    def hold(self) -> None:
        """Let messages wait: what they ask for could not be carried out now."""
        if self._mqtt is not None:
            self._mqtt.on_message = self._held
            self._mqtt.on_connected = None

    def deliver(self, handler: MessageHandler) -> None:
        """Give what waits, and from now on every message, to who takes them."""
        self._held.release(handler)
        if self._mqtt is not None:
            self._mqtt.on_message = handler

    async def close(self) -> None:
        """Send what waits, say goodbye to the broker and end."""
        mqtt, self._mqtt = self._mqtt, None
        if mqtt is not None:
            await mqtt.stop()
