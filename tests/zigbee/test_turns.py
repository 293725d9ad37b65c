"""Turns are given by urgency, then by order, and are never lost."""

from __future__ import annotations

import asyncio

import pytest
from support.waiting import until

from zigwire.zigbee.turns import Turns


async def test_urgency_before_order():
    turns, order = Turns(1), []
    gate = asyncio.Event()

    async def take(name: str, rank: int) -> None:
        async with turns.turn(rank):
            order.append(name)
            await gate.wait()

    tasks = [asyncio.create_task(take("first", 1))]
    await until(lambda: order)
    for name, rank in (("background 1", 1), ("background 2", 1), ("user 1", 0), ("user 2", 0)):
        tasks.append(asyncio.create_task(take(name, rank)))
    await asyncio.sleep(0)  # all wait
    assert turns.waiting == 4
    gate.set()
    await asyncio.gather(*tasks)
    assert turns.waiting == 0
    assert order == ["first", "user 1", "user 2", "background 1", "background 2"]


async def test_no_more_than_the_capacity():
    turns, inside, most = Turns(3), 0, 0

    async def take() -> None:
        nonlocal inside, most
        async with turns.turn(0):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(take() for _ in range(50)))
    assert (inside, most) == (0, 3)


@pytest.mark.parametrize("when", ["waiting", "called"])
async def test_a_turn_that_is_given_up_goes_to_the_next(when: str):
    turns, order = Turns(1), []
    gate = asyncio.Event()

    async def take(name: str) -> None:
        async with turns.turn(0):
            order.append(name)
            if name == "first":
                await gate.wait()

    first = asyncio.create_task(take("first"))
    await until(lambda: order)
    second, third = asyncio.create_task(take("second")), asyncio.create_task(take("third"))
    await asyncio.sleep(0)  # both wait
    if when == "waiting":
        second.cancel()
        gate.set()
    else:
        gate.set()
        await asyncio.sleep(0)  # first ends and calls second
        second.cancel()
    await asyncio.gather(first, second, third, return_exceptions=True)
    assert order[-1] == "third"
    async with asyncio.timeout(1), turns.turn(0):
        pass


async def test_an_error_within_a_turn_ends_it():
    turns = Turns(1)
    with pytest.raises(ZeroDivisionError):
        async with turns.turn(0):
            _ = 1 / 0
    async with asyncio.timeout(1), turns.turn(0):
        pass


async def test_some_turns_are_kept_for_the_most_urgent():
    turns, inside = Turns(4, reserved=2), []
    gate = asyncio.Event()

    async def take(rank: int) -> None:
        async with turns.turn(rank):
            inside.append(rank)
            await gate.wait()

    tasks = [asyncio.create_task(take(rank)) for rank in (1, 1, 1, 1, 0, 0, 0)]
    await asyncio.sleep(0)  # all try
    assert inside == [1, 1, 0, 0]
    gate.set()
    await asyncio.gather(*tasks)
    assert sorted(inside) == [0, 0, 0, 1, 1, 1, 1]
