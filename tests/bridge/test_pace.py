"""What is the same however often it is asked for."""

from support.waiting import until

from zigwire.bridge.pace import Pace


async def test_a_few_happen_at_once_and_a_storm_ends_in_one():
    done, wishes = [], 0
    pace = Pace(lambda: done.append(wishes), at_once=3, every=0.05)
    for _ in range(1000):
        wishes += 1
        pace()
    assert done == [1, 2, 3]
    await until(lambda: len(done) > 3)
    assert done == [1, 2, 3, 1000]


async def test_what_is_held_back_can_be_done_now_or_dropped():
    done = []
    pace = Pace(lambda: done.append(1), at_once=1, every=60)
    pace()
    pace.flush()
    assert len(done) == 1
    pace()
    pace.flush()
    pace.flush()
    assert len(done) == 2
    pace()
    pace.stop()
    pace.flush()
    assert len(done) == 2
