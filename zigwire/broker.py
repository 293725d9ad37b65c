"""How to reach the MQTT broker that the settings name."""

from __future__ import annotations

from typing import Any

from zigwire.mqtt import MqttOptions
from zigwire.settings import Settings

__all__ = ["mqtt_options"]


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
