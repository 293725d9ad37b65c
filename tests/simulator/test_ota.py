"""The OTA client of simulated devices, beside a server as small as can be."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace
from typing import ClassVar

import pytest

from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.catalogue import default_house
from zigwire.simulator.control import COMMANDS
from zigwire.simulator.delivery import Medium
from zigwire.simulator.errors import SimulatorError
from zigwire.simulator.frame import ZclFrame
from zigwire.simulator.ota_faults import Fault, Point, Resume, Trouble
from zigwire.simulator.ota_flash import UpgradeStatus
from zigwire.simulator.ota_frames import NOTIFY, OTA
from zigwire.simulator.ota_image import Firmware
from zigwire.simulator.snapshot import load_house, save_house
from zigwire.zcl.status import Status
from zigwire.zigbee.radio import ApsFrame

BLOCK_SIZE = 50
APPLICATION_VERSION, DATE_CODE, BUILD = (AttributeKey(1, 0, number) for number in (0x0001, 0x0006, 0x4000))


@dataclass
class Server:
    """Hands one image out to who asks for it; what the fields say it does otherwise."""

    house: object
    image: bytes
    upgrade_time: int = 1
    wait: int = 0
    pages: bool = True
    abort: bool = False
    refused_end: int = 0
    foreign: tuple | None = None
    transaction: int = 0
    silent: bool = False
    spoil: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    ended: list = field(default_factory=list)

    @property
    def offer(self):
        """Manufacturer, image type and version as the header has them."""
        return self.image[10:18]

    def frame_received(self, frame):
        if frame.cluster != OTA or self.silent:
            return
        request = ZclFrame.parse(frame.data)
        self.transaction = request.tsn
        if request.cluster_specific:
            for command, payload in self.answers(request):
                self.send(frame, request, command, payload)

    def answers(self, request):
        match request.command:
            case 0x01:
                yield 0x02, bytes([Status.SUCCESS]) + self.offer + struct.pack("<I", len(self.image))
            case 0x03:
                offset, size = struct.unpack_from("<IB", request.payload, 9)
                self.asked.append(offset)
                yield self.block(request, offset, min(size, BLOCK_SIZE))
            case 0x04 if self.pages:
                offset, size, page = struct.unpack_from("<IBH", request.payload, 9)
                self.asked.append(offset)
                for start in range(offset, min(offset + page, len(self.image)), BLOCK_SIZE):
                    yield self.block(request, start, min(size, BLOCK_SIZE))
            case 0x04:
                yield None, bytes([0x04, Status.UNSUP_COMMAND])
            case 0x06:
                self.ended.append(request.payload[0])
                if request.payload[0] or self.refused_end:
                    yield None, bytes([0x06, self.refused_end])
                else:
                    yield 0x07, self.offer + struct.pack("<II", 0, self.upgrade_time)

    def block(self, request, offset, size):
        if self.abort:
            return 0x05, bytes([Status.ABORT])
        if self.foreign and request.payload[1:9] != self.offer:
            return self.foreign
        if request.payload[1:9] != self.offer or offset >= len(self.image):
            return None, bytes([request.command, Status.INVALID_VALUE])
        if self.wait:
            wait, self.wait = self.wait, 0
            return 0x05, struct.pack("<BII", Status.WAIT_FOR_DATA, 100, 100 + wait)
        data = self.image[offset : offset + size]
        fields = {"offer": self.offer, "offset": offset, "size": len(data), "data": data} | self.spoil
        return 0x05, b"\0" + fields["offer"] + struct.pack("<IB", fields["offset"], fields["size"]) + fields["data"]

    def send(self, frame, request, command, payload):
        answer = ZclFrame(0x0B, request.tsn, payload, to_client=True)
        if command is not None:
            answer = replace(answer, command=command, cluster_specific=True)
        self.transmit(frame.source, answer)

    def notify(self, device):
        self.transmit(device.node.network_address, ZclFrame(NOTIFY, 1, b"\0\x64", True, None, True, True))

    def transmit(self, address, zcl):
        self.house.transmit(ApsFrame(0, 1, address, 1, 0x0104, OTA, zcl.serialize()))

    def device_joined(self, ieee, network_address):
        pass

    def device_left(self, ieee, network_address, *, rejoin):
        pass

    def radio_lost(self, reason):
        raise AssertionError(reason)


@pytest.fixture
def server(home, plug):
    server = Server(home.house, Firmware(0x115F, 1, 0x11, "1.1", "20260101").image(1010))
    home.house.detach(home.ear)
    home.house.attach(server)
    return server


def update(server, device, *faults, seconds=600.0):
    device.ota.faults.left.extend(faults)
    server.notify(device)
    server.house.advance(seconds)
    assert not device.ota.faults.left, "every fault came about"
    return device.ota


def reads(device, number):
    return device.read(AttributeKey(1, OTA, number))


def test_a_notified_device_fetches_the_image_and_runs_it(server, plug):
    announced = []
    server.house.on_air = lambda frame: announced.append(frame) if frame.cluster == 0x13 else None
    client = update(server, plug)
    assert (client.result, client.file_version, client.status) == ("updated", 0x11, UpgradeStatus.NORMAL)
    assert client.received == server.image
    assert client.violations == []
    assert (plug.read(APPLICATION_VERSION), plug.read(DATE_CODE)) == (0x11, "20260101")
    assert BUILD not in plug.attributes
    assert server.asked == list(range(0, 1010, 50))
    assert announced


def test_attributes_tell_how_far_it_is(server, plug):
    update(server, plug, Fault(Point.BLOCK, Trouble.SILENCE, offset=500))
    assert [reads(plug, number) for number in (0x01, 0x02, 0x04, 0x06)] == [500, 0x10, 0x11, 1]
    described = plug.ota.describe()
    assert (described["status"], described["offset"], described["size"]) == ("downloading", 500, 1010)


def test_the_server_can_read_them(home, plug):
    read = ZclFrame(0x00, 7, struct.pack("<HH", 0x02, 0x06), to_client=True)
    (answer,) = home.ask(plug, OTA, read)
    assert answer.payload == struct.pack("<HBBI", 2, 0, 0x23, 0x10) + struct.pack("<HBBB", 6, 0, 0x30, 0)


def test_a_device_asks_of_its_own_accord_once_a_day(server, plug):
    server.house.advance(86400)
    server.house.advance(600)
    assert plug.ota.file_version == 0x11


def test_a_bulb_says_which_build_it_runs(server):
    server.house.join("bulb")
    server.house.advance(10)
    bulb = server.house.device("bulb")
    server.image = Firmware(0x117C, 0x4203, 0x24, "2.4.000").image(3000)
    client = update(server, bulb)
    assert (client.result, client.violations, bulb.read(BUILD)) == ("updated", [], "2.4.000")


def test_pages(server, plug):
    plug.ota.profile = replace(plug.ota.profile, page_size=300)
    client = update(server, plug)
    assert (client.result, client.violations, client.received) == ("updated", [], server.image)
    assert server.asked == [0, 300, 600, 900]


def test_of_a_page_that_lost_blocks_only_these_are_asked_for(server, plug):
    plug.ota.profile = replace(plug.ota.profile, page_size=300)
    client = update(server, plug, Fault(Point.BLOCK, Trouble.LOSE_RESPONSE, offset=100, times=2))
    assert (client.result, client.violations, client.received) == ("updated", [], server.image)
    assert server.asked == [0, 100, 150, 300, 600, 900]


def test_a_server_without_pages_is_asked_for_blocks(server, plug):
    plug.ota.profile = replace(plug.ota.profile, page_size=300)
    server.pages = False
    client = update(server, plug)
    assert client.result == "updated"
    assert server.asked == list(range(0, 1010, 50))


OPTIONAL = [
    ({}, 0x00, 14),
    ({"with_ieee": True}, 0x01, 22),
    ({"block_period": 0.1}, 0x02, 16),
    ({"with_ieee": True, "block_period": 0.1}, 0x03, 24),
]


@pytest.mark.parametrize(("optional", "control", "length"), OPTIONAL)
def test_optional_fields(server, plug, optional, control, length):
    plug.ota.profile = replace(plug.ota.profile, **optional)
    requests = []
    server.house.on_air = lambda frame: requests.append(frame.data) if frame.source and frame.cluster == OTA else None
    assert update(server, plug).result == "updated"
    blocks = [data for data in requests if data[2] == 0x03]
    assert {(data[3], len(data) - 3) for data in blocks} == {(control, length)}


@pytest.mark.parametrize(("version", "end"), [(None, b""), (3, b"\x03\x00")])
def test_a_query_tells_the_hardware_version_where_it_is_known(server, plug, version, end):
    plug.ota.profile = replace(plug.ota.profile, hardware_version=version)
    queries = []
    server.house.on_air = lambda frame: (
        queries.append(frame.data[3:]) if frame.source and frame.cluster == OTA else None
    )
    server.notify(plug)
    server.house.advance(0)
    assert queries == [struct.pack("<BHHI", bool(end), 0x115F, 1, 0x10) + end]


def test_it_waits_when_it_is_told_to(server, plug):
    server.wait = 60
    server.notify(plug)
    server.house.advance(59)
    assert plug.ota.offset == 0
    server.house.advance(60)
    assert plug.ota.result == "updated"


@pytest.mark.parametrize(
    ("upgrade_time", "status"), [(100, UpgradeStatus.COUNT_DOWN), (0xFFFFFFFF, UpgradeStatus.WAITING)]
)
def test_the_server_says_when_it_upgrades(server, plug, upgrade_time, status):
    server.upgrade_time = upgrade_time
    server.notify(plug)
    server.house.advance(60)
    assert (plug.ota.status, plug.ota.file_version) == (status, 0x10)
    server.upgrade_time = 0
    server.house.advance(3600)
    assert plug.ota.file_version == 0x11


def test_aborted_by_the_server(server, plug):
    server.abort = True
    assert update(server, plug).result == "aborted by the server"
    assert plug.ota.status is UpgradeStatus.NORMAL


def test_a_refused_end_is_the_end(server, plug):
    server.refused_end = Status.ABORT
    assert update(server, plug).result == "refused with ABORT"
    assert plug.ota.file_version == 0x10


def test_waiting_for_a_page_it_asks_for_it_again(server, plug):
    plug.ota.profile = replace(plug.ota.profile, page_size=300)
    server.wait = 60
    assert update(server, plug).result == "updated"
    assert server.asked == [0, 0, 300, 600, 900]


def test_it_gives_up_when_nobody_answers(server, plug):
    server.notify(plug)
    server.house.advance(0.1)
    assert plug.ota.status is UpgradeStatus.DOWNLOADING
    server.silent = True
    server.house.advance(3600)
    assert (plug.ota.result, plug.ota.status) == ("gave up", UpgradeStatus.NORMAL)


def test_a_damaged_image_is_not_run(server, plug):
    server.image = server.image[:-1] + b"\0"
    client = update(server, plug)
    assert client.result == "ended with INVALID_IMAGE"
    assert server.ended == [Status.INVALID_IMAGE]
    assert client.violations == ["the image is damaged: the upgrade image is damaged"]


HARMLESS = [
    Fault(Point.QUERY, Trouble.LOSE_REQUEST),
    Fault(Point.QUERY, Trouble.LOSE_RESPONSE),
    Fault(Point.QUERY, Trouble.REPEAT),
    Fault(Point.QUERY, Trouble.DELAY, seconds=30),
    Fault(Point.QUERY, Trouble.POWER_CUT, seconds=30, resume=Resume.QUERY),
    Fault(Point.BLOCK, Trouble.LOSE_REQUEST, offset=200, times=5),
    Fault(Point.BLOCK, Trouble.LOSE_RESPONSE, offset=200, times=5),
    Fault(Point.BLOCK, Trouble.REPEAT, offset=200, times=5),
    Fault(Point.BLOCK, Trouble.ASK_AGAIN, offset=200, times=5),
    Fault(Point.BLOCK, Trouble.DELAY, offset=200, seconds=30),
    Fault(Point.BLOCK, Trouble.SILENCE, offset=200, seconds=30),
    *(Fault(Point.BLOCK, Trouble.POWER_CUT, offset=200, seconds=30, resume=how) for how in list(Resume)[:3]),
    Fault(Point.BLOCK, Trouble.FOREIGN, offset=200),
    Fault(Point.BLOCK, Trouble.BEYOND, offset=200),
    Fault(Point.BLOCK, Trouble.GREEDY, offset=200),
    Fault(Point.END, Trouble.LOSE_REQUEST, times=2),
    Fault(Point.END, Trouble.LOSE_RESPONSE, times=4),
    Fault(Point.END, Trouble.REPEAT),
    Fault(Point.END, Trouble.DELAY, seconds=30),
    Fault(Point.END, Trouble.POWER_CUT, seconds=30),
    Fault(Point.REBOOT, Trouble.DELAY, seconds=30),
    Fault(Point.REBOOT, Trouble.POWER_CUT, seconds=30),
]


@pytest.mark.parametrize("fault", HARMLESS, ids=lambda fault: f"{fault.point}-{fault.trouble}-{fault.resume}")
def test_faults_that_a_device_survives(server, plug, fault):
    client = update(server, plug, fault)
    assert (client.result, client.received, client.violations) == ("updated", server.image, [])
    assert plug.present
    assert client.refused == (fault.trouble in {Trouble.FOREIGN, Trouble.BEYOND})


FATAL = [
    (Fault(Point.BLOCK, Trouble.FAIL, offset=200, status=Status.ABORT), "ended with ABORT", [Status.ABORT]),
    (Fault(Point.END, Trouble.FAIL), "ended with INVALID_IMAGE", [Status.INVALID_IMAGE]),
    (Fault(Point.BLOCK, Trouble.POWER_CUT, offset=200, seconds=9, resume=Resume.NONE), "forgot its download", []),
]


@pytest.mark.parametrize(("fault", "result", "ended"), FATAL)
def test_faults_that_end_the_update(server, plug, fault, result, ended):
    client = update(server, plug, fault)
    assert (client.result, client.file_version, server.ended) == (result, 0x10, ended)
    assert update(server, plug).result == "updated"


@pytest.mark.parametrize("resume", [Resume.BLOCK, Resume.QUERY])
def test_after_a_power_cut_it_goes_on_where_it_was(server, plug, resume):
    update(server, plug, Fault(Point.BLOCK, Trouble.POWER_CUT, offset=500, seconds=30, resume=resume))
    assert server.asked == list(range(0, 1010, 50))


def test_a_restart_asks_for_everything(server, plug):
    update(server, plug, Fault(Point.BLOCK, Trouble.POWER_CUT, offset=500, seconds=30, resume=Resume.RESTART))
    assert server.asked == [*range(0, 500, 50), *range(0, 1010, 50)]


@pytest.mark.parametrize("fault", [Fault(Point.NOTIFY, Trouble.SILENCE), Fault(Point.NOTIFY, Trouble.FAIL)])
def test_a_notify_may_come_to_nothing(server, plug, fault):
    answers = []
    server.house.on_air = lambda frame: answers.append(frame) if frame.source and frame.cluster == OTA else None
    client = update(server, plug, fault)
    assert (client.file_version, client.result) == (0x10, None)
    assert len(answers) == (fault.trouble is Trouble.FAIL)


SPOILT = [
    ({"offer": struct.pack("<HHI", 0x115F, 1, 0x12)}, "a block of the image"),
    ({"size": 7}, "a block of 7 bytes has 50"),
    ({"data": bytes(60), "size": 60}, "1 to 50 were asked for"),
    ({"data": b"", "size": 0}, "1 to 50 were asked for"),
    ({"offset": 1000}, "a block up to 1050, the image ends at 1010"),
    ({"offset": 50}, "a block at 50, 0 was asked for"),
]


@pytest.mark.parametrize(("spoil", "violation"), SPOILT)
def test_what_a_server_does_wrong_is_noted(server, plug, spoil, violation):
    server.spoil = spoil
    client = update(server, plug)
    assert any(violation in text for text in client.violations), client.violations
    assert client.offset == 0
    assert client.file_version == 0x10


def image_header(version=0x11):
    return struct.pack("<HHI", 0x115F, 1, version)


UNHEARD_OF = [
    (0x02, bytes([Status.WAIT_FOR_DATA]), "a query response with the status WAIT_FOR_DATA"),
    (0x02, b"\0", "command 0x02 is too short"),
    (0x05, b"", "command 0x05 is too short"),
    (0x05, bytes([Status.FAILURE]), "a block response with the status FAILURE"),
    (0x05, b"\0" + image_header() + struct.pack("<IB", 450, 4) + b"else", "the block at 450 is not what it was before"),
    (0x05, b"\0" + image_header(0x12) + struct.pack("<IB", 500, 4) + b"else", "a block of the image"),
]


@pytest.mark.parametrize(("command", "payload", "violation"), UNHEARD_OF)
def test_what_no_server_may_say_changes_nothing(server, plug, command, payload, violation):
    update(server, plug, Fault(Point.BLOCK, Trouble.DELAY, offset=500, seconds=60), seconds=30)
    answer = plug.ota.receive(ZclFrame(command, server.transaction, payload, True, None, True, True))
    assert answer.status == Status.MALFORMED_COMMAND
    assert violation in plug.ota.violations[0]
    assert (plug.ota.status, plug.ota.offset) == (UpgradeStatus.DOWNLOADING, 500)
    server.house.advance(600)
    assert (plug.ota.result, plug.ota.received) == ("updated", server.image)


def test_an_answer_has_the_number_of_its_request(server, plug):
    update(server, plug, Fault(Point.BLOCK, Trouble.DELAY, offset=500, seconds=60), seconds=30)
    plug.ota.receive(ZclFrame(0x05, server.transaction + 100, bytes([Status.ABORT]), True, None, True, True))
    assert plug.ota.violations == ["command 0x05 has not the sequence number of a request"]


def test_an_upgrade_to_another_image_is_none(server, plug):
    update(server, plug, Fault(Point.END, Trouble.DELAY, seconds=60), seconds=30)
    payload = image_header(0x12) + struct.pack("<II", 0, 0)
    plug.ota.receive(ZclFrame(0x07, server.transaction, payload, True, None, True, True))
    assert "an upgrade end response for" in plug.ota.violations[0]
    assert plug.ota.status is UpgradeStatus.COMPLETE


def test_commands_out_of_season_are_ignored(plug):
    for command, payload in ((0x05, bytes([Status.ABORT])), (0x07, image_header() + bytes(8))):
        plug.ota.receive(ZclFrame(command, 1, payload, True, None, True, True))
    assert (plug.ota.status, plug.ota.result, plug.ota.violations) == (UpgradeStatus.NORMAL, None, [])


def test_unknown_commands_are_refused(home, plug):
    (answer,) = home.ask(plug, OTA, ZclFrame(0x0A, 9, b"", True, None, True, False))
    assert answer.payload == bytes([0x0A, Status.UNSUP_COMMAND])


def test_a_server_may_abort_who_asks_for_what_is_foreign(server, plug):
    server.foreign = 0x05, bytes([Status.ABORT])
    client = update(server, plug, Fault(Point.BLOCK, Trouble.FOREIGN, offset=200))
    assert (client.result, client.refused, client.violations) == ("updated", 1, [])


def test_a_server_that_hands_out_what_is_foreign_is_noted(server, plug):
    server.foreign = 0x05, b"\0" + image_header(0x10) + struct.pack("<IB", 200, 4) + b"else"
    client = update(server, plug, Fault(Point.BLOCK, Trouble.FOREIGN, offset=200))
    assert client.violations == ["a block at 200 for a request that is foreign"]


def test_an_offer_for_others_is_no_offer(server, plug):
    server.image = Firmware(0x1234, 1, 0x11).image(1010)
    client = update(server, plug)
    assert len(client.violations) == 1
    assert client.status is UpgradeStatus.NORMAL


def test_a_sleeper_fetches_too(server):
    house = server.house
    house.join("remote")
    house.advance(10)
    remote = house.device("remote")
    server.image = Firmware(0x1000, 2, 0x02).image(1010)
    house.ask_firmware("remote")
    house.advance(5)
    assert 0 < remote.ota.offset < 1010, "it takes its time"
    house.advance(60)
    assert (remote.ota.file_version, remote.ota.violations) == (0x02, [])


def test_a_tenth_of_all_frames_lost(server, plug):
    server.house.medium = Medium(loss=0.1, seed=1)
    client = update(server, plug)
    assert (client.result, client.violations) == ("updated", [])
    assert len(server.asked) > 21


def test_the_flash_outlives_the_house(server, plug, tmp_path):
    del server.house.devices["lamp"]
    update(server, plug, Fault(Point.BLOCK, Trouble.SILENCE, offset=500), seconds=30)
    save_house(server.house, tmp_path / "house.json")
    house = load_house(tmp_path / "house.json", clock=lambda: 0.0)
    again = Server(house, server.image)
    house.attach(again)
    house.advance(60)
    client = house.device("plug").ota
    assert (client.result, client.file_version, client.received) == ("updated", 0x11, server.image)
    assert again.asked == list(range(500, 1010, 50))
    save_house(house, tmp_path / "house.json")
    assert load_house(tmp_path / "house.json").device("plug").ota.file_version == 0x11


def test_the_factory_forgets(server, plug):
    update(server, plug, Fault(Point.BLOCK, Trouble.SILENCE, offset=500), seconds=30)
    plug.ota.forget()
    assert (plug.ota.status, plug.ota.download, plug.ota.result) == (UpgradeStatus.NORMAL, None, None)


def test_a_fault_has_to_be_possible_where_it_is_to_happen():
    with pytest.raises(SimulatorError, match="trouble: fail does not come about at query, there are delay"):
        Fault(Point.QUERY, Trouble.FAIL)


def test_people_let_it_ask(server, plug):
    status = COMMANDS["ask-firmware"](server.house, {"device": "plug"})["device"]["firmware"]
    assert status == {"manufacturer_code": 0x115F, "image_type": 1, "file_version": 0x10, "status": "normal"}
    server.house.advance(600)
    (status, *_) = COMMANDS["list"](server.house, {})["devices"]
    assert (status["firmware"]["file_version"], status["firmware"]["result"]) == (0x11, "updated")


def test_who_has_no_client_can_not_be_asked(lamp):
    with pytest.raises(SimulatorError, match="no way to get firmware"):
        lamp.ask_firmware()


def test_every_updatable_device_of_the_house_knows_its_endpoint():
    for device in default_house().devices.values():
        assert device.ota is not None
        assert OTA in device.node.endpoints[device.ota.endpoint].clients


class TestFirmware:
    @pytest.mark.parametrize("hardware", [None, (1, 3)])
    def test_it_is_what_it_was_made_of(self, hardware):
        firmware = Firmware(0x115F, 1, 0x11, "1.1", "20260101", hardware)
        image = firmware.image(1000)
        assert len(image) == 1000
        assert Firmware.parse(image) == firmware

    CHANGED: ClassVar = [
        (0, "identifier"),
        (4, "header version"),
        (52, "the header says"),
        (56, "no upgrade image"),
        (59, "reaches beyond the end"),
        (64, "damaged"),
        (70, "damaged"),
        (500, "damaged"),
        (999, "damaged"),
    ]

    @pytest.mark.parametrize(("position", "fault"), CHANGED)
    def test_a_changed_byte_is_noticed(self, position, fault):
        image = bytearray(Firmware(0x115F, 1, 0x11).image(1000))
        image[position] ^= 0xFF
        with pytest.raises(ValueError, match=fault):
            Firmware.parse(bytes(image))

    def test_it_may_be_too_small(self):
        with pytest.raises(SimulatorError, match="100 is less than 512"):
            Firmware(0x115F, 1, 0x11).image(100)
