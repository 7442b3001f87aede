"""Tallystick: count what each API licensee took, hold it against its agreement, publish a report that can be checked."""

__version__ = "0.1.0"
