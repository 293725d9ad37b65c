"""The user's own converters: native definitions in Python, and JavaScript made for Zigbee2MQTT."""

from zigwire.devices.external.converters import JAVASCRIPT, PYTHON, Converters
from zigwire.devices.external.errors import ConverterFault
from zigwire.devices.external.folder import Folder
from zigwire.devices.external.javascript import JavaScript
from zigwire.devices.external.language import Language, Unavailable
from zigwire.devices.external.python import Python

__all__ = [
    "JAVASCRIPT",
    "PYTHON",
    "ConverterFault",
    "Converters",
    "Folder",
    "JavaScript",
    "Language",
    "Python",
    "Unavailable",
]
