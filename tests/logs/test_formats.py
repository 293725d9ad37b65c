"""How lines of the log look."""

import json
import logging
import re
from datetime import datetime, timedelta, timezone

import pytest

from zigwire.logs.formats import formatted_time

NOW = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
MOMENT = datetime(2024, 3, 1, 14, 5, 9, 87_654, timezone(timedelta(hours=-3, minutes=-30)))


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ("YYYY-MM-DD HH:mm:ss", "2024-03-01 14:05:09"),
        ("YYYY-MM-DDTHH:mm:ss.SSSZ", "2024-03-01T14:05:09.087-03:30"),
        ("D.M.YY H:m:s S SS ZZ", "1.3.24 14:5:9 0 08 -0330"),
        ("dddd Do MMMM, ddd MMM d dd", "Friday 1st March, Fri Mar 5 05"),
        ("hh:mm A h a", "02:05 PM 2 pm"),
        ("[at MM] MM %H", "at MM 03 %14"),
        ("", ""),
    ],
)
def test_times_are_written_as_zigbee2mqtt_writes_them(form, wanted):
    assert formatted_time(MOMENT, form) == wanted


@pytest.mark.parametrize(
    ("day", "wanted"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (12, "12th"), (23, "23rd")]
)
def test_ordinals(day, wanted):
    assert formatted_time(MOMENT.replace(day=day), "Do") == wanted


@pytest.mark.parametrize(("hour", "wanted"), [(0, "12 am"), (11, "11 am"), (12, "12 pm"), (23, "11 pm")])
def test_hours_of_half_days(hour, wanted):
    assert formatted_time(MOMENT.replace(hour=hour), "h a") == wanted


def test_lines(configure, capsys):
    configure(log_output=["console"], timestamp_format="DD.MM.YY")
    logging.getLogger("zigwire.test").warning("hello")
    assert re.fullmatch(r"\d\d\.\d\d\.\d\d WARNING zigwire\.test: hello\n", capsys.readouterr().out)


def test_json_lines(configure, capsys):
    configure(log_output=["console"], log_console_json=True)
    logging.getLogger("zigwire.test").info("hello")
    line = json.loads(capsys.readouterr().out)
    assert re.fullmatch(NOW, line.pop("timestamp"))
    assert line == {"level": "info", "namespace": "zigwire.test", "message": "hello"}
