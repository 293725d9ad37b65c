"""The pages of reference: made anew they say the same, and they name what handlers read and what is published."""

import asyncio
import json
import re
from collections import defaultdict
from typing import NamedTuple

import pytest
from support.documents import ROOT
from support.leaping_loop import LeapingLoop

from zigwire.bridge import requests
from zigwire.docgen import reference_settings
from zigwire.docgen.reference_house import Inhabited, inhabited
from zigwire.docgen.reference_mqtt import TOPICS, page
from zigwire.docgen.reference_requests import REQUESTS
from zigwire.settings.model import Configuration
from zigwire.settings.shapes import Section, Table, section_of

TODO = "`make reference` writes it"
EXAMPLES = [example for examples in REQUESTS.values() for example in examples]


class Read(dict):
    """A payload that notes which of its keys are looked at."""

    def __init__(self, value, looked_at):
        super().__init__(value)
        self.looked_at = looked_at

    def __contains__(self, key):
        self.looked_at.add(key)
        return super().__contains__(key)

    def __getitem__(self, key):
        self.looked_at.add(key)
        return super().__getitem__(key)

    def get(self, key, default=None):
        self.looked_at.add(key)
        return super().get(key, default)


class Rehearsal(NamedTuple):
    """The page as it is now, what the handler of each request looked at, and whom it was all asked of."""

    text: str
    looked_at: dict
    home: Inhabited


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory):
    looked_at, asked, homes = defaultdict(set), [""], []
    message, ask = requests.request_message, Inhabited.ask

    def noted(payload):
        value = message(payload)
        return Read(value, looked_at[asked[-1]]) if isinstance(value, dict) else value

    async def watched(home, name, payload):
        asked.append(name)
        homes.append(home)
        return await ask(home, name, payload)

    with pytest.MonkeyPatch.context() as patch, asyncio.Runner(loop_factory=LeapingLoop) as runner:
        patch.setattr(requests, "request_message", noted)
        patch.setattr(Inhabited, "ask", watched)
        text = runner.run(page(tmp_path_factory.mktemp("house")))
    return Rehearsal(text, looked_at, homes[0])


def numbers_apart(text):
    """Return a text without its numbers: addresses and counters are others each time."""
    return re.sub(r"\d+", "0", text)


def test_the_page_of_the_interface_is_up_to_date(rehearsed):
    assert numbers_apart((ROOT / "docs/mqtt.md").read_text(encoding="utf-8")) == numbers_apart(rehearsed.text), TODO


def test_every_request_is_on_the_page_once(rehearsed):
    assert sorted(example.name for example in EXAMPLES) == sorted(rehearsed.home.handlers)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_fields_are_those_that_the_handler_looks_at(rehearsed, example):
    named = {name.removesuffix("?") for name in example.fields}
    assert rehearsed.looked_at[example.name] - {"transaction"} == named


def test_a_field_that_is_not_optional_is_needed(tmp_path):
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        assert runner.run(carried_out_without_a_field(tmp_path)) == set()


async def carried_out_without_a_field(folder):
    """Leave out each field that is needed, one at a time; return what was carried out all the same."""
    async with inhabited(folder) as home:
        answers = {
            (example.name, left_out): await home.ask(example.name, without(example.payload, left_out))
            for example in EXAMPLES
            for left_out in example.fields
            if not left_out.endswith("?")
        }
    return {asked for asked, answer in answers.items() if answer.payload["status"] != "error"}


def without(payload, left_out):
    return {name: value for name, value in payload.items() if name != left_out}


def test_topics_are_named_and_retained_as_they_are_published(rehearsed):
    wrong = {
        (topic, message.retain)
        for message in rehearsed.home.heard
        for topic in [general(message.topic)]
        if message.payload is not None and (topic not in TOPICS or message.retain != TOPICS[topic].retained)
    }
    assert wrong == {("NAME", True)}, "the plug's option `retain` is set by an example"


def general(topic):
    """Return a topic as the page has it."""
    topic = re.sub("^bridge/response/.*", "bridge/response/…", topic)
    return topic if topic.startswith("bridge/") else re.sub("^[^/]+", "NAME", topic)


def test_examples_are_json(rehearsed):
    blocks = re.findall(r"^```json\n(.*?)^```$", rehearsed.text, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= len(EXAMPLES)
    for block in blocks:
        json.loads(block)


def test_the_page_of_the_configuration_is_up_to_date():
    assert (ROOT / "docs/configuration.md").read_text(encoding="utf-8") == reference_settings.page(), TODO


def test_every_key_of_the_configuration_is_on_its_page():
    shown = set(re.findall(r"^\| `([\w.]+)` \|", reference_settings.page(), re.MULTILINE))
    assert set(keys(section_of(Configuration))) <= shown | {"devices", "groups"}


def keys(section, path=""):
    for name, field in section.fields.items():
        if isinstance(field.shape, Section) and not field.shape.whole:
            yield from keys(field.shape, f"{path}{name}." if path or section.type is not Configuration else "")
        elif isinstance(field.shape, Table) and isinstance(field.shape.item, Section):
            yield from keys(field.shape.item)
        else:
            yield f"{path}{name}"
