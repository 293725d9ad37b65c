"""A data folder of Zigbee2MQTT: read to take a home over, written to give it back."""

from zigwire.storage.transfer.folder import Found, read_folder, write_folder

__all__ = ["Found", "read_folder", "write_folder"]
