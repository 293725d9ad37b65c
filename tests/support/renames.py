"""Which names a device may have after a crash, by what was asked and what was acknowledged."""

from __future__ import annotations


class Renames:
    """Renames in the order in which they were asked; every name is asked for once."""

    def __init__(self) -> None:
        self._asked: list[tuple[str, str]] = []
        self._names: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._asked)

    @property
    def devices(self) -> list[str]:
        """Who has a name that was acknowledged."""
        return list(self._names)

    def ask(self, ieee: str) -> dict[str, str]:
        """Return a request for a new name."""
        name = f"plug_{len(self._asked)}"
        self._asked.append((ieee, name))
        return {"from": ieee, "to": name, "transaction": name}

    def joined(self, ieee: str, name: str) -> None:
        """Note the name that a device joined under."""
        self._names.setdefault(ieee, name)

    def answered(self, name: str) -> None:
        """Note that the rename to this name, which is its transaction too, was acknowledged."""
        ieee = next(ieee for ieee, asked in self._asked if asked == name)
        self._names[ieee] = name

    def allowed(self, ieee: str) -> list[str]:
        """Return the last acknowledged name and those asked for after it."""
        name = self._names[ieee]
        mine = [asked for device, asked in self._asked if device == ieee]
        return [name, *mine[mine.index(name) + 1 :]] if name in mine else [name, *mine]

    def found(self, ieee: str, name: str) -> None:
        """Check the name of a device after a restart; one that was asked for later counts from now on.

        Raises:
            AssertionError: It is an older one.
        """
        allowed = self.allowed(ieee)
        assert name in allowed, f"{ieee} is {name}, was renamed to {allowed[0]} and may be one of {allowed[1:]}"
        self._names[ieee] = name
