"""What is told of all files together, added up file by file."""

from __future__ import annotations

from typing import Any

from tallystick.intake.counting import AMOUNTS
from tallystick.tables.rejected_entry import REASONS

Json = dict[str, Any]

FORM = ("format", "runner_up", "envelope", "compression")
LENGTHS = ("size_bytes", "decoded_bytes", "lines")
PARTS = ("comments", "headers", "blanks", "not_requests", "entries", "accepted")


class Totals:
    """The numbers of the files that were read, so far.

    A word (format, envelope, compression) is told of all where it is that of each; a length where it is known of each.
    """

    def __init__(self) -> None:
        self._words: dict[str, set[str | None]] = {name: set() for name in FORM}
        self._lengths: dict[str, int | None] = dict.fromkeys(LENGTHS, 0)
        self._parts = dict.fromkeys(PARTS, 0)
        self._rejected: dict[str, int] = {}
        self._rejected_bytes: dict[str, int] = {}
        self._per_hour: dict[str, int] = {}
        self._sums = {name: {"known": 0, "sum": 0} for name in AMOUNTS}
        self._instants: list[str] = []

    def add(self, file: Json) -> None:
        """Add the numbers of a file that was read."""
        for name in FORM:
            self._words[name].add(file[name])
        for name in LENGTHS:
            before, more = self._lengths[name], file[name]
            self._lengths[name] = None if before is None or more is None else before + more
        _add(self._parts, {name: file[name] for name in PARTS})
        _add(self._rejected, file["rejected"])
        _add(self._rejected_bytes, file["rejected_bytes"])
        _add(self._per_hour, file["per_hour"])
        for name in AMOUNTS:
            _add(self._sums[name], file["sums"][name])
        ends = [file[name] for name in ("first_at", "last_at") if file[name] is not None]
        self._instants = [min([*self._instants, *ends]), max([*self._instants, *ends])] if ends else self._instants

    def numbers(self, *, duplicates: int, distinct_ids: int) -> Json:
        """The numbers of all files, in the shape of those of one."""
        words = {name: next(iter(said)) if len(said) == 1 else None for name, said in self._words.items()}
        reasons = [reason for reason in REASONS if reason in self._rejected]
        first_at, last_at = self._instants or (None, None)
        return {
            "path": None,
            **words,
            "runner_up": None,
            "sha256": None,
            **self._lengths,
            **self._parts,
            "rejected": {reason: self._rejected[reason] for reason in reasons},
            "rejected_bytes": {reason: self._rejected_bytes[reason] for reason in reasons},
            "duplicates": duplicates,
            "distinct_ids": distinct_ids,
            "first_at": first_at,
            "last_at": last_at,
            "per_hour": dict(sorted(self._per_hour.items())),
            "sums": self._sums,
        }


def _add(sums: dict[str, int], more: dict[str, int]) -> None:
    for name, number in more.items():
        sums[name] = sums.get(name, 0) + number
