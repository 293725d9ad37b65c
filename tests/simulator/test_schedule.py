"""The schedule: order, leaps, cancelling, and the event loop."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.simulator.schedule import Schedule


@given(delays=st.lists(st.integers(0, 10**6), max_size=20), leap=st.integers(0, 10**6))
def test_a_leap_runs_what_falls_into_it_in_order_at_its_time(delays: list[int], leap: int) -> None:
    schedule = Schedule(lambda: 100.0)
    ran: list[tuple[float, float]] = []
    for delay in delays:
        schedule.after(delay, lambda delay=delay: ran.append((delay, schedule.now() - 100)))
    schedule.advance(leap)
    assert [delay for delay, _ in ran] == sorted(delay for delay in delays if delay <= leap)
    assert all(now == pytest.approx(delay, abs=1e-6) for delay, now in ran)
    assert schedule.now() == pytest.approx(100 + leap)


def test_actions_may_plan_further_ones_within_the_leap() -> None:
    schedule = Schedule(lambda: 0.0)
    times: list[float] = []

    def tick() -> None:
        times.append(schedule.now())
        schedule.after(1, tick)

    schedule.after(1, tick)
    schedule.advance(5)
    assert times == [1, 2, 3, 4, 5]


def test_a_cancelled_action_does_not_run() -> None:
    schedule = Schedule(lambda: 0.0)
    ran: list[str] = []
    timer = schedule.after(1, lambda: ran.append("no"))
    schedule.after(1, lambda: ran.append("yes"))
    timer.cancel()
    schedule.advance(2)
    assert ran == ["yes"]


def test_time_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="-1 is negative"):
        Schedule(lambda: 0.0).advance(-1)


def test_an_action_that_fails_leaves_the_others_in_the_queue() -> None:
    schedule = Schedule(lambda: 0.0)
    ran: list[str] = []
    schedule.after(1, lambda: 1 / 0)
    schedule.after(2, lambda: ran.append("later"))
    with pytest.raises(ZeroDivisionError):
        schedule.advance(3)
    schedule.advance(3)
    assert ran == ["later"]


async def test_inside_an_event_loop_time_moves_by_itself() -> None:
    schedule = Schedule(asyncio.get_running_loop().time)
    order: list[str] = []
    done = asyncio.Event()
    schedule.after(0.02, lambda: (order.append("second"), done.set()))
    schedule.after(0.0, lambda: order.append("first"))
    assert order == []
    await asyncio.wait_for(done.wait(), 5)
    assert order == ["first", "second"]


async def test_a_leap_inside_of_an_event_loop_brings_forward_what_waits() -> None:
    schedule = Schedule(asyncio.get_running_loop().time)
    done = asyncio.Event()
    schedule.after(3600, lambda: schedule.after(0, done.set))
    schedule.advance(3600)
    await asyncio.wait_for(done.wait(), 5)
