"""What Home Assistant should know of properties by their names: device class, state class, category, icon.

Sources: the device classes and categories of Home Assistant's MQTT integration, and what Zigbee2MQTT announces, so
that an entity looks the same whoever announces it. Each line holds properties that have everything in common.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["BINARY", "ENUM", "FAN_SPEEDS", "NUMERIC", "STRUCTURED", "SWITCHES", "table"]

Table = Mapping[str, Mapping[str, Any]]


def table(*lines: tuple[str, dict[str, Any]]) -> Table:
    """Return the facts by name; each line has names, separated by blanks, and what they have in common."""
    return {name: facts for names, facts in lines for name in names.split()}


SWITCHES = table(
    ("tilt_mode", {"entity_category": "config", "icon": "mdi:angle-acute"}),
    ("comfort_smiley", {"entity_category": "config", "icon": "mdi:emoticon-happy-outline"}),
    ("away_mode", {"entity_category": "config", "icon": "mdi:home-export-outline"}),
    ("indicator", {"entity_category": "config", "icon": "mdi:led-on"}),
    ("auto_lock", {"entity_category": "config", "icon": "mdi:lock"}),
    ("enable_display", {"entity_category": "config", "icon": "mdi:monitor"}),
    ("valve_detection", {"entity_category": "config", "icon": "mdi:pipe-valve"}),
    ("window_detection", {"entity_category": "config", "icon": "mdi:window-open-variant"}),
)
"""Switches that are settings of their device: announced under the names of their properties."""

BINARY = table(
    ("schedule", {"icon": "mdi:calendar"}),
    ("auto_off", {"icon": "mdi:flash-auto"}),
    ("th_heater", {"icon": "mdi:heat-wave"}),
    ("activity_led_indicator trigger_indicator", {"icon": "mdi:led-on"}),
    ("carbon_monoxide", {"device_class": "carbon_monoxide"}),
    ("contact", {"device_class": "door"}),
    ("garage_door_contact", {"device_class": "garage_door", "payload_on": False, "payload_off": True}),
    ("gas", {"device_class": "gas"}),
    ("water_leak", {"device_class": "moisture"}),
    ("rain_status", {"device_class": "moisture", "icon": "mdi:weather-pouring"}),
    ("moving", {"device_class": "moving"}),
    ("area1Occupancy area2Occupancy area3Occupancy area4Occupancy occupancy presence", {"device_class": "occupancy"}),
    ("valve_state", {"device_class": "opening"}),
    ("consumer_connected", {"device_class": "plug"}),
    ("valve_alarm", {"device_class": "problem"}),
    ("setup", {"device_class": "running"}),
    ("sos", {"device_class": "safety"}),
    ("smoke", {"device_class": "smoke"}),
    ("noise_detected", {"device_class": "sound"}),
    ("tamper", {"device_class": "tamper"}),
    ("vibration", {"device_class": "vibration"}),
    ("window window_open", {"device_class": "window"}),
    ("child_lock", {"entity_category": "config", "icon": "mdi:account-lock"}),
    ("tilt_mode", {"entity_category": "config", "icon": "mdi:angle-acute"}),
    (
        "flip_indicator_light invert_cover motor_reversal motor_reversal_left motor_reversal_right",
        {"entity_category": "config", "icon": "mdi:arrow-left-right"},
    ),
    ("card", {"entity_category": "config", "icon": "mdi:clipboard-check"}),
    ("away_mode", {"entity_category": "config", "icon": "mdi:home-export-outline"}),
    ("eco_mode", {"entity_category": "config", "icon": "mdi:leaf"}),
    ("led_disabled_night", {"entity_category": "config", "icon": "mdi:led-off"}),
    ("indicator indicator_mode led_enable led_indication", {"entity_category": "config", "icon": "mdi:led-on"}),
    ("auto_lock button_lock", {"entity_category": "config", "icon": "mdi:lock"}),
    ("power_outage_memory", {"entity_category": "config", "icon": "mdi:memory"}),
    ("no_position_support", {"entity_category": "config", "icon": "mdi:minus-circle-outline"}),
    ("enable_display", {"entity_category": "config", "icon": "mdi:monitor"}),
    ("expose_pin", {"entity_category": "config", "icon": "mdi:pin"}),
    ("valve_detection", {"entity_category": "config", "icon": "mdi:pipe-valve"}),
    ("calibration calibration_left calibration_right", {"entity_category": "config", "icon": "mdi:progress-wrench"}),
    ("heating_stop", {"entity_category": "config", "icon": "mdi:radiator-off"}),
    ("frost_protection", {"entity_category": "config", "icon": "mdi:snowflake-thermometer"}),
    ("color_sync", {"entity_category": "config", "icon": "mdi:sync-circle"}),
    ("temperature_scale", {"entity_category": "config", "icon": "mdi:temperature-celsius"}),
    ("window_detection", {"entity_category": "config", "icon": "mdi:window-open-variant"}),
    ("test", {"entity_category": "diagnostic", "icon": "mdi:test-tube"}),
    (
        (
            "capabilities_configurable_curve capabilities_forward_phase_control capabilities_overload_detection "
            "capabilities_reactance_discriminator capabilities_reverse_phase_control status_capacitive_load "
            "status_forward_phase_control status_inductive_load status_overload status_reverse_phase_control"
        ),
        {"entity_category": "diagnostic", "icon": "mdi:tune"},
    ),
    ("battery_low", {"device_class": "battery", "entity_category": "diagnostic"}),
)
"""Values that are one of two."""

NUMERIC = table(
    ("formaldehyd formaldehyde illuminance_raw load_estimate", {"state_class": "measurement"}),
    ("angle angle_axis", {"icon": "angle-acute"}),
    ("people", {"state_class": "measurement", "icon": "mdi:account-multiple"}),
    ("hcho", {"state_class": "measurement", "icon": "mdi:air-filter"}),
    ("x x_axis", {"state_class": "measurement", "icon": "mdi:axis-x-arrow"}),
    ("y y_axis", {"state_class": "measurement", "icon": "mdi:axis-y-arrow"}),
    ("z z_axis", {"state_class": "measurement", "icon": "mdi:axis-z-arrow"}),
    ("wind_direction", {"state_class": "measurement", "icon": "mdi:compass-outline"}),
    (
        "power_outage_count trigger_count",
        {"state_class": "measurement", "enabled_by_default": False, "icon": "mdi:counter"},
    ),
    ("cube_side", {"icon": "mdi:cube"}),
    ("overload_protection", {"icon": "mdi:flash"}),
    ("gas_density smoke_density", {"state_class": "measurement", "icon": "mdi:google-circles-communities"}),
    ("voc_index", {"state_class": "measurement", "icon": "mdi:molecule"}),
    ("occupancy_level", {"state_class": "measurement", "icon": "mdi:motion-sensor"}),
    ("temperature_offset", {"icon": "mdi:thermometer-lines"}),
    ("detection_interval noise_timeout", {"icon": "mdi:timer"}),
    ("pressure_trend", {"state_class": "measurement", "icon": "mdi:trending-up"}),
    ("position", {"state_class": "measurement", "icon": "mdi:valve"}),
    ("noise_detect_level", {"icon": "mdi:volume-equal"}),
    ("heat_stress", {"state_class": "measurement", "icon": "mdi:weather-sunny-alert"}),
    ("uv_index", {"state_class": "measurement", "icon": "mdi:white-balance-sunny"}),
    ("aqi", {"device_class": "aqi", "state_class": "measurement"}),
    ("pressure", {"device_class": "atmospheric_pressure", "state_class": "measurement"}),
    ("battery", {"device_class": "battery", "state_class": "measurement"}),
    ("co2", {"device_class": "carbon_dioxide", "state_class": "measurement"}),
    ("soil_fertility", {"device_class": "conductivity", "state_class": "measurement"}),
    ("current current_phase_b current_phase_c", {"device_class": "current", "state_class": "measurement"}),
    ("distance", {"device_class": "distance", "state_class": "measurement"}),
    ("boost_heating_countdown", {"device_class": "duration"}),
    ("action_duration", {"device_class": "duration", "icon": "mdi:timer"}),
    ("energy", {"device_class": "energy", "state_class": "total_increasing"}),
    ("ac_frequency", {"device_class": "frequency", "state_class": "measurement"}),
    ("gas", {"device_class": "gas", "state_class": "total_increasing", "icon": "mdi:meter-gas"}),
    ("humidity", {"device_class": "humidity", "state_class": "measurement"}),
    ("external_humidity", {"device_class": "humidity", "state_class": "measurement", "icon": "mdi:water-percent"}),
    ("illuminance", {"device_class": "illuminance", "state_class": "measurement"}),
    ("soil_moisture", {"device_class": "moisture", "state_class": "measurement"}),
    ("pm10", {"device_class": "pm10", "state_class": "measurement"}),
    ("pm25", {"device_class": "pm25", "state_class": "measurement"}),
    ("power power_phase_b power_phase_c", {"device_class": "power", "state_class": "measurement"}),
    (
        "precipitation",
        {"device_class": "precipitation", "state_class": "total_increasing", "icon": "mdi:weather-rainy"},
    ),
    (
        "rain_rate",
        {"device_class": "precipitation_intensity", "state_class": "measurement", "icon": "mdi:weather-pouring"},
    ),
    ("noise", {"device_class": "sound_pressure", "state_class": "measurement"}),
    ("local_temperature temperature temperature_probe", {"device_class": "temperature", "state_class": "measurement"}),
    (
        "wind_chill",
        {
            "device_class": "temperature",
            "state_class": "measurement",
            "icon": "mdi:snowflake-thermometer",
            "preserve_name": True,
        },
    ),
    ("external_temperature_input", {"device_class": "temperature", "icon": "mdi:thermometer"}),
    ("external_temperature", {"device_class": "temperature", "state_class": "measurement", "icon": "mdi:thermometer"}),
    (
        "humidex",
        {
            "device_class": "temperature",
            "state_class": "measurement",
            "icon": "mdi:thermometer-alert",
            "preserve_name": True,
        },
    ),
    (
        "apparent_temperature",
        {
            "device_class": "temperature",
            "state_class": "measurement",
            "icon": "mdi:thermometer-lines",
            "preserve_name": True,
        },
    ),
    (
        "dew_point",
        {
            "device_class": "temperature",
            "state_class": "measurement",
            "icon": "mdi:thermometer-water",
            "preserve_name": True,
        },
    ),
    ("voc", {"device_class": "volatile_organic_compounds", "state_class": "measurement"}),
    ("eco2 voc_parts", {"device_class": "volatile_organic_compounds_parts", "state_class": "measurement"}),
    ("voltage voltage_phase_b voltage_phase_c", {"device_class": "voltage", "state_class": "measurement"}),
    ("flow", {"device_class": "volume_flow_rate", "state_class": "measurement"}),
    ("water_consumed", {"device_class": "water", "state_class": "total_increasing"}),
    ("wind_speed", {"device_class": "wind_speed", "state_class": "measurement", "icon": "mdi:weather-windy"}),
    (
        "gust_speed",
        {
            "device_class": "wind_speed",
            "state_class": "measurement",
            "icon": "mdi:weather-windy-variant",
            "preserve_name": True,
        },
    ),
    ("ballast_maximum_level ballast_minimum_level minimum_on_level", {"entity_category": "config"}),
    (
        "measurement_interval measurement_poll_interval soil_sampling temperature_sampling",
        {"entity_category": "config", "icon": "mdi:clock-out"},
    ),
    ("reporting_time", {"entity_category": "config", "icon": "mdi:clock-time-one-outline"}),
    ("precision", {"entity_category": "config", "icon": "mdi:decimal-comma-increase"}),
    ("effect_speed", {"entity_category": "config", "enabled_by_default": False, "icon": "mdi:motion-outline"}),
    (
        (
            "large_motion_detection_sensitivity medium_motion_detection_sensitivity motion_sensitivity "
            "occupancy_sensitivity small_detection_sensitivity"
        ),
        {"entity_category": "config", "icon": "mdi:motion-sensor"},
    ),
    (
        (
            "large_motion_detection_distance max_range maximum_range medium_motion_detection_distance minimum_range "
            "small_detection_distance"
        ),
        {"entity_category": "config", "icon": "mdi:signal-distance-variant"},
    ),
    (
        "away_preset_temperature comfort_temperature deadzone_temperature eco_temperature",
        {"entity_category": "config", "icon": "mdi:thermometer"},
    ),
    ("max_temperature max_temperature_limit", {"entity_category": "config", "icon": "mdi:thermometer-high"}),
    ("min_temperature min_temperature_limit", {"entity_category": "config", "icon": "mdi:thermometer-low"}),
    ("temperature_min", {"entity_category": "config", "icon": "mdi:thermometer-minus"}),
    ("temperature_max", {"entity_category": "config", "icon": "mdi:thermometer-plus"}),
    (
        (
            "auto_relock_time away_preset_days boost_heating_countdown_time_set boost_time detection_delay duration "
            "fading_time interval_time occupancy_timeout presence_timeout vibration_timeout"
        ),
        {"entity_category": "config", "icon": "mdi:timer"},
    ),
    ("transition", {"entity_category": "config", "icon": "mdi:transition"}),
    ("sensitivity", {"entity_category": "config", "icon": "mdi:tune"}),
    ("humidity_max humidity_min", {"entity_category": "config", "icon": "mdi:water-percent"}),
    ("soil_warning", {"entity_category": "config", "icon": "mdi:water-percent-alert"}),
    (
        (
            "calibration calibration_closing_time calibration_opening_time calibration_time calibration_time_left "
            "calibration_time_right humidity_calibration illuminance_calibration soil_calibration "
            "temperature_calibration"
        ),
        {"entity_category": "config", "icon": "mdi:wrench-clock"},
    ),
    (
        "calibration_button_hold_time calibration_motor_start_delay",
        {"entity_category": "config", "enabled_by_default": False, "icon": "mdi:wrench-clock"},
    ),
    ("alarm_humidity_min", {"device_class": "humidity", "entity_category": "config", "icon": "mdi:water-minus"}),
    (
        "comfort_humidity_max comfort_humidity_min",
        {"device_class": "humidity", "entity_category": "config", "icon": "mdi:water-percent"},
    ),
    ("alarm_humidity_max", {"device_class": "humidity", "entity_category": "config", "icon": "mdi:water-plus"}),
    (
        "alarm_temperature_max comfort_temperature_max",
        {"device_class": "temperature", "entity_category": "config", "icon": "mdi:thermometer-high"},
    ),
    (
        "alarm_temperature_min comfort_temperature_min",
        {"device_class": "temperature", "entity_category": "config", "icon": "mdi:thermometer-low"},
    ),
    ("ballast_physical_maximum_level ballast_physical_minimum_level", {"entity_category": "diagnostic"}),
    (
        "requested_brightness_level requested_brightness_percent",
        {"entity_category": "diagnostic", "enabled_by_default": False, "icon": "mdi:brightness-5"},
    ),
    (
        "linkquality",
        {
            "state_class": "measurement",
            "entity_category": "diagnostic",
            "enabled_by_default": False,
            "icon": "mdi:signal",
        },
    ),
    ("battery2", {"device_class": "battery", "state_class": "measurement", "entity_category": "diagnostic"}),
    (
        "power_factor",
        {
            "device_class": "power_factor",
            "state_class": "measurement",
            "entity_category": "diagnostic",
            "enabled_by_default": False,
        },
    ),
    (
        "cpu_temperature device_temperature internalTemperature",
        {"device_class": "temperature", "state_class": "measurement", "entity_category": "diagnostic"},
    ),
    (
        "battery_voltage",
        {
            "device_class": "voltage",
            "state_class": "measurement",
            "entity_category": "diagnostic",
            "enabled_by_default": True,
        },
    ),
)
"""Numbers."""

ENUM = table(
    ("action", {"icon": "mdi:gesture-double-tap"}),
    ("effect", {"enabled_by_default": False, "icon": "mdi:palette"}),
    ("status", {"icon": "mdi:state-machine"}),
    ("calibrate mode_switch sensor", {"icon": "mdi:tune"}),
    ("weather_condition", {"icon": "mdi:weather-partly-cloudy"}),
    ("restart", {"device_class": "restart"}),
    ("update", {"device_class": "update"}),
    ("volume", {"entity_category": "config", "icon": "mdi: volume-high"}),
    ("motor_direction", {"entity_category": "config", "icon": "mdi:arrow-left-right"}),
    ("keep_time", {"entity_category": "config", "icon": "mdi:av-timer"}),
    ("backlight_auto_dim", {"entity_category": "config", "icon": "mdi:brightness-auto"}),
    ("week", {"entity_category": "config", "icon": "mdi:calendar-clock"}),
    ("load_dimmable", {"entity_category": "config", "icon": "mdi:chart-bell-curve"}),
    ("temperature_sensor_select", {"entity_category": "config", "icon": "mdi:home-thermometer"}),
    ("load_type", {"entity_category": "config", "icon": "mdi:led-on"}),
    ("backlight_mode", {"entity_category": "config", "icon": "mdi:lightbulb"}),
    ("power_type", {"entity_category": "config", "icon": "mdi:lightning-bolt-circle"}),
    ("keypad_lockout", {"entity_category": "config", "icon": "mdi:lock"}),
    ("melody", {"entity_category": "config", "icon": "mdi:music-note"}),
    ("color_power_on_behavior", {"entity_category": "config", "icon": "mdi:palette"}),
    (
        "power_on_behavior power_outage_memory power_supply_mode",
        {"entity_category": "config", "icon": "mdi:power-settings"},
    ),
    ("set_limits", {"entity_category": "config", "icon": "mdi:ray-start-end"}),
    ("temperature_unit", {"entity_category": "config", "icon": "mdi:temperature-celsius"}),
    ("temperature_display_mode thermostat_unit", {"entity_category": "config", "icon": "mdi:thermometer"}),
    ("alarm_temperature", {"entity_category": "config", "icon": "mdi:thermometer-alert"}),
    (
        (
            "control_mode device_mode load_detection_mode mode mode_phase_control motion_sensitivity operation_mode "
            "sensitivity sensors_type switch_type"
        ),
        {"entity_category": "config", "icon": "mdi:tune"},
    ),
    ("force", {"entity_category": "config", "icon": "mdi:valve"}),
    ("sound_volume", {"entity_category": "config", "icon": "mdi:volume-high"}),
    ("alarm_humidity", {"entity_category": "config", "icon": "mdi:water-percent-alert"}),
    ("motor_state", {"entity_category": "diagnostic", "icon": "mdi:state-machine"}),
    ("identify", {"device_class": "identify", "entity_category": "diagnostic"}),
)
"""Values that are one of several."""

STRUCTURED = table(
    ("programming_mode", {"icon": "mdi:calendar-clock"}),
    ("action", {"icon": "mdi:gesture-double-tap"}),
    ("color_options", {"icon": "mdi:palette"}),
    ("schedule_settings", {"entity_category": "config", "icon": "mdi:calendar-clock"}),
    ("effect_color", {"entity_category": "config", "enabled_by_default": False, "icon": "mdi:palette-swatch"}),
    ("level_config", {"entity_category": "diagnostic"}),
)
"""Texts, lists and objects."""

FAN_SPEEDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "99432": (("low", "medium", "high", "on"), ("smart",)),
}
"""Modes of fans that mean other speeds and presets than usual, by model."""
