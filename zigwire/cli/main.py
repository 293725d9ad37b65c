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

With hardware: write data/configuration.yaml as for Zigbee2MQTT (its file works as it is), then `zigwire run`.
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
    """Show what the devices say as it comes, of all or of NAMES."""
    from zigwire.cli.talking import watch_devices

    watch_devices(data, names)


@main.command("set")
@FOLDER
@click.argument("name")
@click.argument("values", nargs=-1, required=True, metavar="PROPERTY=VALUE...")
def set_(data: Path | None, name: str, values: tuple[str, ...]) -> None:
    """Set properties of the device NAME, for example `set plug state=ON`."""
    from zigwire.cli.talking import set_properties

    set_properties(data, name, values)


@main.command()
@FOLDER
@click.argument("name")
@click.argument("properties", nargs=-1, required=True)
def get(data: Path | None, name: str, properties: tuple[str, ...]) -> None:
    """Ask the device NAME for properties, for example `get plug power`."""
    from zigwire.cli.talking import get_properties

    get_properties(data, name, properties)


@main.command("permit-join")
@FOLDER
@click.argument("seconds", type=click.IntRange(0, 254), default=254)
@click.option("--via", metavar="NAME", help="Let devices join through this router only.")
def permit_join(data: Path | None, seconds: int, via: str | None) -> None:
    """Let devices join for SECONDS (0 closes the network) and show who comes."""
    from zigwire.cli.talking import permit

    permit(data, seconds, via)


@main.command()
@FOLDER
@click.argument("target", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def export(data: Path | None, target: Path) -> None:
    """Write a data folder for Zigbee2MQTT into DIR: devices, groups, states and settings as they are now."""
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
    """Restore a data folder from the ZIP file FILE, a backup of Zigwire or Zigbee2MQTT.

    What is in the folder is moved into a folder `replaced-…` in it.
    """
    from zigwire.cli.restoring import restore_folder

    restore_folder(file, data)


@main.group()
def simulator() -> None:
    """Do things to the devices of a simulated house that is running."""


def _simulator_verb(name: str, sentence: str) -> None:
    @simulator.command(name, help=sentence)
    @FOLDER
    @click.argument("device")
    def verb(data: Path | None, device: str) -> None:
        from zigwire.cli.simulating import tell

        tell(data, name, device=device)


_simulator_verb("press", "Press the button of DEVICE.")
_simulator_verb("hold", "Hold the button of DEVICE: it leaves its network and looks for another one.")
_simulator_verb("pair", "Make DEVICE look for a network; it joins while joining is permitted.")
_simulator_verb("cut-power", "Cut the power of DEVICE.")
_simulator_verb("restore-power", "Give DEVICE power again.")
_simulator_verb("unplug", "Unplug what DEVICE feeds.")
_simulator_verb("leave", "Make DEVICE leave its network.")
_simulator_verb("green-power-pair", "Make the Green Power switch DEVICE ask to be let in; a router has to hear it.")
_simulator_verb("green-power-press", "Press the Green Power switch DEVICE.")
_simulator_verb("green-power-leave", "Make the Green Power switch DEVICE leave.")


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
    """Put a simulated house behind a TCP port that speaks Z-Stack's protocol.

    Zigwire, Zigbee2MQTT and ZHA can attach to it as to a network coordinator.
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
    """Say what becomes of frames and messages, without a radio: JSON lines in, JSON lines out.

    A line {"kind": "device", "id": …, "identity": {…}} chooses the device; lines of the kinds decode, encode, get and
    configure are about it.
    """
    from zigwire.cli.converting import convert_lines

    convert_lines(sources, folder)


main.add_command(library)
