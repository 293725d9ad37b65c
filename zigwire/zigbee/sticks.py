"""USB sticks that are coordinators: how they are told apart, and how they are spoken to.

Identifiers, texts and line settings are those that the sticks' makers, zigbee-herdsman and Home Assistant name. Bridge
chips such as the CP2102 sit in all sorts of devices, so the ids alone say little: what the stick calls itself counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["STICKS", "Stick", "recognise"]


@dataclass(frozen=True, slots=True)
class Stick:
    """One kind of stick.

    Attributes:
        name: For people.
        adapter: A value of `serial.adapter`.
        ids: Vendor and product of the USB chip.
        words: Regular expression for the texts that it gives, in lower case.
        baudrate: None is what is usual for the adapter.
        rtscts: Whether it needs hardware flow control.
        interface: Which of its USB interfaces leads to the radio, None where there is one.
    """

    name: str
    adapter: str
    ids: tuple[int, int]
    words: str = ""
    baudrate: int | None = None
    rtscts: bool | None = None
    interface: int | None = None

    def fits(self, ids: tuple[int, int], interface: int | None, text: str) -> bool:
        """Whether a USB device is one of these."""
        if self.ids != ids or (self.interface is not None and interface not in {None, self.interface}):
            return False
        return re.search(self.words, text) is not None


_CP210X = (0x10C4, 0xEA60)
_CH340 = (0x1A86, 0x7523)
_CH9102 = (0x1A86, 0x55D4)
_FTDI_X = (0x0403, 0x6015)
_FTDI_R = (0x0403, 0x6001)
_SONOFF = r"sonoff.*"

STICKS = (
    Stick("ConBee II", "deconz", (0x1CF1, 0x0030)),
    Stick("ConBee III", "deconz", _FTDI_X, "conbee_?.?iii", baudrate=115200),
    Stick("ConBee", "deconz", _FTDI_X, "conbee"),
    Stick("Home Assistant Connect ZBT-2", "ember", (0x303A, 0x4001), "zbt-2", baudrate=460800, rtscts=True),
    Stick("Home Assistant Connect ZBT-2", "ember", (0x303A, 0x831A), "zbt-2", baudrate=460800, rtscts=True),
    Stick("Home Assistant Connect ZBT-1", "ember", _CP210X, "zbt-1", rtscts=True),
    Stick("Home Assistant SkyConnect", "ember", _CP210X, "skyconnect", rtscts=True),
    Stick("SMLIGHT SLZB-06M", "ember", _CP210X, "slzb-06m", rtscts=False),
    Stick("SMLIGHT SLZB-06", "zstack", _CP210X, "slzb-06"),
    Stick("SMLIGHT SLZB-07p7", "zstack", _CP210X, "slzb-07p7"),
    Stick("SMLIGHT SLZB-07", "ember", _CP210X, "slzb-07", rtscts=True),
    Stick("SONOFF Dongle Plus PP10", "zstack", _CP210X, _SONOFF + "plus.*cc2674p10"),
    Stick("SONOFF Dongle Max", "ember", _CP210X, _SONOFF + "max", rtscts=False),
    Stick("SONOFF Dongle Plus MG24", "ember", _CP210X, _SONOFF + "plus.*mg24", rtscts=False),
    Stick("SONOFF Dongle Lite MG21", "ember", _CP210X, _SONOFF + "lite.*mg21", rtscts=False),
    Stick("SONOFF ZBDongle-E", "ember", _CP210X, _SONOFF + "plus.?v2", rtscts=False),
    Stick("SONOFF ZBDongle-E", "ember", _CH9102, _SONOFF + "plus", rtscts=False),
    Stick("SONOFF ZBDongle-P", "zstack", _CP210X, _SONOFF + "plus"),
    Stick("Electrolama zzh", "zstack", _FTDI_X, "electrolama"),
    Stick("slae.sh CC2652RB", "zstack", _CP210X, r"slae\.sh|cc2652rb"),
    Stick("TubesZB", "zstack", _CP210X, "tubeszb"),
    Stick("TubesZB", "zstack", _CH340, "tubeszb"),
    Stick("ZigStar", "zstack", _CP210X, "zigstar"),
    Stick("ZigStar", "zstack", _CH340, "zigstar"),
    Stick("TI CC2531", "zstack", (0x0451, 0x16A8)),
    Stick("TI CC2538", "zstack", (0x0451, 0x16C8)),
    Stick("TI LaunchPad", "zstack", (0x0451, 0xBEF3), interface=0),
    Stick("ZiGate", "zigate", (0x067B, 0x2303), "zigate"),
    Stick("ZiGate", "zigate", _CP210X, "zigate"),
    Stick("ZiGate+", "zigate", _FTDI_X, "zigate"),
    Stick("Nortek HUSBZB-1", "ezsp", (0x10C4, 0x8A2A), "zigbee|husbzb", baudrate=57600, interface=1),
    Stick("Bitron Video AV2010/10", "ezsp", (0x10C4, 0x8B34), "bv 2010/10", baudrate=57600),
    Stick("Digi XBee", "xbee", _FTDI_X, r"\bxbee|\bxbib"),
    Stick("Digi XBee", "xbee", _FTDI_R, r"\bxbee|\bxbib"),
)
"""The first that fits counts."""


def recognise(vid: int, pid: int, interface: int | None, texts: str) -> Stick | None:
    """Return what a USB device is, None when it is no stick that is known.

    Args:
        vid: USB vendor id.
        pid: USB product id.
        interface: Number of the USB interface, None when it is not known.
        texts: What the device says of itself: manufacturer, product, the name of its link in /dev/serial/by-id.
    """
    text = texts.lower()
    return next((stick for stick in STICKS if stick.fits((vid, pid), interface, text)), None)
