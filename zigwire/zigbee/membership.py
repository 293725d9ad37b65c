"""Who belongs to the network: joins, announces, changed addresses, leaves, and the interviews that follow."""

from __future__ import annotations

import asyncio
import logging

from zigwire.zcl.message import Message
from zigwire.zcl.requests import Request
from zigwire.zigbee import ias, zdo
from zigwire.zigbee.background import Background
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.groups import Groups
from zigwire.zigbee.interview import interview, learn_basic
from zigwire.zigbee.model import Device, InterviewState
from zigwire.zigbee.registry import Devices
from zigwire.zigbee.requests import Requests
from zigwire.zigbee.store import NetworkStore
from zigwire.zigbee.telling import Teller

__all__ = ["Membership"]

_LOG = logging.getLogger(__name__)


class Membership:
    """Keeps the devices, in memory and in the store, and finds out what new ones are.

    Attributes:
        devices: The known devices.
        coordinator: IEEE address of the coordinator, "" before it is known.
    """

    def __init__(
        self, store: NetworkStore, groups: Groups, teller: Teller, requests: Requests, background: Background
    ) -> None:
        self.devices = Devices()
        self.coordinator = ""
        self._store = store
        self._groups = groups
        self._teller = teller
        self._requests = requests
        self._background = background
        self._interviews: dict[str, asyncio.Task[RequestError | None]] = {}
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
                self._begin_interview(device)

    def is_interviewed(self, device: Device) -> bool:
        """Tell whether it is known what the device is, be it that it is asked again at the moment."""
        return device.ieee in self._interviewed

    def joined(self, ieee: str, address: int) -> None:
        """Note a join."""
        if ieee == self.coordinator:
            return
        device = self.devices.get(ieee)
        if device is None:
            device = self._admit(ieee, address)
        else:
            self._move(device, address)
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

    def located(self, ieee: str, address: int) -> None:
        """Note under which address a device answers.

        An unknown one must have joined earlier: it holds the network's key. It is taken in, unless it was removed from
        the database on purpose.
        """
        if ieee not in self._forgotten:
            self.joined(ieee, address)

    def left(self, ieee: str, *, rejoin: bool) -> None:
        """Note a leave; a device that means to come back stays known, of others it is remembered what they are."""
        device = self.devices.get(ieee)
        if device is None:
            return
        device.leave_count += 1
        if not rejoin:
            self._dismiss(device)
            self._departed[ieee] = device

    def forget(self, device: Device) -> None:
        """Remove a device from the database; it comes back only by joining again."""
        self._forgotten.add(device.ieee)
        self._dismiss(device)

    def changed(self, device: Device) -> None:
        """Keep a device that changed, then tell."""
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
        if device.network_address == address:
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

    def _begin_interview(self, device: Device) -> asyncio.Task[RequestError | None]:
        task = self._interviews.get(device.ieee)
        if task is None:
            self._set_interview_state(device, InterviewState.IN_PROGRESS)
            work = self._interview(device)
            task = self._interviews[device.ieee] = self._background.spawn(work, f"interview of {device.ieee}")
        return task

    async def _interview(self, device: Device) -> RequestError | None:
        """Interview a device; returns why that failed."""
        asker = _Patient(self._requests)
        try:
            await interview(device, asker)
            await self._enroll_zones(device, asker)
        except RequestError as error:
            _LOG.warning("The interview of %s failed: %s", device.ieee, error)
            self._set_interview_state(device, self._state_after_failure())
            self._keep_what_is_known(device)
            return error
        else:
            self._interviewed.add(device.ieee)
            self._set_interview_state(device, InterviewState.SUCCESSFUL)
            return None
        finally:
            self._interviews.pop(device.ieee, None)

    def _state_after_failure(self) -> InterviewState:
        """Without a radio nothing was the device's fault: the interview is resumed when there is one again."""
        return InterviewState.PENDING if self._requests.radio is None else InterviewState.FAILED

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
        device.interview_state = state
        self._store.save_device(device)
        self._teller.interview_changed(device)


class _Patient:
    """Asks without getting in the way of users' requests."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    async def zcl_request(self, device: Device, request: Request) -> Message | None:
        return await self._requests.zcl_request(device, request, priority="background")

    async def zdo_request(self, device: Device, request: zdo.Message) -> zdo.Response:
        return await self._requests.zdo_request(device, request, priority="background")
