"""The command line: what there is to type, and who does it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

import zigwire
from zigwire.cli.folder import FOLDER, NEW_FOLDER
from zigwire.cli.librarian import library
from zigwire.cli.ota import ota
from zigwire.cli.pages import page

__all__ = ["main"]

EPILOG = """\b
A first try, without any hardware:
  zigwire run --default           a simulated house with a plug, and a broker for it
  zigwire devices                 (in another terminal) who is there
  zigwire set plug state=ON       switch the plug on
  zigwire watch                   see what the devices say
  zigwire simulator press plug    press the button on the simulated plug

With a radio: `zigwire run` sets Zigwire up in a browser, `zigwire setup` in the terminal. On a data folder of
Zigbee2MQTT, `zigwire run --data DIR` takes over its devices, groups and states.
"""


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(zigwire.__version__, prog_name="zigwire", message="%(prog)s %(version)s")
def main() -> None:
    """Zigbee devices over MQTT, without the vendor's gateway."""


@main.command()
@FOLDER
@click.option(
    "--default",
    is_flag=True,
    help="Use the data folder if it has a configuration.yaml, else a simulated house with a broker of its own.",
)
@click.option(
    "--form-new-network",
    is_flag=True,
    help="Form a new Zigbee network over whatever the radio holds: every device has to be paired again.",
)
def run(data: Path | None, *, default: bool, form_new_network: bool) -> None:
    """Run the bridge until it is stopped."""
    from zigwire.cli.running import run_bridge

    run_bridge(data, default=default, form_new_network=form_new_network)


@main.command()
@NEW_FOLDER
@click.option("--port", metavar="PORT", help="Device file, tcp://host:port, or sim:// for a simulated house.")
@click.option("--adapter", metavar="NAME", help="zstack, ember, deconz, zigate, xbee or zoh; found out if not given.")
@click.option("--baudrate", type=click.IntRange(1), help="Of a serial port, where it is not the usual one.")
@click.option("--mqtt", "broker", metavar="URL", help="The MQTT broker: mqtt://host:port.")
@click.option("--mqtt-user", "user", metavar="NAME", help="Who the broker knows us as.")
@click.option(
    "--mqtt-password", "password", envvar="ZIGWIRE_MQTT_PASSWORD", metavar="WORD", help="The password for it."
)
@click.option("--base-topic", metavar="TOPIC", help="Where topics begin: zigbee2mqtt, if not given.")
@click.option("--channel", type=click.IntRange(11, 26), help="Zigbee channel of a new network.")
@click.option("--homeassistant/--no-homeassistant", default=None, help="Whether Home Assistant finds the devices.")
@click.option("--share-page/--no-share-page", "shared", default=None, help="Whether other machines may open the page.")
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, path_type=Path),
    help="Take a Zigbee2MQTT over: its data folder, or a backup.",
)
@click.option("--yes", "silent", is_flag=True, help="Ask nothing: what is not given is found out, or as usual.")
@click.option("--untried", is_flag=True, help="Try neither the coordinator nor the broker.")
def setup(data: Path | None, *, silent: bool, untried: bool, **given: Any) -> None:
    """Set Zigwire up in the terminal.

    Finds the coordinator, tries it and the MQTT broker, and writes the configuration. `zigwire run` does the same in a
    browser when there is no configuration.
    """
    from zigwire.cli.setting_up import Given, set_up

    set_up(data, Given(**given, asks=not silent, tries=not untried))


@main.command()
@FOLDER
def devices(data: Path | None) -> None:
    """List the devices on the network."""
    from zigwire.cli.talking import list_devices

    list_devices(data)


@main.command()
@FOLDER
@click.argument("names", nargs=-1)
def watch(data: Path | None, names: tuple[str, ...]) -> None:
    """Show what devices say, as it comes.

    With NAMES, only what these devices and groups say.
    """
    from zigwire.cli.talking import watch_devices

    watch_devices(data, names)


@main.command("set")
@FOLDER
@click.argument("name")
@click.argument("values", nargs=-1, required=True, metavar="PROPERTY=VALUE...")
def set_(data: Path | None, name: str, values: tuple[str, ...]) -> None:
    """Set properties of a device or group.

    NAME is its friendly name or the device's IEEE address, with `/` and an endpoint where it has several. For example:
    `set plug state=ON`. Prints the state that follows.
    """
    from zigwire.cli.talking import set_properties

    set_properties(data, name, values)


@main.command()
@FOLDER
@click.argument("name")
@click.argument("properties", nargs=-1, required=True)
def get(data: Path | None, name: str, properties: tuple[str, ...]) -> None:
    """Ask a device or group for properties.

    For example: `get plug power`. Prints the state that follows.
    """
    from zigwire.cli.talking import get_properties

    get_properties(data, name, properties)


@main.command()
@FOLDER
@click.argument("name", metavar="REQUEST")
@click.argument("values", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option(
    "--timeout", metavar="SECONDS", type=click.FloatRange(0), default=60, show_default=True, help="How long to wait."
)
def request(data: Path | None, name: str, values: tuple[str, ...], timeout: float) -> None:
    """Send a request to the bridge and print the answer.

    REQUEST is what stands behind `bridge/request/` in its topic. For example: `request group/add friendly_name=lights`.
    """
    from zigwire.cli.talking import ask

    ask(data, name, values, timeout)


@main.command("permit-join")
@FOLDER
@click.argument("seconds", type=click.IntRange(0, 254), default=254)
@click.option("--via", metavar="NAME", help="Let devices join through this router only.")
def permit_join(data: Path | None, seconds: int, via: str | None) -> None:
    """Let devices join the network, and show who comes.

    For SECONDS, 254 at most and by default; 0 closes the network.
    """
    from zigwire.cli.talking import permit

    permit(data, seconds, via)


@main.command()
@FOLDER
@click.argument("target", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def export(data: Path | None, target: Path) -> None:
    """Write a data folder for Zigbee2MQTT into DIR.

    With devices, groups, states and settings as they are now. DIR must not be there yet, or be empty.
    """
    from zigwire.cli.exporting import export_folder

    export_folder(data, target)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@NEW_FOLDER
def restore(file: Path, data: Path | None) -> None:
    """Restore a data folder from a backup.

    FILE is the ZIP file that Zigwire or Zigbee2MQTT made. What is in the folder is moved into a folder `replaced-…` in
    it.
    """
    from zigwire.cli.restoring import restore_folder

    restore_folder(file, data)


@main.group()
def simulator() -> None:
    """Do things to simulated devices, while their house runs."""


def _simulator_verb(name: str, sentence: str) -> None:
    @simulator.command(name, help=sentence)
    @FOLDER
    @click.argument("device")
    def verb(data: Path | None, device: str) -> None:
        from zigwire.cli.simulating import tell

        tell(data, name, device=device)


_simulator_verb("press", "Press the button of DEVICE.")
_simulator_verb("hold", "Hold the button of DEVICE: it leaves, and pairs anew.")
_simulator_verb("pair", "Let DEVICE look for a network that is open.")
_simulator_verb("cut-power", "Cut the power of DEVICE.")
_simulator_verb("restore-power", "Give DEVICE power again.")
_simulator_verb("unplug", "Unplug what DEVICE feeds.")
_simulator_verb("leave", "Let DEVICE leave its network.")
_simulator_verb("ask-firmware", "Let DEVICE ask whether there is newer firmware for it.")
_simulator_verb("green-power-pair", "Let the Green Power switch DEVICE ask to be let in.")
_simulator_verb("green-power-press", "Press the Green Power switch DEVICE.")
_simulator_verb("green-power-leave", "Let the Green Power switch DEVICE say goodbye.")


@simulator.command("plug-in")
@FOLDER
@click.argument("device")
@click.argument("watts", type=click.FloatRange(0, 2500))
def plug_in(data: Path | None, device: str, watts: float) -> None:
    """Plug something that takes WATTS into DEVICE."""
    from zigwire.cli.simulating import tell

    tell(data, "plug-in", device=device, watts=watts)


@simulator.command()
@FOLDER
@click.argument("device")
@click.option("--version", metavar="N", help="Of the image, such as 0x11. [default: the next after that of DEVICE]")
@click.option(
    "--size",
    metavar="BYTES",
    type=click.IntRange(512, 1_000_000),
    default=6000,
    show_default=True,
    help="200 bytes take a second.",
)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it. [default: firmware/ in the data folder, and into the index there]",
)
def firmware(data: Path | None, device: str, version: str | None, size: int, out: Path | None) -> None:
    """Make firmware for DEVICE, to try an update with."""
    from zigwire.cli.releasing import make_firmware

    make_firmware(data, device, version, size, out)


@simulator.command("list")
@FOLDER
def list_(data: Path | None) -> None:
    """List the simulated devices and how they are."""
    from zigwire.cli.simulating import show

    show(data)


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=20108, show_default=True, help="TCP port on loopback.")
@click.option(
    "--house",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("simulated") / "house.json",
    show_default=True,
    help="File that keeps the house's state.",
)
def simulate(port: int, house: Path) -> None:
    """Serve a simulated house on a TCP port.

    The port speaks the protocol of a Z-Stack coordinator: Zigwire, Zigbee2MQTT and ZHA can attach to it.
    """
    from zigwire.cli.simulating import serve_house

    serve_house(port, house)


@main.command()
@click.option(
    "--source",
    "sources",
    multiple=True,
    type=click.Choice(["native", "herdsman", "generic"]),
    default=["native", "herdsman"],
    show_default=True,
    help="Where definitions come from; may be given more than once, the first that knows a device is taken.",
)
@click.option(
    "--library",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The node_modules folder of the field's own library. [default: that of the version in use]",
)
def convert(sources: tuple[str, ...], folder: Path | None) -> None:
    """Show what definitions make of frames and messages.

    Reads lines of JSON and answers each with one; no radio is needed. A line {"kind": "device", "id": …, "identity":
    {…}} chooses the device; lines of the kinds decode, encode, get and configure are about it.
    """
    from zigwire.cli.converting import convert_lines

    convert_lines(sources, folder)


@main.command()
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@click.option(
    "--out",
    "folder",
    required=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that has the pages, or gets them.",
)
def docs(models: tuple[str, ...], folder: Path) -> None:
    """Write the pages of devices: what each exposes, and how it is used over MQTT.

    MODEL is a model, or a vendor and model (`Xiaomi/ZNCZ02LM`), by any name that the device is sold under; without one
    all pages are written. Notes in a page that is there already stay as they are. Beside DIR come the guides that pages
    lead to and the index of devices.
    """
    from zigwire.cli.documenting import document

    document(models, folder)


main.add_command(library)
main.add_command(ota)
main.add_command(page)
