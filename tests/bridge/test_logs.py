"""bridge/logging: what is logged, as messages."""

import asyncio
import json
import logging
import threading

import pytest
from support.waiting import until

from zigwire.bridge.logs import MqttLogHandler


class Sent:
    def __init__(self):
        self.texts = []
        self.threads = set()
        self.fault = None

    def publish(self, topic, payload, **_):
        assert topic == "base/bridge/logging"
        if self.fault:
            raise self.fault
        self.texts.append(json.loads(payload)["message"])
        self.threads.add(threading.get_ident())


@pytest.fixture
def sent():
    return Sent()


@pytest.fixture
def log(sent):
    logger = logging.getLogger("zigwire.of-this-test")
    added = []

    def log(text, level=logging.ERROR, **arguments):
        if not added:
            added.append(MqttLogHandler(sent, "base", debug=False, **arguments))
            logger.addHandler(added[0])
        logger.log(level, text)

    yield log
    for handler in added:
        logger.removeHandler(handler)


def test_only_what_repeats_itself_at_once_is_dropped(sent, log):
    clock = iter([100.0, 100.01, 100.02, 100.12, 100.13, 100.14]).__next__
    for text in (*["the same"] * 5, "another"):
        log(text, clock=clock)
    assert sent.texts == ["the same", "the same", "another"]


async def test_other_threads_leave_the_client_to_its_own(sent, log):
    log("from here")
    await asyncio.to_thread(log, "from there")
    await until(lambda: len(sent.texts) == 2)
    assert sent.threads == {threading.get_ident()}


def test_what_goes_wrong_does_not_reach_who_logs(sent, log, capsys):
    sent.fault = ValueError("no such topic")
    log("hello")
    assert "no such topic" in capsys.readouterr().err
