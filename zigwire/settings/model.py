"""Everything that configuration.yaml may say: keys, types, defaults, ranges, and which changes need a restart.

The dataclasses are the one source: the JSON schema, the checks, the environment variables and the defaults that
bridge/info shows are made from them. Keys, ranges and defaults are those of Zigbee2MQTT 2.14; `serial.port: sim://`
and `serial.adapter: xbee` are additions.
"""

# ruff: noqa: RUF009 (the functions called declare fields, as dataclasses.field does)

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from zigwire.settings import values

__all__ = [
    "VERSION",
    "Active",
    "Advanced",
    "Availability",
    "AvailabilityOverride",
    "Configuration",
    "DeviceOptions",
    "EntityDiscovery",
    "Frontend",
    "Graphviz",
    "GraphvizColors",
    "GroupOptions",
    "Health",
    "HomeAssistant",
    "LineColors",
    "LogLevel",
    "MapOptions",
    "Mqtt",
    "NodeColors",
    "Option",
    "Ota",
    "Passive",
    "Serial",
    "Syslog",
]

VERSION = 5
"""Of the file's format, as its key `version` says."""

LogLevel = Literal["error", "warning", "info", "debug"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """What is said of one key beside its type and its default.

    Attributes:
        description: For a person, one sentence.
        required: The key must be there when its section is.
        restart: A change works only after a restart.
        null: The key may be null: None where the type has it, else the default.
        blank: An empty text is as good as none.
        minimum, maximum: Range of a number, or of each number of a list.
        length: How many numbers a list has.
        pattern: Regular expression that a text, or each key of an object, must match.
        rule: Says what each value must be when it is not that; not part of the JSON schema.
        secret: Never published, never shown in a message.
        address: A URL that is published without the user and the password that it may hold.
        reference: May stand in another file: `'!secret key'`.
        generate: `GENERATE` asks for a random value.
        published: Part of the defaults that bridge/info shows.
        listed: Part of the JSON schema.
        read_only: Changed by other means than the options.
        examples: Values that clients suggest.
    """

    description: str
    required: bool = False
    restart: bool = False
    null: bool = False
    blank: bool = False
    minimum: float | None = None
    maximum: float | None = None
    length: int | None = None
    pattern: str | None = None
    rule: Callable[[Any], str | None] | None = None
    secret: bool = False
    address: bool = False
    reference: bool = False
    generate: bool = False
    published: bool = True
    listed: bool = True
    read_only: bool = False
    examples: tuple[Any, ...] = ()


def _option(default: Any, description: str, **rules: Any) -> Any:
    """Declare a key of a section; a callable default makes the value anew."""
    option = Option(description=description, **rules)
    value = {"default_factory": default} if callable(default) else {"default": default}
    return dataclasses.field(**value, metadata={"option": option}, repr=not (option.secret or option.address))


def _required(description: str, **rules: Any) -> Any:
    """Declare a key that has no default."""
    option = Option(description=description, required=True, **rules)
    return dataclasses.field(metadata={"option": option}, repr=not option.address)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeAssistant:
    """Discovery by Home Assistant. All of it is applied at once."""

    enabled: bool = _option(False, "Announce devices to Home Assistant")
    discovery_topic: str = _option(
        "homeassistant",
        "Topic below which entities are announced",
        rule=values.discovery_topic,
        examples=("homeassistant",),
    )
    status_topic: str = _option(
        "homeassistant/status",
        "Topic on which Home Assistant says that it started",
        rule=values.discovery_topic,
        examples=("homeassistant/status",),
    )
    legacy_action_sensor: bool = _option(False, "Announce a sensor for actions too, as older versions did")
    experimental_event_entities: bool = _option(False, "Announce actions as event entities")


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """Availability of devices that always listen."""

    timeout: float = _option(10, "Minutes of silence until the device is asked", required=True, restart=True, minimum=1)
    max_jitter: float = _option(
        30000, "Milliseconds by which a question is put off at most, so that not all go out at once", minimum=1000
    )
    backoff: bool = _option(True, "Ask less often each time that there is no answer")
    pause_on_backoff_gt: float = _option(
        0, "Stop asking above this multiple of the timeout until the device is heard again; 0 never stops", minimum=0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Passive:
    """Availability of devices that sleep."""

    timeout: float = _option(1500, "Minutes of silence until offline", required=True, restart=True, minimum=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Watching which devices are reachable."""

    enabled: bool = _option(False, "Watch whether devices are online", restart=True)
    active: Active = _option(Active, "Devices on mains power", restart=True)
    passive: Passive = _option(Passive, "Devices on batteries", restart=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mqtt:
    """The connection to the broker."""

    base_topic: str = _option(
        "zigbee2mqtt", "First part of every topic", restart=True, rule=values.topic, examples=("zigbee2mqtt",)
    )
    server: str = _required(
        "Broker: mqtt://host:1883, or mqtts:// for TLS",
        restart=True,
        reference=True,
        address=True,
        rule=values.broker,
        examples=("mqtt://localhost:1883", "mqtts://broker.example.com:8883"),
    )
    keepalive: float = _option(60, "Seconds between signs of life to the broker", restart=True, rule=values.keepalive)
    ca: str | None = _option(
        None, "File with the authority's certificate", restart=True, blank=True, examples=("/etc/ssl/mqtt-ca.crt",)
    )
    key: str | None = _option(
        None, "File with the client's private key", restart=True, blank=True, examples=("/etc/ssl/mqtt-client.key",)
    )
    cert: str | None = _option(
        None, "File with the client's certificate", restart=True, blank=True, examples=("/etc/ssl/mqtt-client.crt",)
    )
    user: str | None = _option(None, "User name", restart=True, reference=True, blank=True, examples=("zigwire",))
    password: str | None = _option(None, "Password", restart=True, reference=True, secret=True, blank=True)
    client_id: str | None = _option(
        None, "Client identifier; random when absent", restart=True, blank=True, examples=("zigwire-upstairs",)
    )
    reject_unauthorized: bool = _option(True, "Insist on a certificate that can be verified", restart=True)
    server_name: str | None = _option(
        None,
        "Host name that the certificate carries, when not the server's",
        restart=True,
        blank=True,
        examples=("mqtt.example.com",),
    )
    include_device_information: bool = _option(False, "Add the device's data to each of its messages")
    version: int = _option(
        4,
        "Protocol: 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0",
        restart=True,
        null=True,
        rule=values.mqtt_version,
        examples=(5,),
    )
    force_disable_retain: bool = _option(False, "Never retain, for brokers that can't", restart=True)
    maximum_packet_size: int = _option(
        1048576, "Largest packet in bytes that is accepted", restart=True, minimum=20, maximum=268435456
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Serial:
    """The way to the coordinator."""

    port: str | None = _option(
        None,
        "Device file, tcp://host:port, mdns://service, or sim:// for a simulation; by default the only USB stick",
        restart=True,
        null=True,
        blank=True,
        examples=("/dev/serial/by-id/…", "tcp://192.168.1.5:6638", "mdns://slzb-06", "sim://"),
    )
    disable_led: bool = _option(False, "Switch the coordinator's LED off", restart=True)
    adapter: Literal["deconz", "zstack", "zigate", "ezsp", "ember", "zboss", "zoh", "xbee"] | None = _option(
        None, "Kind of coordinator; known USB sticks need none", restart=True
    )
    baudrate: int | None = _option(
        None, "Speed of the serial line in baud", restart=True, examples=(115200, 921600, 460800, 230400, 57600, 38400)
    )
    rtscts: bool | None = _option(None, "Hardware flow control", restart=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeColors:
    """One colour for each kind of node."""

    enddevice: str = _option("#000000", "End devices")
    coordinator: str = _option("#ffffff", "The coordinator")
    router: str = _option("#ffffff", "Routers")


@dataclass(frozen=True, slots=True, kw_only=True)
class FillColors:
    """One background for each kind of node."""

    enddevice: str = _option("#fff8ce", "End devices")
    coordinator: str = _option("#e04e5d", "The coordinator")
    router: str = _option("#4ea3e0", "Routers")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineColors:
    """Colours of links."""

    active: str = _option("#009900", "Links in use")
    inactive: str = _option("#994444", "Other links")


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphvizColors:
    """Colours of the map."""

    fill: FillColors = _option(FillColors, "Backgrounds")
    font: NodeColors = _option(NodeColors, "Text")
    line: LineColors = _option(LineColors, "Links")


@dataclass(frozen=True, slots=True, kw_only=True)
class Graphviz:
    """The map in Graphviz's language."""

    colors: GraphvizColors = _option(GraphvizColors, "Colours")


@dataclass(frozen=True, slots=True, kw_only=True)
class MapOptions:
    """The map of the network."""

    graphviz: Graphviz = _option(Graphviz, "Graphviz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ota:
    """Firmware updates of devices."""

    update_check_interval: float = _option(1440, "Minutes between two look-ups for one device", minimum=1)
    disable_automatic_update_check: bool = _option(False, "Look updates up only when asked to")
    zigbee_ota_override_index_location: str | None = _option(
        None,
        "File or URL of an index that is tried first",
        restart=True,
        null=True,
        address=True,
        blank=True,
        examples=("index.json",),
    )
    image_block_request_timeout: float = _option(
        150000, "Milliseconds to wait for the device's next question", minimum=10000, maximum=2147483647
    )
    image_block_response_delay: float = _option(250, "Milliseconds between two blocks", minimum=50)
    default_maximum_data_size: int = _option(50, "Bytes in a block", minimum=10, maximum=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontend:
    """HTTP and WebSocket for browsers."""

    enabled: bool = _option(False, "Serve browsers", restart=True)
    package: Literal["zigbee2mqtt-windfront", "zigbee2mqtt-frontend"] = _option(
        "zigbee2mqtt-windfront", "Which client to serve", restart=True
    )
    port: int = _option(8080, "TCP port, unused with a Unix socket", restart=True, rule=values.port)
    host: str | None = _option(
        None,
        "Address to listen on, or path of a Unix socket",
        restart=True,
        null=True,
        blank=True,
        examples=("127.0.0.1", "::1", "/run/zigwire/zigwire.sock"),
    )
    auth_token: str | None = _option(
        None, "Word that clients must give", restart=True, null=True, secret=True, reference=True, blank=True
    )
    url: str | None = _option(
        None, "Where people reach it, for links in Home Assistant", restart=True, null=True, blank=True
    )
    ssl_cert: str | None = _option(None, "File with the certificate for HTTPS", restart=True, null=True, blank=True)
    ssl_key: str | None = _option(None, "File with the certificate's key", restart=True, null=True, blank=True)
    base_url: str = _option("/", "Path below which it is served", restart=True, pattern="^/")
    notification_filter: tuple[str, ...] = _option(
        (), "Regular expressions of log messages that clients don't show", published=False
    )
    disable_ui_serving: bool = _option(False, "Serve the WebSocket only", restart=True, null=True, published=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Syslog:
    """Where the log goes when `log_output` has `syslog`."""

    host: str = _option("localhost", "Host", published=False)
    port: int = _option(514, "Port", published=False)
    protocol: str = _option("udp4", "tcp4, udp4, tls4, unix, unix-connect (4 or 6)", published=False)
    path: str = _option("/dev/log", "Socket for the protocol unix", published=False)
    pid: str = _option("process.pid", "Process number to claim; `process.pid` is the real one", published=False)
    localhost: str = _option("localhost", "Host to claim", published=False)
    type: str = _option("5424", "Message format: BSD, 5424", published=False)
    app_name: str = _option("Zigbee2MQTT", "Program to claim", published=False)
    eol: str = _option("/n", "End of a message", published=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """The radio's parameters, the log, the messages' form."""

    log_rotation: bool = _option(True, "Begin a new log file at 10 MB and keep three", restart=True)
    log_console_json: bool = _option(False, "Console lines as JSON", restart=True)
    log_symlink_current: bool = _option(False, "Keep a link `current` to the log directory in use", restart=True)
    log_output: tuple[Literal["console", "file", "syslog"], ...] = _option(
        ("console", "file"), "Where the log goes; empty for nowhere", restart=True
    )
    log_directory: str | None = _option(
        None,
        "Directory of log files; `%TIMESTAMP%` is the time of the start",
        restart=True,
        examples=("data/log/%TIMESTAMP%",),
    )
    log_file: str = _option("log.log", "Name of the log file", restart=True, examples=("zigwire_%TIMESTAMP%.log",))
    log_level: LogLevel = _option("info", "Least important messages that are logged")
    log_namespaced_levels: Mapping[str, LogLevel] = _option(
        dict,
        "Levels of parts of the program",
        pattern="^(z2m|zhc|zh)(:[a-z0-9]{1,})*$",
        examples=({"z2m:mqtt": "warning"}, {"zh:controller": "debug"}),
    )
    log_debug_to_mqtt_frontend: bool = _option(False, "Publish debug messages too", restart=True)
    log_debug_namespace_ignore: str = _option(
        "",
        "Regular expression of parts whose debug messages are dropped",
        examples=("^z2m:mqtt", "^zh:controller|^zhc:"),
    )
    log_directories_to_keep: int = _option(10, "Log directories that are kept", minimum=5, maximum=1000)
    log_syslog: Syslog = _option(Syslog, "Syslog", restart=True, null=True)
    pan_id: int = _option(
        0x1A62, "PAN id; another one is another network", restart=True, generate=True, minimum=1, maximum=0xFFFE
    )
    ext_pan_id: bytes = _option(
        b"\xdd" * 8, "Extended PAN id; another one is another network", restart=True, generate=True, length=8
    )
    channel: int = _option(11, "Radio channel", restart=True, minimum=11, maximum=26, examples=(11, 15, 20, 25))
    adapter_concurrent: int | None = _option(
        None,
        "Requests on air at the same time; the coordinator's own when absent",
        restart=True,
        null=True,
        minimum=1,
        maximum=64,
    )
    adapter_delay: float | None = _option(
        None, "Milliseconds between two requests", restart=True, null=True, minimum=0, maximum=1000
    )
    cache_state: bool = _option(True, "Publish whole states rather than what changed")
    cache_state_persistent: bool = _option(True, "Keep states over a restart")
    cache_state_send_on_startup: bool = _option(True, "Publish the kept states at the start")
    last_seen: Literal["disable", "ISO_8601", "ISO_8601_local", "epoch"] = _option(
        "disable", "Add the time of the last frame to messages"
    )
    elapsed: bool = _option(False, "Add the milliseconds since the last message to messages")
    network_key: bytes = _option(
        bytes((1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13)),
        "Network key; another one is another network",
        restart=True,
        generate=True,
        reference=True,
        secret=True,
        length=16,
    )
    timestamp_format: str = _option(
        "YYYY-MM-DD HH:mm:ss", "Form of times in the log", restart=True, examples=("YYYY-MM-DD HH:mm:ss.SSS",)
    )
    transmit_power: float | None = _option(
        None, "Transmission power in dBm", restart=True, null=True, minimum=-128, maximum=127
    )
    output: Literal["attribute_and_json", "attribute", "json"] = _option(
        "json", "One message with a JSON object, one for each property, or both"
    )
    enable_external_js: bool = _option(True, "Run the user's JavaScript", restart=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Signs of life on bridge/health."""

    interval: float = _option(10, "Minutes between two messages", restart=True, minimum=1)
    reset_on_check: bool = _option(False, "Count from zero after each message")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityDiscovery:
    """What one device or group wants otherwise in Home Assistant.

    Attributes:
        document: All of it: overrides by object id and of the device too.
    """

    name: str | None = _option(None, "Name in Home Assistant", null=True)
    document: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityOverride:
    """One device's availability; what is None is as for the others."""

    timeout: float | None = _option(None, "Minutes", minimum=0)
    max_jitter: float | None = _option(None, "Milliseconds", minimum=0)
    backoff: bool | None = _option(None, "Ask less often each time that there is no answer")
    pause_on_backoff_gt: float | None = _option(None, "Multiple of the timeout", minimum=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceOptions:
    """What is set for one device; what it does not set itself is that of `device_options`.

    Attributes:
        ieee: The device.
        document: All options as the files have them, those of `device_options` included.
    """

    ieee: str = ""
    friendly_name: str = _required("Name in topics", read_only=True)
    retain: bool = _option(False, "Retain its messages")
    disabled: bool = _option(False, "Leave it out of everything", restart=True)
    retention: float | None = _option(
        None, "Seconds until the broker forgets its messages, with MQTT 5", rule=values.retention
    )
    qos: Literal[0, 1, 2] | None = _option(None, "Quality of service of its messages")
    throttle: float | None = _option(None, "Least seconds between two messages", restart=True)
    debounce: float | None = _option(None, "Seconds to wait for more before a message goes out", restart=True)
    debounce_ignore: tuple[str, ...] = _option(
        (), "Properties whose every change goes out with debounce too", examples=("action",)
    )
    optimistic: bool = _option(True, "Publish what was set without waiting for the device to say so")
    filtered_attributes: tuple[str, ...] = _option(
        (),
        "Regular expressions of properties that are not published",
        rule=values.regular_expression,
        examples=("^temperature$", "^battery$", "^action$"),
    )
    filtered_cache: tuple[str, ...] = _option(
        (),
        "Regular expressions of properties that are not kept",
        rule=values.regular_expression,
        examples=("^input_actions$",),
    )
    filtered_optimistic: tuple[str, ...] = _option(
        (),
        "Regular expressions of properties that are not optimistic",
        rule=values.regular_expression,
        examples=("^color_(mode|temp)$", "color"),
    )
    queue_expiry: float = _option(
        7200, "Seconds that a command waits for a device that sleeps; 0: not at all", minimum=0, listed=False
    )
    definition: str | None = _option(
        None, "Definition to use in the place of the one that fits: Vendor/Model", examples=("Tuya/TS0601_switch",)
    )
    icon: str | None = _option(None, "Picture for clients: a URL or device_icons/file", rule=values.icon)
    homeassistant: EntityDiscovery | None = _option(EntityDiscovery, "Home Assistant; null hides the device", null=True)
    disable_automatic_update_check: bool = _option(False, "Look its updates up only when asked to")
    description: str | None = _option(None, "Words for people", null=True, listed=False)
    availability: bool | AvailabilityOverride | None = _option(None, "Watch it or not, or how", null=True, listed=False)
    document: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def options(self) -> dict[str, Any]:
        """What is meant for the device's definition: all keys that this class does not know."""
        return {key: value for key, value in self.document.items() if key not in _DEVICE_KEYS}


_DEVICE_KEYS = frozenset(field.name for field in dataclasses.fields(DeviceOptions))


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOptions:
    """What is set for one group.

    Attributes:
        id: The group's number.
        document: All options as the files have them.
    """

    id: int = 0
    friendly_name: str = _required("Name in topics")
    retain: bool = _option(False, "Retain its messages")
    optimistic: bool = _option(True, "Publish what was set without waiting for the devices to say so")
    qos: Literal[0, 1, 2] | None = _option(None, "Quality of service of its messages")
    off_state: Literal["all_members_off", "last_member_state"] = _option(
        "all_members_off", "Off when all members are off, or what the last one said", restart=True
    )
    filtered_attributes: tuple[str, ...] = _option(
        (), "Regular expressions of properties that are not published", rule=values.regular_expression
    )
    homeassistant: EntityDiscovery | None = _option(EntityDiscovery, "Home Assistant; null hides the group", null=True)
    filtered_cache: tuple[str, ...] = _option(
        (), "Regular expressions of properties that are not kept", listed=False, rule=values.regular_expression
    )
    filtered_optimistic: tuple[str, ...] = _option(
        (), "Regular expressions of properties that are not optimistic", listed=False, rule=values.regular_expression
    )
    description: str | None = _option(None, "Words for people", null=True, listed=False)
    document: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def options(self) -> dict[str, Any]:
        """What is meant for its members' definitions: all keys that this class does not know."""
        return {key: value for key, value in self.document.items() if key not in _GROUP_KEYS}


_GROUP_KEYS = frozenset(field.name for field in dataclasses.fields(GroupOptions)) | {"description"}


@dataclass(kw_only=True)
class Configuration:
    """The whole file; its sections don't change, a change puts another one in their place."""

    homeassistant: HomeAssistant = _option(HomeAssistant, "Home Assistant")
    availability: Availability = _option(Availability, "Availability")
    mqtt: Mqtt = _required("MQTT")
    serial: Serial = _option(Serial, "Coordinator")
    blocklist: tuple[str, ...] = _option((), "IEEE addresses that may not join", restart=True)
    passlist: tuple[str, ...] = _option(
        (), "IEEE addresses of the only devices that may join; all others are removed", restart=True
    )
    map_options: MapOptions = _option(MapOptions, "Map of the network")
    ota: Ota = _option(Ota, "Firmware updates")
    frontend: Frontend = _option(Frontend, "Browsers")
    devices: dict[str, DeviceOptions] = _option(dict, "By IEEE address", pattern="^0x[0-9A-Za-z_]{16}$")
    groups: dict[int, GroupOptions] = _option(dict, "By number", pattern="^[0-9A-Za-z_]")
    device_options: Mapping[str, Any] = _option(dict, "For all devices that don't say otherwise")
    advanced: Advanced = _option(Advanced, "Advanced")
    health: Health = _option(Health, "Health")
