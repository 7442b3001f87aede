"""One UTC day of requests into `usage_peak`: the largest sum in any window, for each whose budget it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tallystick.period import DAY_US
from tallystick.tally.grouping import Integers, group
from tallystick.tally.requests import Coded, Day, DayRequests, Flags, Places, instants
from tallystick.tally.stretch import Stretch
from tallystick.tally.summary import Asked, PeakSummary
from tallystick.tally.windows import calendar_sums, sums_until

SPAN_BITS = (3 * DAY_US).bit_length()
"""Bits that tell apart the instants of a day and the day before, and one more day so that no window reaches over."""


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Requests by owner, then time, each as one number of both; `amounts` None is one each, else of those that say it.

    Times count from `start_us`, those of the day before are negative.
    """

    line: Integers
    amounts: Integers | None
    start_us: int

    @classmethod
    def of(cls, owners: Integers, at_us: Integers, amounts: Integers | None, start_us: int) -> Timeline:
        """Sorted. Raises OverflowError for more owners than fit beside the time."""
        if len(owners) and int(owners.max()) >> (62 - SPAN_BITS):
            raise OverflowError(f"{int(owners.max()) + 1} keys on a day are too many for one pass")
        line = (owners << SPAN_BITS) + (at_us - (start_us - DAY_US))
        if not (line[1:] >= line[:-1]).all():
            order = None if amounts is None else np.argsort(line)
            line = np.sort(line) if order is None else line[order]
            amounts = amounts if amounts is None or order is None else amounts[order]
        return cls(line=line, amounts=amounts, start_us=start_us)

    @cached_property
    def owners(self) -> Integers:
        """Whose each is."""
        return self.line >> SPAN_BITS

    @cached_property
    def at_us(self) -> Integers:
        """When each was received."""
        return (self.line & ((1 << SPAN_BITS) - 1)) + (self.start_us - DAY_US)

    @cached_property
    def begins(self) -> Places:
        """The place of each owner's first request."""
        if not len(self.line):
            return np.zeros(0, np.intp)
        return np.flatnonzero(np.concatenate([[True], self.owners[1:] != self.owners[:-1]]))

    @cached_property
    def lengths(self) -> Places:
        """How many requests each of those owners has."""
        return np.diff(np.append(self.begins, len(self.line)))

    def only(self, chosen: Flags | Places) -> Timeline:
        """The same of some requests."""
        return replace(self, line=self.line[chosen], amounts=None if self.amounts is None else self.amounts[chosen])

    def sums(self, window: str, length_us: int) -> Integers:
        """What the window of each holds at it: of those at one instant the last has all of it. Raises OverflowError."""
        if window == "sliding":
            return sums_until(self.line, self.amounts, length_us)
        amounts = np.ones(len(self.line), np.int64) if self.amounts is None else self.amounts
        return calendar_sums(self.owners, self.at_us, amounts, length_us)

    def largest(self, sums: Integers) -> tuple[Integers, Places]:
        """Of each owner that has requests here the largest of their sums, and the place where it is first reached."""
        if not len(sums):
            return np.zeros(0, np.int64), np.zeros(0, np.intp)
        found = np.maximum.reduceat(sums, self.begins)
        reached = np.flatnonzero(sums == np.repeat(found, self.lengths))
        return found, reached[np.searchsorted(reached, self.begins)]


@dataclass(frozen=True, kw_only=True)
class Owners:
    """Whose requests of the day are in scope, in order, and what they did; and the requests themselves."""

    licensee: pa.Array
    key: pa.Array
    counted: Integers
    unknown: Integers
    used: Integers
    timeline: Timeline
    stretch: Stretch

    @cached_property
    def own(self) -> Places:
        """The places of the stretch's own requests."""
        return np.flatnonzero(self.timeline.at_us >= self.stretch.start_us)

    @cached_property
    def own_timeline(self) -> Timeline:
        """The stretch's own requests."""
        return self.timeline if len(self.own) == len(self.timeline.line) else self.timeline.only(self.own)


def lay_out_peaks(day: Day, asked: Asked, stretch: Stretch) -> pa.Table:
    """One summary's rows of `usage_peak` in a stretch of the day, in the order of its key. Raises OverflowError."""
    summary = asked.summary
    assert isinstance(summary, PeakSummary)
    owners = _owners(day, summary, asked.licensees, stretch)
    own = owners.own_timeline
    sums = owners.timeline.sums(summary.window, summary.length_us)
    found, places = own.largest(sums if own is owners.timeline else sums[owners.own])
    peak, peak_at = _by_owner(owners, found, own.at_us[places])
    own_found, own_at_us = _own(owners, summary, sums, found, places)
    own_peak, own_peak_at = _by_owner(owners, own_found, own_at_us)
    return pa.table(
        {
            "licensee": owners.licensee,
            "key": owners.key,
            "counted": owners.counted,
            "unknown": owners.unknown,
            "used": owners.used,
            "peak": peak,
            "peak_at": peak_at,
            "own_peak": own_peak,
            "own_peak_at": own_peak_at,
        }
    )


def _own(
    owners: Owners, summary: PeakSummary, sums: Integers, found: Integers, places: Places
) -> tuple[Integers, Integers]:
    """The largest sums without what came before the border, and when they are first reached.

    That lessens windows that reach back over the border and no others, so a peak that is first reached by a later one
    is the same. Only owners whose peak is not are looked at again.
    """
    timeline, own, since_us = owners.timeline, owners.own_timeline, owners.stretch.own_since_us
    largest, at_us = found, own.at_us[places]
    again = at_us < since_us + summary.length_us
    if own is timeline or not again.any():
        return largest, at_us
    early = (timeline.at_us >= since_us) & (timeline.at_us < since_us + summary.length_us)
    own_sums = sums.copy()
    own_sums[early] = timeline.only(early).sums(summary.window, summary.length_us)
    rows = np.flatnonzero(np.repeat(again, own.lengths))
    theirs = own.only(rows)
    less, less_places = theirs.largest(own_sums[owners.own[rows]])
    largest = largest.copy()
    largest[again], at_us[again] = less, theirs.at_us[less_places]
    return largest, at_us


def _by_owner(owners: Owners, found: Integers, found_us: Integers) -> tuple[pa.Array, pa.Array]:
    """Peaks and instants for all owners; NULL where no request of one says the amount."""
    count = len(owners.counted)
    whose = owners.own_timeline.owners[owners.own_timeline.begins]
    largest, at_us, has_none = np.zeros(count, np.int64), np.zeros(count, np.int64), np.ones(count, np.bool_)
    largest[whose], at_us[whose], has_none[whose] = found, found_us, False
    return pa.array(largest, mask=has_none), instants(at_us, has_none)


def _owners(day: Day, summary: PeakSummary, licensees: tuple[str, ...], stretch: Stretch) -> Owners:
    """Peaks of the same requests are found on one timeline, which reaches back as far as the longest window needs."""
    same = (summary.of, summary.per, summary.scope)
    name = ("owners", *same, licensees, stretch)
    if name not in day.kept:
        lengths = [
            one.length_us
            for one in day.summaries
            if isinstance(one, PeakSummary) and (one.of, one.per, one.scope) == same
        ]
        day.kept[name] = _laid_out(day, summary, licensees, stretch, stretch.start_us - max(lengths))
    found: Owners = day.kept[name]
    return found


def _laid_out(day: Day, summary: PeakSummary, licensees: tuple[str, ...], stretch: Stretch, since_us: int) -> Owners:
    requests = _called(day, day.requests, summary, licensees)
    before = [_called(day, day.earlier(since_us), summary, licensees)]
    if (stretch.start_us, stretch.end_us) != (day.start_us, day.start_us + DAY_US):
        at_us = requests.at_us
        before.append(requests.only(np.flatnonzero((at_us > since_us) & (at_us < stretch.start_us))))
        requests = requests.only(np.flatnonzero((at_us >= stretch.start_us) & (at_us < stretch.end_us)))
    licensee, key = requests.coded("licensee"), requests.owner(summary.per)
    groups = group((licensee.codes, licensee.size), (key.codes, key.size))
    counted = used = groups.rows()
    unknown = np.zeros(groups.count, np.int64)
    if summary.of != "requests":
        amount = requests.amount(summary.of)
        unknown, used = groups.rows_at(amount.unknown), groups.sums(amount.known)
    names = groups.codes[0] * key.size + groups.codes[1]
    places, lend = [], []
    for earlier in before:
        theirs = _as_in(earlier.coded("licensee"), licensee) * key.size + _as_in(earlier.owner(summary.per), key)
        place = np.minimum(np.searchsorted(names, theirs), max(groups.count - 1, 0))
        lends = np.flatnonzero(names[place] == theirs) if groups.count else np.zeros(0, np.intp)
        places.append(place[lends])
        lend.append(earlier.only(lends))
    owners = np.concatenate([*places, groups.of_row])
    at_us = np.concatenate([one.at_us for one in (*lend, requests)])
    amounts = None
    if summary.of != "requests":
        said = [one.amount(summary.of) for one in (*lend, requests)]
        says_it = np.concatenate([one.is_known for one in said])
        amounts = np.concatenate([one.known for one in said])[says_it]
        owners, at_us = owners[says_it], at_us[says_it]
    return Owners(
        licensee=licensee.decoded(groups.codes[0]),
        key=key.decoded(groups.codes[1]),
        counted=counted,
        unknown=unknown,
        used=used,
        timeline=Timeline.of(owners, at_us, amounts, day.start_us),
        stretch=stretch,
    )


def _called(day: Day, requests: DayRequests, summary: PeakSummary, licensees: tuple[str, ...]) -> DayRequests:
    """Those in scope that say whose budget they use."""
    found = requests.only(requests.in_scope(day, summary.scope, licensees))
    is_known = found.owner(summary.per).is_known
    return found if is_known.all() else found.only(np.flatnonzero(is_known))


def _as_in(column: Coded, other: Coded) -> Integers:
    """A column's codes as those of another column; a value that this one lacks becomes none of its own values."""
    places = pc.index_in(column.values, other.values).fill_null(other.size - 1).to_numpy(zero_copy_only=False)
    found: Integers = np.append(places, other.size - 1).astype(np.int64)[column.codes]
    return found
