"""The documents: links lead somewhere, commands and requests exist, settings and JSON are well formed."""

import json
import re
import shlex

import click
import pytest
import yaml
from support.documents import PAGES, ROOT, blocks, pages_with, text, title
from support.home import Home

from zigwire.cli.main import main
from zigwire.settings import load

INDEX = ROOT / "docs" / "README.md"
LINK = re.compile(r"\[[^\]]*\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")
COMMAND = re.compile(r"`(?:\.venv/bin/)?zigwire ([^`]+)`")
REQUEST = re.compile(r"bridge/request/([a-z_]+(?:/[a-z_]+)*)")
BASE = {"version": 5, "mqtt": {"server": "mqtt://localhost"}}


def slugs(page):
    headings = re.findall(r"^#+ (.*)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_links_lead_somewhere(page):
    for target, place in LINK.findall(text(page)):
        there = page.parent / target if target else page
        assert there.exists(), target
        assert not place or place in slugs(there), f"{target}#{place}"


def test_the_index_names_every_document():
    named = {(INDEX.parent / target).resolve() for target, _ in LINK.findall(text(INDEX))}
    assert {page for page in PAGES if page != INDEX} <= named


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_commands_are_typed_as_the_program_takes_them(page):
    named = re.sub(r"<[^>]*>", "DIR", text(page))
    typed = [arguments for block in blocks(page, "console") for arguments in block.commands()]
    for arguments in (*typed, *map(shlex.split, COMMAND.findall(named))):
        rest, command = list(arguments), main
        while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            command = command.get_command(click.Context(command), rest.pop(0))
        assert command, arguments
        _, left, _ = command.make_parser(click.Context(command)).parse_args(rest)
        assert left == [], arguments


async def test_every_request_that_is_named_exists(tmp_path):
    home = Home(tmp_path, {})
    handlers = set(home.bridge.requests.handlers)
    home.database.close()
    named = {request for page in PAGES for request in REQUEST.findall(text(page))}
    assert {request for request in named if not any(f"{one}/".startswith(f"{request}/") for one in handlers)} == set()


@pytest.mark.parametrize("page", pages_with("yaml"), ids=title)
def test_settings_are_accepted(page, tmp_path):
    for block in blocks(page, "yaml"):
        (tmp_path / "configuration.yaml").write_text(yaml.safe_dump(BASE | yaml.safe_load(block.text)))
        load(tmp_path / "configuration.yaml", {})


@pytest.mark.parametrize("page", pages_with("json"), ids=title)
def test_json_is_json(page):
    for block in blocks(page, "json"):
        json.loads(block.text)
