"""The Zigbee network: its radio, its devices and groups, and all that can be asked of them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from zigwire.zcl.clusters import CLUSTERS, Clusters
from zigwire.zcl.codec import encode
from zigwire.zcl.message import Message
from zigwire.zcl.requests import ConfigureReporting, ReadReporting, Request
from zigwire.zigbee import bindings, coordinator, zdo
from zigwire.zigbee.admission import Admission
from zigwire.zigbee.background import Background
from zigwire.zigbee.errors import NetworkRefusedError, RadioOfflineError, RequestError, StatusError
from zigwire.zigbee.events import NetworkListener, RadioState
from zigwire.zigbee.formation import Plan, Situation, differences, plan, resolved, to_form
from zigwire.zigbee.greenpower import commissioning_mode
from zigwire.zigbee.greenpower_sink import Sink
from zigwire.zigbee.groups import Groups
from zigwire.zigbee.guard import guarded
from zigwire.zigbee.membership import Membership
from zigwire.zigbee.model import Binding, Device, DeviceType
from zigwire.zigbee.outcome import check
from zigwire.zigbee.radio import ApsFrame, CoordinatorInfo, InterPan, Mode, NetworkParameters, Radio, RadioError
from zigwire.zigbee.receive import Receiver
from zigwire.zigbee.registry import Devices
from zigwire.zigbee.requests import ATTEMPTS, CONCURRENT, Priority, Requests
from zigwire.zigbee.store import NetworkRecord, NetworkStore
from zigwire.zigbee.supervise import Supervisor
from zigwire.zigbee.tally import Tallies
from zigwire.zigbee.telling import Teller

__all__ = ["ALL_DEVICES", "LONGEST_PERMIT", "Network"]

ALL_DEVICES, ALL_ROUTERS = 0xFFFF, 0xFFFC
"""Broadcast addresses: everybody; routers and the coordinator."""

LONGEST_PERMIT = 254
"""Seconds for which joining may be permitted at most; 255 would mean for ever."""

_PARTING = 2.0
"""Seconds in which joining is closed at the end; where the radio does not answer, it closes by itself."""

_ALL_ENDPOINTS = 0xFF
_NO_ENTRY = "NO_ENTRY"
_LOG = logging.getLogger(__name__)


class Network:
    """The network. It lives on whether there is a radio or not; requests fail while there is none.

    Args:
        make_radio: Makes a fresh radio for each connection.
        store: Keeps what is known.
        parameters: The network to form when there is none.
        form_new: The user's word that a new network may replace the one that the radio holds, once.
        known_elsewhere: Evidence of a network that another program runs, with which none is formed on an empty radio.
        keep_backup: Takes the backup of a network that is about to be replaced.
        concurrent: Frames handed to the radio at the same time, None for the usual number.
        delay: Seconds between two frames.
        admits: Tells whether the device of an IEEE address may be in the network; who may not is asked to leave.
        clusters: The common table of clusters.
        clock: Unix time in seconds.

    Attributes:
        coordinator: The coordinator, None before it was first online.
        parameters: The network in force, None before it was first online.
    """

    def __init__(
        self,
        make_radio: Callable[[], Radio],
        store: NetworkStore,
        *,
        parameters: NetworkParameters,
        form_new: bool = False,
        known_elsewhere: str | None = None,
        keep_backup: Callable[[dict[str, Any]], None] | None = None,
        concurrent: int | None = None,
        delay: float = 0.0,
        admits: Callable[[str], bool] = lambda _ieee: True,
        clusters: Clusters = CLUSTERS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.coordinator: CoordinatorInfo | None = None
        self.parameters: NetworkParameters | None = None
        self._wanted = parameters
        self._form_new = form_new
        self._known_elsewhere = known_elsewhere
        self._keep_backup = keep_backup
        self._store = store
        self._clusters = clusters
        self._own_clusters: dict[str, Clusters] = {}
        self._background = Background()
        self._teller = Teller()
        devices = Devices()
        self._requests = Requests(self.clusters_of, devices, concurrent=concurrent or CONCURRENT, delay=delay)
        self._handled = self._requests.tallies.handled
        self._groups = Groups(store)
        admission = Admission(admits, self._requests, self._background)
        self._membership = Membership(
            devices, store, self._groups, self._teller, self._requests, self._background, admission
        )
        self._green_power = Sink(
            self._membership, self._requests, store, self._teller, self._background, self._channel, clock
        )
        self._receiver = Receiver(
            self._membership,
            self._requests,
            store,
            self._teller,
            self._background,
            self.clusters_of,
            self._green_power,
            clock,
        )
        self._supervisor = Supervisor(make_radio, self._bring_up, self._teller.radio_changed, self._requests.radio_gone)

    # What there is

    @property
    def devices(self) -> Mapping[str, Device]:
        """The devices by IEEE address, without the coordinator."""
        return self._membership.devices

    @property
    def groups(self) -> Groups:
        """The groups by id."""
        return self._groups

    @property
    def radio_state(self) -> RadioState:
        """Whether there is a radio."""
        return self._supervisor.state

    @property
    def refused(self) -> NetworkRefusedError | None:
        """Why the radio's network is not used until the user has decided."""
        return self._supervisor.refused

    @property
    def unreadable(self) -> int:
        """Frames that could not be parsed since the start."""
        return self._receiver.unreadable

    @property
    def radio_losses(self) -> int:
        """How often a radio that was online got lost since the start."""
        return self._supervisor.losses

    @property
    def tallies(self) -> Tallies:
        """What became of frames and requests since the start."""
        return self._requests.tallies

    @property
    def waiting_for_air(self) -> int:
        """How many frames wait until the radio takes another."""
        return self._requests.waiting_for_air

    def waiting_requests(self, device: Device) -> int:
        """Return how many requests wait for their turn at a device."""
        return self._requests.waiting(device)

    def device_at(self, address: int) -> Device | None:
        """Return the device that has a network address."""
        return self._membership.devices.by_address(address)

    def clusters_of(self, device: Device) -> Clusters:
        """Return the table of clusters that is valid for a device."""
        return self._own_clusters.get(device.ieee, self._clusters)

    def use_clusters(self, device: Device, clusters: Clusters) -> None:
        """Let a device have a table with clusters of its own."""
        self._own_clusters[device.ieee] = clusters

    # Its life

    async def start(self, listener: NetworkListener) -> None:
        """Load what is stored and begin to connect to the radio; returns before that has succeeded.

        Args:
            listener: Hears what happens from now on.
        """
        self._teller.listener = listener
        self._groups.load()
        self._membership.load()
        self._background.spawn(self._supervisor.run(), "radio")

    async def wait_online(self) -> None:
        """Wait until the network is up.

        Raises:
            NetworkRefusedError: It won't be before the user has decided.
        """
        await self._supervisor.wait_online()

    async def stop(self) -> None:
        """Close joining, whoever opened it, let go of the radio, end all work."""
        with contextlib.suppress(RequestError, TimeoutError):
            async with asyncio.timeout(_PARTING):
                await self.permit_join(0)
        self._requests.radio_gone("it is being stopped")
        await self._background.stop()

    # Requests

    async def request(
        self,
        device: Device,
        request: Request,
        *,
        timeout: float | None = None,
        attempts: int = ATTEMPTS,
        priority: Priority = "user",
    ) -> Message | None:
        """Send a request and return the device's answer, None when the request has none.

        Args:
            device: Whom to ask.
            request: What to send.
            timeout: Seconds to wait for the answer after delivery; by default 10, for sleeping devices 20.
            attempts: Deliveries tried.
            priority: Users' requests go ahead of those in the background, and these of bulk, each in their own order.

        Raises:
            EncodeError: The request can't be written.
            DeliveryError: The device can't be reached.
            RequestTimeoutError: No answer came.
            StatusError: The device refused.
            RequestError: The radio is offline, or did not send it.
        """
        message = await self._requests.zcl_request(
            device, request, timeout=timeout, attempts=attempts, priority=priority
        )
        if message is None:
            return None
        if isinstance(request, ConfigureReporting):
            self._note_reporting(device, request, message)
        elif isinstance(request, ReadReporting):
            bindings.note_told_reporting(device, request, message)
            self._membership.changed(device)
        check(request, message)
        return message

    async def tell(self, device: Device, request: Request, *, priority: Priority = "user") -> None:
        """Send a request to a device and wait for no answer.

        Raises:
            EncodeError: The request can't be written.
            RequestError: It was not delivered.
        """
        await self._requests.tell(device, request, priority=priority)

    async def answer(
        self, device: Device, message: Message, response: Request, *, priority: Priority = "background"
    ) -> None:
        """Send a response with the number of the message that it answers, once.

        Raises:
            EncodeError: The response can't be written.
            RequestError: It was not delivered.
        """
        await self._requests.answer(device, message, response, priority=priority)

    async def zdo_request(
        self,
        device: Device | None,
        request: zdo.Message,
        *,
        timeout: float | None = None,
        priority: Priority = "user",
    ) -> zdo.Response:
        """Ask a device's management, or the coordinator's (None), and return its answer.

        Raises:
            StatusError: It refused.
            RequestError: It can't be reached, or does not answer.
        """
        return await self._requests.zdo_request(device, request, timeout=timeout, priority=priority)

    async def multicast(self, group_id: int, request: Request) -> None:
        """Send a request to a group, whatever the endpoints of its members are; nobody answers.

        Raises:
            EncodeError: The request can't be written.
            RequestError: The radio has not sent it.
        """
        to_members = replace(request, endpoint=_ALL_ENDPOINTS, disable_default_response=True)
        await self._send(to_members, Mode.GROUP, group_id, coordinator.HOME_AUTOMATION)

    async def broadcast(self, address: int, request: Request, *, profile: int = coordinator.HOME_AUTOMATION) -> None:
        """Send a request to a broadcast address, at the request's endpoint; nobody answers.

        Raises:
            EncodeError: The request can't be written.
            RequestError: The radio has not sent it.
        """
        await self._send(request, Mode.BROADCAST, address, profile)

    async def exchange(
        self,
        device: Device,
        frame: Callable[[int], ApsFrame],
        *,
        tsn: int | None = None,
        timeout: float | None = None,
    ) -> Message | None:
        """Send a device a frame that `frame` makes with a transaction number, and return what answers it, if anything.

        Raises:
            RequestError: It was not delivered or not answered; an answer that refuses is no error here.
        """
        return await self._requests.exchange(device, frame, tsn=tsn, timeout=timeout)

    def next_tsn(self) -> int:
        """Return a transaction number for a frame that nobody answers."""
        return self._requests.next_tsn()

    async def send(self, frame: ApsFrame) -> None:
        """Send a frame as it is.

        Raises:
            RequestError: The radio has not delivered it.
        """
        await self._requests.send(frame)

    # Binds

    async def bind(self, device: Device, endpoint: int, binding: Binding, *, priority: Priority = "user") -> None:
        """Make a device send what concerns a cluster to a target, and note it.

        Raises:
            RequestError: The device did not do it.
        """
        await self.zdo_request(device, bindings.bind_request(device, endpoint, binding), priority=priority)
        bindings.note_bind(device, endpoint, binding)
        if binding.group is not None:
            self.groups.add(binding.group)
        self._membership.changed(device)

    async def unbind(self, device: Device, endpoint: int, binding: Binding, *, priority: Priority = "user") -> None:
        """End a bind and note it; one that the device does not know is gone all the same.

        Raises:
            RequestError: The device did not do it.
        """
        try:
            await self.zdo_request(device, bindings.unbind_request(device, endpoint, binding), priority=priority)
        except StatusError as error:
            if error.status != _NO_ENTRY:
                raise
        bindings.note_unbind(device, endpoint, binding)
        self._membership.changed(device)

    async def clear_bindings(self, device: Device, *targets: str) -> None:
        """End all binds that lead to these IEEE addresses, `NO_IEEE` for all binds, and note it.

        Raises:
            RequestError: The device did not do it; devices older than Zigbee revision 23 can't.
        """
        await self.zdo_request(device, zdo.ClearBindingsRequest.to(*targets))
        bindings.note_clear(device, targets)
        self._membership.changed(device)

    def coordinator_binding(self, cluster: int) -> Binding:
        """Return the bind that leads to the coordinator.

        Raises:
            RequestError: The coordinator was not online yet.
        """
        if self.coordinator is None:
            raise RadioOfflineError
        return Binding(cluster, ieee=self.coordinator.ieee, endpoint=coordinator.ENDPOINT)

    # Devices

    async def permit_join(self, seconds: int, via: Device | Literal["coordinator"] | None = None) -> None:
        """Let devices join for a while, 0 to 254 s, at one router, at the coordinator alone or everywhere.

        Raises:
            ValueError: The time is not allowed.
            RequestError: It could not be sent.
        """
        if not 0 <= seconds <= LONGEST_PERMIT:
            raise ValueError(f"time: {seconds} is not allowed, 0 to {LONGEST_PERMIT} is")
        if seconds:
            await self._permit_zigbee(seconds, via)
            await self._permit_green_power(seconds, via)
        else:
            await self._permit_green_power(seconds, via)
            await self._permit_zigbee(seconds, via)

    async def interview(self, device: Device) -> None:
        """Interview a device now, or wait for the interview that is going on; a Green Power device has told all.

        Raises:
            RequestError: The device does not tell what it is.
        """
        if device.type is DeviceType.GREEN_POWER:
            return
        await self._membership.interview(device)

    async def remove(self, device: Device, *, force: bool = False) -> None:
        """Make a device leave and forget it; with `force` only forget it. One that is gone meanwhile is no error.

        Raises:
            RequestError: The device did not leave; it stays known.
        """
        if not force:
            await self._send_away(device)
        if self._membership.devices.has(device):
            self._membership.forget(device)

    def save(self, device: Device) -> None:
        """Keep a device after something about it changed that the network does not see: scenes, meta.

        One that was removed meanwhile stays removed.
        """
        if self._membership.devices.has(device):
            self._store.save_device(device)

    async def ping_radio(self) -> float:
        """Ask the radio for a sign of life and return the seconds that it took.

        Raises:
            RequestError: It gave none.
        """
        begin = time.perf_counter()
        try:
            await self._radio().ping()
        except RadioError as error:
            raise RequestError(f"the coordinator does not answer: {error}") from error
        return time.perf_counter() - begin

    async def backup(self) -> dict[str, object] | None:
        """Return the coordinator's backup as an open-coordinator-backup document, None when the radio can't make one.

        Raises:
            RequestError: The radio did not tell.
        """
        try:
            return await self._radio().backup()
        except RadioError as error:
            raise RequestError(f"the coordinator gives no backup: {error}") from error

    async def remembered(self) -> frozenset[str] | None:
        """Return the IEEE addresses of all devices in the coordinator's own memory, None when the radio can't tell.

        Raises:
            RequestError: The radio did not tell.
        """
        try:
            return await self._radio().remembered()
        except RadioError as error:
            raise RequestError(f"the coordinator does not tell whom it remembers: {error}") from error

    async def add_link_key(self, ieee: str, key: bytes) -> None:
        """Let a device join with a link key of its own, which follows from its install code.

        Raises:
            RequestError: The radio did not take it, or can't.
        """
        try:
            await self._radio().add_link_key(ieee, key)
        except RadioError as error:
            raise RequestError(f"the coordinator takes no link key: {error}") from error

    def inter_pan(self) -> InterPan:
        """Return the radio's ability to talk to devices of other networks.

        Raises:
            RequestError: The radio is offline, or can't.
        """
        try:
            return self._radio().inter_pan()
        except RadioError as error:
            raise RequestError(f"the coordinator can't talk to other networks: {error}") from error

    # What the radio tells (a `RadioListener`)

    def frame_received(self, frame: ApsFrame) -> None:
        """Take a frame."""
        begin = time.perf_counter()
        guarded(self._receiver.frame_received, frame)
        self._handled.add(time.perf_counter() - begin)

    def device_joined(self, ieee: str, network_address: int, parent: int | None = None) -> None:
        """Note a join."""
        guarded(self._membership.joined, ieee, network_address, parent)

    def device_left(self, ieee: str, network_address: int, *, rejoin: bool) -> None:  # noqa: ARG002 - it may be reused
        """Note a leave."""
        guarded(self._membership.left, ieee, rejoin=rejoin)

    def radio_lost(self, reason: str) -> None:
        """Note that the radio is gone."""
        self._supervisor.lost(reason)

    # Within

    async def _bring_up(self, radio: Radio) -> None:
        """Take a new radio until the right network runs on it."""
        await radio.connect()
        held = await _look(radio)
        situation = Situation(
            held,
            self._store.load_network(),
            len(self.devices),
            self._wanted,
            form_new=self._form_new,
            known_elsewhere=self._known_elsewhere,
        )
        if plan(situation) is Plan.FORM:
            if held is not None:
                await self._save_backup(radio)
            _LOG.warning("Forming a new network on channel %d", self._wanted.channel)
            await radio.form(to_form(situation))
            held = await radio.load()
        if held is None:
            raise RadioError("the coordinator did not keep the network that was written")
        info = await radio.start(self)
        self._adopt(info, resolved(held, info.ieee))
        self._requests.radio = radio
        self._membership.send_away()
        self._membership.resume_interviews()

    async def _save_backup(self, radio: Radio) -> None:
        """Keep a backup of a network that is about to be replaced; the user's word stands without one."""
        if self._keep_backup is None:
            return
        try:
            backup = await radio.backup()
        except RadioError as error:
            _LOG.warning("The network is replaced without a backup, the coordinator gives none: %s", error)
            return
        if backup is None:
            return
        try:
            self._keep_backup(backup)
        except OSError as error:
            raise RadioError(f"no new network is formed, the old one's backup can't be kept: {error}") from error

    def _adopt(self, info: CoordinatorInfo, held: NetworkParameters) -> None:
        """Remember the network in force."""
        record = NetworkRecord(held, info.ieee)
        if record != self._store.load_network():
            self._store.save_network(record)
        self._form_new = False
        self.coordinator, self.parameters = info, held
        self._membership.coordinator = info.ieee
        for difference in differences(self._wanted, held, info.ieee):
            _LOG.warning("The network in force differs from the configuration: %s", difference)

    def _channel(self) -> int:
        return (self.parameters or self._wanted).channel

    def _radio(self) -> Radio:
        if self._requests.radio is None:
            raise RadioOfflineError(self._requests.offline_reason)
        return self._requests.radio

    async def _send_away(self, device: Device) -> None:
        if device.type is DeviceType.GREEN_POWER:
            await self._green_power.remove(device)
            return
        try:
            await self.zdo_request(device, zdo.LeaveRequest(device.ieee))
        except RequestError:
            if self._membership.devices.has(device):
                raise
            _LOG.debug("%s left before it answered", device.ieee)

    def _note_reporting(self, device: Device, request: ConfigureReporting, message: Message) -> None:
        if message.args.get("statusCode"):
            return
        refused = {record.id for record in message.attributes if record.status}
        bindings.note_reporting(device, request, refused, self.clusters_of(device))
        self._membership.changed(device)

    async def _send(self, request: Request, mode: Mode, address: int, profile: int) -> None:
        cluster = self._clusters.resolve(request.cluster, request.manufacturer)
        green_power = profile == coordinator.GREEN_POWER_PROFILE
        frame = ApsFrame(
            source=coordinator.ADDRESS,
            source_endpoint=coordinator.GREEN_POWER_ENDPOINT if green_power else coordinator.ENDPOINT,
            destination=address,
            destination_endpoint=request.endpoint,
            profile=profile,
            cluster=cluster.id,
            data=encode(request, self._requests.next_tsn(), self._clusters),
            mode=mode,
            ack=False,
        )
        await self._requests.send(frame)

    async def _permit_zigbee(self, seconds: int, via: Device | Literal["coordinator"] | None) -> None:
        await self._permit_joining(seconds, via)
        self._membership.joining_ends = asyncio.get_running_loop().time() + seconds

    async def _permit_joining(self, seconds: int, via: Device | Literal["coordinator"] | None) -> None:
        if isinstance(via, Device):
            await self.zdo_request(via, zdo.PermitJoiningRequest(seconds))
            return
        if via is None:
            await self._requests.send_zdo(ALL_ROUTERS, zdo.PermitJoiningRequest(seconds))
        try:
            await self._radio().permit(seconds)
        except RadioError as error:
            raise RequestError(f"the coordinator does not let devices join: {error}") from error

    async def _permit_green_power(self, seconds: int, via: Device | Literal["coordinator"] | None) -> None:
        if via == "coordinator":
            return
        proxy = via.network_address if isinstance(via, Device) else None
        try:
            await self._requests.send(commissioning_mode(seconds, self._requests.next_tsn(), proxy))
        except RequestError as error:
            _LOG.debug("Green Power devices are not told of it: %s", error)


async def _look(radio: Radio) -> NetworkParameters | None:
    """Return the network that a radio holds; that it holds none is believed when it says so twice."""
    return await radio.load() or await radio.load()
