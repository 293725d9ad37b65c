"""Which radio the settings mean: a simulated house for `serial.port: sim://`, else a coordinator, maybe to be found."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from zigwire.settings import Settings
from zigwire.storage.transfer.backup import latest_backup
from zigwire.storage.transfer.folder import DATABASE
from zigwire.zigbee.radio import NetworkParameters, Radio
from zigwire.zigbee.search import FoundRadio

if TYPE_CHECKING:
    from zigwire.simulator.house import House

__all__ = ["HOUSE", "SOCKET", "Coordinator", "foreign_network", "live_house", "parameters"]

HOUSE = "house.json"
SOCKET = "simulator.sock"


class Coordinator:
    """Makes radios for the settings; a simulated house lives from the first use until the end.

    Args:
        data: The data folder, which keeps the simulated house.

    Attributes:
        house: The simulated house, None until it is needed.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._stack = AsyncExitStack()
        self.house: House | None = None

    async def maker(self, settings: Settings) -> Callable[[], Radio]:
        """Return what makes a radio for each connection.

        Raises:
            RadioError: The settings name no radio that there is.
        """
        if (settings.serial.port or "").startswith("sim://"):
            from zigwire.simulator.radio import SimulatedRadio

            if self.house is None:
                self.house = await self._stack.enter_async_context(live_house(self._data / HOUSE))
            house = self.house
            return lambda: SimulatedRadio(house)
        from zigwire.zigbee.radios import check_adapter
        from zigwire.zigbee.sought_radio import SoughtRadio, Wanted

        port, adapter = settings.serial.port or "", settings.serial.adapter or ""
        if "://" in port and not port.startswith("mdns://"):
            return _maker(settings, port, adapter)
        if adapter:
            check_adapter(adapter)
        return lambda: cast(Radio, SoughtRadio(Wanted(port, adapter), lambda found: _made(settings, found)))

    async def close(self) -> None:
        """End the simulated house, if there is one."""
        await self._stack.aclose()


def _made(settings: Settings, found: FoundRadio) -> Radio:
    """Make a radio that was found; of how its line is set, the settings' word counts."""
    return _maker(settings, found.port, found.adapter, found.baudrate, rtscts=found.rtscts)()


def _maker(
    settings: Settings, port: str, adapter: str | None, baudrate: int | None = None, *, rtscts: bool | None = None
) -> Callable[[], Radio]:
    from zigwire.zigbee.radios import radio_for

    serial, advanced = settings.serial, settings.advanced
    return radio_for(
        adapter,
        port,
        baudrate=serial.baudrate or baudrate,
        rtscts=bool(rtscts if serial.rtscts is None else serial.rtscts),
        transmit_power=None if advanced.transmit_power is None else int(advanced.transmit_power),
        concurrent=advanced.adapter_concurrent,
        disable_led=serial.disable_led,
    )


@asynccontextmanager
async def live_house(path: Path) -> AsyncIterator[House]:
    """Bring a house to life: kept in its file, and open to commands from other processes.

    Raises:
        SimulatorError: The file holds no house, or another process has it.
    """
    from zigwire.simulator.catalogue import default_house
    from zigwire.simulator.control import ControlServer
    from zigwire.simulator.snapshot import Keeper, load_house

    path.parent.mkdir(parents=True, exist_ok=True)
    house = load_house(path) if path.exists() else default_house()  # noqa: ASYNC240 - once, at the start
    control = ControlServer(house, path.with_name(SOCKET))
    await control.start()
    keeper = Keeper(house, path)
    try:
        yield house
    finally:
        keeper.close()
        await control.close()


def parameters(settings: Settings) -> NetworkParameters:
    """Return the network that the settings ask for, should one have to be formed."""
    advanced = settings.advanced
    extended_pan_id = f"0x{advanced.ext_pan_id.hex()}"
    return NetworkParameters(advanced.pan_id, extended_pan_id, advanced.channel, advanced.network_key)


def foreign_network(data: Path) -> str | None:
    """Return what in the data folder tells of a network that was in use before, None when nothing does."""
    found = (latest_backup(data), data / DATABASE)
    return next((f"{path} tells of a network that was in use" for path in found if path and path.exists()), None)
