"""The command line: what there is to type, and who does it."""

from __future__ import annotations

from pathlib import Path

import click

import zigwire
from zigwire.cli.librarian import library

__all__ = ["main"]

EPILOG = """\b
A first try, without any hardware:
  zigwire run --default           a simulated house with a plug, and a broker for it
  zigwire devices                 (in another terminal) who is there
  zigwire set plug state=ON       switch the plug on
  zigwire watch                   see what the devices say
  zigwire simulator press plug    press the button on the simulated plug

With a radio: write data/configuration.yaml in the form of Zigbee2MQTT's, then `zigwire run`. On a data folder of
Zigbee2MQTT, `zigwire run --data DIR` takes over its devices, groups and states.
"""

FOLDER = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar=["ZIGWIRE_DATA", "ZIGBEE2MQTT_DATA"],
    help="The data folder. [default: ./data if it has a configuration.yaml, else ./simulated]",
)


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
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar=["ZIGWIRE_DATA", "ZIGBEE2MQTT_DATA"],
    help="The data folder, which may be empty or not be there yet. [default: ./data]",
)
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


main.add_command(library)
