"""A transfer as values: each question and its answer, and whole updates over bad links."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.downloads import (
    IEEE,
    NEW,
    OLD,
    Download,
    Habits,
    Link,
    block,
    default_response,
    end,
    image,
    page,
    query,
)

from zigwire.ota.errors import AbortedError
from zigwire.ota.replies import Reply
from zigwire.ota.transfer import Transfer
from zigwire.ota.values import Pace, Progress

IMAGE = image(1000)
INSTA, LEGRAND, BOSCH, COOLKIT = 0x117A, 0x1021, 0x1209, 0x1286


def transfer(content: Any = IMAGE, *, running: int | None = OLD, **pace: Any) -> Transfer:
    return Transfer(IEEE, content, Pace(**pace), 0.0, running=running)


def taken(machine: Transfer, now: float) -> list[Reply]:
    """Take what is said at a time; what is paced gets there."""
    machine.tick(now)
    said = []
    while (reply := machine.take(now)) is not None:
        said.append(reply)
        machine.delivered(now)
    return said


def answer(machine: Transfer, said: Any, now: float = 1.0, **seat: Any) -> Reply:
    machine.received(said, now, **seat)
    (reply,) = taken(machine, now)
    return reply


def reason(machine: Transfer) -> str:
    assert machine.ended
    return str(machine.failure)


# Queries


def test_a_query_is_answered_with_the_offer():
    reply = answer(transfer(), query(9))
    assert (reply.command, reply.args["status"], reply.args["imageSize"]) == ("queryNextImageResponse", 0, 1000)
    assert reply.to is not None
    assert reply.to.tsn == 9


def test_a_query_in_the_middle_gets_the_same_offer_at_once():
    machine = transfer()
    answer(machine, block(0))
    assert answer(machine, query(), 1.01).args["fileVersion"] == NEW


@pytest.mark.parametrize("stranger", [{"manufacturerCode": 0x1234}, {"imageType": 2}])
def test_a_query_for_another_image_is_refused_and_ends_nothing(stranger: dict[str, int]):
    machine = transfer()
    assert answer(machine, query(**stranger)).args == {"status": 0x98}
    assert not machine.ended


def test_a_query_with_the_new_version_is_the_success():
    machine = transfer()
    assert answer(machine, query(version=NEW)).args == {"status": 0x98}
    assert machine.ended
    assert machine.failure is None


def test_the_version_that_runs_already_may_be_installed_again():
    machine = transfer(running=NEW)
    assert answer(machine, query(version=NEW)).args["status"] == 0
    answer(machine, end(), 2.0)
    answer(machine, query(version=NEW), 3.0)
    assert machine.ended


def test_a_device_that_never_comes_to_run_its_image_is_not_fed_for_ever():
    machine = transfer()
    for now in (1.0, 2.0, 3.0):
        assert answer(machine, query(), now).args["status"] == 0
        answer(machine, end(), now)
    assert answer(machine, query(), 4.0).args == {"status": 0x98}
    assert reason(machine) == f"{IEEE} took the image 3 times and still runs 16"


# Blocks


@pytest.mark.parametrize(
    ("code", "wanted", "asked", "size"),
    [
        (0x115F, 50, 63, 50),
        (0x115F, 63, 40, 40),
        (0x115F, 50, 1, 1),
        (INSTA, 50, 63, 40),
        (0x1135, 60, 30, 30),
        (LEGRAND, 50, 64, 64),
        (LEGRAND, 50, 0xFF, 64),
        (0x115F, 50, 0xFF, 50),
    ],
)
def test_a_block_is_as_large_as_device_and_user_allow(code: int, wanted: int, asked: int, size: int):
    content = image(manufacturer_code=code)
    machine = transfer(content, block_size=wanted)
    reply = answer(machine, block(100, size=asked, manufacturerCode=code))
    assert (reply.args["fileOffset"], reply.args["dataSize"]) == (100, size)
    assert reply.args["data"] == content.data[100 : 100 + size]


def test_the_last_block_ends_with_the_image():
    assert answer(transfer(), block(980)).args["data"] == IMAGE.data[980:]


def test_a_stuck_legrand_gets_the_piece_that_frees_it():
    machine = transfer(image(manufacturer_code=LEGRAND))
    reply = answer(machine, block(50, size=12, manufacturerCode=LEGRAND))
    assert (reply.args["fileOffset"], reply.args["dataSize"]) == (78, 64)


@pytest.mark.parametrize("other", [{"manufacturerCode": 0x1234}, {"imageType": 2}, {"fileVersion": 0x12}])
@pytest.mark.parametrize("ask", [block, page])
def test_no_byte_is_handed_out_of_an_image_that_was_not_offered(other: dict[str, int], ask: Any):
    machine = transfer()
    reply = answer(machine, ask(0, **other))
    assert (reply.command, reply.status) == ("", 0x98)
    assert not machine.ended
    assert [reminder.command for reminder in taken(machine, 12.0)] == ["imageNotify"]


@pytest.mark.parametrize("wrong", [block(1000), block(2**32 - 1), block(0, size=0), page(1000)])
def test_what_is_beyond_the_end_is_malformed(wrong: Any):
    reply = answer(transfer(), wrong)
    assert (reply.command, reply.status) == ("", 0x80)


def test_blocks_keep_their_distance():
    machine = transfer(delay=0.25)
    answer(machine, block(0, 1), 1.0)
    machine.received(block(50, 2), 1.01)
    assert taken(machine, 1.24) == []
    assert machine.due == 1.25
    assert taken(machine, 1.25)[0].args["fileOffset"] == 50


def test_the_device_may_want_a_longer_distance():
    machine = transfer(delay=0.05)
    answer(machine, block(0, 1), 1.0)
    machine.received(block(50, 2, fieldControl=2, minimumBlockPeriod=900), 1.1)
    assert machine.due == 1.9


def test_a_request_that_came_twice_is_answered_once():
    machine = transfer()
    answer(machine, block(0, 7), 1.0)
    machine.received(block(0, 7), 1.1)
    machine.received(block(50, 8), 1.2)
    machine.received(block(50, 8), 1.2)
    machine.received(block(0, 7), 1.3)
    assert [reply.args["fileOffset"] for reply in taken(machine, 2.0)] == [50]
    assert answer(machine, block(0, 7), 5.0).args["fileOffset"] == 0


def test_a_block_that_was_not_delivered_follows_again():
    machine = transfer(delay=0.25)
    machine.received(block(0), 1.0)
    assert machine.take(1.0) is not None
    machine.lost()
    assert machine.due == 1.25
    assert taken(machine, 1.25)[0].args["fileOffset"] == 0


def test_a_block_that_comes_through_late_answers_no_other_request():
    machine = transfer()
    machine.received(block(0, 1), 1.0)
    assert machine.take(1.0) is not None
    machine.received(block(500, 2), 1.1)
    machine.delivered(1.2)
    assert [reply.args["fileOffset"] for reply in taken(machine, 2.0)] == [500]


def test_a_block_that_nobody_takes_is_given_up_until_the_device_asks_again():
    machine = transfer(delay=0.05)
    machine.received(block(0), 0.0)
    sent, now = 0, 0.0
    while machine.due < 60.0:
        now = max(now, machine.due)
        assert machine.take(now) is not None
        machine.lost()
        sent += 1
    assert sent == 5
    assert now > 5 * 0.05
    assert answer(machine, block(0, 2), 30.0).args["fileOffset"] == 0


def test_a_device_that_asks_again_before_its_turn_makes_nothing_slower():
    machine = transfer(delay=1.0)
    answer(machine, block(0, 1), 1.0)
    for number in range(2, 6):
        machine.received(block(50, number), 1.0 + number / 10)
    assert machine.due == 2.0


def test_a_block_that_vanishes_again_and_again_makes_the_next_ones_slower():
    machine, now, dues = transfer(delay=0.5), 1.0, []
    for number in range(1, 6):
        answer(machine, block(0, number), now)
        dues.append(machine._pacing.due(0) - now)
        now += 5.0
    assert dues == [0.5, 0.5, 1.0, 2.0, 2.0]


def test_large_blocks_that_get_lost_become_small_ones():
    machine = transfer(block_size=100)
    machine.received(block(0, size=100), 0.0)
    sizes = []
    for now in (1.0, 3.0, 9.0):
        reply = machine.take(now)
        assert reply is not None
        sizes.append(reply.args["dataSize"])
        machine.lost()
    assert sizes == [100, 100, 50]


# Pages


def test_a_page_is_answered_block_by_block():
    machine = transfer(delay=0.05)
    machine.received(page(100, length=120, spacing=200), 0.0)
    said, now = [], 0.0
    while now < 20.0:
        said += [(now, reply.args["fileOffset"], reply.args["dataSize"]) for reply in taken(machine, now)]
        now = machine.due
    assert said == [(0.0, 100, 50), (0.2, 150, 50), (0.4, 200, 20)]


def test_a_new_request_takes_the_place_of_the_rest_of_a_page():
    machine = transfer(delay=0.05)
    answer(machine, page(0, 1, length=500), 1.0)
    machine.received(block(400, 2), 1.01)
    assert [reply.args["fileOffset"] for reply in taken(machine, 2.0)] == [400]
    assert taken(machine, 3.0) == []


# Seats


def test_who_has_no_seat_is_told_to_wait():
    machine = transfer()
    reply = answer(machine, block(0), seated=False)
    assert (reply.args["status"], reply.args["currentTime"], reply.args["requestTime"]) == (0x97, 0, 10)
    machine.received(block(0, 2), 1.5, seated=False)
    assert taken(machine, 1.5) == []


# The end


def test_the_end_is_confirmed_as_often_as_it_is_told():
    machine = transfer()
    for now in (1.0, 2.0):
        reply = answer(machine, end(tsn=3), now)
        assert (reply.command, reply.args["currentTime"], reply.args["upgradeTime"]) == ("upgradeEndResponse", 0, 1)
    assert machine.progress == Progress(1000, 1000, 0.0)
    assert not machine.ended
    machine.announced(3.0)
    assert machine.ended
    assert machine.failure is None


def test_a_device_that_does_not_come_back_in_time_is_left_alone():
    machine = transfer()
    answer(machine, end(), 1.0)
    assert machine.due == 121.0
    machine.tick(121.0)
    assert machine.ended
    assert machine.failure is None


@pytest.mark.parametrize(("status", "name"), [(0x96, "INVALID_IMAGE"), (0x99, "REQUIRE_MORE_IMAGE"), (0xFF, "0xff")])
def test_a_device_that_gives_up_says_why(status: int, name: str):
    machine = transfer()
    reply = answer(machine, end(status))
    assert (reply.command, reply.status) == ("", 0)
    assert reason(machine) == f"OTA update of {IEEE} failed with reason: {name}"


@pytest.mark.parametrize(("status", "answered"), [(0, 0x98), (0x96, 0)])
def test_the_end_of_another_image_is_none_of_ours(status: int, answered: int):
    machine = transfer()
    assert answer(machine, end(status, fileVersion=0x99)).status == answered
    assert not machine.ended


# Silence


@pytest.mark.parametrize(
    ("header", "patience"),
    [
        ({}, 150),
        ({"manufacturer_code": BOSCH}, 3600),
        ({"manufacturer_code": LEGRAND}, 1800),
        ({"manufacturer_code": COOLKIT}, 150),
        ({"manufacturer_code": COOLKIT, "image_type": 8199}, 3600),
    ],
)
def test_silence_is_borne_for_a_while(header: dict[str, int], patience: float):
    machine = transfer(image(**header))
    machine.tick(patience - 1)
    assert not machine.ended
    machine.tick(patience)
    assert f"(silent for {patience} s, before the first block)" in reason(machine)


def test_a_silent_device_is_notified_once_more():
    machine = transfer()
    assert [reply.command for reply in taken(machine, 75.0)] == ["imageNotify"]
    assert taken(machine, 94.0) == []
    assert [reply.command for reply in taken(machine, 95.0)] == ["imageNotify"]


def test_the_reason_tells_how_far_it_came_and_what_the_device_answered():
    machine = transfer(patience=10.0)
    answer(machine, block(450))
    machine.received(default_response(2, 0x80), 2.0)
    machine.tick(11.0)
    start = f"Device {IEEE} did not start/finish firmware download after being notified."
    assert reason(machine) == f"{start} (silent for 10 s, with 450 of 1000 bytes; it answered MALFORMED_COMMAND)"


def test_the_radio_s_absence_is_not_the_device_s_silence():
    machine = transfer()
    machine.excuse(149.0)
    machine.tick(298.0)
    assert not machine.ended
    machine.tick(299.0)
    assert machine.ended


def test_a_device_that_goes_on_after_a_restart_gets_what_it_asks_for_and_one_that_does_not_is_notified():
    machine = transfer(running=None)
    assert machine.progress is None
    assert answer(machine, block(400)).args["fileOffset"] == 400
    silent = transfer(running=None)
    assert [reply.command for reply in taken(silent, 10.0)] == ["imageNotify"]


def test_a_device_that_comes_back_without_asking_is_notified_soon():
    machine = transfer()
    answer(machine, block(0), 1.0)
    machine.announced(5.0)
    assert machine.due == 15.0


# Abort


@pytest.mark.parametrize(
    ("said", "status"), [(block(50), 0x95), (page(50), 0x95), (query(), 0x98), (end(), 0x95), (end(0x96), 0)]
)
def test_an_aborted_device_hears_it_at_its_next_request(said: Any, status: int):
    machine = transfer()
    assert machine.abort(0.5)
    reply = answer(machine, said)
    assert reply.args.get("status", reply.status) == status
    assert isinstance(machine.failure, AbortedError)
    assert reason(machine) == f"OTA for device {IEEE} was aborted"


def test_an_abort_does_not_wait_for_the_next_block():
    machine = transfer()
    answer(machine, block(0, 1), 1.0)
    machine.received(block(50, 2), 1.01)
    assert machine.abort(1.02)
    assert [reply.args for reply in taken(machine, 1.02)] == [{"status": 0x95}]


def test_an_abort_does_not_wait_for_a_silent_device():
    machine = transfer()
    machine.abort(1.0)
    machine.tick(11.0)
    assert isinstance(machine.failure, AbortedError)


def test_it_is_too_late_to_abort_when_the_device_was_told_to_run_the_image():
    machine = transfer()
    answer(machine, end())
    assert not machine.abort(1.5)


# Progress


def test_progress_tells_what_the_device_has_and_what_is_left():
    machine = transfer(delay=0.5)
    assert machine.progress == Progress(0, 1000, 10.0)
    answer(machine, block(0, 1), 1.0)
    answer(machine, block(200, 2), 3.0)
    assert machine.progress == Progress(200, 1000, 8.0)


# Whole updates

LINKS = st.builds(
    Link,
    unheard=st.floats(0, 0.3),
    undelivered=st.floats(0, 0.3),
    vanishing=st.floats(0, 0.2),
    repeated=st.floats(0, 0.5),
    delay=st.floats(0.001, 0.1),
    jitter=st.floats(0, 1.5),
)
CUTS = st.lists(
    st.tuples(
        st.integers(0, 1200), st.floats(0.5, 200), st.sampled_from(["block", "query", "restart", "none", "forget"])
    ),
    max_size=4,
)
HABITS = st.builds(
    Habits,
    asked=st.integers(20, 80),
    page=st.sampled_from([0, 0, 64, 300]),
    retry=st.floats(1.0, 20.0),
    retries=st.integers(1, 10),
)


def played(link: Link, habits: Habits, seed: int, **pace: Any) -> Download:
    content = image(600)
    download = Download(transfer(content, **pace), content, link, habits, seed)
    download.ask()
    download.run()
    return download


@settings(max_examples=150, deadline=None)
@given(LINKS, HABITS, CUTS, st.integers(0, 2**32), st.floats(0.0, 1.0), st.sampled_from([0, 0, 0, 0x96]), st.booleans())
def test_whatever_happens_the_device_has_the_image_or_there_is_a_reason(
    link: Link, habits: Habits, cuts: Any, seed: int, delay: float, wrong: int, deaf: bool
):
    habits.cuts, habits.wrong, habits.deaf = sorted(cuts), wrong, deaf
    download = played(link, habits, seed, delay=delay)
    assert download.violations == []
    if download.transfer.failure is None:
        assert bytes(download.buffer) == download.content.data
    else:
        assert str(download.transfer.failure)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(LINKS, st.integers(0, 2**32), st.sampled_from([0, 300]))
def test_losses_and_repetitions_alone_never_end_an_update(link: Link, seed: int, pages: int):
    download = played(link, Habits(page=pages, retry=2.0), seed)
    assert download.violations == []
    assert download.transfer.failure is None
    assert bytes(download.buffer) == download.content.data


@pytest.mark.parametrize("then", ["block", "query", "restart", "none", "forget"])
@pytest.mark.parametrize("cut", range(0, 601, 150))
@pytest.mark.parametrize("pages", [0, 300])
def test_a_power_cut_anywhere_is_got_over(then: str, cut: int, pages: int):
    download = played(Link(), Habits(page=pages, cuts=[(cut, 5.0, then)]), 1)
    assert download.violations == []
    assert download.transfer.failure is None
    assert download.version == NEW


def test_an_update_that_is_resumed_repeats_no_more_than_one_block():
    content = image(600)
    first = Download(transfer(content), content, Link(), Habits(retry=5.0))
    first.ask()
    while len(first.buffer) < 300:
        first.step()
    resumed = Transfer(IEEE, content, Pace(), first.now, running=None)
    first.transfer = resumed
    first.run()
    assert resumed.failure is None
    assert sum(first.blocks.values()) <= 600 / 50 + 1
