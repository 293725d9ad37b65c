"""Where this program's definitions of devices come from: its own library, and the field's where it is installed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from zigwire.devices.external import JAVASCRIPT, PYTHON, Converters, JavaScript, Language, Python, Unavailable
from zigwire.devices.herdsman import Clock, HerdsmanSource, Package, ScriptError
from zigwire.herdsman_library import Versions, default_folder
from zigwire.packages import PackageError

__all__ = ["herdsman_source", "user_converters"]

LOG = logging.getLogger(__name__)

PYTHON_SWITCH = "ZIGWIRE_PYTHON_OVER_MQTT"
PYTHON_CLOSED = f"Python can do all that Zigwire can; {PYTHON_SWITCH}=1 in the environment allows it"
MISSING = (
    "The field's library of definitions is not here (`zigwire library fetch` gets it): devices that Zigwire does "
    "not describe itself mean what they declare, and converters in JavaScript are not run"
)
NO_LIBRARY = "converters in JavaScript need the field's library of definitions, which is not here"
NO_SCRIPTS = "advanced.enable_external_js is off"


def herdsman_source(modules: Path | None = None, clock: Clock | None = None) -> HerdsmanSource | None:
    """Return the field's own library as a source, None where there is none or it can't be loaded.

    Args:
        modules: The `node_modules` folder that it lies in; by default that of the version in use.
        clock: What its definitions measure time with.
    """
    try:
        modules = modules or Versions(default_folder()).node_modules
        package = Package.at(modules) if modules else None
    except (PackageError, OSError, ValueError) as error:
        LOG.error("The library of definitions can't be used: %s", error)
        return None
    if package is None:
        LOG.warning(MISSING)
        return None
    try:
        source = HerdsmanSource(package, clock)
    except ScriptError as error:
        LOG.error("The library of definitions in %s can't be loaded: %s", package.modules, error)
        return None
    LOG.info("Definitions of zigbee-herdsman-converters %s are in use", package.version)
    return source


def user_converters(
    data: Path, library: HerdsmanSource | None, environ: Mapping[str, str], *, scripts: bool
) -> Converters:
    """Return the user's own converters, loaded.

    Args:
        data: The data folder.
        library: What scripts run in, None where it is not here.
        environ: With `ZIGWIRE_PYTHON_OVER_MQTT=1` Python is taken over MQTT, too.
        scripts: Whether the user wants scripts to be run at all.
    """
    closed = {} if environ.get(PYTHON_SWITCH) == "1" else dict.fromkeys(PYTHON, PYTHON_CLOSED)
    javascript: Language
    if library and scripts:
        javascript = JavaScript(library)
    else:
        reason = NO_LIBRARY if scripts else NO_SCRIPTS
        javascript = Unavailable(reason)
        closed |= dict.fromkeys(JAVASCRIPT, reason)
    converters = Converters(data / "external_converters", Python(), javascript, closed)
    converters.refresh()
    return converters
