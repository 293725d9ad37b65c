"""Who belongs to the network: joins, announces, changed addresses, leaves, and the interviews that follow."""

from __future__ import annotations

import asyncio
import logging

from zigwire.zcl.message import Message
from zigwire.zcl.requests import Request
from zigwire.zigbee import ias, poll_control, zdo
from zigwire.zigbee.address import NO_IEEE, ieee_from_int
from zigwire.zigbee.admission import Admission
from zigwire.zigbee.background import Background
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.groups import Groups
from zigwire.zigbee.interview import interview, learn_basic
from zigwire.zigbee.model import Device, InterviewState
from zigwire.zigbee.registry import Devices
from zigwire.zigbee.requests import RANKS, Priority, Requests
from zigwire.zigbee.store import NetworkStore
from zigwire.zigbee.telling import Teller
from zigwire.zigbee.turns import Turns

__all__ = ["Membership"]

_NOBODY = {NO_IEEE, ieee_from_int(0)}
"""IEEE addresses that no device has; Green Power sinks announce their aliases under the first."""

_ADDRESSES = range(0x0001, 0xFFF8)
"""Network addresses that devices may have: the rest are the coordinator's and broadcasts."""

_INTERVIEWS = 4
"""Interviews that are led at the same time."""

_FOR_NEWCOMERS = 2
"""How many of these are kept for devices that are awake now, because they joined or a user says so."""

_LOG = logging.getLogger(__name__)


class Membership:
    """Keeps the devices, in memory and in the store, and finds out what new ones are.

    Args:
        devices: The registry to keep.

    Attributes:
        devices: The known devices.
        coordinator: IEEE address of the coordinator, "" before it is known.
        joining_ends: When joining closes, in the event loop's time.
    """

    def __init__(
        self,
        devices: Devices,
        store: NetworkStore,
        groups: Groups,
        teller: Teller,
        requests: Requests,
        background: Background,
        admission: Admission,
    ) -> None:
        self.devices = devices
        self.coordinator = ""
        self.joining_ends = 0.0
        self._store = store
        self._groups = groups
        self._teller = teller
        self._requests = requests
        self._background = background
        self._admission = admission
        self._interviews: dict[str, asyncio.Task[RequestError | None]] = {}
        self._turns = Turns(_INTERVIEWS, _FOR_NEWCOMERS)
        self._interviewed: set[str] = set()
        self._departed: dict[str, Device] = {}
        self._forgotten: set[str] = set()

    def load(self) -> None:
        """Take the devices from the store; an interview that a crash cut off begins anew."""
        for device in self._store.load_devices():
            if device.interview_state is InterviewState.IN_PROGRESS:
                device.interview_state = InterviewState.PENDING
            if device.interview_state is InterviewState.SUCCESSFUL:
                self._interviewed.add(device.ieee)
            self.devices.add(device)

    def resume_interviews(self) -> None:
        """Begin the interviews that are still to be done."""
        for device in self.devices.values():
            if device.interview_state is InterviewState.PENDING:
                self._begin_interview(device, "background")

    def send_away(self) -> None:
        """Send the devices away that may not be in the network, and forget them."""
        for device in list(self.devices.values()):
            self._keep_out(device.ieee, device.network_address)

    def is_interviewed(self, device: Device) -> bool:
        """Tell whether it is known what the device is, be it that it is asked again at the moment."""
        return device.ieee in self._interviewed

    def joined(self, ieee: str, address: int, parent: int | None = None) -> None:
        """Note a join, at the router or the coordinator that has the network address `parent` where that is known."""
        if ieee == self.coordinator or ieee in _NOBODY or address not in _ADDRESSES:
            return
        if self._keep_out(ieee, address):
            return
        device = self.devices.get(ieee)
        if device is None:
            device = self._admit(ieee, address)
        else:
            self._move(device, address)
        if parent is not None:
            router = self.devices.by_address(parent)
            device.parent = None if router is None else router.ieee
        self._interview_if_unknown(device)

    def announced(self, announce: zdo.DeviceAnnounce) -> None:
        """Note an announce, which is a join too when the device is unknown."""
        self.joined(announce.ieee, announce.address)
        device = self.devices.get(announce.ieee)
        if device is None:
            return
        if device.mac_capabilities != announce.mac_capabilities:
            device.mac_capabilities = announce.mac_capabilities
            self._store.save_device(device)
        self._teller.device_announced(device)

    def is_joining_open(self) -> bool:
        """Tell whether devices may join."""
        return asyncio.get_running_loop().time() < self.joining_ends

    def may_commission(self, ieee: str) -> bool:
        """Tell whether a Green Power device may come in, or begin anew, now."""
        return self.is_joining_open() and self._admission.admits(ieee)

    def commissioned(self, device: Device) -> None:
        """Take a Green Power device in, or note its new set-up; all that it can tell is known, nobody interviews it."""
        self._interviewed.add(device.ieee)
        if self.devices.has(device):
            self.changed(device)
            return
        self._store.save_device(device)
        self.devices.add(device)
        self._forgotten.discard(device.ieee)
        _LOG.info("The Green Power device %s joined", device.ieee)
        self._teller.device_joined(device)
        self._teller.interview_changed(device)

    def located(self, ieee: str, address: int) -> None:
        """Note under which address a device answers.

        An unknown one must have joined earlier: it holds the network's key. It is taken in while joining is open,
        unless it was removed from the database meanwhile. One that may not be in the network is sent away.
        """
        is_stranger = ieee not in self.devices and (ieee in self._forgotten or not self.is_joining_open())
        if is_stranger and self._admission.admits(ieee):
            return
        self.joined(ieee, address)

    def neighbours_told(self, address: int, response: zdo.LqiResponse) -> None:
        """Note whose parent a router is."""
        router = self.devices.by_address(address)
        for neighbour in response.entries:
            child = self.devices.get(neighbour.ieee)
            if router is not None and child is not None and neighbour.is_child:
                child.parent = router.ieee

    def left(self, ieee: str, *, rejoin: bool) -> None:
        """Note a leave; a device that means to come back stays known, of others it is remembered what they are."""
        self._admission.left(ieee)
        device = self.devices.get(ieee)
        if device is None:
            return
        self._teller.leave_heard(device)
        if not rejoin:
            self._dismiss(device)
            _clear_set_up(device)
            self._departed[ieee] = device

    def forget(self, device: Device) -> None:
        """Remove a device from the database; it comes back only by joining again."""
        self._forgotten.add(device.ieee)
        self._dismiss(device)

    def changed(self, device: Device) -> None:
        """Keep a device that changed, then tell; one that was removed meanwhile stays removed."""
        if not self.devices.has(device):
            return
        self._store.save_device(device)
        self._teller.device_changed(device)

    def learn(self, device: Device, message: Message) -> None:
        """Take over what a device that is not interviewed yet says of itself, and try again when that helps."""
        if not learn_basic(device, message):
            return
        self._store.save_device(device)
        if device.interview_state is InterviewState.FAILED and device.model_id:
            self._begin_interview(device)

    async def interview(self, device: Device) -> None:
        """Interview a device now, or wait for the interview that is going on.

        Raises:
            RequestError: The device does not tell what it is.
        """
        task = self._begin_interview(device)
        await asyncio.wait({task})
        failure = RequestError("the device left") if task.cancelled() else task.result()
        if failure is not None:
            raise failure

    def _keep_out(self, ieee: str, address: int) -> bool:
        """Send a device away that may not be in the network; tells whether that is so."""
        if self._admission.admits(ieee):
            return False
        if (device := self.devices.get(ieee)) is not None:
            self._dismiss(device)
        self._admission.turn_away(ieee, address)
        return True

    def _admit(self, ieee: str, address: int) -> Device:
        device = self._departed.pop(ieee, None) or Device(ieee, address)
        device.network_address = address
        device.interview_state = InterviewState.IN_PROGRESS
        self._store.save_device(device)
        self.devices.add(device)
        self._forgotten.discard(ieee)
        _LOG.info("%s joined under the network address %d", ieee, address)
        self._teller.device_joined(device)
        return device

    def _move(self, device: Device, address: int) -> None:
        if device.network_address == address and self.devices.leads_to(device):
            return
        _LOG.info("%s has the network address %d now, it was %d", device.ieee, address, device.network_address)
        self.devices.move(device, address)
        device.network_address_changes += 1
        self.changed(device)

    def _dismiss(self, device: Device) -> None:
        self._store.remove_device(device.ieee)
        self.devices.remove(device.ieee)
        self._groups.drop_device(device.ieee)
        self._interviewed.discard(device.ieee)
        self._requests.device_gone(device)
        if (task := self._interviews.pop(device.ieee, None)) is not None:
            task.cancel()
        _LOG.info("%s left", device.ieee)
        self._teller.device_left(device)

    def _interview_if_unknown(self, device: Device) -> None:
        if device.interview_state is not InterviewState.SUCCESSFUL:
            self._begin_interview(device)

    def _begin_interview(self, device: Device, priority: Priority = "user") -> asyncio.Task[RequestError | None]:
        task = self._interviews.get(device.ieee)
        if task is None:
            self._set_interview_state(device, InterviewState.IN_PROGRESS)
            work = self._interview(device, priority)
            task = self._interviews[device.ieee] = self._background.spawn(work, f"interview of {device.ieee}")
        return task

    async def _interview(self, device: Device, priority: Priority) -> RequestError | None:
        """Interview a device when its turn comes; returns why that failed.

        One that ends in any other way is done again when the radio comes online the next time.
        """
        asker = _Patient(self._requests)
        try:
            async with self._turns.turn(RANKS[priority]):
                gap = await interview(device, asker)
                if gap and device.ieee in self._interviewed:
                    raise gap
                await self._enroll_zones(device, asker)
                await poll_control.subscribe(device, self.coordinator, asker)
        except RequestError as error:
            _LOG.warning("The interview of %s failed: %s", device.ieee, error)
            self._note_failure(device)
            self._keep_what_is_known(device)
            return error
        else:
            self._interviewed.add(device.ieee)
            self._set_interview_state(device, InterviewState.SUCCESSFUL)
            return None
        finally:
            if self._interviews.get(device.ieee) is asyncio.current_task():
                del self._interviews[device.ieee]
                self._put_off(device)

    def _note_failure(self, device: Device) -> None:
        """Note a failed interview; without a radio nothing was the device's fault."""
        if self._requests.radio is not None:
            self._set_interview_state(device, InterviewState.FAILED)

    def _put_off(self, device: Device) -> None:
        """Let an interview that came to no end be resumed when the radio comes online."""
        if device.interview_state is InterviewState.IN_PROGRESS:
            device.interview_state = InterviewState.PENDING
            self.changed(device)

    def _keep_what_is_known(self, device: Device) -> None:
        """Let a device that was interviewed before go on working with what was known of it."""
        if device.ieee in self._interviewed:
            device.interview_state = InterviewState.SUCCESSFUL
            self.changed(device)

    async def _enroll_zones(self, device: Device, asker: ias.Asker) -> None:
        for endpoint in list(device.endpoints.values()):
            if ias.CLUSTER in endpoint.input_clusters:
                await ias.enroll(device, endpoint.id, self.coordinator, asker)

    def _set_interview_state(self, device: Device, state: InterviewState) -> None:
        if not self.devices.has(device):
            return
        device.interview_state = state
        self._store.save_device(device)
        self._teller.interview_changed(device)


def _clear_set_up(device: Device) -> None:
    """Forget what a device forgets itself when it leaves."""
    device.meta.clear()
    for endpoint in device.endpoints.values():
        endpoint.bindings.clear()
        endpoint.reportings.clear()
        endpoint.scenes.clear()


class _Patient:
    """Asks without getting in the way of users' requests."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    async def zcl_request(self, device: Device, request: Request) -> Message | None:
        return await self._requests.zcl_request(device, request, priority="background")

    async def zdo_request(self, device: Device, request: zdo.Message) -> zdo.Response:
        return await self._requests.zdo_request(device, request, priority="background")
