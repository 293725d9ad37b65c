"""An appliance that draws power, and what a metering socket makes of it: energy and heat."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from zigwire.simulator.errors import SimulatorError

__all__ = ["Load", "Meter"]

JOULES_PER_KWH = 3_600_000.0
MAXIMUM_WATTS = 2200.0
LOWEST_AMBIENT, HIGHEST_AMBIENT = -40.0, 85.0


@dataclass(frozen=True, slots=True)
class Load:
    """An appliance whose power slowly swings around a mean.

    Attributes:
        watts: Mean power, up to the socket's 2200 W.
        swing: Greatest deviation as a part of the mean.
        seed: Which of all possible courses it takes.
    """

    watts: float
    swing: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.watts <= MAXIMUM_WATTS:
            raise SimulatorError(f"watts: {self.watts:g} is not between 0 and {MAXIMUM_WATTS:g}")

    def power(self, when: float) -> float:
        """Watts at a moment."""
        return self.watts * (1 + sum(a * math.sin(w * when + p) for a, w, p in self._waves()))

    def energy(self, start: float, end: float) -> float:
        """Joules between two moments."""
        waves = sum(a / w * (math.cos(w * start + p) - math.cos(w * end + p)) for a, w, p in self._waves())
        return self.watts * (end - start + waves)

    def _waves(self) -> list[tuple[float, float, float]]:
        """Amplitude, angular frequency, phase; periods from one to twenty minutes."""
        dice = random.Random(self.seed)  # noqa: S311 - a course to repeat, not a secret
        shares = (0.6, 0.4)
        return [(self.swing * share, math.tau / dice.uniform(60, 1200), dice.uniform(0, math.tau)) for share in shares]


@dataclass(slots=True)
class Meter:
    """Energy and temperature inside of a socket, advanced from moment to moment.

    Attributes:
        when: The moment up to which everything is reckoned.
        ambient: °C around it.
        temperature: °C inside.
        energy: kWh since the factory.
        power: Watts at `when`.
        idle_rise: °C above ambient without a load.
        rise: °C more for each watt.
        inertia: Seconds after which 63 % of a change of temperature is done.
    """

    when: float
    ambient: float = 22.0
    temperature: float = 28.0
    energy: float = 0.0
    power: float = 0.0
    idle_rise: float = 6.0
    rise: float = 0.012
    inertia: float = 600.0

    def advance(self, now: float, load: Load | None) -> None:
        """Reckon up to `now` with `load` drawing power all the while."""
        seconds = now - self.when
        if seconds > 0:
            joules = load.energy(self.when, now) if load else 0.0
            self.energy += joules / JOULES_PER_KWH
            end = self.ambient + self.idle_rise + self.rise * joules / seconds
            self.temperature = end + (self.temperature - end) * math.exp(-seconds / self.inertia)
            self.when = now
        self.power = load.power(self.when) if load else 0.0

    def cool(self, now: float) -> None:
        """Reckon up to `now` without mains: no electronics warm it either."""
        seconds = max(0.0, now - self.when)
        self.temperature = self.ambient + (self.temperature - self.ambient) * math.exp(-seconds / self.inertia)
        self.when, self.power = max(self.when, now), 0.0

    def set_ambient(self, celsius: float) -> None:
        """Change the temperature around it.

        Raises:
            SimulatorError: Nothing lives at that temperature.
        """
        if not LOWEST_AMBIENT <= celsius <= HIGHEST_AMBIENT:
            raise SimulatorError(f"temperature: {celsius:g} is not between {LOWEST_AMBIENT:g} and {HIGHEST_AMBIENT:g}")
        self.ambient = celsius
