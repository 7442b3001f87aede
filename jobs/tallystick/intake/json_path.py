"""The value to which a path leads in JSON that was read; the SQL of decoding.py is for entries by the thousand."""

from __future__ import annotations

from typing import Any, Final

from tallystick.formats.decodings import Path

MISSING: Final = object()
"""There is no such place; JSON's null is None."""


def value_at(value: Any, path: Path) -> Any:
    """What stands at the end of a path, MISSING where there is nothing."""
    for step in path:
        is_there = step < len(value) if isinstance(step, int) and isinstance(value, list) else False
        if is_there or (isinstance(step, str) and isinstance(value, dict) and step in value):
            value = value[step]
        else:
            return MISSING
    return value
