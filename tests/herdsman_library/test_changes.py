"""Comparing versions of the library."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zigwire.devices.herdsman.inventory import PARTS
from zigwire.herdsman_library.changes import Change, Changes, compare

NOTHING = {part: {} for part in PARTS}
KEYS = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("123"))
INVENTORIES = st.dictionaries(st.sampled_from(["V/a", "V/b", "V/c"]), st.fixed_dictionaries(dict.fromkeys(PARTS, KEYS)))


def a(**parts):
    return NOTHING | parts


def test_what_is_new_gone_and_changed():
    before = {
        "V/old": a(),
        "V/same": a(exposes={"x": "1"}),
        "V/other": a(exposes={"x": "1", "y": "1"}, options={"o": "1"}),
    }
    after = {
        "V/new": a(),
        "V/same": a(exposes={"x": "1"}),
        "V/other": a(exposes={"x": "2", "z": "1"}, options={"o": "1"}),
    }
    changes = compare(before, after)
    assert changes == Changes(("V/new",), ("V/old",), (Change("V/other", {"exposes": ("+z", "-y", "~x")}),))
    assert list(changes.lines(5)) == [
        "New definitions: 1",
        "  V/new",
        "Definitions that are gone: 1",
        "  V/old",
        "Changed definitions: 1",
        "  V/other: exposes +z, -y, ~x",
    ]


def test_long_lists_are_cut():
    after = {f"V/{number}": a() for number in range(9)}
    assert list(compare({}, after).lines(2))[:4] == ["New definitions: 9", "  V/0", "  V/1", "  and 7 more"]
    assert list(compare({}, after).lines(0)) == [
        "New definitions: 9",
        "Definitions that are gone: 0",
        "Changed definitions: 0",
    ]
    many = compare({"V/x": a()}, {"V/x": a(exposes={str(number): "1" for number in range(9)})})
    assert str(many.changed[0]).endswith("and 3 more")


@given(INVENTORIES, INVENTORIES)
def test_every_difference_is_told_once(before, after):
    changes = compare(before, after)
    assert {*changes.new, *changes.gone, *(one.name for one in changes.changed)} == {
        name for name in before | after if before.get(name) != after.get(name)
    }
    back = compare(after, before)
    assert (back.new, back.gone) == (changes.gone, changes.new)
    assert [one.name for one in back.changed] == [one.name for one in changes.changed]
