"""What goes wrong between bytes and values."""

__all__ = ["EncodeError", "ParseError", "shortened"]

_SHOWN = 60


class ParseError(ValueError):
    """Bytes that are not what they should be."""


class EncodeError(ValueError):
    """A value, name or parameter that can't be written on the wire."""


def shortened(value: object) -> str:
    """Show a value in an error's text, cut to a length that a person reads."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
