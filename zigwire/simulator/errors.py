"""What goes wrong when somebody asks the simulated house for something."""

__all__ = ["SimulatorError"]


class SimulatorError(Exception):
    """The house can't do that; the text says what and why."""
