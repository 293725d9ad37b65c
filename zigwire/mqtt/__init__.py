"""MQTT: the client that the bridge speaks through, and a broker for trying out."""

from zigwire.mqtt.broker import EmbeddedBroker
from zigwire.mqtt.client import Backoff, MessageHandler, MqttClient, Statistics
from zigwire.mqtt.held import HeldMessages
from zigwire.mqtt.message import Properties, Will
from zigwire.mqtt.options import MqttOptions, OptionsError
from zigwire.mqtt.outbox import Outbox
from zigwire.mqtt.retained import RetainedMemory

__all__ = [
    "Backoff",
    "EmbeddedBroker",
    "HeldMessages",
    "MessageHandler",
    "MqttClient",
    "MqttOptions",
    "OptionsError",
    "Outbox",
    "Properties",
    "RetainedMemory",
    "Statistics",
    "Will",
]
