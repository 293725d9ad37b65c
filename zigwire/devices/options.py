"""Options that definitions share: what users choose for a device beside its name, as values that check themselves."""

from __future__ import annotations

from zigwire.devices.exposes import PUBLISHED, SET, Binary, Composite, Enum, Expose, List, Numeric

__all__ = [
    "SHARED",
    "STATE_ACTION",
]


def _flag(name: str, description: str, *, label: str | None = None) -> Binary:
    return Binary(name, SET, label=label, description=description)


def _seconds(name: str, cleared: str, default: int) -> Numeric:
    description = f"Seconds after the last detection until {cleared} is cleared (default {default} seconds)"
    return Numeric(name, SET, description=description, minimum=0)


COLOR_SYNC = _flag("color_sync", "Keep colour and colour temperature of a light in step when one is set (default true)")
COVER_POSITION_PERCENT_FIX = _flag(
    "cover_position_percent_fix", "Correct the positions of covers that report them inverted (default false)"
)
COVER_POSITION_TILT_DISABLE_REPORT = _flag(
    "cover_position_tilt_disable_report", "Don't publish a position as reached when it is set (default false)"
)
EXPOSE_PIN = _flag("expose_pin", "Publish the PIN that a lock was used with (default false)", label="Expose PIN")
HOMEASSISTANT_CLIMATE_MODES = Enum(
    "homeassistant_climate_modes",
    SET,
    ("heat", "cool", "heat_cool"),
    label="Home Assistant climate modes",
    description="Modes that Home Assistant offers for the thermostat (default heat)",
)
IDENTIFY_TIMEOUT = Numeric(
    "identify_timeout",
    SET,
    description="Seconds for which the device shows itself when asked to identify (default 3)",
    minimum=1,
    maximum=30,
)
ILLUMINANCE_BELOW_THRESHOLD_CHECK = _flag(
    "illuminance_below_threshold_check",
    "In night mode, publish only while the illuminance is below the threshold (default true)",
)
ILLUMINANCE_RAW = _flag("illuminance_raw", "Publish the raw illuminance too (default false)")
INVERT_COVER = _flag("invert_cover", "Swap the meaning of positions, so that 0 is open and 100 closed (default false)")
LOCAL_TEMPERATURE_BASED_ON_SENSOR = _flag(
    "local_temperature_based_on_sensor",
    "Take the local temperature from the sensor that is chosen (default false)",
    label="Local temperature sensor reporting",
)
MEASUREMENT_POLL_INTERVAL = Numeric(
    "measurement_poll_interval",
    SET,
    description="Seconds between reads of measurements that the device does not report (default 60, -1 for never)",
    minimum=-1,
)
NO_OCCUPANCY_SINCE = List(
    "no_occupancy_since",
    SET,
    Numeric("time", PUBLISHED | SET),
    description="Seconds after the last occupancy at which `no_occupancy_since` is published, for example [10, 60]",
)
NO_POSITION_SUPPORT = _flag("no_position_support", "The cover has no positions, only open and closed (default false)")
OCCUPANCY_TIMEOUT = _seconds("occupancy_timeout", "occupancy", 90)
OCCUPANCY_TIMEOUT_2 = _seconds("occupancy_timeout_2", "the second occupancy", 90)
PRESENCE_TIMEOUT = _seconds("presence_timeout", "presence", 100)
SIMULATED_BRIGHTNESS = Composite(
    "simulated_brightness",
    SET,
    (
        Numeric("delta", SET, description="Change in each interval (default 20)", minimum=0),
        Numeric("interval", SET, description="Length of an interval", unit="ms", minimum=0),
    ),
    description="Publish a brightness that follows the move actions of a remote control",
)
STATE_ACTION = _flag("state_action", "State actions will also be published as 'action' when true (default false).")
THERMOSTAT_UNIT = Enum(
    "thermostat_unit", SET, ("celsius", "fahrenheit"), description="Unit that the thermostat shows (default celsius)"
)
TRANSITION = Numeric(
    "transition",
    SET,
    description="Seconds that changes of state, brightness and colour take (default 0)",
    minimum=0,
    step=0.1,
)
UNFREEZE_SUPPORT = _flag(
    "unfreeze_support", "Wake IKEA lights that are known to stop answering before each command (default true)"
)
VIBRATION_TIMEOUT = _seconds("vibration_timeout", "vibration", 90)

SHARED: dict[str, Expose] = {
    option.name: option
    for option in (
        COLOR_SYNC,
        COVER_POSITION_PERCENT_FIX,
        COVER_POSITION_TILT_DISABLE_REPORT,
        EXPOSE_PIN,
        HOMEASSISTANT_CLIMATE_MODES,
        IDENTIFY_TIMEOUT,
        ILLUMINANCE_BELOW_THRESHOLD_CHECK,
        ILLUMINANCE_RAW,
        INVERT_COVER,
        LOCAL_TEMPERATURE_BASED_ON_SENSOR,
        MEASUREMENT_POLL_INTERVAL,
        NO_OCCUPANCY_SINCE,
        NO_POSITION_SUPPORT,
        OCCUPANCY_TIMEOUT,
        OCCUPANCY_TIMEOUT_2,
        PRESENCE_TIMEOUT,
        SIMULATED_BRIGHTNESS,
        STATE_ACTION,
        THERMOSTAT_UNIT,
        TRANSITION,
        UNFREEZE_SUPPORT,
        VIBRATION_TIMEOUT,
    )
}
"""Every shared option by its name; calibrations and precisions are in `quantities`."""
