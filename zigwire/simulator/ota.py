"""The client side of the OTA Upgrade cluster (ZCL 11): a simulated device that fetches firmware and runs it.

It keeps to the specification, except where its faults make it do otherwise, and notes where the server does not.
"""

from __future__ import annotations

import math
import struct
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from zigwire.simulator.clusters import Answer
from zigwire.simulator.errors import SimulatorError
from zigwire.simulator.frame import ZclFrame
from zigwire.simulator.ota_download import Block, Download, Offer, ViolationError
from zigwire.simulator.ota_faults import Fault, Faults, Point, Resume, Trouble
from zigwire.simulator.ota_flash import Flash, UpgradeStatus
from zigwire.simulator.ota_frames import (
    BLOCK,
    BLOCK_RESPONSE,
    END,
    END_RESPONSE,
    NOTIFY,
    OTA,
    PAGE,
    QUERY,
    QUERY_RESPONSE,
    block_request,
    end_request,
    page_request,
    query_request,
    upgrade_delay,
    waiting_time,
)
from zigwire.simulator.ota_host import OtaHost
from zigwire.simulator.ota_image import Firmware
from zigwire.simulator.ota_profile import OtaProfile
from zigwire.zcl.status import Status, status_name

__all__ = ["OtaClient"]


QUERY_ATTEMPTS, END_ATTEMPTS = 3, 4
STARTING = 1.0
"""Seconds from power to the first question about a download that was interrupted."""

ASK_WAITING = 3600.0
"""Seconds between the questions of a device that waits for the server's word to upgrade."""

HINDRANCES = frozenset({Trouble.DELAY, Trouble.SILENCE, Trouble.POWER_CUT, Trouble.FAIL})
ODDITIES = frozenset({Trouble.ASK_AGAIN, Trouble.FOREIGN, Trouble.BEYOND, Trouble.GREEDY})
REFUSABLE = frozenset({Trouble.FOREIGN, Trouble.BEYOND})
LOSABLE = {QUERY_RESPONSE: Point.QUERY, BLOCK_RESPONSE: Point.BLOCK, END_RESPONSE: Point.END}
GREED = 0xFF
RECENT = 32
"""Requests to which an answer may still come."""


FETCHING = frozenset({UpgradeStatus.NORMAL, UpgradeStatus.DOWNLOADING})
"""Where another image may be offered."""

UNDER_WAY = {
    UpgradeStatus.NORMAL: {QUERY},
    UpgradeStatus.DOWNLOADING: {QUERY, BLOCK, PAGE},
    UpgradeStatus.COMPLETE: {END},
    UpgradeStatus.WAITING: {END},
    UpgradeStatus.COUNT_DOWN: frozenset[int](),
}
"""The requests of which a refusal counts."""


class OtaClient:
    """Fetches images for a device.

    Args:
        host: The device.
        endpoint: Where it has the cluster.
        profile: How it does it.

    Attributes:
        faults: What will go wrong.
        flash: What outlives a power cut.
        result: How the last download ended: "updated", or why not. None while it is under way.
        violations: What the server did against the specification.
        requested: Offset of each block and page that was asked for.
        refused: Requests out of order that the server refused.
        received: The image that runs, None at the factory.
    """

    def __init__(self, host: OtaHost, endpoint: int, profile: OtaProfile) -> None:
        self.endpoint = endpoint
        self.profile = profile
        self.faults = Faults()
        self.flash = Flash(host.attributes, endpoint, profile)
        self.result: str | None = None
        self.violations: list[str] = []
        self.requested: list[int] = []
        self.refused = 0
        self.received: bytes | None = None
        self._host = host
        self._resume = Resume.BLOCK
        self._attempts = 0
        self._mending = False
        self._silent = False
        self._odd: Trouble | None = None
        self._asked = 0
        self._transactions: deque[int] = deque(maxlen=RECENT)
        self._handlers: dict[int, Callable[[ZclFrame], Answer | None]] = {
            NOTIFY: self._notified,
            QUERY_RESPONSE: self._offered,
            BLOCK_RESPONSE: self._block_came,
            END_RESPONSE: self._told_to_upgrade,
        }
        self._plan_query()

    # How it is

    @property
    def status(self) -> UpgradeStatus:
        """How far it is."""
        return self.flash.status

    @property
    def file_version(self) -> int:
        """What it runs."""
        return self.flash.file_version

    @property
    def download(self) -> Download | None:
        """What is under way, None when nothing is."""
        return self.flash.download

    @property
    def offset(self) -> int:
        """Bytes that it has of what it fetches."""
        return self.download.offset if self.download else 0

    def describe(self) -> dict[str, Any]:
        """Tell people how it is."""
        under_way = {"offset": self.offset, "size": self.download.offer.size} if self.download else {}
        ended = {"result": self.result} if self.result else {}
        return {
            "manufacturer_code": self.profile.manufacturer_code,
            "image_type": self.profile.image_type,
            "file_version": self.file_version,
            "status": self.status.name.lower(),
            **under_way,
            **ended,
        }

    def _enter(self, status: UpgradeStatus) -> None:
        self.flash.status = status
        self._host.air.on_change()

    # Asking

    def query(self, attempt: int = 1) -> None:
        """Ask whether there is another image for this device; it asks again when nobody answers."""
        if self.status not in FETCHING or self._hindered(Point.QUERY, self.query):
            return
        self._send(Point.QUERY, QUERY, query_request(self.profile, self.file_version))
        if attempt < QUERY_ATTEMPTS:
            self._later(self.profile.retry, lambda: self.query(attempt + 1))
        elif self.download:
            self._later(self.profile.retry, self._next)
        else:
            self._later(self.profile.retry, lambda: self._stop("nobody answered the query"))

    def _plan_query(self) -> None:
        self._host.later((OTA, QUERY), self.profile.ask_every, self._ask_of_own_accord)

    def _ask_of_own_accord(self) -> None:
        self._plan_query()
        if self.status is UpgradeStatus.NORMAL:
            self.query()

    def _next(self) -> None:
        """Ask for what is missing, wait for the rest of a page, or end."""
        download = self._under_way()
        if download.complete:
            self._finish()
        elif not self._hindered(Point.BLOCK, self._ask_next):
            self._ask_next()

    def _ask_next(self) -> None:
        download = self._under_way()
        self._attempts = 0
        if download.offset < download.page_end and not self._mending:
            self._attempts = 1
            self._later(self.profile.retry, self._request)
        elif not self._pages or not self._hindered(Point.PAGE, self._request):
            self._request()

    @property
    def _pages(self) -> bool:
        """Whether a page is due, rather than a block."""
        return bool(self.profile.page_size) and not self._attempts and self.offset >= self._under_way().page_end

    def _request(self) -> None:
        download, profile = self._under_way(), self.profile
        if self._attempts > profile.retries:
            self._stop("gave up")
            return
        if self._pages:
            self._request_page(download)
        else:
            self._mending = self._mending or self._attempts > 0
            self._request_block(download)
        self._attempts += 1
        self._later(profile.retry, self._request)

    def _request_page(self, download: Download) -> None:
        download.ask_page(self.profile.page_size)
        self._mending, self._odd, self._asked = False, None, download.offset
        self.requested.append(self._asked)
        self._send(Point.PAGE, PAGE, page_request(self.profile, download.offer, download.offset, self._host.ieee))

    def _request_block(self, download: Download) -> None:
        offer, offset = download.offer, download.offset
        fault = self.faults.take(Point.BLOCK, offset, ODDITIES)
        self._odd = fault.trouble if fault else None
        match self._odd:
            case Trouble.FOREIGN:
                offer = offer._replace(file_version=offer.file_version ^ 1)
            case Trouble.ASK_AGAIN:
                offset = max(0, offset - self.profile.block_size)
            case Trouble.BEYOND:
                offset += offer.size
        self._asked = offset
        self.requested.append(offset)
        self._send(Point.BLOCK, BLOCK, block_request(self.profile, offer, offset, self._largest, self._host.ieee))

    @property
    def _largest(self) -> int:
        """Bytes in a block at most."""
        return GREED if self._odd is Trouble.GREEDY else self.profile.block_size

    def _send(self, point: Point, command: int, payload: bytes) -> None:
        frame = ZclFrame(command, self._host.next_tsn(), payload, cluster_specific=True, disable_default_response=False)
        self._transactions.append(frame.tsn)
        if self.faults.take(point, self.offset, {Trouble.LOSE_REQUEST}):
            return
        self._host.send(self.endpoint, OTA, frame)
        if self.faults.take(point, self.offset, {Trouble.REPEAT}):
            self._host.send(self.endpoint, OTA, frame)

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        """Plan the one thing that comes next."""
        self._host.later(OTA, seconds, action)

    def _under_way(self) -> Download:
        if self.download is None:
            raise SimulatorError(f"{self._host.name}: no download is under way")
        return self.download

    # Hearing

    def receive(self, frame: ZclFrame) -> Answer:
        """Take a command of the server."""
        handler = self._handlers.get(frame.command)
        if handler is None:
            return Answer(Status.UNSUP_COMMAND)
        if self._silent or self._lost(frame.command):
            return Answer(silent=True)
        try:
            return handler(frame) or Answer()
        except (struct.error, IndexError):
            self._violated(f"command 0x{frame.command:02x} is too short: {frame.payload.hex()}")
            return Answer(Status.MALFORMED_COMMAND)
        except ViolationError as error:
            self._violated(str(error))
            return Answer(Status.MALFORMED_COMMAND)

    def default_response(self, command: int, status: int) -> None:
        """Take the server's default response to a request."""
        if not status or self._silent or command not in UNDER_WAY[self.status]:
            return
        if command == PAGE and status == Status.UNSUP_COMMAND:
            self._go_by_blocks()
        else:
            self._refused(status)

    def _go_by_blocks(self) -> None:
        """Do without pages from now on, for this download."""
        self._mending, self._attempts = True, 1
        self._under_way().page_end = self._under_way().offer.size
        self._later(self.profile.think, self._request)

    def _refused(self, status: int) -> None:
        if self._odd in REFUSABLE:
            self.refused += 1
            self._later(self.profile.think, self._next)
        else:
            self._stop(f"refused with {status_name(status)}")

    def _violated(self, text: str) -> None:
        if text not in self.violations:
            self.violations.append(text)

    def _check_transaction(self, frame: ZclFrame) -> None:
        if frame.tsn not in self._transactions:
            self._violated(f"command 0x{frame.command:02x} has not the sequence number of a request")

    def _lost(self, command: int) -> bool:
        point = LOSABLE.get(command)
        return point is not None and bool(self.faults.take(point, self.offset, {Trouble.LOSE_RESPONSE}))

    def _notified(self, _frame: ZclFrame) -> Answer | None:
        if self.faults.take(Point.NOTIFY, self.offset, {Trouble.SILENCE}):
            return Answer(silent=True)
        refusal = self.faults.take(Point.NOTIFY, self.offset, {Trouble.FAIL})
        if refusal is not None:
            return Answer(refusal.status)
        return Answer(effect=self.query)

    def _offered(self, frame: ZclFrame) -> Answer | None:
        if self.status not in FETCHING:
            return None
        self._check_transaction(frame)
        status = frame.payload[0]
        if status != Status.SUCCESS:
            if status not in {Status.NO_IMAGE_AVAILABLE, Status.NOT_AUTHORIZED}:
                raise ViolationError(f"a query response with the status {status_name(status)}")
            self._stop(f"offered nothing: {status_name(status)}")
            return None
        offer = Offer.parse(frame.payload)
        if offer[:2] != (self.profile.manufacturer_code, self.profile.image_type):
            raise ViolationError(f"offered is {offer}, for another manufacturer or image type")
        self._begin(offer)
        return None

    def _begin(self, offer: Offer) -> None:
        if self.download is None or self.download.offer != offer:
            self.flash.download = Download(offer)
            self.requested.clear()
        self.result = None
        self._mending = False
        self._enter(UpgradeStatus.DOWNLOADING)
        self._later(self.profile.think, self._next)

    def _block_came(self, frame: ZclFrame) -> Answer | None:
        if self.status is not UpgradeStatus.DOWNLOADING:
            return None
        self._check_transaction(frame)
        status = frame.payload[0]
        if status == Status.ABORT:
            self._aborted()
        elif status == Status.WAIT_FOR_DATA:
            self._wait(frame)
        elif status == Status.SUCCESS:
            self._take(Block.parse(frame.payload), is_latest=frame.tsn == self._transactions[-1])
        else:
            raise ViolationError(f"a block response with the status {status_name(status)}")
        return None

    def _aborted(self) -> None:
        if self._odd in REFUSABLE:
            self._refused(Status.ABORT)
        else:
            self._stop("aborted by the server")

    def _wait(self, frame: ZclFrame) -> None:
        """Ask later as if for the first time: nothing of a page that was asked for is coming."""
        self._under_way().lose_memory()
        self._attempts = 0
        self._later(max(self.profile.think, waiting_time(frame.payload)), self._request)

    def _take(self, block: Block, *, is_latest: bool) -> None:
        download = self._under_way()
        if self._odd in REFUSABLE and is_latest:
            raise ViolationError(f"a block at {block.offset} for a request that is {self._odd}")
        if download.take(block, self._largest) or block.offset == self._asked:
            self.flash.note_offset()
            self._host.air.on_change()
            self._later(self.profile.think, self._next)

    # The end

    def _finish(self) -> None:
        self._attempts = 0
        self._enter(UpgradeStatus.COMPLETE)
        if not self._hindered(Point.END, self._tell_end):
            self._tell_end()

    def _tell_end(self) -> None:
        """Tell the server how it went; a device that nobody answers upgrades all the same (ZCL 11.13.9)."""
        status = self._verdict()
        if status != Status.SUCCESS:
            self._fail(status)
        elif self._attempts >= END_ATTEMPTS:
            self._reboot()
        else:
            self._attempts += 1
            self._send_end(Status.SUCCESS)
            self._later(self.profile.retry, self._tell_end)

    def _send_end(self, status: int) -> None:
        self._send(Point.END, END, end_request(status, self._under_way().offer))

    def _verdict(self) -> int:
        download = self._under_way()
        try:
            firmware = Firmware.parse(bytes(download.data))
        except (ValueError, struct.error) as error:
            self._violated(f"the image is damaged: {error}")
            return Status.INVALID_IMAGE
        offered = (firmware.manufacturer_code, firmware.image_type, firmware.file_version)
        return Status.SUCCESS if offered == download.offer[:3] else Status.INVALID_IMAGE

    def _fail(self, status: int) -> None:
        self._send_end(status)
        self._stop(f"ended with {status_name(status)}")

    def _told_to_upgrade(self, frame: ZclFrame) -> Answer | None:
        if self.status not in {UpgradeStatus.COMPLETE, UpgradeStatus.WAITING}:
            return None
        if self.status is UpgradeStatus.COMPLETE:
            self._check_transaction(frame)
        delay = upgrade_delay(frame.payload, self._under_way().offer)
        if delay is None:
            self._attempts = 0
            self._enter(UpgradeStatus.WAITING)
            self._later(ASK_WAITING, self._tell_end)
        else:
            self._enter(UpgradeStatus.COUNT_DOWN)
            self._later(delay, self._reboot)
        return None

    def _reboot(self) -> None:
        self._enter(UpgradeStatus.COUNT_DOWN)
        if not self._hindered(Point.REBOOT, self._go_dark):
            self._go_dark()

    def _go_dark(self) -> None:
        self._host.online = False
        self._later(self.profile.reboot, self._boot)

    def _boot(self) -> None:
        """Run the new image."""
        self.received, self.result = bytes(self._under_way().data), "updated"
        self.flash.install(Firmware.parse(self.received))
        self._host.online = True
        self._host.air.on_change()
        self._host.air.came_back(self._host.name)

    def _stop(self, why: str) -> None:
        self._host.forget(OTA)
        if self.download:
            self.flash.download, self.result = None, why
        self._enter(UpgradeStatus.NORMAL)

    # What goes wrong

    def _hindered(self, point: Point, go_on: Callable[[], None]) -> bool:
        """Whether a fault keeps the device from what it was about to do; `go_on` does it after all."""
        fault = self.faults.take(point, self.offset, HINDRANCES)
        if fault is None:
            return False
        match fault.trouble:
            case Trouble.DELAY:
                self._later(fault.seconds, go_on)
            case Trouble.SILENCE:
                self._fall_silent(fault.seconds, go_on)
            case Trouble.POWER_CUT:
                self._cut_power(fault)
            case _:
                self._fail(fault.status)
        return True

    def _fall_silent(self, seconds: float, go_on: Callable[[], None]) -> None:
        self._silent = True
        self._host.forget(OTA)
        if math.isfinite(seconds):
            self._later(seconds, lambda: self._wake(go_on))

    def _wake(self, go_on: Callable[[], None]) -> None:
        self._silent = False
        go_on()

    def _cut_power(self, fault: Fault) -> None:
        air, name = self._host.air, self._host.name
        self._resume = fault.resume
        air.cut_power(name)
        if math.isfinite(fault.seconds):
            air.schedule.after(fault.seconds, lambda: air.restore_power(name))

    def power_lost(self) -> None:
        """Lose what is not in flash."""
        self._silent = self._mending = False
        self._attempts, self._odd = 0, None
        self._host.online = True
        if self.download:
            self.download.lose_memory()

    def power_back(self) -> None:
        """Go on where the power was lost."""
        resume, self._resume = self._resume, Resume.BLOCK
        self._plan_query()
        match self.status:
            case UpgradeStatus.NORMAL if resume is Resume.QUERY:
                self._later(STARTING, self.query)
            case UpgradeStatus.DOWNLOADING:
                self._go_on(resume)
            case UpgradeStatus.COMPLETE:
                self._later(STARTING, self._finish)
            case UpgradeStatus.WAITING | UpgradeStatus.COUNT_DOWN:
                self._boot()

    def _go_on(self, resume: Resume) -> None:
        if resume is Resume.NONE:
            self._stop("forgot its download")
            return
        if resume is Resume.RESTART:
            self._under_way().restart()
        self._later(STARTING, self.query if resume is Resume.QUERY else self._next)

    def forget(self) -> None:
        """Return to the state of the factory, except for the version that runs."""
        self.faults = Faults()
        self.violations.clear()
        self._stop("forgotten")
        self.result, self._silent = None, False

    def restore(self, state: Mapping[str, Any] | None) -> None:
        """Take over what was in flash, and go on."""
        self.flash.restore(state)
        self.power_back()
