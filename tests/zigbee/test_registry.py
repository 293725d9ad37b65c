"""Look-ups by both addresses, whatever happens to them."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from zigwire.zigbee.model import Device
from zigwire.zigbee.registry import Devices

IEEES = st.sampled_from([f"0x{number:016x}" for number in range(5)])
ADDRESSES = st.integers(1, 6)


class Registry(RuleBasedStateMachine):
    """Beside a model of two dictionaries: who is known, and who took which address last."""

    def __init__(self) -> None:
        super().__init__()
        self.devices = Devices()
        self.known: dict[str, int] = {}
        self.holders: dict[int, str] = {}

    def _release(self, ieee: str) -> None:
        address = self.known.pop(ieee, None)
        if self.holders.get(address) == ieee:
            del self.holders[address]

    def _take(self, ieee: str, address: int) -> None:
        self._release(ieee)
        self.known[ieee] = address
        self.holders[address] = ieee

    @rule(ieee=IEEES, address=ADDRESSES)
    def add(self, ieee: str, address: int) -> None:
        self.devices.add(Device(ieee, address))
        self._take(ieee, address)

    @rule(ieee=IEEES, address=ADDRESSES)
    def move(self, ieee: str, address: int) -> None:
        if ieee in self.devices:
            self.devices.move(self.devices[ieee], address)
            self._take(ieee, address)

    @rule(ieee=IEEES)
    def remove(self, ieee: str) -> None:
        assert (self.devices.remove(ieee) is not None) == (ieee in self.known)
        self._release(ieee)

    @invariant()
    def agree(self) -> None:
        assert {ieee: device.network_address for ieee, device in self.devices.items()} == self.known
        assert len(self.devices) == len(self.known)
        for address in range(8):
            device = self.devices.by_address(address)
            assert (device and device.ieee) == self.holders.get(address)
        for ieee, device in self.devices.items():
            assert self.devices.has(device)
            assert not self.devices.has(Device(ieee, device.network_address))
            assert self.devices.leads_to(device) == (self.holders.get(device.network_address) == ieee)


TestRegistry = Registry.TestCase
TestRegistry.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
