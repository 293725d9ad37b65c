"""Counting: histograms, reasons, and that nothing is kept of devices that are gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.zigbee import radio as radios
from zigwire.zigbee.errors import DeliveryError, RadioOfflineError, RequestError, RequestTimeoutError
from zigwire.zigbee.tally import Durations, Tallies

IEEE = "0x00158d0001a2b3c4"
BOUNDS = (0.1, 1.0, 10.0)


@given(st.lists(st.floats(0, 100)))
def test_a_histogram(seconds):
    durations = Durations(BOUNDS)
    for each in seconds:
        durations.add(each)
    assert sum(durations.counts) == len(seconds)
    assert durations.seconds == pytest.approx(sum(seconds))
    for place, bound in enumerate(BOUNDS):
        assert sum(durations.counts[: place + 1]) == sum(each <= bound for each in seconds)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DeliveryError("MAC_NO_ACK"), "undelivered"),
        (RequestTimeoutError(10), "unanswered"),
        (RadioOfflineError("unplugged"), "radio_offline"),
        (RequestError("the coordinator did not send it"), "not_sent"),
    ],
)
def test_a_request_that_fails(error, reason):
    tallies = Tallies()
    with pytest.raises(type(error)), tallies.request(IEEE):
        raise error
    assert tallies.of(IEEE).failed == {reason: 1}
    assert sum(tallies.of(IEEE).answered.counts) == 0


def test_a_request_that_is_answered():
    tallies = Tallies()
    with tallies.request(IEEE):
        pass
    assert sum(tallies.of(IEEE).answered.counts) == 1
    assert not tallies.of(IEEE).failed


def test_a_request_that_is_given_up_counts_as_nothing():
    tallies = Tallies()
    with pytest.raises(KeyboardInterrupt), tallies.request(IEEE):
        raise KeyboardInterrupt
    assert not tallies.of(IEEE).failed
    assert sum(tallies.of(IEEE).answered.counts) == 0


def lose(tallies, status):
    with pytest.raises(radios.DeliveryError), tallies.frame(IEEE):
        raise radios.DeliveryError(status)


def test_frames():
    tallies = Tallies()
    with tallies.frame(IEEE):
        pass
    lose(tallies, "MAC_NO_ACK")
    tally = tallies.of(IEEE)
    assert (tally.frames, tally.undelivered) == (2, {"MAC_NO_ACK": 1})
    assert (sum(tallies.sent.counts), tallies.undelivered) == (2, 1)


def test_a_radio_that_is_never_at_a_loss_for_words():
    tallies = Tallies()
    for number in range(1000):
        lose(tallies, f"frame {number} got lost")
    lose(tallies, "frame 0 got lost")
    undelivered = tallies.of(IEEE).undelivered
    assert undelivered.total() == 1001
    assert len(undelivered) == 21
    assert undelivered["frame 0 got lost"] == 2


def test_a_device_that_is_gone():
    tallies = Tallies()
    with tallies.request(IEEE):
        pass
    tallies.forget(IEEE)
    tallies.forget(IEEE)
    assert sum(tallies.of(IEEE).answered.counts) == 0
