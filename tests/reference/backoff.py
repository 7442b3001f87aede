"""A second opinion on requests after refusals: every request against every earlier one, in plain Python."""

from __future__ import annotations

from collections.abc import Sequence

Call = tuple[int, str | None, int | None]
"""When (microseconds), whose, and with which status."""


def inside_windows(calls: Sequence[Call], within_us: int, begins_us: int, ends_us: int) -> dict[str, tuple[int, int]]:
    """By key its calls in `[begins_us, ends_us)` that came too soon after a refusal there; all, and those served."""
    judged = [call for call in calls if begins_us <= call[0] < ends_us]
    found: dict[str, tuple[int, int]] = {}
    for at_us, key, status in judged:
        if key is None:
            continue
        is_inside = any(
            refused == 429 and whose == key and earlier_us < at_us < earlier_us + within_us
            for earlier_us, whose, refused in judged
        )
        inside, served = found.get(key, (0, 0))
        found[key] = (inside + is_inside, served + (is_inside and status != 429))
    return found
