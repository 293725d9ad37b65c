"""The outbox: order, bounds, and what goes first when it is full."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zigwire.mqtt.message import Publication
from zigwire.mqtt.outbox import Outbox


def plain(name: str, payload: bytes = b"") -> Publication:
    return Publication(name.encode(), payload)


def acknowledged(name: str) -> Publication:
    return Publication(name.encode(), b"", qos=1)


def retained(name: str, payload: bytes = b"", qos: int = 0) -> Publication:
    return Publication(name.encode(), payload, qos=qos, retain=True)


def fill(outbox: Outbox, *publications: Publication) -> Outbox:
    for publication in publications:
        outbox.put(publication)
    return outbox


def take_all(outbox: Outbox) -> list[Publication]:
    taken = []
    while (first := outbox.first) is not None:
        outbox.remove(first)
        taken.append(first)
    return taken


def topics(outbox: Outbox) -> list[str]:
    return [publication.topic.decode() for publication in take_all(outbox)]


def test_in_order():
    outbox = fill(Outbox(), plain("a"), retained("b"), acknowledged("c"), plain("d"))
    assert len(outbox) == 4
    assert topics(outbox) == ["a", "b", "c", "d"]
    assert len(outbox) == 0
    assert outbox.first is None


def test_a_retained_topic_waits_with_its_newest_payload():
    outbox = fill(Outbox(), retained("a", b"1"), plain("b"), retained("a", b"2", qos=1))
    assert [(publication.topic, publication.payload) for publication in take_all(outbox)] == [(b"b", b""), (b"a", b"2")]
    assert outbox.take_dropped() == 0


def test_who_goes_first():
    full = Outbox(most_messages=3)
    fill(full, acknowledged("q1"), plain("p1"), retained("r1"), plain("p2"), plain("p3"))
    assert full.take_dropped() == 2
    fill(full, retained("r2"), acknowledged("q2"))
    assert topics(full) == ["r1", "r2", "q2"]
    assert full.take_dropped() == 2
    assert full.take_dropped() == 0
    assert full.dropped == 4


def test_bytes_are_bounded():
    outbox = fill(Outbox(most_bytes=100), *(plain("t", b"x" * 29) for _ in range(5)))
    assert len(outbox) == 3
    fill(outbox, plain("t", b"x" * 200))
    assert len(outbox) == 0
    assert outbox.take_dropped() == 6


def test_taken_back_goes_before_the_others():
    outbox = fill(Outbox(), acknowledged("a"), acknowledged("b"), retained("c", b"old"), plain("d"))
    sent = [publication for publication in take_all(outbox) if publication.topic != b"d"]
    fill(outbox, plain("e"), retained("c", b"new"))
    outbox.take_back(sent)
    left = take_all(outbox)
    assert [publication.topic for publication in left] == [b"a", b"b", b"e", b"c"]
    assert left[-1].payload == b"new"


publications = st.builds(
    Publication,
    topic=st.sampled_from([b"a", b"b", b"c"]),
    payload=st.binary(max_size=20),
    qos=st.integers(0, 2),
    retain=st.booleans(),
)


@given(st.lists(publications, max_size=60), st.integers(1, 20), st.integers(1, 200))
def test_never_more_than_fits_and_always_in_order(arriving, most_messages, most_bytes):
    outbox = Outbox(most_messages, most_bytes)
    for publication in arriving:
        outbox.put(publication)
        assert len(outbox) <= most_messages
    left = take_all(outbox)
    places = [next(i for i, one in enumerate(arriving) if one is publication) for publication in left]
    assert places == sorted(places)
    assert sum(len(publication.topic) + len(publication.payload) for publication in left) <= most_bytes
    kept = [publication.topic for publication in left if publication.retain]
    assert len(kept) == len(set(kept))


@given(st.lists(publications, max_size=60))
def test_nothing_is_lost_while_there_is_room(arriving):
    outbox = fill(Outbox(), *arriving)
    newest = {publication.topic: publication for publication in arriving if publication.retain}
    expected = [
        publication for publication in arriving if not publication.retain or newest[publication.topic] is publication
    ]
    assert [id(publication) for publication in take_all(outbox)] == [id(publication) for publication in expected]
    assert outbox.take_dropped() == 0
