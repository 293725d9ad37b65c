"""Messages that wait."""

from zigwire.mqtt import HeldMessages
from zigwire.mqtt.held import MOST

WAY = {"retain": False, "qos": 1, "properties": None}


class Taken:
    def __init__(self):
        self.messages = []

    def __call__(self, topic, payload, **way):
        assert way == WAY
        if payload == b"bad":
            raise ValueError("no good")
        self.messages.append((topic, payload))


def test_they_come_in_their_order_and_once():
    held, taken = HeldMessages(), Taken()
    held("a", b"1", **WAY)
    held("b", b"2", **WAY)
    held.release(taken)
    held.release(taken)
    assert taken.messages == [("a", b"1"), ("b", b"2")]


def test_a_bad_one_does_not_stop_the_others(caplog):
    held, taken = HeldMessages(), Taken()
    held("a", b"bad", **WAY)
    held("b", b"2", **WAY)
    held.release(taken)
    assert taken.messages == [("b", b"2")]
    assert "'a' could not be handled" in caplog.text


def test_there_is_an_end_to_it(caplog):
    held, taken = HeldMessages(), Taken()
    for number in range(MOST + 3):
        held("a", str(number).encode(), **WAY)
    held.release(taken)
    assert len(taken.messages) == MOST
    assert taken.messages[0][1] == b"0"
    assert "3 MQTT messages were dropped" in caplog.text
    caplog.clear()
    held.release(taken)
    assert not caplog.text
