"""Secrets stay out of the log."""

import json
import logging
import sys
import threading

import pytest
import yaml
import zigpy.state
import zigpy.types

from zigwire import logs
from zigwire.confidential import SECRETS, Secrets
from zigwire.logs.redaction import RedactingFilter, redact_uncaught
from zigwire.settings import load
from zigwire.settings.model import Configuration
from zigwire.settings.shapes import Section, section_of

KEY = bytes(range(101, 117))


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Return what a logger with one handler writes."""
    secrets = Secrets()
    secrets.add(KEY, "correct horse")
    path = tmp_path / "log"
    handler = logging.FileHandler(path)
    handler.addFilter(RedactingFilter(secrets))
    logger = logging.getLogger("zigpy.of-this-test")
    monkeypatch.setattr(logger, "propagate", False)
    logger.addHandler(handler)

    def written(say):
        say(logger)
        handler.flush()
        return path.read_text()

    yield written
    logger.removeHandler(handler)
    handler.close()


def test_messages_and_their_arguments(written):
    text = written(lambda log: log.error("user %s, password %s, key %s", "me", "correct horse", KEY.hex()))
    assert text == "user me, password ***, key ***\n"


def test_tracebacks(written):
    def fail():
        raise ValueError(f"no good: correct horse, {KEY!r}")

    def say(log):
        try:
            fail()
        except ValueError:
            log.exception("It failed", stack_info=True)

    text = written(say)
    assert "no good: ***, b'***'" in text
    assert "correct horse" not in text
    assert "Stack (most recent call last)" in text


@pytest.mark.parametrize("known", [True, False])
def test_what_zigpy_prints(written, known):
    key = zigpy.types.KeyData(KEY if known else bytes(range(16)))
    info = zigpy.state.NetworkInfo(network_key=zigpy.state.Key(key=key, partner_ieee=zigpy.types.EUI64(KEY[:8])))
    text = written(lambda log: log.error("%s %r", info, key))
    assert str(key) not in text
    assert "partner_ieee=6c:6b" in text


def document():
    return {
        "version": 5,
        "mqtt": {"server": "mqtt://user:pa%20ss@localhost", "password": "mqtt-password"},
        "advanced": {"network_key": list(KEY), "log_output": ["console"]},
        "frontend": {"auth_token": "frontend-token"},
    }


@pytest.mark.parametrize("json_lines", [True, False])
def test_all_secrets_of_the_settings_on_all_outputs(tmp_path, capsys, monkeypatch, json_lines):
    monkeypatch.setattr("zigwire.logs.redaction.SECRETS", SECRETS)
    path = tmp_path / "configuration.yaml"
    whole = document()
    whole["advanced"]["log_console_json"] = json_lines
    path.write_text(yaml.safe_dump(whole))
    logs.configure(load(path, {}), tmp_path)
    secrets = ["pa%20ss", "pa ss", "mqtt-password", "frontend-token", KEY.hex(), str(list(KEY)), json.dumps(list(KEY))]
    logging.getLogger("zigwire.test").error("\n".join(secrets))
    text = capsys.readouterr().out
    assert text.count("***") == len(secrets)
    assert not [secret for secret in secrets if secret in text]


def test_no_secret_of_the_settings_is_forgotten():
    marked = {
        f"{name}.{key}"
        for name, section in section_of(Configuration).fields.items()
        if isinstance(section.shape, Section)
        for key, field in section.shape.fields.items()
        if field.option.secret
    }
    held = {f"{section}.{key}" for section, values in document().items() if isinstance(values, dict) for key in values}
    assert marked <= held


def test_arguments_that_do_not_fit_their_text_stop_nobody(written):
    numbers = "%d of %d"
    text = written(lambda log: log.error(numbers, "correct horse"))
    assert text == "%d of %d ('***',)\n"


def test_the_last_words_of_the_program_and_of_threads(monkeypatch, capsys):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    secrets = Secrets()
    secrets.add("correct horse")
    redact_uncaught(secrets)

    def fail():
        raise ValueError("no good: correct horse")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    try:
        fail()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    said = capsys.readouterr().err
    assert said.count("ValueError: no good: ***") == 2
    assert "correct horse" not in said
