"""Work that waits for its time, in time that only goes when it is told to."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.virtual_time import VirtualTime
from zigwire.devices.timers import Timers


@pytest.fixture
def time():
    return VirtualTime()


@pytest.fixture
def timers(time):
    return Timers(time.pause)


def noting(done, what):
    async def work():
        done.append(what)

    return work


async def test_work_is_done_at_its_time(time, timers):
    done = []
    timers.start("late", 20, noting(done, "late"))
    timers.start("early", 10, noting(done, "early"))
    await time.go(9)
    assert done == []
    await time.go(1)
    assert done == ["early"]
    await time.go(10)
    assert done == ["early", "late"]


async def test_the_next_with_the_same_key_takes_the_place_of_the_one_before(time, timers):
    done = []
    timers.start("key", 10, noting(done, "first"))
    await time.go(5)
    timers.start("key", 10, noting(done, "second"))
    await time.go(6)
    assert done == []
    await time.go(4)
    assert done == ["second"]


async def test_what_is_cancelled_does_not_happen(time, timers):
    done = []
    timers.start("key", 10, noting(done, "key"))
    timers.start("other", 10, noting(done, "other"))
    timers.cancel("key")
    timers.cancel("nothing")
    await time.go(20)
    assert done == ["other"]


async def test_stopping_ends_what_waits_and_what_is_under_way(time, timers):
    done, ended = [], []

    async def long_work():
        done.append("begun")
        try:
            await time.pause(100)
        finally:
            ended.append("long")

    timers.start("under way", 1, long_work)
    timers.start("waiting", 10, noting(done, "waiting"))
    await time.go(1)
    timers.stop()
    await time.go(200)
    assert (done, ended) == (["begun"], ["long"])


async def test_work_may_start_itself_again(time, timers):
    done = []

    async def work():
        done.append(time.seconds)
        timers.start("again", 10, work)

    timers.start("again", 10, work)
    await time.go(35)
    assert done == [10, 20, 30]


async def test_a_fault_is_logged_and_the_key_is_free_again(time, timers, caplog):
    async def broken():
        raise ValueError("broken")

    timers.start("key", 1, broken)
    await time.go(1)
    assert "broken" in caplog.text
    done = []
    timers.start("key", 1, noting(done, "key"))
    await time.go(1)
    assert done == ["key"]
    assert asyncio.all_tasks() == {asyncio.current_task()}
