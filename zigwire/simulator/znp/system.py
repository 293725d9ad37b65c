"""Requests to the chip itself: SYS with its flash memory, UTIL, and APP_CNF, which forms networks."""

from __future__ import annotations

import os
import struct
import time

from zigwire.simulator.addresses import ieee_octets, ieee_text
from zigwire.simulator.nvram import CHANLIST, TableKey
from zigwire.simulator.znp.chip import VERSION, Chip
from zigwire.simulator.znp.commands import Commands
from zigwire.simulator.znp.mt import APP_CNF, SYS, UTIL

__all__ = ["COMMANDS"]

COMMANDS = Commands()

BUILD = 20240710
CAPABILITIES = 0x0659
SUCCESS, INVALID_PARAMETER, CREATED, FAILED, BAD_LENGTH = b"\x00", b"\x02", b"\x09", b"\x0a", b"\x0c"
READABLE = 246
LARGEST_ITEM = 4096
UNIX_TIME_OF_2000 = 946_684_800

FORMATION = 0x04
FORMED, FORMATION_FAILURE = 0, 8
COORDINATOR_TYPES, STARTED_AS_COORDINATOR = 7, 9
NO_ADDRESS, NOT_USED = 0xFFFE, 0xFF
CHILD_END_DEVICE, CHILD_ROUTER = 1, 3
ASSOCIATION_SIZE = 36


@COMMANDS.on(SYS, 0x00)
def reset(chip: Chip, _data: bytes) -> bytes:
    """Reset."""
    chip.reset()
    return SUCCESS


@COMMANDS.on(SYS, 0x01)
def ping(_chip: Chip, _data: bytes) -> bytes:
    """Give the subsystems there are."""
    return struct.pack("<H", CAPABILITIES)


@COMMANDS.on(SYS, 0x02)
def version(_chip: Chip, _data: bytes) -> bytes:
    """Give version and build."""
    return VERSION + struct.pack("<I", BUILD)


@COMMANDS.on(SYS, 0x04)
def extended_address(chip: Chip, _data: bytes) -> bytes:
    """Give the IEEE address."""
    return ieee_octets(chip.nvram.ieee)


@COMMANDS.on(SYS, 0x0C)
def random(_chip: Chip, _data: bytes) -> bytes:
    """Give two random octets."""
    return os.urandom(2)


@COMMANDS.on(SYS, 0x0F)
def stack_tune(_chip: Chip, data: bytes) -> bytes:
    """Set a radio parameter: give it back."""
    return data[1:2]


@COMMANDS.on(SYS, 0x10)
def set_time(_chip: Chip, _data: bytes) -> bytes:
    """Accept a time."""
    return SUCCESS


@COMMANDS.on(SYS, 0x11)
def get_time(_chip: Chip, _data: bytes) -> bytes:
    """Give the time."""
    now = time.time()
    parts = time.gmtime(now)
    fields = (parts.tm_hour, parts.tm_min, parts.tm_sec, parts.tm_mon, parts.tm_mday, parts.tm_year)
    return struct.pack("<I5BH", int(now) - UNIX_TIME_OF_2000, *fields)


@COMMANDS.on(SYS, 0x14)
def set_power(_chip: Chip, _data: bytes) -> bytes:
    """Accept a transmit power."""
    return SUCCESS


@COMMANDS.on(SYS, 0x07)
def nv_init(chip: Chip, data: bytes) -> bytes:
    """Create an item unless it exists."""
    item, size, count = struct.unpack_from("<HHB", data)
    if item in chip.nvram.items:
        return SUCCESS
    if not 0 < size <= LARGEST_ITEM:
        return FAILED
    chip.nvram.items[item] = data[5 : 5 + count].ljust(size, b"\xff")[:size]
    chip.nvram.changed()
    return CREATED


@COMMANDS.on(SYS, 0x08)
def nv_read(chip: Chip, data: bytes) -> bytes:
    """Read an item from an offset of one octet."""
    return _read(chip, *struct.unpack("<HB", data))


@COMMANDS.on(SYS, 0x1C)
def nv_read_extended(chip: Chip, data: bytes) -> bytes:
    """Read an item from an offset of two octets."""
    return _read(chip, *struct.unpack("<HH", data))


def _read(chip: Chip, item: int, offset: int) -> bytes:
    value = chip.nvram.items.get(item)
    if value is None or offset >= len(value):
        return INVALID_PARAMETER + b"\x00"
    part = value[offset : offset + READABLE]
    return SUCCESS + bytes([len(part)]) + part


@COMMANDS.on(SYS, 0x09)
def nv_write(chip: Chip, data: bytes) -> bytes:
    """Write a part of an item at an offset of one octet."""
    item, offset, size = struct.unpack_from("<HBB", data)
    return _write(chip, item, offset, data[4 : 4 + size])


@COMMANDS.on(SYS, 0x1D)
def nv_write_extended(chip: Chip, data: bytes) -> bytes:
    """Write a part of an item at an offset of two octets."""
    item, offset, size = struct.unpack_from("<HHH", data)
    return _write(chip, item, offset, data[6 : 6 + size])


def _write(chip: Chip, item: int, offset: int, value: bytes) -> bytes:
    current = chip.nvram.items.get(item)
    if current is None:
        return FAILED
    if offset + len(value) > len(current):
        return BAD_LENGTH
    chip.nvram.items[item] = current[:offset] + value + current[offset + len(value) :]
    chip.nvram.changed()
    return SUCCESS


@COMMANDS.on(SYS, 0x12)
def nv_delete(chip: Chip, data: bytes) -> bytes:
    """Delete an item."""
    (item,) = struct.unpack_from("<H", data)
    existed = chip.nvram.items.pop(item, None)
    chip.nvram.changed()
    return CREATED if existed is None else SUCCESS


@COMMANDS.on(SYS, 0x13)
def nv_length(chip: Chip, data: bytes) -> bytes:
    """Give the length of an item, 0 for none."""
    (item,) = struct.unpack("<H", data)
    return struct.pack("<H", len(chip.nvram.items.get(item, b"")))


@COMMANDS.on(SYS, 0x30)
def table_create(chip: Chip, data: bytes) -> bytes:
    """Create an entry of a table."""
    *key, size = struct.unpack("<BHHI", data)
    if size > LARGEST_ITEM:
        return FAILED
    chip.nvram.tables[TableKey(*key)] = b"\xff" * size
    chip.nvram.changed()
    return SUCCESS


@COMMANDS.on(SYS, 0x31)
def table_delete(chip: Chip, data: bytes) -> bytes:
    """Delete an entry of a table."""
    existed = chip.nvram.tables.pop(TableKey(*struct.unpack("<BHH", data)), None)
    chip.nvram.changed()
    return FAILED if existed is None else SUCCESS


@COMMANDS.on(SYS, 0x32)
def table_length(chip: Chip, data: bytes) -> bytes:
    """Give the length of an entry, 0 for none."""
    return struct.pack("<I", len(chip.nvram.tables.get(TableKey(*struct.unpack("<BHH", data)), b"")))


@COMMANDS.on(SYS, 0x33)
def table_read(chip: Chip, data: bytes) -> bytes:
    """Read a part of an entry."""
    *key, offset, size = struct.unpack("<BHHHB", data)
    value = chip.nvram.tables.get(TableKey(*key))
    if value is None:
        return FAILED + b"\x00"
    part = value[offset : offset + min(size, READABLE)]
    return SUCCESS + bytes([len(part)]) + part


@COMMANDS.on(SYS, 0x34)
def table_write(chip: Chip, data: bytes) -> bytes:
    """Write a part of an entry."""
    *numbers, offset, size = struct.unpack_from("<BHHHB", data)
    key, part = TableKey(*numbers), data[8 : 8 + size]
    value = chip.nvram.tables.get(key)
    if value is None:
        return FAILED
    if offset + len(part) > len(value):
        return BAD_LENGTH
    chip.nvram.tables[key] = value[:offset] + part + value[offset + len(part) :]
    chip.nvram.changed()
    return SUCCESS


@COMMANDS.on(UTIL, 0x00)
def device_info(chip: Chip, _data: bytes) -> bytes:
    """Give address and state."""
    address, state = (0, STARTED_AS_COORDINATOR) if chip.started else (NO_ADDRESS, 0)
    return SUCCESS + ieee_octets(chip.nvram.ieee) + struct.pack("<HBBB", address, COORDINATOR_TYPES, state, 0)


@COMMANDS.on(UTIL, 0x0A)
@COMMANDS.on(UTIL, 0x63)
@COMMANDS.on(UTIL, 0x64)
def accept(_chip: Chip, _data: bytes) -> bytes:
    """Accept a setting without an effect: LED, associations removed and added."""
    return SUCCESS


@COMMANDS.on(UTIL, 0x49)
def association_at(_chip: Chip, _data: bytes) -> bytes:
    """Give an association by its position: there is none."""
    return struct.pack("<HHB", NO_ADDRESS, 0xFFFF, NOT_USED).ljust(ASSOCIATION_SIZE, b"\x00")


@COMMANDS.on(UTIL, 0x4A)
def association_of(chip: Chip, data: bytes) -> bytes:
    """Give the association of a device."""
    (octets,) = struct.unpack_from("<8s", data)
    for device in chip.house.devices.values():
        if device.ieee == ieee_text(octets) and chip.house.on_network(device):
            router = device.node.descriptor.logical_type == 1
            relation = CHILD_ROUTER if router else CHILD_END_DEVICE
            return struct.pack("<HHB", device.node.network_address, 0, relation).ljust(ASSOCIATION_SIZE, b"\x00")
    return association_at(chip, data)


@COMMANDS.on(APP_CNF, 0x04)
def add_install_code(chip: Chip, data: bytes) -> bytes:
    """Note a device's install code."""
    chip.install_codes.append(data)
    return SUCCESS


@COMMANDS.on(APP_CNF, 0x06)
def require_install_code(_chip: Chip, _data: bytes) -> bytes:
    """Accept the setting that joins need an install code."""
    return SUCCESS


@COMMANDS.on(APP_CNF, 0x08)
def set_channel(chip: Chip, data: bytes) -> bytes:
    """Set the primary or secondary channels for a formation."""
    primary, mask = struct.unpack_from("<B4s", data)
    if primary:
        chip.nvram.items[CHANLIST] = mask
    return SUCCESS


@COMMANDS.on(APP_CNF, 0x05)
def start_commissioning(chip: Chip, data: bytes) -> bytes:
    """Form a network if there is none, and bring it up."""
    mode = data[0]
    if mode & FORMATION:
        fresh = chip.nvram.parameters is None
        if fresh:
            chip.nvram.form_as_configured()
        status = FORMED if fresh else FORMATION_FAILURE
        chip.start(lambda: chip.tell(APP_CNF, 0x80, bytes([status, 2, 0])))
    return SUCCESS
