"""The schema and the checks against Zigbee2MQTT's: `schema_table.json` has its 2.14.1's verdicts on 2,626 documents.

A row is a place in a document and the values that were put there: `fine`; `refused` by the JSON schema, by the words
that a client gets (none when only something is missing); `refused_at_start` by checks beyond the schema.
"""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from zigwire.settings import SettingsError, json_schema
from zigwire.settings.departures import departures
from zigwire.settings.read import read_configuration

ROWS = json.loads((Path(__file__).parent / "schema_table.json").read_text())
SCHEMA = Draft7Validator(json_schema())
LAMP = "0x00158d0001a00001"

STRICTER = {
    "": "what can't work with Home Assistant, and a key without its certificate, is found at once",
    "homeassistant.discovery_topic": "a topic has a character at least",
    "homeassistant.status_topic": "a topic has a character at least",
    "mqtt.base_topic": "a topic has a character at least",
    "mqtt.server": "a URL",
    "mqtt.keepalive": "two bytes in the protocol",
    "mqtt.key": "of no use without mqtt.cert",
    "mqtt.version": "there are three",
    "mqtt.maximum_packet_size": "whole bytes",
    "serial.baudrate": "a whole number",
    "ota.default_maximum_data_size": "whole bytes",
    "frontend.port": "a TCP port",
    "advanced.log_directories_to_keep": "a whole number",
    "advanced.log_syslog.port": "a whole number",
    "advanced.pan_id": "a whole number, or GENERATE",
    "advanced.ext_pan_id": "eight bytes, or GENERATE",
    "advanced.network_key": "sixteen bytes, or GENERATE",
    "advanced.channel": "a whole number",
    "advanced.adapter_concurrent": "a whole number",
    f"devices.{LAMP}.description": "a text",
    f"devices.{LAMP}.availability": "true, false or an object of numbers",
    "groups.1.description": "a text",
    "groups.1.filtered_cache": "a list of texts",
    "groups.1.filtered_optimistic": "a list of texts",
    "groups.65536": "a group's number has two bytes",
    "groups.a": "a number",
    "groups._": "a number",
    "groups.01": "a number without zeros before it",
    "groups.1.5": "a whole number",
    "groups.lamps/x": "a number",
}
"""Where the checks refuse what the original starts with; docs/differences.md has the reasons."""

OTHER_WORDS = ("advanced.log_syslog", "frontend.base_url", "devices", "groups")
"""Where the words differ: they show our regular expressions, and name the key in log_syslog rather than the section."""


def whole(path, value):
    """Put a value into a document, which gets what has to stand beside it."""
    if not path:
        return value
    place = document = {"version": 5, "mqtt": {"server": "mqtt://localhost"}}
    for depth, key in enumerate(path[:-1]):
        place = place.setdefault(key, {})
        if depth == 1 and path[0] in ("devices", "groups"):
            place["friendly_name"] = "lamp"
        if depth == 1 and path[0] == "availability":
            place["timeout"] = 5
    place[path[-1]] = value
    return document


def starts(document):
    try:
        read_configuration(document)
    except SettingsError as error:
        assert str(error)
        return False
    return True


def name(row):
    return ".".join(row["path"])


def accepted(row):
    return [*row.get("fine", []), *row.get("refused_at_start", [])]


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_schema_gives_the_same_verdicts_in_the_same_words(row):
    for value in accepted(row):
        document = whole(row["path"], value)
        assert SCHEMA.is_valid(document), value
        assert not list(departures(json_schema(), document)), value
    for words, values in row.get("refused", {}).items():
        for value in values:
            document = whole(row["path"], value)
            assert not SCHEMA.is_valid(document), value
            found = next(departures(json_schema(), document), "")
            assert found == words or (words and found and name(row).startswith(OTHER_WORDS)), value


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_checks_refuse_all_that_the_original_refuses(row):
    refused = [value for values in row.get("refused", {}).values() for value in values]
    for value in [*refused, *row.get("refused_at_start", [])]:
        assert not starts(whole(row["path"], value)), value


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_checks_accept_what_the_original_accepts(row):
    refused = [value for value in row.get("fine", []) if not starts(whole(row["path"], value))]
    assert bool(refused) == (name(row) in STRICTER), refused


def test_the_table_knows_every_key_of_the_schema():
    known = {tuple(row["path"]) for row in ROWS}
    assert not [path for path in keys(json_schema(), ()) if path not in known]


def keys(schema, path):
    for key, inner in schema.get("properties", {}).items():
        yield (*path, key)
        yield from keys(inner, (*path, key))
