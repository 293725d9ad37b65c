"""The radio comes online, is lost, comes back, and what refuses for good is not asked again."""

from __future__ import annotations

import asyncio
import logging

import pytest
from support.radio import FakeRadio
from support.waiting import until

from zigwire.zigbee.errors import NetworkRefusedError
from zigwire.zigbee.radio import RadioError
from zigwire.zigbee.supervise import Backoff, Supervisor


class Bench:
    """A supervisor over fake radios whose start goes as the list of outcomes says; an empty list means well."""

    def __init__(self, *outcomes: BaseException | None) -> None:
        self.outcomes = list(outcomes)
        self.radios: list[FakeRadio] = []
        self.changes: list[tuple[str, str]] = []
        self.ends: list[str] = []
        self.supervisor = Supervisor(
            self.make, self.bring_up, lambda *change: self.changes.append(change), self.ends.append
        )
        self.task = asyncio.create_task(self.supervisor.run())

    def make(self) -> FakeRadio:
        self.radios.append(FakeRadio())
        return self.radios[-1]

    async def bring_up(self, radio: FakeRadio) -> None:
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is not None:
            raise outcome
        if len(self.outcomes) == 0 and self.hang:
            await asyncio.Event().wait()

    hang = False

    async def end(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Take the waiting out of the backoff, and note how long it would have been."""
    noted: list[float] = []
    original = Backoff.next

    def no_wait(backoff: Backoff) -> float:
        noted.append(original(backoff))
        return 0

    monkeypatch.setattr(Backoff, "next", no_wait)
    return noted


def test_backoff_doubles_to_a_minute():
    backoff = Backoff()
    for expected in (1, 2, 4, 8, 16, 32, 60, 60):
        assert 0.8 * expected <= backoff.next() <= 1.2 * expected
    backoff.reset()
    assert backoff.next() <= 1.2


async def test_it_comes_online_after_failures(caplog: pytest.LogCaptureFixture, waits: list[float]):
    bench = Bench(RadioError("no port"), RadioError("no port"), TimeoutError(), ValueError("a bug"))
    with caplog.at_level(logging.DEBUG):
        await bench.supervisor.wait_online()
    assert bench.changes == [("connecting", ""), ("offline", "no port"), ("online", "")]
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR].count(
        "No coordinator: no port"
    ) == 1
    assert [radio.closed for radio in bench.radios] == [1, 1, 1, 1, 0]
    assert len(waits) == 4
    assert bench.ends == ["no port", "no port", "it is not ready within 180 s", "ValueError('a bug')"]
    await bench.end()
    assert bench.radios[-1].closed == 1


@pytest.mark.usefixtures("waits")
async def test_a_lost_radio_is_replaced():
    bench = Bench()
    await bench.supervisor.wait_online()
    bench.supervisor.lost("unplugged")
    bench.supervisor.lost("again")
    await until(lambda: bench.changes.count(("online", "")) == 2)
    assert bench.changes == [("connecting", ""), ("online", ""), ("offline", "unplugged"), ("online", "")]
    assert bench.radios[0].closed == 1
    assert bench.supervisor.losses == 1
    await bench.end()


@pytest.mark.usefixtures("waits")
async def test_a_radio_lost_while_it_starts():
    bench = Bench()
    bench.hang = True
    await until(lambda: bench.radios)
    await asyncio.sleep(0)
    bench.hang = False
    bench.supervisor.lost("unplugged")
    await bench.supervisor.wait_online()
    assert bench.changes == [("connecting", ""), ("offline", "unplugged"), ("online", "")]
    assert bench.supervisor.losses == 0
    await bench.end()


@pytest.mark.usefixtures("waits")
async def test_a_refused_network_is_not_tried_again():
    bench = Bench(NetworkRefusedError("another network"))
    with pytest.raises(NetworkRefusedError, match="another network"):
        await bench.supervisor.wait_online()
    await bench.task
    assert bench.changes == [("connecting", ""), ("offline", "another network")]
    assert len(bench.radios) == 1
    assert bench.supervisor.refused is not None


async def test_a_network_that_was_online_is_never_refused_for_good(waits: list[float]):
    refusal = NetworkRefusedError("no network")
    bench = Bench(None, refusal, refusal, RadioError("no port"), None)
    await bench.supervisor.wait_online()
    bench.supervisor.lost("reset")
    await until(lambda: bench.changes.count(("online", "")) == 2)
    assert bench.supervisor.refused is None
    assert bench.changes == [("connecting", ""), ("online", ""), ("offline", "reset"), ("online", "")]
    assert [wait > 40 for wait in waits] == [False, True, True, True]
    await bench.end()


@pytest.mark.usefixtures("waits")
async def test_the_end_of_a_connection_is_told_at_once():
    bench = Bench()
    await bench.supervisor.wait_online()
    bench.supervisor.lost("unplugged")
    assert bench.ends == ["unplugged"]
    await bench.end()


@pytest.mark.usefixtures("waits")
async def test_a_library_that_cancels_itself():
    bench = Bench(asyncio.CancelledError())
    await bench.supervisor.wait_online()
    assert bench.changes == [("connecting", ""), ("offline", "its library gave up"), ("online", "")]
    await bench.end()


@pytest.mark.usefixtures("waits")
async def test_a_bring_up_is_over_before_its_radio_is_closed():
    events: list[str] = []

    class Radio(FakeRadio):
        async def close(self) -> None:
            events.append("closed")

    async def bring_up(_radio: FakeRadio) -> None:
        try:
            events.append("begun")
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            events.append("over")

    supervisor = Supervisor(Radio, bring_up, lambda *_: None, lambda _: None)
    task = asyncio.create_task(supervisor.run())
    await until(lambda: events)
    supervisor.lost("unplugged")
    await until(lambda: len(events) > 2)
    assert events[:3] == ["begun", "over", "closed"]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
