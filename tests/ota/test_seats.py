"""Who may download at the moment."""

from __future__ import annotations

from zigwire.ota.seats import Seats


def test_a_few_at_a_time():
    seats = Seats(2)
    assert [seats.claim(ieee, None, 0.0) for ieee in "abc"] == [True, True, False]
    assert seats.claim("a", None, 1.0)
    seats.leave("b")
    assert seats.claim("c", None, 2.0)


def test_one_behind_each_router():
    seats = Seats(3)
    assert seats.claim("a", "r", 0.0)
    assert not seats.claim("b", "r", 0.0)
    assert seats.claim("c", "s", 0.0)
    seats.leave("a")
    assert seats.claim("b", "r", 1.0)


def test_who_waits_longest_is_next():
    seats = Seats(1)
    assert [seats.claim(ieee, None, 0.0) for ieee in "abc"] == [True, False, False]
    seats.leave("a")
    assert not seats.claim("c", None, 1.0)
    assert seats.claim("b", None, 2.0)


def test_who_waits_for_a_busy_router_does_not_hold_up_others():
    seats = Seats(2)
    assert seats.claim("a", "r", 0.0)
    assert not seats.claim("b", "r", 0.0)
    assert seats.claim("c", "s", 1.0)


def test_a_place_that_nobody_asks_for_any_more_is_free():
    seats = Seats(1)
    seats.claim("a", None, 0.0)
    seats.claim("b", None, 1.0)
    assert seats.claim("c", None, 31.0)
    assert not seats.claim("a", None, 31.0)
