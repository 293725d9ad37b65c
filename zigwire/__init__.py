"""Zigwire: Zigbee devices over MQTT without the vendor's gateway."""

__version__ = "0.1.0"
