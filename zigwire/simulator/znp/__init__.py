"""A TI Z-Stack 3.x.0 coordinator (CC2652 with ZNP firmware) on a TCP port, in front of a simulated house."""

from zigwire.simulator.znp.server import serve

__all__ = ["serve"]
