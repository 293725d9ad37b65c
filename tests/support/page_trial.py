"""Carries out what a page says: each statement with the real bridge and a simulated device."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from zigwire.devices.library import all_definitions
from zigwire.simulator.device import VirtualDevice
from zigwire.simulator.house import House
from zigwire.simulator.tuya import TuyaDevice
from zigwire.zigbee.radio import ApsFrame

from .page_devices import Truth
from .pages import Page, Statement

NAME = "FRIENDLY_NAME"
"""What the device is called, so that topics are those of the page."""

NONSENSE: Mapping[str, Sequence[Any]] = {
    "number": ("perhaps", True, None, [1], {}),
    "word": ("perhaps", 17, None, [], {}),
}
"""Values that are of no right type, for numbers and for words."""

CHECK = "device/ota_update/check"
PERCENT, ABSOLUTE = "percentual offset", "absolute offset"
YEAR_2000 = 946_684_800
MARGIN = 5.0
"""Seconds that may go by in the house while something is waited for."""


class Site(Protocol):
    """Where the device and the bridge are.

    Attributes:
        house: The device's.
        device: The simulated device.
        air: What the coordinator sent.
        index: An index of firmware that has no image.
        states: What was published of the device so far.
    """

    house: House
    device: VirtualDevice
    air: list[ApsFrame]
    index: Path

    @property
    def states(self) -> Sequence[Mapping[str, Any]]: ...

    async def ask(self, topic: str, payload: Any) -> dict[str, Any]:
        """Publish a command and return its answer."""

    async def request(self, name: str, payload: Any) -> dict[str, Any]:
        """Send a bridge request and return its response."""

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait for a condition, while time in the house runs fast."""

    async def settled(self) -> None:
        """Wait until the device is interviewed and set up, and let it be quiet."""

    def heard(self) -> int:
        """Return how many frames of the coordinator there were for the device so far."""

    def listed(self) -> dict[str, Any]:
        """Return the device's entry in bridge/devices."""

    def discovered(self) -> list[Mapping[str, Any]]:
        """Return what Home Assistant was told."""


class Trial:
    """Proves a page; each kind of statement by the method of its name.

    Args:
        page: What it says.
        site: Where it is to be true.
        truths: What the properties are on the device.
        notes: Proofs of the notes, by their headings.
    """

    def __init__(
        self, page: Page, site: Site, truths: Mapping[str, Truth], notes: Mapping[str, Callable[[Site], Any]]
    ) -> None:
        self.page = page
        self.site = site
        self.truths = truths
        self.notes = notes
        self.definition = site.listed()["definition"]
        self.exposed = dict(_exposed(self.definition["exposes"]))

    async def run(self) -> int:
        """Prove every statement; return how many there are."""
        for statement in self.page.statements:
            await self.prove(statement)
        if not self.page.has("updates"):
            await self.prove_no_updates()
        return len(self.page.statements)

    async def prove(self, statement: Statement) -> None:
        """Prove one statement.

        Raises:
            AssertionError: It is not true; the text names it, and what happened.
        """
        try:
            await getattr(self, statement.kind)(statement)
        except AssertionError as error:
            raise AssertionError(f"{self.page.name}, line {statement.line}: {statement.text}\n{error}") from error

    async def prove_no_updates(self) -> None:
        """Prove what a page says by having no section on updates."""
        answer = await self.site.request(CHECK, {"id": NAME})
        assert answer.get("error") == f"Device '{NAME}' does not support OTA updates", answer

    def truth(self, subject: str) -> Truth:
        assert subject in self.truths, f"the device has no {subject}"
        return self.truths[subject]

    def expose(self, subject: str) -> Mapping[str, Any]:
        assert subject in self.exposed, f"{subject} is not listed in bridge/devices"
        return self.exposed[subject][0]

    # --- what the page says of the device as a whole ---

    async def title(self, statement: Statement) -> None:
        assert statement.said["name"] == f"{self.definition['vendor']} {self.definition['model']}"

    summary = name = title

    async def added(self, statement: Statement) -> None:
        assert time.strptime(statement.said["moment"], "%Y-%m-%dT%H:%M:%SZ")

    async def picture(self, statement: Statement) -> None:
        await self.title(statement)
        assert statement.said["address"].rpartition("/")[2].partition(".")[0] == self.definition["model"]

    async def row(self, statement: Statement) -> None:
        row, value = statement.said["row"], statement.said["value"]
        if row == "Exposes":
            names = dict.fromkeys(_called(expose) for expose in self.definition["exposes"])
            assert value == ", ".join(names)
        elif row == "White-label":
            assert value == ", ".join(_labels(self.definition["model"]))
        else:
            assert value == self.definition[row.lower()]

    async def updates(self, _: Statement) -> None:
        assert self.definition["supports_ota"] is True
        answer = await self.site.request(CHECK, {"id": NAME, "url": str(self.site.index)})
        assert answer["data"].get("update_available") is False, answer

    async def note(self, statement: Statement) -> None:
        await self.notes[statement.subject](self.site)

    async def noted(self, statement: Statement) -> None:
        for value in json.loads(statement.said["others"]):
            (name,) = payload = json.loads(statement.said["payload"])
            await self._write(statement.said["topic"], {**payload, name: json.loads(value)})
        await self._write(statement.said["topic"], json.loads(statement.said["payload"]))

    # --- what it says of a property ---

    async def heading(self, statement: Statement) -> None:
        expose, group = self.expose(statement.subject), self.exposed[statement.subject][1]
        kind = statement.said["kind"] or statement.said["name"].lower()
        assert kind == (group or expose["type"])
        assert statement.said["name"].lower() == (group or expose["name"])
        assert statement.said["endpoint"] == expose.get("endpoint")

    async def described(self, statement: Statement) -> None:
        assert statement.text == f"{self.expose(statement.subject)['description'].removesuffix('.')}."

    async def published(self, statement: Statement) -> None:
        for value in self.truth(statement.subject).samples:
            await self._appears(statement.subject, value)

    async def state(self, statement: Statement) -> None:
        assert {statement.said["on"], statement.said["off"]} == set(self.truth(statement.subject).samples)
        await self.published(statement)

    async def readable(self, statement: Statement) -> None:
        payload = json.loads(statement.said["payload"])
        assert list(payload) == [statement.subject]
        for value in self.truth(statement.subject).samples:
            await self._is_read(statement.said["topic"], payload, value)

    async def unreadable(self, statement: Statement) -> None:
        await self._refused(f"zigbee2mqtt/{NAME}/get", {statement.subject: ""}, statement.subject)

    async def unwritable(self, statement: Statement) -> None:
        for value in self.truth(statement.subject).samples:
            await self._refused(f"zigbee2mqtt/{NAME}/set", {statement.subject: value}, statement.subject)

    async def neither(self, statement: Statement) -> None:
        await self.unreadable(statement)
        await self.unwritable(statement)

    async def control(self, statement: Statement) -> None:
        truth = self.truth(statement.subject)
        for payload in map(json.loads, statement.codes("payloads")):
            ((name, word),) = payload.items()
            assert name == statement.subject
            before = truth.has()
            since = len(self.site.states)
            await self._confirmed(statement.said["topic"], payload)
            (other,) = set(truth.samples) - {before}
            wanted = other if word == "TOGGLE" else word
            await self._becomes(truth, wanted)
            await self._shown(since, name, wanted)
        await self._nonsense(statement, "word")

    async def writable(self, statement: Statement) -> None:
        subject = statement.subject
        for value in self.truth(subject).samples:
            await self._write(statement.said["topic"], {subject: value})
        await self._nonsense(statement, "number" if self.expose(subject)["type"] == "numeric" else "word")

    async def bounds(self, statement: Statement) -> None:
        subject = statement.subject
        low, high = json.loads(statement.said["low"]), json.loads(statement.said["high"])
        expose = self.expose(subject)
        assert (low, high) == (expose["value_min"], expose["value_max"])
        if not (writable := self.page.about(subject).get("writable")):
            for value in (low, high):
                await self._appears(subject, value)
            return
        topic = writable.said["topic"]
        for value in (low, high):
            await self._write(topic, {subject: value})
        for value in (low - 1, low - 0.001, high + 0.001, high + 1):
            await self._refused(topic, {subject: value}, subject)

    async def unit(self, statement: Statement) -> None:
        """Let the device have a value in this unit: the same number is published."""
        assert self.truth(statement.subject).unit == statement.said["unit"]
        assert self.expose(statement.subject)["unit"] == statement.said["unit"]
        await self.published(statement)
        await self.site.until(lambda: self._discovered_unit(statement.subject) == statement.said["unit"])

    def _discovered_unit(self, subject: str) -> str | None:
        """Return the unit in which Home Assistant shows a property."""
        word = re.compile(rf"\b{subject}\b")
        shown = [one for one in self.site.discovered() if word.search(str(one.get("value_template")))]
        return next((one["unit_of_measurement"] for one in shown if "unit_of_measurement" in one), None)

    async def pair(self, statement: Statement) -> None:
        values = [_value(statement.said[name]) for name in ("on", "off")]
        assert statement.said["name"] == self.expose(statement.subject)["name"]
        assert tuple(values) == self.truth(statement.subject).samples
        await self._are_values(statement, values)

    async def words(self, statement: Statement) -> None:
        await self._are_values(statement, statement.codes("words"))

    async def timed(self, statement: Statement) -> None:
        topic, seconds = statement.said["topic"], int(statement.said["seconds"])
        plain, waiting = (json.loads(statement.said[name]) for name in ("payload", "waiting"))
        assert plain["on_time"] == waiting["on_time"] == seconds
        for payload in (plain, waiting):
            await self._on_for(topic, payload, statement.subject, seconds)
        await self._confirmed(topic, waiting)
        self.site.house.advance(waiting["off_wait_time"] - 2 * MARGIN)
        assert self.truth(statement.subject).has() == "OFF"
        self.site.house.advance(3 * MARGIN)
        await self._on_for(topic, waiting, statement.subject, seconds)

    async def _on_for(self, topic: str, payload: Any, subject: str, seconds: float) -> None:
        """Publish what switches on for a time: the device is on, and then off."""
        truth = self.truth(subject)
        await self._confirmed(topic, payload)
        await self._becomes(truth, "ON")
        since = len(self.site.states)
        self.site.house.advance(seconds - MARGIN)
        assert truth.has() == "ON"
        self.site.house.advance(2 * MARGIN)
        assert truth.has() == "OFF"
        await self._shown(since, subject, "OFF")

    async def _are_values(self, statement: Statement, values: Sequence[Any]) -> None:
        """Prove that these are all the values that a property has."""
        assert set(values) == set(self.truth(statement.subject).samples)
        writable = self.page.about(statement.subject).get("writable")
        for value in values:
            if writable:
                await self._write(writable.said["topic"], {statement.subject: value})
            else:
                await self._appears(statement.subject, value)

    async def _nonsense(self, statement: Statement, kind: str) -> None:
        for value in NONSENSE[kind]:
            await self._refused(statement.said["topic"], {statement.subject: value}, statement.subject)

    async def _appears(self, subject: str, value: Any) -> None:
        """Let the device have a value and tell it, or be asked for it: it is published."""
        truth = self.truth(subject)
        if truth.tell is None:
            readable = self.page.about(subject)["readable"]
            await self._is_read(readable.said["topic"], json.loads(readable.said["payload"]), value)
            return
        truth.put(value)
        since = len(self.site.states)
        truth.tell()
        await self._shown(since, subject, value)

    async def _is_read(self, topic: str, payload: Any, value: Any) -> None:
        """Let the device have a value, then read it: the device is asked, and the value published."""
        (subject,) = payload
        self.truth(subject).put(value)
        since, heard = len(self.site.states), self.site.heard()
        await self._confirmed(topic, payload)
        assert self.site.heard() > heard, "the device was not asked"
        await self._shown(since, subject, value)

    async def _write(self, topic: str, payload: Mapping[str, Any]) -> None:
        """Write a value: the device has it, and the state says so."""
        ((subject, value),) = payload.items()
        since = len(self.site.states)
        await self._confirmed(topic, payload)
        await self._becomes(self.truth(subject), value)
        await self._shown(since, subject, value)

    async def _becomes(self, truth: Truth, value: Any) -> None:
        await self.site.until(lambda: alike(truth.has(), value))

    async def _confirmed(self, topic: str, payload: Any) -> None:
        answer = await self.site.ask(topic, payload)
        assert answer["status"] == "ok", f"{topic} {payload}: {answer}"

    async def _refused(self, topic: str, payload: Mapping[str, Any], subject: str) -> None:
        """Publish what is to be refused: nothing goes out, and the device is as it was."""
        before, heard, since = self.truth(subject).has(), self.site.heard(), len(self.site.states)
        known = [state.get(subject) for state in self.site.states[-1:]]
        answer = await self.site.ask(topic, payload)
        assert answer["status"] == "error", f"{topic} {payload} was taken: {answer}"
        assert self.site.heard() == heard, f"{topic} {payload} went out"
        published = [state.get(subject) for state in self.site.states[since:]]
        assert all(value in (*known, before) for value in published), f"{topic} {payload} was published: {published}"
        assert self.truth(subject).has() == before

    async def _shown(self, since: int, subject: str, value: Any) -> None:
        def shown() -> bool:
            return any(alike(state.get(subject), value) for state in self.site.states[since:])

        try:
            await self.site.until(shown)
        except AssertionError:
            seen = [state.get(subject) for state in self.site.states[since:]]
            raise AssertionError(f"{subject} {value!r} was not published, but {seen}") from None

    # --- what it says of an option ---

    async def number_option(self, statement: Statement) -> None:
        quantity, _, kind = statement.subject.rpartition("_")
        self._is_described(statement)
        assert re.search(rf"\b{quantity}\b", statement.said["about"])
        bounds = [json.loads(statement.said[name]) for name in ("low", "high") if statement.said[name]]
        assert kind in ("calibration", "precision"), "nobody knows how to prove this option"
        if kind == "precision":
            low, high = bounds
            await self._precision(quantity, range(low, high + 1))
            await self._option_refused(statement.subject, low - 1, high + 1)
        else:
            assert not bounds
            await self._calibration(quantity)
        await self._option_refused(statement.subject, "perhaps", True, [1])

    def _is_described(self, statement: Statement) -> None:
        """See that an option is described as in bridge/devices, where not all are listed that work."""
        for option in self.definition["options"]:
            if option["property"] == statement.subject and "description" in option:
                assert statement.said["about"] == f"{option['description'].removesuffix('.')}."

    async def _precision(self, quantity: str, places: range) -> None:
        """Publish a value with many digits: it has so many as the option says."""
        truth = self.truth(quantity)
        calibration = 12.3456
        for value in truth.samples:
            for digits in places:
                options = {f"{quantity}_precision": digits, f"{quantity}_calibration": calibration}
                await self._choose(options)
                truth.put(value)
                exact = self._calibrated(quantity, truth.has(), calibration)
                wanted = math.floor(exact * 10**digits + 0.5) / 10**digits
                await self._told_as(quantity, wanted)
        await self._choose(dict.fromkeys((f"{quantity}_precision", f"{quantity}_calibration")))

    async def _calibration(self, quantity: str) -> None:
        """Correct a value, and take the correction back: it is published so from the next report on, not before."""
        truth = self.truth(quantity)
        for value, calibration in zip(truth.samples, (50, -50), strict=True):
            truth.put(value)
            wanted = self._calibrated(quantity, truth.has(), calibration)
            since = len(self.site.states)
            await self._choose({f"{quantity}_calibration": calibration})
            assert not any(alike(state.get(quantity), wanted) for state in self.site.states[since:])
            await self._told_as(quantity, wanted)
        await self._choose({f"{quantity}_calibration": None})
        await self._told_as(quantity, truth.has())

    def _calibrated(self, quantity: str, value: float, calibration: float) -> float:
        """Return a corrected value, by the kind of offset that the page names."""
        about = self.page.about(f"{quantity}_calibration")["number_option"].said["about"]
        assert (PERCENT in about) != (ABSOLUTE in about)
        return value * (1 + calibration / 100) if PERCENT in about else value + calibration

    async def _told_as(self, subject: str, value: Any) -> None:
        since = len(self.site.states)
        tell = self.truth(subject).tell
        assert tell
        tell()
        await self._shown(since, subject, value)

    async def word_option(self, statement: Statement) -> None:
        words = statement.codes("words")
        proof = {"state_action": self._state_action, "time_start": self._time_start}
        assert statement.subject in proof, "nobody knows how to prove this option"
        self._is_described(statement)
        for word in words:
            await self._choose({statement.subject: _value(word)})
            await proof[statement.subject](word)
        await self._option_refused(statement.subject, "perhaps", 17, [1])
        await self._choose({statement.subject: None})

    async def _state_action(self, word: str) -> None:
        """Switch the device by hand: the state is published as an action, too."""
        for subject in (name for name in self.truths if name.partition("_")[0] == "state"):
            for value in self.truth(subject).samples:
                self.truth(subject).put(value)
                since = len(self.site.states)
                await self._told_as(subject, value)
                actions = {state.get("action") for state in self.site.states[since:]}
                action = subject.replace("state", value.lower(), 1)
                assert (action in actions) is json.loads(word), f"actions were {actions}"

    async def _time_start(self, word: str) -> None:
        """Let the device ask for the time, then for something else: it has been told the time before, or not at all."""
        device = self.site.device
        assert isinstance(device, TuyaDevice)
        device.time = device.connected = None
        device.ask_time()
        device.ask_connection()
        await self.site.until(lambda: device.connected)
        beginning = {"1970": 0, "2000": YEAR_2000, "off": None}[word]
        if beginning is None:
            assert device.time is None
            return
        assert device.time
        utc, local = device.time
        assert abs(utc + beginning - time.time()) < 60
        assert local - utc == time.localtime().tm_gmtoff

    async def _choose(self, options: Mapping[str, Any]) -> None:
        response = await self.site.request("device/options", {"id": NAME, "options": options})
        assert response["status"] == "ok", f"{options}: {response}"

    async def _option_refused(self, name: str, *values: Any) -> None:
        for value in values:
            response = await self.site.request("device/options", {"id": NAME, "options": {name: value}})
            assert response["status"] == "error", f"{name} {value!r} was taken: {response}"


def alike(one: Any, other: Any) -> bool:
    """Tell whether values are the same, numbers to the digits that are published."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, abs_tol=1e-5)
    return bool(one == other)


def _value(code: str) -> Any:
    """Return a value that is written as code: texts stand there as they are."""
    return json.loads(code) if code in ("true", "false") else code


def _exposed(exposes: Sequence[Mapping[str, Any]]) -> list[tuple[str, tuple[Mapping[str, Any], str | None]]]:
    """Return the single values by property, each with the kind of the group that it is in."""
    found = []
    for expose in exposes:
        for one in expose.get("features", [expose]):
            found.append((one["property"], (one, expose["type"] if "features" in expose else None)))
    return found


def _labels(model: str) -> list[str]:
    definition = next(one for one in all_definitions() if one.model == model)
    return [f"{label.vendor} {label.model}" for label in definition.white_labels]


def _called(expose: Mapping[str, Any]) -> str:
    if "name" in expose:
        return str(expose["name"])
    return f"{expose['type']} ({', '.join(one['name'] for one in expose['features'])})"
