"""A second opinion on requests in flight at once: each instant at which one begins or ends, in plain Python."""

from __future__ import annotations

from collections.abc import Sequence

Flight = tuple[int, int | None]
"""When it began and how long it took, in microseconds."""
DAY_US = 24 * 60 * 60 * 1_000_000


def followed(flights: Sequence[Flight], begins_us: int, ends_us: int) -> list[tuple[int, int]]:
    """Begin and end of those that began in `[begins_us, ends_us)` and are known to have taken at most a day."""
    return [
        (at_us, at_us + max(took, 1))
        for at_us, took in flights
        if begins_us <= at_us < ends_us and took is not None and 0 <= took <= DAY_US
    ]


def most_in_flight(spans: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The most at once, and the first instant at which so many are."""
    counted = [(sum(begin <= at < end for begin, end in spans), at) for at, _ in spans]
    return max(counted, key=lambda one: (one[0], -one[1]), default=None)


def intervals(spans: Sequence[tuple[int, int]], most: int, ends_us: int) -> list[tuple[int, int, int, int]]:
    """Each longest interval with more than `most`: begin, end, the most in it, and how many began in it."""
    instants = sorted({instant for span in spans for instant in span})
    found: list[tuple[int, int, int, int]] = []
    open_since: int | None = None
    for instant in instants:
        is_over = sum(begin <= instant < end for begin, end in spans) > most
        if is_over and open_since is None:
            open_since = instant
        elif not is_over and open_since is not None:
            inside = [begin for begin, _ in spans if open_since <= begin < instant]
            peak = max(sum(begin <= one < end for begin, end in spans) for one in inside)
            found.append((open_since, min(instant, ends_us), peak, len(inside)))
            open_since = None
    return found
