"""The accounting identity as sums that a reader can redo, and the share of the log that was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_IDENTITY = (
    ("entries", ("rejected", "accepted")),
    ("accepted", ("duplicate", "unique")),
    ("unique", ("unattributed", "this_licensee")),
)


@dataclass(frozen=True, kw_only=True)
class Sum:
    """One line of the identity: a whole, and the parts that must add up to it."""

    whole: tuple[str, int]
    parts: Sequence[tuple[str, int]]

    @property
    def difference(self) -> int:
        """The whole minus its parts: 0 when the line holds."""
        return self.whole[1] - sum(amount for _, amount in self.parts)


def identity(reconciliation: Mapping[str, Any]) -> list[Sum]:
    """Every box of the accounting identity, each whole with the parts it must equal."""
    return [
        Sum(whole=(whole, int(reconciliation[whole])), parts=[(part, int(reconciliation[part])) for part in parts])
        for whole, parts in _IDENTITY
    ]


@dataclass(frozen=True, kw_only=True)
class LogSeen:
    """How much of the log was there to count; numbers can be `missing` only where a source numbers its requests."""

    entries: int
    missing: int
    gaps: int
    sources: int
    numbered: int | None
    refused_files: int
    days: int
    days_without_entries: int


def log_seen(document: Mapping[str, Any]) -> LogSeen:
    """The share of the log that was seen, from the completeness of every source."""
    completeness = document["completeness"]
    sources = completeness["sources"]
    said = [source["numbered"] for source in sources if "numbered" in source]
    return LogSeen(
        entries=sum(int(source["entries"]) for source in sources),
        missing=sum(int(source["missing"]) for source in sources),
        gaps=len(completeness["gaps"]),
        sources=len(sources),
        numbered=sum(map(bool, said)) if len(said) == len(sources) else None,
        refused_files=len(completeness["refused_files"]),
        days=sum(int(source["days"]) for source in sources),
        days_without_entries=sum(int(source["days_without_entries"]) for source in sources),
    )
