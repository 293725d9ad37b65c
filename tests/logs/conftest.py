"""Logging as the settings say, and as before when a test is over."""

import logging

import pytest
import yaml

from zigwire import logs
from zigwire.settings import load


@pytest.fixture(autouse=True)
def logging_as_before():
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers = []
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers = handlers
    root.setLevel(level)
    for name in ("zigwire", "zigwire.mqtt", "zigwire.zigbee"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
def settings(tmp_path):
    def settings(**advanced):
        path = tmp_path / "configuration.yaml"
        document = {"version": 5, "mqtt": {"server": "mqtt://localhost"}, "advanced": advanced}
        path.write_text(yaml.safe_dump(document))
        return load(path, {})

    return settings


@pytest.fixture
def configure(tmp_path, settings):
    def configure(**advanced):
        logs.configure(settings(**advanced), tmp_path)

    return configure
