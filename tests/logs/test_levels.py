"""Which parts of the program are heard."""

import logging

import pytest

from zigwire import logs


@pytest.mark.parametrize(
    ("logger", "namespace"),
    [
        ("zigwire.mqtt", "z2m:mqtt"),
        ("zigwire.zigbee.network", "zh:network"),
        ("zigwire.devices", "zhc"),
        ("zigwire", "z2m"),
        ("zigpy_znp", "zh:zstack"),
        ("bellows", "zh:ezsp"),
        ("zigpy", "zh:zigpy"),
        ("zigwirelike", "zigwirelike"),
    ],
)
def test_loggers_have_namespaces(logger, namespace):
    assert logs.namespace(logger) == namespace
    assert logs.logger_name(namespace) == logger


def test_levels_of_parts_end_with_their_setting(configure):
    configure(log_output=[], log_namespaced_levels={"z2m:mqtt": "error", "zh": "debug"})
    assert logging.getLogger("zigwire.mqtt").getEffectiveLevel() == logging.ERROR
    configure(log_output=[], log_namespaced_levels={"zh": "debug"})
    assert logging.getLogger("zigwire.mqtt").getEffectiveLevel() == logging.INFO
    assert logging.getLogger("zigwire.zigbee").getEffectiveLevel() == logging.DEBUG


def test_a_radio_library_is_heard_on_demand(configure):
    configure(log_output=[], log_namespaced_levels={"zh:zstack:znp": "debug"})
    assert logging.getLogger("zigpy_znp.api").isEnabledFor(logging.DEBUG)
    configure(log_output=[], log_level="debug")
    assert not logging.getLogger("zigpy_znp.api").isEnabledFor(logging.INFO)
    assert logs.namespace("zigpy_znp.api") == "zh:zstack:api"


def test_levels_change_while_outputs_stay_as_they_are(configure, settings, tmp_path):
    configure(log_output=["file"], log_directory=str(tmp_path / "log"))
    (before,) = logging.getLogger().handlers
    logging.getLogger("zigwire.mqtt").debug("not yet")
    logs.apply(settings(log_level="debug", log_debug_namespace_ignore="^zh"))
    logging.getLogger("zigwire.mqtt").debug("now")
    logging.getLogger("zigwire.zigbee").debug("never")
    assert logging.getLogger().handlers == [before]
    text = (tmp_path / "log" / "log.log").read_text()
    assert "now" in text
    assert "not yet" not in text
    assert "never" not in text


@pytest.mark.parametrize("ignored", ["^z2m:mqtt", "^zigwire.mqtt$"])
def test_debug_messages_of_ignored_parts_are_dropped(configure, capsys, ignored):
    configure(log_output=["console"], log_level="debug", log_debug_namespace_ignore=ignored)
    for name in ("zigwire.mqtt", "zigwire.zigbee"):
        logging.getLogger(name).debug("detail of %s", name)
        logging.getLogger(name).info("news of %s", name)
    out = capsys.readouterr().out
    assert "detail of zigwire.zigbee" in out
    assert "detail of zigwire.mqtt" not in out
    assert "news of zigwire.mqtt" in out


def test_a_wrong_expression_is_named_and_not_used(configure, capsys):
    configure(log_output=["console"], log_debug_namespace_ignore="(")
    assert "log_debug_namespace_ignore" in capsys.readouterr().out
