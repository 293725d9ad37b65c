"""The log to a syslog server (RFC 5424 or RFC 3164), sent by a thread: a slow or missing server holds nobody up."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import select
import socket
import ssl
import threading
from datetime import UTC, datetime

from zigwire.settings.model import Syslog

__all__ = ["PROTOCOLS", "SyslogFormatter", "SyslogHandler"]

LOG = logging.getLogger(__name__)

FACILITY = 16
"""local0, as Zigbee2MQTT's."""

SEVERITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
FAMILIES = {"": socket.AF_UNSPEC, "4": socket.AF_INET, "6": socket.AF_INET6}
PROTOCOLS = (*(f"{kind}{family}" for kind in ("udp", "tcp", "tls") for family in FAMILIES), "unix", "unix-connect")
DEFAULT_END = "/n"
"""Of a message, as the configuration has it by default; means a line feed where messages follow each other."""

TIMEOUT = 5.0  # seconds for the server to take a connection or a message
PAUSE = 2.0  # seconds between two tries
LAST_CHANCE = 1.0  # seconds for what waits when the log is closed
MOST_WAITING = 1000


class SyslogFormatter(logging.Formatter):
    """Messages in one of the two forms.

    Args:
        wanted: `advanced.log_syslog`.
    """

    def __init__(self, wanted: Syslog) -> None:
        super().__init__("%(name)s: %(message)s")
        self._host = _word(wanted.localhost)
        self._program = _word(wanted.app_name)
        self._pid = str(os.getpid()) if wanted.pid == "process.pid" else _word(wanted.pid)
        is_old = any(name in wanted.type.lower() for name in ("bsd", "3164"))
        self._head = self._head_3164 if is_old else self._head_5424
        self._end = _end(wanted)

    def format(self, record: logging.LogRecord) -> str:
        """Format a record; line feeds within it become a backslash and an n, because they end messages."""
        severity = SEVERITIES.get(record.levelno, SEVERITIES[logging.ERROR])
        text = super().format(record).replace("\n", "\\n")
        moment = datetime.fromtimestamp(record.created, UTC)
        return f"<{FACILITY * 8 + severity}>{self._head(moment)} {text}{self._end}"

    def _head_5424(self, moment: datetime) -> str:
        stamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return f"1 {stamp} {self._host} {self._program} {self._pid} - -"

    def _head_3164(self, moment: datetime) -> str:
        local = moment.astimezone()
        return f"{local:%b} {local.day:>2} {local:%H:%M:%S} {self._host} {self._program}[{self._pid}]:"


class SyslogHandler(logging.Handler):
    """Sends what is logged, over a new connection after one that failed.

    What the server does not take waits, the newest thousand messages at most. The first failure is logged elsewhere.

    Args:
        wanted: `advanced.log_syslog`, its protocol one of `PROTOCOLS`.
    """

    def __init__(self, wanted: Syslog) -> None:
        super().__init__()
        self.setFormatter(SyslogFormatter(wanted))
        self._wanted = wanted
        self._waiting: queue.Queue[bytes | None] = queue.Queue(MOST_WAITING)
        self._closing = threading.Event()
        self._complaint = ""
        self._thread = threading.Thread(target=self._run, name="syslog", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Put a record in line; our own complaints are for the other outputs."""
        if record.name != __name__:
            self._put(self.format(record).encode(errors="replace"))

    def close(self) -> None:
        """Send what waits, for a second at most, and end."""
        self._closing.set()
        self._put(None)
        self._thread.join(LAST_CHANCE)
        super().close()

    def _put(self, message: bytes | None) -> None:
        while True:
            try:
                self._waiting.put_nowait(message)
            except queue.Full:
                with contextlib.suppress(queue.Empty):
                    self._waiting.get_nowait()
            else:
                return

    def _run(self) -> None:
        link: socket.socket | None = None
        while (message := self._waiting.get()) is not None:
            while True:
                try:
                    link = self._send(link, message)
                except OSError as error:
                    link = None
                    self._complain(error)
                    if self._closing.wait(PAUSE):
                        return
                else:
                    break
        if link is not None:
            link.close()

    def _send(self, link: socket.socket | None, message: bytes) -> socket.socket:
        """Send a message and return the connection for the next one."""
        if link is not None and _is_over(link):
            link.close()
            link = None
        link = link or connect(self._wanted)
        try:
            link.sendall(message)
        except OSError:
            link.close()
            raise
        self._complaint = ""
        return link

    def _complain(self, error: OSError) -> None:
        cause = f"{error}"
        if cause != self._complaint:
            self._complaint = cause
            LOG.warning("Syslog does not take the log, it waits: %s: %s", shown(self._wanted), cause)


def connect(wanted: Syslog) -> socket.socket:
    """Open the way to the server.

    Raises:
        OSError: It can't be reached.
    """
    if wanted.protocol.startswith("unix"):
        return _connect_file(wanted.path)
    kind, family = wanted.protocol[:3], FAMILIES[wanted.protocol[3:]]
    socket_kind = socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM
    *_, address = places = socket.getaddrinfo(wanted.host, wanted.port, family, socket_kind)[0]
    link = socket.socket(places[0], places[1])
    try:
        link.settimeout(TIMEOUT)
        link.connect(address)
        return ssl.create_default_context().wrap_socket(link, server_hostname=wanted.host) if kind == "tls" else link
    except OSError:
        link.close()
        raise


def shown(wanted: Syslog) -> str:
    """Say where the server is."""
    if wanted.protocol.startswith("unix"):
        return wanted.path
    return f"{wanted.protocol}://{wanted.host}:{wanted.port}"


def _connect_file(path: str) -> socket.socket:
    """Connect to a socket file, of datagrams as /dev/log usually is, or of a stream."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        link = socket.socket(socket.AF_UNIX, kind)
        link.settimeout(TIMEOUT)
        try:
            link.connect(path)
        except OSError as error:
            link.close()
            failure = error
        else:
            return link
    raise failure


def _is_over(link: socket.socket) -> bool:
    """Tell whether the server ended a stream: it has nothing else to say."""
    return link.type is socket.SOCK_STREAM and bool(select.select([link], [], [], 0)[0])


def _end(wanted: Syslog) -> str:
    if wanted.eol != DEFAULT_END:
        return wanted.eol.replace("\\n", "\n").replace("\\r", "\r").replace("\\0", "\0")
    return "\n" if wanted.protocol.startswith(("tcp", "tls")) else ""


def _word(text: str) -> str:
    """Make a field of a text: fields are separated by spaces, and an empty one is a dash."""
    return "".join(text.split()) or "-"
