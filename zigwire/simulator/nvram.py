"""What a Z-Stack coordinator keeps in its flash: the network, its keys, and whom it let in.

Items are TI's OSAL items (ids from ZComDef.h) and the extended tables of Z-Stack 3.30; sizes follow the 32-bit aligned
layout of the CC2652. It is the only record of the network: `parameters` reads it, `form` writes it.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from zigwire.simulator.addresses import ieee_octets, ieee_text
from zigwire.zigbee.radio import NetworkParameters

__all__ = ["LinkKey", "Nvram", "TableKey"]

EXTADDR, STARTUP_OPTION, NIB = 0x0001, 0x0003, 0x0021
EXTENDED_PAN_ID, NWK_ACTIVE_KEY, NWK_ALTERNATE_KEY, APS_LINK_KEY_TABLE = 0x002D, 0x003A, 0x003B, 0x004C
APS_USE_EXT_PANID, ON_A_NETWORK, PRECFGKEY, NWKKEY = 0x0047, 0x0055, 0x0062, 0x0082
PANID, CHANLIST, TCLK_SEED, LOGICAL_TYPE = 0x0083, 0x0084, 0x0101, 0x0087
CLEAR_STATE_OR_CONFIG = 0x03

IEEE_SIZE, NIB_SIZE = 8, 116
NIB_ADDRESS, NIB_CHANNEL, NIB_PANID, NIB_STATE, NIB_CHANNELS = 22, 24, 36, 38, 40
NIB_EXTENDED_PANID, NIB_KEY_LOADED, NIB_UPDATE_ID = 57, 65, 114

ADDRESS_MANAGER, BINDINGS, DEVICE_LIST, LINK_KEYS, APS_KEYS, SECURITY_MATERIAL = 1, 2, 3, 4, 6, 7
ROUTER_ENTRY, CHILD_ENTRY = 2, 3
UNUSED_PAN = 0xFFFF
FIRST_FRAME_COUNTER = 1250

SETTINGS = {
    0x002A: 2,
    0x0030: 30,
    0x0032: 1,
    0x0033: 120,
    0x0036: 1,
    0x0038: 255,
    0x003E: 0,
    0x0063: 1,
    0x0065: 1,
    0x006D: 1,
    0x008F: 1,
    LOGICAL_TYPE: 0,
}
"""Items of one octet that hosts read or rewrite."""


class TableKey(NamedTuple):
    """An entry of an extended table."""

    system: int
    item: int
    entry: int


class LinkKey(NamedTuple):
    """A device's trust centre link key and its frame counters."""

    key: bytes
    rx_counter: int
    tx_counter: int


EMPTY_ENTRIES = {
    ADDRESS_MANAGER: (50, b"\xff" * 12),
    BINDINGS: (10, b"\xff" * 14),
    DEVICE_LIST: (10, b"\xff" * 36),
    LINK_KEYS: (50, bytes(16) + b"\xff\x00\x00\x00"),
    APS_KEYS: (10, bytes(24)),
    SECURITY_MATERIAL: (4, bytes(12)),
}
"""By table: how many entries, and what an empty one looks like."""


class Nvram:
    """The flash memory of one coordinator.

    Attributes:
        items: OSAL items by id.
        tables: Entries of the extended tables.
        changed: Called after every change.
    """

    def __init__(self, ieee: str) -> None:
        self._factory_ieee = ieee
        self.items: dict[int, bytes] = {}
        self.tables: dict[TableKey, bytes] = {}
        self.changed: Callable[[], None] = lambda: None
        self.clear(ieee)

    def clear(self, ieee: str) -> None:
        """Return to the state of the factory: no network."""
        self.items = {
            EXTADDR: ieee_octets(ieee),
            STARTUP_OPTION: b"\x00",
            NIB: _blank_nib(),
            EXTENDED_PAN_ID: bytes(8),
            NWK_ACTIVE_KEY: bytes(17),
            NWK_ALTERNATE_KEY: bytes(17),
            APS_LINK_KEY_TABLE: bytes(20),
            APS_USE_EXT_PANID: bytes(8),
            ON_A_NETWORK: b"\x00",
            PRECFGKEY: os.urandom(16),
            NWKKEY: bytes(24),
            PANID: struct.pack("<H", UNUSED_PAN),
            CHANLIST: struct.pack("<I", 1 << 11),
            TCLK_SEED: os.urandom(16),
            **{item: bytes([value]) for item, value in SETTINGS.items()},
        }
        self.tables = {
            TableKey(1, item, index): empty for item, (count, empty) in EMPTY_ENTRIES.items() for index in range(count)
        }
        self.changed()

    def reset(self) -> None:
        """What the chip does at each start: clear everything when the start-up option says so, renew its address."""
        option = self.items.get(STARTUP_OPTION) or b"\x00"
        if option[0] & CLEAR_STATE_OR_CONFIG:
            self.clear(self.ieee)
        self.items.setdefault(EXTADDR, ieee_octets(self._factory_ieee))
        self.changed()

    @property
    def ieee(self) -> str:
        """IEEE address of the coordinator: the one written, else the one it was made with."""
        written = self.items.get(EXTADDR, b"")
        return ieee_text(written) if len(written) == IEEE_SIZE else self._factory_ieee

    @property
    def nib(self) -> bytes:
        """The network information base; blank when the host deleted it."""
        nib = self.items.get(NIB, b"")
        return nib if len(nib) == NIB_SIZE else _blank_nib()

    @property
    def parameters(self) -> NetworkParameters | None:
        """The network, None when there is none."""
        nib = self.nib
        if not nib[NIB_CHANNEL] or self.items.get(ON_A_NETWORK) != b"\x01":
            return None
        return NetworkParameters(
            pan_id=struct.unpack_from("<H", nib, NIB_PANID)[0],
            extended_pan_id=ieee_text(nib[NIB_EXTENDED_PANID : NIB_EXTENDED_PANID + 8]),
            channel=nib[NIB_CHANNEL],
            network_key=self.items.get(NWK_ACTIVE_KEY, bytes(17))[1:17],
        )

    @property
    def tclk_seed(self) -> bytes:
        """The seed of all link keys."""
        return self.items.get(TCLK_SEED, bytes(16))

    @property
    def update_id(self) -> int:
        """Network update id: counts changes of channel and PAN id."""
        return self.nib[NIB_UPDATE_ID]

    @property
    def channel_mask(self) -> int:
        """The channels that the network may use."""
        return int(struct.unpack_from("<I", self.nib, NIB_CHANNELS)[0])

    @property
    def frame_counter(self) -> int:
        """Outgoing network frame counter."""
        extended_pan_id = self.nib[NIB_EXTENDED_PANID : NIB_EXTENDED_PANID + 8]
        for key in self._slots(SECURITY_MATERIAL):
            if self.tables[key][4:12] == extended_pan_id:
                return int(struct.unpack_from("<I", self.tables[key])[0])
        return 0

    def form(self, parameters: NetworkParameters, channel_mask: int | None = None) -> None:
        """Write a network over whatever there is."""
        extended_pan_id = ieee_octets(parameters.extended_pan_id or self.ieee)
        nib = bytearray(self.nib)
        nib[NIB_CHANNEL] = parameters.channel
        struct.pack_into("<H", nib, NIB_ADDRESS, 0)
        struct.pack_into("<H", nib, NIB_PANID, parameters.pan_id)
        struct.pack_into("<HI", nib, NIB_STATE, 8, channel_mask or 1 << parameters.channel)
        nib[NIB_EXTENDED_PANID : NIB_EXTENDED_PANID + 8] = extended_pan_id
        nib[NIB_KEY_LOADED] = 1
        key = b"\x00" + parameters.network_key
        self.items |= {
            NIB: bytes(nib),
            PANID: struct.pack("<H", parameters.pan_id),
            CHANLIST: struct.pack("<I", channel_mask or 1 << parameters.channel),
            PRECFGKEY: parameters.network_key,
            EXTENDED_PAN_ID: extended_pan_id,
            APS_USE_EXT_PANID: extended_pan_id,
            NWK_ACTIVE_KEY: key,
            NWK_ALTERNATE_KEY: key,
            NWKKEY: key.ljust(20, b"\x00") + struct.pack("<I", 1),
            ON_A_NETWORK: b"\x01",
        }
        counter = max(self.frame_counter, FIRST_FRAME_COUNTER)
        self._fill(SECURITY_MATERIAL, extended_pan_id, struct.pack("<I", counter) + extended_pan_id)
        self.changed()

    def form_as_configured(self) -> None:
        """Form the network that the items PANID, APS_USE_EXT_PANID, CHANLIST and PRECFGKEY ask for."""
        (pan_id,) = struct.unpack("<H", self.items.get(PANID, b"\xff\xff"))
        extended = self.items.get(APS_USE_EXT_PANID, bytes(8))
        (mask,) = struct.unpack("<I", self.items.get(CHANLIST, bytes(4)))
        channel = next((channel for channel in range(11, 27) if mask >> channel & 1), 11)
        wanted = NetworkParameters(
            pan_id=pan_id if pan_id != UNUSED_PAN else int.from_bytes(os.urandom(1)) << 8 | 0x1A,
            extended_pan_id=ieee_text(extended) if any(extended) else None,
            channel=channel,
            network_key=self.items.get(PRECFGKEY, bytes(16)),
        )
        self.form(wanted, mask or None)

    def count_frame(self) -> None:
        """Note that a frame was sent."""
        extended_pan_id = self.nib[NIB_EXTENDED_PANID : NIB_EXTENDED_PANID + 8]
        counter = struct.pack("<I", self.frame_counter + 1 & 0xFFFFFFFF)
        self._fill(SECURITY_MATERIAL, extended_pan_id, counter + extended_pan_id)

    def remember(self, ieee: str, network_address: int, *, router: bool) -> None:
        """Note a device that was let in."""
        octets = ieee_octets(ieee)
        kind = ROUTER_ENTRY if router else CHILD_ENTRY
        self._fill(ADDRESS_MANAGER, octets, struct.pack("<BxH", kind, network_address) + octets)
        self._fill(LINK_KEYS, octets, struct.pack("<II", 0, 0) + octets + b"\x02\x00\x00\x00")
        self.changed()

    def forget(self, ieee: str) -> None:
        """Drop a device that left."""
        octets = ieee_octets(ieee)
        for item in (ADDRESS_MANAGER, LINK_KEYS):
            for key in self._slots(item):
                if octets in self.tables[key]:
                    self.tables[key] = EMPTY_ENTRIES[item][1]
        self.changed()

    def link_key(self, ieee: str) -> LinkKey | None:
        """A device's link key: the seed, rotated by the entry's shift, exclusive-or the IEEE address twice."""
        octets, seed = ieee_octets(ieee), self.tclk_seed
        for key in self._slots(LINK_KEYS):
            entry = self.tables[key]
            if entry[8:16] == octets:
                tx_counter, rx_counter = struct.unpack_from("<II", entry)
                shift = entry[18]
                rotated = seed[shift:] + seed[:shift]
                link_key = bytes(a ^ b for a, b in zip(rotated, octets * 2, strict=True))
                return LinkKey(link_key, rx_counter, tx_counter)
        return None

    def dump(self) -> dict[str, Any]:
        """The whole memory, as JSON can carry it; empty table entries are left out."""
        empty = {TableKey(1, item, i): value for item, (count, value) in EMPTY_ENTRIES.items() for i in range(count)}
        return {
            "items": {f"{item:04x}": value.hex() for item, value in sorted(self.items.items())},
            "tables": {
                "/".join(f"{part:x}" for part in key): value.hex()
                for key, value in sorted(self.tables.items())
                if empty.get(key) != value
            },
            "deleted": ["/".join(f"{part:x}" for part in key) for key in sorted(empty.keys() - self.tables.keys())],
        }

    def restore(self, dump: Mapping[str, Any]) -> None:
        """Take over what `dump` gave.

        Raises:
            KeyError: A part is missing.
            ValueError: A number is none.
        """
        self.clear(self.ieee)
        self.items = {int(item, 16): bytes.fromhex(value) for item, value in dump["items"].items()}
        self.tables |= {_table_key(key): bytes.fromhex(value) for key, value in dump["tables"].items()}
        for key in dump["deleted"]:
            del self.tables[_table_key(key)]
        self.changed()

    def _slots(self, item: int) -> list[TableKey]:
        keys = (TableKey(1, item, index) for index in range(EMPTY_ENTRIES[item][0]))
        size = len(EMPTY_ENTRIES[item][1])
        return [key for key in keys if len(self.tables.get(key, b"")) == size]

    def _fill(self, item: int, match: bytes, entry: bytes) -> None:
        """Put `entry` where `match` is, or into the first empty slot; a full table stays as it is."""
        slots = self._slots(item)
        empty = EMPTY_ENTRIES[item][1]
        mine = [key for key in slots if match in self.tables[key]] + [k for k in slots if self.tables[k] == empty]
        if mine:
            self.tables[mine[0]] = entry


def _table_key(text: str) -> TableKey:
    system, item, index = (int(part, 16) for part in text.split("/"))
    return TableKey(system, item, index)


def _blank_nib() -> bytes:
    nib = bytearray(NIB_SIZE)
    nib[0:15] = bytes([0, 5, 2, 20, 51, 24, 0, 30, 0, 0, 0, 1, 5, 1, 0x8F])
    nib[16:21] = bytes([7, 0, 2, 5, 30])
    struct.pack_into("<H", nib, NIB_PANID, UNUSED_PAN)
    nib[102:109] = bytes([15, 3, 0, 1, 120, 10, 1])
    return bytes(nib)
