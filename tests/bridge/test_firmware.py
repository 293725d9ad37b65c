"""Firmware updates over MQTT, of simulated devices, in time that leaps."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from support.home import Home
from support.leaping_loop import LeapingLoop
from support.virtual_time import NOON

from zigwire.ota import indexes
from zigwire.simulator.catalogue import default_house
from zigwire.simulator.ota_faults import Fault, Point, Resume, Trouble
from zigwire.simulator.ota_image import Firmware
from zigwire.storage import Database
from zigwire.storage.firmware import Schedule
from zigwire.zigbee.model import InterviewState

SIZE, BLOCK = 4000, 50
RUNS = 0x10
LONGEST = 7200.0
NAMES = ("plug", "bulb")
OTA = "bridge/request/device/ota_update"
ANSWERS = "bridge/response/device/ota_update"
SETTINGS = {
    "ota": {"zigbee_ota_override_index_location": "firmware/index.json", "image_block_response_delay": 200},
    "devices": {"0x00158d0001a2b3c4": {"friendly_name": "plug"}},
}
IN_PROGRESS = "OTA update or check for update already in progress for 'plug'"


class Workshop(Home):
    """A home with an index of firmware; the plug is called by its name."""

    def __init__(self, folder, house=None, **document):
        self.time = asyncio.get_running_loop().time
        document = {name: {**SETTINGS.get(name, {}), **document.get(name, {})} for name in SETTINGS | document}
        super().__init__(folder, document, house=house or default_house(self.time))
        self.shelf = folder / "firmware"
        self.shelf.mkdir(exist_ok=True)
        self.folder = folder

    def now(self):
        return NOON + self.time()

    async def start(self):
        await self.network.start(self.bridge)
        await self.network.wait_online()
        self.bridge.start()

    async def move_in(self):
        self.release(RUNS)
        await self.start()
        for name in NAMES:
            self.house.join(name)
        known = self.network.devices
        await self.wait(lambda: len(known) == len(NAMES) and all(map(is_interviewed, known.values())))
        await asyncio.sleep(60)
        self.sent.messages.clear()

    async def restarted(self, **document):
        """Return the home after a restart of the program; the house stays what it is."""
        await self.stop()
        again = Workshop(self.folder, self.house, **document)
        await again.start()
        return again

    async def wait(self, condition: Callable[[], Any]) -> Any:
        end = self.time() + LONGEST
        while not (found := condition()):
            assert self.time() < end, "it takes too long"
            await asyncio.sleep(0.1)
        return found

    @property
    def client(self):
        return self.plug.ota

    def image(self, version, size=SIZE, **other):
        profile = self.client.profile
        facts = {"manufacturer_code": profile.manufacturer_code, "image_type": profile.image_type, **other}
        return Firmware(file_version=version, date_code=f"202601{version:x}", **facts).image(size)

    def release(self, version, size=SIZE, **entry):
        """Make a version for the plug the only one in the index."""
        (self.shelf / f"{version:x}.ota").write_bytes(self.image(version, size))
        row = {
            "url": f"firmware/{version:x}.ota",
            "fileVersion": version,
            "manufacturerCode": self.client.profile.manufacturer_code,
            "imageType": self.client.profile.image_type,
            "releaseNotes": f"Notes of {version}",
            **entry,
        }
        (self.shelf / "index.json").write_text(json.dumps([row]))

    def begin(self, request: str, payload: Any) -> None:
        self.say(f"{OTA}/{request}", payload)

    async def answer(self, request: str, transaction: str) -> Any:
        """Wait for a response; checks that there is just one."""

        def found():
            return [one for one in self.sent.of(f"{ANSWERS}/{request}") if one.get("transaction") == transaction]

        await self.wait(found)
        (response,) = found()
        del response["transaction"]
        return response

    async def ask(self, request: str, payload: Any, answered: str | None = None) -> Any:
        transaction = f"{request} {self.time()}"
        self.begin(request, {**payload, "transaction": transaction})
        return await self.answer(answered or request, transaction)

    @property
    def updates(self) -> list[dict[str, Any]]:
        """The states of the plug's firmware that were published, each once in a row."""
        told = [state["update"] for state in self.sent.of("plug") if "update" in state]
        return [one for place, one in enumerate(told) if place == 0 or told[place - 1] != one]

    @property
    def words(self) -> list[str]:
        states = [one["state"] for one in self.updates]
        return [word for place, word in enumerate(states) if place == 0 or states[place - 1] != word]


def is_interviewed(device):
    return device.interview_state is InterviewState.SUCCESSFUL


@pytest.fixture(autouse=True)
def no_internet(monkeypatch):
    for name in ("UPGRADES", "DOWNGRADES"):
        monkeypatch.setattr(indexes, name, "http://127.0.0.1:9/index.json")


@pytest.fixture
def play(tmp_path):
    """Let a scene be played in a workshop; no task may be left of it, and nothing in the database."""

    def play(scene, **document):
        async def whole():
            home = Workshop(tmp_path, **document)
            await home.move_in()
            before = len(asyncio.all_tasks())
            try:
                home = await scene(home) or home
                await asyncio.sleep(600)
                assert len(asyncio.all_tasks()) <= before, asyncio.all_tasks()
                assert not home.database.load_updates()
                assert not held(home)
                assert not home.client.violations
            finally:
                await home.stop()

        with asyncio.Runner(loop_factory=LeapingLoop) as runner:
            runner.run(whole())

    return play


def held(home):
    """Return the images of updates under way."""
    return list((home.folder / "ota" / "under_way").glob("*"))


def refusals(home):
    """Return how many questions for an image were answered with NO_IMAGE_AVAILABLE."""
    return sum(one.cluster == 0x19 and one.source == 0 and one.data[2:] == b"\x02\x98" for one in home.air)


def error(text):
    return {"data": {}, "status": "error", "error": text}


def state(word, installed=RUNS, latest=RUNS, source=None, notes=None):
    return {
        "state": word,
        "installed_version": installed,
        "latest_version": latest,
        "latest_source": source,
        "latest_release_notes": notes,
    }


@pytest.mark.parametrize(
    ("request_", "entry", "available"),
    [
        ("check", {"fileVersion": RUNS + 1}, True),
        ("check", {"fileVersion": RUNS}, False),
        ("check", {"fileVersion": RUNS - 1}, False),
        ("check", {"fileVersion": RUNS - 1, "force": True}, True),
        ("check/downgrade", {"fileVersion": RUNS - 1}, True),
        ("check/downgrade", {"fileVersion": RUNS + 1}, False),
    ],
)
def test_a_check_says_whether_there_is_an_image(play, request_, entry, available):
    async def scene(home):
        home.release(RUNS, **entry)
        response = await home.ask(request_, {"id": "plug"}, "check")
        source, notes = f"firmware/{RUNS:x}.ota", f"Notes of {RUNS}"
        assert response["status"] == "ok"
        assert response["data"] == {
            "id": "plug",
            "update_available": available,
            "downgrade": request_ != "check",
            "source": source,
            "release_notes": notes,
        }
        word = "available" if available else "idle"
        assert home.updates == [state(word, latest=entry["fileVersion"], source=source, notes=notes)]

    play(scene)


def test_a_check_says_why_there_is_no_image(play):
    async def scene(home):
        home.release(RUNS, modelId="other")
        response = await home.ask("check", {"id": "plug"})
        reason = response["data"].pop("reason")
        assert "none for model 'lumi.plug'; only the override index counts, for http://127.0.0.1:9/index.json" in reason
        assert response["data"] == {"id": "plug", "update_available": False, "downgrade": False}
        assert home.updates == [state("idle")]

    play(scene)


def test_a_check_of_an_image_that_is_named(play):
    async def scene(home):
        (home.shelf / "own.ota").write_bytes(home.image(RUNS + 2))
        response = await home.ask("check", {"id": "plug", "url": "firmware/own.ota"})
        assert response["data"]["update_available"] is True
        assert home.updates == [state("available", latest=RUNS + 2, source="firmware/own.ota")]
        missing = await home.ask("check", {"id": "plug", "url": "firmware/none.ota"})
        assert missing["error"].startswith("Failed to check if OTA update available for 'plug' (")
        assert "none.ota" in missing["error"]

    play(scene)


def test_a_bare_name_is_a_payload(play):
    async def scene(home):
        home.begin("check", "plug")
        (response,) = await home.wait(lambda: home.sent.of(f"{ANSWERS}/check"))
        assert response["data"]["id"] == "plug"

    play(scene)


def test_an_update(play):
    async def scene(home):
        home.release(RUNS + 1)
        home.device.meta["configured"] = "before"
        response = await home.ask("update", {"id": "plug"})
        assert response["status"] == "ok"
        assert response["data"]["id"] == "plug"
        assert response["data"]["from"]["file_version"] == RUNS
        assert response["data"]["to"]["file_version"] == RUNS + 1
        assert home.client.file_version == RUNS + 1
        assert home.bridge.firmware.ended == {"installed": 1}
        assert home.words == ["updating", "idle"]
        assert home.updates[-1] == state("idle", RUNS + 1, RUNS + 1)
        bars = [(one["progress"], one["remaining"]) for one in home.updates[:-1]]
        assert bars[0] == (0, SIZE / BLOCK * 0.2)
        assert bars[-1] == (100, 0)
        assert bars == sorted(bars)
        assert 10 < len(bars) <= 20  # it takes 16 s: a message a second
        await asyncio.sleep(10)
        said = [event["data"].get("status") for event in home.sent.of("bridge/event")]
        assert said[-2:] == ["started", "successful"]
        assert home.device.meta.get("configured") != "before"
        assert home.device.date_code == response["data"]["to"]["date_code"] == "20260111"

    play(scene)


@pytest.mark.parametrize("downgrade", [False, True])
def test_an_update_to_what_is_there_fails_as_clients_expect(play, downgrade):
    async def scene(home):
        request = "update/downgrade" if downgrade else "update"
        response = await home.ask(request, {"id": "plug"}, "update")
        assert response == error("Update of 'plug' failed (No image currently available)")
        assert home.updates == [state("idle")]
        assert home.client.requested == []

    play(scene)


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({"url": "firmware/none.ota"}, "none.ota"),
        ({"url": "../elsewhere.ota"}, "outside of the data folder"),
        ({"hex": {"data": "00112233"}}, "identifier 1ef1ee0b is nowhere"),
        ({"url": "firmware/none.json"}, "no image for manufacturer 0x115f"),
        ({"url": "http://x:99999/y.ota"}, "'http://x:99999/y.ota' is no address"),
    ],
)
def test_an_update_without_an_image_says_why(play, payload, why):
    async def scene(home):
        (home.shelf / "index.json").write_text("[]")
        response = await home.ask("update", {"id": "plug", **payload})
        assert response["error"].startswith("Update of 'plug' failed (No image currently available: ")
        assert why in response["error"]
        assert home.updates == [state("idle")]

    play(scene)


def test_an_image_for_other_devices_is_not_offered(play):
    async def scene(home):
        (home.shelf / "foreign.ota").write_bytes(home.image(0x99, manufacturer_code=0x1234))
        response = await home.ask("update", {"id": "plug", "url": "firmware/foreign.ota"})
        assert response["error"].startswith("OTA update of 'plug' failed (")
        assert "0x1234" in response["error"]
        assert home.words == ["updating", "available"]
        assert home.client.requested == []

    play(scene)


def test_an_image_that_comes_with_the_request_is_kept(play):
    async def scene(home):
        brought = {"data": home.image(RUNS + 3).hex().upper(), "file_name": "mine.ota"}
        response = await home.ask("update", {"id": "plug", "hex": brought})
        assert response["data"]["to"]["file_version"] == RUNS + 3
        assert (home.folder / "ota" / "mine.ota").read_bytes() == home.image(RUNS + 3)

    play(scene)


BAD = "Invalid payload"


@pytest.mark.parametrize(
    ("request_", "payload", "text"),
    [
        ("check", {}, BAD),
        ("check", {"id": "ghost"}, "Device 'ghost' does not exist"),
        ("update", {"id": "nobody"}, "Device 'nobody' does not exist"),
        ("update", {"id": "bulb"}, "Device 'bulb' does not exist"),
        ("update", {"id": "0x000b57fffe9a1b01"}, "Device '0x000b57fffe9a1b01' does not support OTA updates"),
        ("schedule", {"id": "0x000b57fffe9a1b01"}, "Device '0x000b57fffe9a1b01' does not support OTA updates"),
        ("update", {"id": "plug", "url": 7}, BAD),
        ("schedule", {"id": "plug", "url": "http://[x"}, "Invalid payload (url 'http://[x' is no address: "),
        ("check", {"id": "plug", "url": "x" * 5000}, "Invalid payload (url has 5000 characters; 4096 are allowed)"),
        ("update", {"id": "plug", "hex": "1ef1"}, BAD),
        ("update", {"id": "plug", "hex": {"data": ""}}, BAD),
        ("update", {"id": "plug", "hex": {"data": "1e", "file_name": 7}}, BAD),
        ("update", {"id": "plug", "hex": {"data": "xy"}}, BAD),
        ("update", {"id": "plug", "hex": {"data": "1e", "file_name": "../x"}}, BAD),
        ("update", {"id": "plug", "image_block_request_timeout": "10"}, BAD),
        ("update", {"id": "plug", "image_block_response_delay": 0}, BAD),
        ("update", {"id": "plug", "default_maximum_data_size": 101}, BAD),
        ("update", {"id": "plug", "default_maximum_data_size": True}, BAD),
        ("update/abort", {"id": "plug"}, "No OTA in progress to abort for device 'plug'"),
    ],
)
def test_bad_requests_are_answered(play, request_, payload, text):
    async def scene(home):
        response = await home.ask(request_, payload)
        assert response["error"].startswith(text)
        assert home.client.requested == []

    play(scene)


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ("schedule", "{}"),
        ("update", "OTA update of 'plug' failed ({})"),
        ("check", "Failed to check if OTA update available for 'plug' ({})"),
    ],
)
def test_a_device_that_has_not_the_cluster(play, request_, text):
    async def scene(home):
        for endpoint in home.device.endpoints.values():
            endpoint.output_clusters = []
        response = await home.ask(request_, {"id": "plug", "url": "firmware/x.ota"})
        assert response == error(text.format(f"No endpoint found with OTA cluster support for {home.plug.ieee}"))

    play(scene)


def test_how_an_image_is_handed_out_can_be_chosen(play):
    async def scene(home):
        home.release(RUNS + 1)
        chosen = {"image_block_response_delay": 1000, "default_maximum_data_size": 40}
        begin = home.time()
        response = await home.ask("update", {"id": "plug", **chosen})
        assert response["status"] == "ok"
        assert home.updates[0]["remaining"] == SIZE / 40
        assert home.time() - begin > SIZE / 40

    play(scene)


def test_a_device_has_one_operation_at_a_time(play):
    async def scene(home):
        home.release(RUNS + 1)
        home.begin("update", {"id": "plug", "transaction": "first"})
        await home.wait(lambda: home.client.offset > 1000)
        for request in ("update", "check", "schedule", "unschedule"):
            assert await home.ask(request, {"id": "plug"}) == error(IN_PROGRESS)
        assert (await home.answer("update", "first"))["status"] == "ok"

    play(scene)


def test_an_update_can_be_aborted(play):
    async def scene(home):
        home.release(RUNS + 1)
        home.begin("update", {"id": "plug", "transaction": "first"})
        await home.wait(lambda: home.client.offset > 1000)
        assert await home.ask("update/abort", {"id": "plug"}) == {"data": {"id": "plug"}, "status": "ok"}
        response = await home.answer("update", "first")
        assert response == error(f"OTA update of 'plug' failed (OTA for device {home.plug.ieee} was aborted)")
        assert home.words == ["updating", "available"]
        assert "progress" not in home.updates[-1]
        assert home.bridge.firmware.ended == {"aborted": 1}
        assert (await home.ask("update", {"id": "plug"}))["status"] == "ok"
        assert home.bridge.firmware.ended == {"aborted": 1, "installed": 1}

    play(scene)


def test_it_is_too_late_to_abort_when_the_device_has_its_new_firmware(play):
    async def scene(home):
        home.release(RUNS + 1)
        home.client.faults.left.append(Fault(Point.REBOOT, Trouble.POWER_CUT))
        home.begin("update", {"id": "plug", "transaction": "first"})
        await home.wait(lambda: home.words == ["updating", "idle"])
        late = await home.ask("update/abort", {"id": "plug"})
        assert late == error("No OTA in progress to abort for device 'plug'")
        assert (await home.answer("update", "first"))["status"] == "ok"
        assert home.words == ["updating", "idle"]
        home.house.restore_power("plug")

    play(scene)


def test_a_check_can_be_aborted(play):
    async def scene(home):
        home.client.faults.left.append(Fault(Point.NOTIFY, Trouble.SILENCE, seconds=30))
        home.begin("check", {"id": "plug", "transaction": "first"})
        await asyncio.sleep(1)
        assert (await home.ask("update/abort", {"id": "plug"}))["status"] == "ok"
        assert "was aborted" in (await home.answer("check", "first"))["error"]
        assert home.words == []

    play(scene)


def test_a_device_that_does_not_ask_is_named(play):
    async def scene(home):
        home.client.faults.left.append(Fault(Point.NOTIFY, Trouble.SILENCE, times=3))
        response = await home.ask("update", {"id": "plug"})
        assert response == error("OTA update of 'plug' failed (Device didn't respond to OTA request)")
        assert home.words == ["available"]
        home.house.restore_power("plug")
        home.client.forget()

    play(scene)


def test_without_a_radio_there_is_nobody_to_ask(play):
    async def scene(home):
        home.has_radio = False
        home.network.radio_lost("unplugged")
        response = await home.ask("update", {"id": "plug"})
        assert response == error("OTA update of 'plug' failed (the coordinator is offline)")

    play(scene)


def test_a_lost_radio_holds_an_update_up(play):
    async def scene(home):
        home.release(RUNS + 1)
        home.begin("update", {"id": "plug", "transaction": "first"})
        await home.wait(lambda: home.client.offset > 1000)
        home.has_radio = False
        home.network.radio_lost("unplugged")
        await asyncio.sleep(1000)
        assert home.words == ["updating"]
        home.has_radio = True
        assert (await home.answer("update", "first"))["status"] == "ok"
        assert home.words == ["updating", "idle"]

    play(scene)


def test_a_schedule_is_carried_out_when_the_device_asks(play):
    async def scene(home):
        home.release(RUNS + 1)
        assert await home.ask("schedule", {"id": "plug"}) == {"data": {"id": "plug"}, "status": "ok"}
        assert home.words == ["scheduled"]
        again = await home.restarted()
        assert again.database.load_schedules() == {home.plug.ieee: Schedule()}
        again.client.query()
        await again.wait(lambda: again.client.file_version == RUNS + 1)
        await again.wait(lambda: again.words[-1:] == ["idle"])
        assert again.words[-3:] == ["scheduled", "updating", "idle"]
        assert not again.database.load_schedules()
        return again

    play(scene)


def test_a_schedule_that_fails_is_tried_again(play):
    async def scene(home):
        home.release(RUNS + 1)
        (home.shelf / f"{RUNS + 1:x}.ota").unlink()
        await home.ask("schedule", {"id": "plug"})
        home.client.query()
        await asyncio.sleep(10)
        assert home.words[-1] == "scheduled"
        home.release(RUNS + 1)
        home.client.faults.left.append(Fault(Point.END, Trouble.FAIL))
        home.client.query()
        await home.wait(lambda: home.words[-2:] == ["updating", "scheduled"])
        home.client.query()
        await home.wait(lambda: home.client.file_version == RUNS + 1)

    play(scene)


def test_a_schedule_that_was_taken_over_and_names_nothing_is_answered(play, caplog):
    async def scene(home):
        home.database.save_schedule(home.plug.ieee, Schedule("http://[x"))
        again = await home.restarted()
        again.client.query()
        await again.wait(lambda: refusals(again))
        assert "url 'http://[x' is no address" in caplog.text
        return again

    play(scene)


def test_a_schedule_without_a_newer_image_is_over(play):
    async def scene(home):
        await home.ask("schedule", {"id": "plug"})
        home.client.query()
        await home.wait(lambda: home.words == ["scheduled", "idle"])
        assert not home.database.load_schedules()

    play(scene)


def test_who_aborts_a_scheduled_update_means_it(play):
    async def scene(home):
        home.release(RUNS + 1)
        await home.ask("schedule", {"id": "plug"})
        home.client.query()
        await home.wait(lambda: home.client.offset > 1000)
        await home.ask("update/abort", {"id": "plug"})
        await asyncio.sleep(60)
        assert home.words == ["scheduled", "updating", "available"]
        assert not home.database.load_schedules()

    play(scene)


def test_a_scheduled_image_goes_with_its_schedule(play):
    async def scene(home):
        kept = home.folder / "ota" / "later.ota"
        brought = {"data": home.image(RUNS + 1).hex(), "file_name": "later.ota"}
        response = await home.ask("schedule", {"id": "plug", "hex": brought})
        assert response["data"] == {"id": "plug", "url": str(kept)}
        assert kept.exists()
        response = await home.ask("unschedule", {"id": "plug"})
        assert response == {"data": {"id": "plug"}, "status": "ok"}
        assert home.words == ["scheduled", "idle"]
        assert not kept.exists()

    play(scene)


def test_a_scheduled_image_goes_with_its_device(play):
    async def scene(home):
        brought = {"data": home.image(RUNS + 1).hex(), "file_name": "later.ota"}
        await home.ask("schedule", {"id": "plug", "hex": brought})
        home.say("bridge/request/device/remove", {"id": "plug", "force": True})
        await home.wait(lambda: not (home.folder / "ota" / "later.ota").exists())

    play(scene)


def test_a_scheduled_image_stays_while_another_device_is_to_get_it(play):
    async def scene(home):
        kept, bulb = home.folder / "ota" / "later.ota", home.house.device("bulb").ieee
        await home.ask("schedule", {"id": bulb, "url": str(kept)})
        brought = {"data": home.image(RUNS + 1).hex(), "file_name": "later.ota"}
        await home.ask("schedule", {"id": "plug", "hex": brought})
        await home.ask("unschedule", {"id": "plug"})
        assert kept.exists()
        await home.ask("unschedule", {"id": bulb})
        assert not kept.exists()

    play(scene)


def test_a_downgrade_can_be_scheduled(play):
    async def scene(home):
        home.release(RUNS - 1)
        await home.ask("schedule/downgrade", {"id": "plug"}, "schedule")
        home.client.query()
        await home.wait(lambda: home.client.file_version == RUNS - 1)

    play(scene)


def test_a_device_that_asks_gets_a_look_up_once_in_an_interval(play):
    async def scene(home):
        home.release(RUNS + 1)
        for minutes, words in ((1, ["available"]), (60, ["available"]), (1, ["available", "idle"])):
            home.client.query()
            await asyncio.sleep(60 * minutes)
            assert home.words == words
            home.release(RUNS)

    play(scene, ota={"update_check_interval": 60})


@pytest.mark.parametrize(
    "document",
    [
        {"ota": {"disable_automatic_update_check": True}},
        {"devices": {"0x00158d0001a2b3c4": {"friendly_name": "plug", "disable_automatic_update_check": True}}},
        {"device_options": {"disable_automatic_update_check": True}},
    ],
)
def test_look_ups_by_itself_can_be_switched_off(play, document):
    async def scene(home):
        home.release(RUNS + 1)
        home.client.query()
        await asyncio.sleep(10)
        assert home.words == []

    play(scene, **document)


def test_each_question_is_answered(play):
    async def scene(home):
        home.air.clear()
        for _ in range(3):
            home.client.query()
            await asyncio.sleep(10)
        assert refusals(home) == 3

    play(scene)


def test_a_question_is_answered_before_the_indexes_are(play, monkeypatch):
    async def never(_reader, writer):
        await asyncio.sleep(LONGEST)
        writer.close()

    async def scene(home):
        async with await asyncio.start_server(never, "127.0.0.1", 0) as silent:
            port = silent.sockets[0].getsockname()[1]
            monkeypatch.setattr(indexes, "UPGRADES", f"http://127.0.0.1:{port}/index.json")
            home.air.clear()
            home.client.query()
            await asyncio.sleep(1)
            assert refusals(home) == 1
            assert home.words == []
            await home.wait(lambda: home.words)
        await asyncio.sleep(LONGEST)

    play(scene)


def test_an_update_outlives_a_restart(play):
    async def scene(home):
        home.release(RUNS + 1)
        home.begin("update", {"id": "plug", "transaction": "first"})
        await home.wait(lambda: home.client.offset > 1000)
        (home.shelf / f"{RUNS + 1:x}.ota").unlink()
        assert [path.read_bytes() for path in held(home)] == [home.image(RUNS + 1)]
        again = await home.restarted()
        told = await home.answer("update", "first")
        assert told == error("The bridge stops; an update that has begun goes on when it is back")
        await again.wait(lambda: again.client.file_version == RUNS + 1)
        await again.wait(lambda: again.words[-1] == "idle")
        assert again.words == ["updating", "idle"]
        assert len(again.client.requested) <= SIZE / BLOCK + 1
        await asyncio.sleep(10)
        assert again.sent.of("bridge/event")[-1]["data"]["status"] == "successful"
        return again

    play(scene)


def test_an_update_whose_image_is_lost_ends_with_its_reason(play, caplog):
    async def scene(home):
        home.release(RUNS + 1)
        home.begin("update", {"id": "plug", "transaction": "first"})
        await home.wait(lambda: home.client.offset > 1000)
        home.house.cut_power("plug")
        await home.stop()
        for path in held(home):
            path.unlink()
        again = Workshop(home.folder, home.house)
        await again.start()
        await again.wait(lambda: again.words[-1:] == ["available"])
        assert "can't be read: No such file" in caplog.text
        home.house.restore_power("plug")
        return again

    play(scene)


def test_what_a_kill_left_of_images_is_removed(play):
    async def scene(home):
        orphan = home.folder / "ota" / "under_way" / "00.ota"
        orphan.parent.mkdir(parents=True)
        orphan.write_bytes(home.image(RUNS))
        return await home.restarted()

    play(scene)


def test_an_image_that_can_not_be_kept_is_not_offered(play):
    async def scene(home):
        home.release(RUNS + 1)
        (home.folder / "ota").write_text("in the way")
        response = await home.ask("update", {"id": "plug"})
        assert "can't be written: Not a directory" in response["error"]
        assert home.client.requested == []
        (home.folder / "ota").unlink()

    play(scene)


def test_a_restart_forgets_how_far_an_update_was_that_does_not_go_on(play):
    async def scene(home):
        home.bridge.publisher.publish(
            home.bridge.entities.of(home.device), {"update": {**state("updating"), "progress": 7, "remaining": 3}}
        )
        again = await home.restarted()
        assert again.updates == [state("idle")]
        return again

    play(scene)


def test_a_power_cut_in_the_middle(play):
    async def scene(home):
        home.release(RUNS + 1)
        cut = Fault(Point.BLOCK, Trouble.POWER_CUT, offset=2000, seconds=20, resume=Resume.QUERY)
        home.client.faults.left.append(cut)
        assert (await home.ask("update", {"id": "plug"}))["status"] == "ok"

    play(scene)


def test_a_device_that_is_removed_in_the_middle(play):
    async def scene(home):
        home.release(RUNS + 1)
        await home.ask("schedule", {"id": "plug"})
        home.begin("update", {"id": "plug", "transaction": "first"})
        await home.wait(lambda: home.client.offset > 1000)
        home.say("bridge/request/device/remove", {"id": "plug", "force": True})
        response = await home.answer("update", "first")
        assert response["error"].startswith("OTA update of 'plug' failed (")
        assert "left the network" in response["error"]
        assert not home.database.load_schedules()
        home.client.forget()

    play(scene)


def test_a_device_that_is_removed_while_it_gets_what_was_scheduled(play, caplog):
    async def scene(home):
        home.release(RUNS + 1)
        await home.ask("schedule", {"id": "plug"})
        home.client.query()
        await home.wait(lambda: home.client.offset > 1000)
        home.say("bridge/request/device/remove", {"id": "plug", "force": True})
        await home.wait(lambda: "the device left the network" in caplog.text)
        home.client.forget()
        assert not [record for record in caplog.records if record.exc_info]

    play(scene)


def test_a_device_that_is_renamed_in_the_middle(play):
    async def scene(home):
        home.release(RUNS + 1)
        home.begin("update", {"id": "plug", "transaction": "first"})
        await home.wait(lambda: home.client.offset > 1000)
        home.say("bridge/request/device/rename", {"from": "plug", "to": "heater"})
        assert (await home.answer("update", "first"))["status"] == "ok"
        assert home.sent.of("heater")[-1]["update"] == state("idle", RUNS + 1, RUNS + 1)

    play(scene)


def test_a_disabled_device_is_not_updated(play):
    async def scene(home):
        assert await home.ask("update", {"id": "plug"}) == error("Device 'plug' is disabled")
        home.client.query()
        await asyncio.sleep(10)
        assert home.words == []

    play(scene, devices={"0x00158d0001a2b3c4": {"friendly_name": "plug", "disabled": True}})


def test_schedules_are_removed_with_their_device(tmp_path):
    with Database(tmp_path / "zigwire.db") as database:
        assert not database.load_schedules()
        database.save_schedule("0x01", None)
        database.save_update("0x01", None)
