"""Tallystick: count what each API licensee took, hold it against its agreement, publish a checkable report."""

__version__ = "0.1.0"
