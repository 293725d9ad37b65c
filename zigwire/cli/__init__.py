"""The commands that a person types."""

from zigwire.cli.main import main

__all__ = ["main"]
