"""Where the log goes."""

import json
import logging
import re
import socket

import pytest
import yaml

from zigwire import logs
from zigwire.settings import load

NOW = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"


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
def configure(tmp_path):
    def configure(**advanced):
        path = tmp_path / "configuration.yaml"
        document = {"version": 5, "mqtt": {"server": "mqtt://localhost"}, "advanced": advanced}
        path.write_text(yaml.safe_dump(document))
        logs.configure(load(path, {}), tmp_path)

    return configure


def stamped(parent, count, form="2020-01-01.00-00-{:02}"):
    """Make old log directories with something below them."""
    for number in range(count):
        (parent / form.format(number) / "below").mkdir(parents=True)
        (parent / form.format(number) / "log.log").touch()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("logger", "namespace"),
    [
        ("zigwire.mqtt", "z2m:mqtt"),
        ("zigwire.zigbee.network", "zh:network"),
        ("zigwire.devices", "zhc"),
        ("zigwire", "z2m"),
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


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        (None, NOW),
        ("DD.MM.YY HH-mm-ss.SSS", r"\d\d\.\d\d\.\d\d \d\d-\d\d-\d\d\.\d{3}"),
        ("[MM at] HH:mm %H", r"MM at \d\d:\d\d %H"),
    ],
)
def test_times_have_the_form_that_is_set(configure, capsys, form, wanted):
    configure(log_output=["console"], **({"timestamp_format": form} if form else {}))
    logging.getLogger("zigwire.test").warning("hello")
    assert re.fullmatch(rf"{wanted} WARNING zigwire\.test: hello\n", capsys.readouterr().out)


def test_json_lines(configure, capsys):
    configure(log_output=["console"], log_console_json=True)
    logging.getLogger("zigwire.test").info("hello")
    line = json.loads(capsys.readouterr().out)
    assert re.fullmatch(NOW, line.pop("timestamp"))
    assert line == {"level": "info", "namespace": "zigwire.test", "message": "hello"}


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


@pytest.mark.parametrize(
    ("directory", "parent", "form"),
    [
        (None, "log", "2020-01-01.00-00-{:02}"),
        ("zigwire-%TIMESTAMP%.d", ".", "zigwire-2020-01-01.00-00-{:02}.d"),
        ("logs/%TIMESTAMP%/of/zigwire", "logs", "2020-01-01.00-00-{:02}"),
    ],
)
def test_old_directories_go_with_all_that_is_in_them(configure, tmp_path, directory, parent, form):
    stamped(tmp_path / parent, 8, form)
    (tmp_path / parent / "2020-01-01").mkdir()
    setting = {} if directory is None else {"log_directory": str(tmp_path / directory)}
    configure(log_output=["file"], log_directories_to_keep=5, **setting)
    logging.getLogger("zigwire.test").warning("hello")
    left = [path for path in (tmp_path / parent).iterdir() if "2020-01-01.00" in path.name]
    assert sorted(path.name for path in left) == [form.format(number) for number in (4, 5, 6, 7)]
    assert (tmp_path / parent / "2020-01-01").is_dir()
    (written,) = [path for path in tmp_path.rglob("log.log") if "2020-01-01" not in str(path)]
    assert "hello" in written.read_text()


def test_what_is_in_use_stays_though_its_time_is_the_oldest(configure, tmp_path):
    stamped(tmp_path / "log", 6, "2999-01-01.00-00-{:02}")
    configure(log_output=["file"], log_directories_to_keep=5)
    kept = names(tmp_path / "log")
    assert len(kept) == 5
    assert not kept[0].startswith("2999")


def test_a_link_to_the_directory_in_use(configure, tmp_path):
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "current").symlink_to("gone")
    configure(log_output=["file"], log_symlink_current=True)
    logging.getLogger("zigwire.test").warning("hello")
    assert "hello" in (tmp_path / "log" / "current" / "log.log").read_text()
    assert not (tmp_path / "log" / "current").readlink().is_absolute()


def test_a_link_that_cannot_be_made_is_named(configure, tmp_path, capsys):
    (tmp_path / "log" / "current").mkdir(parents=True)
    configure(log_output=["console", "file"], log_symlink_current=True)
    assert "log_symlink_current" in capsys.readouterr().out


def test_a_file_that_cannot_be_written_is_told_at_the_start(configure, tmp_path):
    (tmp_path / "taken").touch()
    with pytest.raises(OSError, match="taken"):
        configure(log_output=["file"], log_directory=str(tmp_path / "taken" / "log"))
    (tmp_path / "log.log").mkdir()
    with pytest.raises(OSError, match=r"log\.log"):
        configure(log_output=["file"], log_directory=str(tmp_path))


def test_syslog_by_udp(configure):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        host, port = server.getsockname()
        configure(log_output=["syslog"], log_syslog={"host": host, "port": port, "app_name": "house", "pid": "7"})
        logging.getLogger("zigwire.test").warning("hello")
        assert server.recv(1000) == b"<12>house[7]: WARNING zigwire.test: hello\x00"


def test_syslog_by_tcp_comes_back(configure, capsys):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        syslog = {"protocol": "tcp4", "host": "127.0.0.1", "port": server.getsockname()[1]}
        configure(log_output=["syslog"], log_syslog=syslog)
        first, _ = server.accept()
        first.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # reset rather than goodbye
        first.close()
        logging.getLogger("zigwire.test").warning("lost")
        assert "lost" in capsys.readouterr().err
        logging.getLogger("zigwire.test").warning("hello")
        second, _ = server.accept()
        with second:
            assert b"Zigbee2MQTT[" in second.recv(1000)


def test_syslog_by_a_socket_file(configure, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "syslog"))
        server.settimeout(5)
        configure(log_output=["syslog"], log_syslog={"protocol": "unix", "path": str(tmp_path / "syslog")})
        logging.getLogger("zigwire.test").error("hello")
        assert server.recv(1000).startswith(b"<11>")


@pytest.mark.parametrize(
    ("syslog", "word"),
    [
        ({"protocol": "tls4"}, "tls4"),
        ({"protocol": "unix", "path": "/nowhere/log"}, "/nowhere/log"),
        ({"protocol": "tcp4", "host": "127.0.0.1", "port": 1}, "127.0.0.1"),
    ],
)
def test_syslog_that_does_not_work_is_named(configure, capsys, syslog, word):
    configure(log_output=["console", "syslog"], log_syslog=syslog)
    assert word in capsys.readouterr().out
