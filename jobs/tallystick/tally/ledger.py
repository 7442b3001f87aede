"""One UTC day of each source into `day_ledger`, every box of the accounting identity, and its missing numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from tallystick.tables.day_ledger import DAY_LEDGER
from tallystick.tally.grouping import LARGEST, LEAST, Groups, Integers, group
from tallystick.tally.requests import ARROW, DayRequests, Flags, instants

OFFERED = pa.schema(
    [
        ("source", pa.string()),
        ("files", pa.int64()),
        ("repeated_files", pa.int64()),
        ("accepted", pa.int64()),
        ("repeated_accepted", pa.int64()),
        ("rejected", pa.int64()),
    ]
)
"""What `source_file` says of one day of one source: files read and repeated, and their entries."""


LEDGER = pa.schema([(column.name, ARROW[column.type]) for column in DAY_LEDGER.columns if column.name != "event_date"])


@dataclass(frozen=True, kw_only=True)
class Numbering:
    """The unique requests that have a number, by source and epoch: `groups`, and in `stretches` a row for each."""

    requests: DayRequests
    numbers: Integers
    groups: Groups
    stretches: pa.Table


def numbering_of(requests: DayRequests) -> Numbering:
    """How a day's logs number their requests: which numbers there are, and which were received first and last."""
    is_numbered = requests.amount("sequence_number").is_known & ~requests.flags("is_duplicate")
    numbered = requests if is_numbered.all() else requests.only(np.flatnonzero(is_numbered))
    numbers = numbered.amount("sequence_number").known
    source, epoch, at_us = numbered.coded("source"), numbered.coded("epoch"), numbered.at_us
    groups = group((source.codes, source.size), (epoch.codes, epoch.size))
    first_us, last_us = groups.least(at_us), groups.largest(at_us)
    at_first, at_last = at_us == first_us[groups.of_row], at_us == last_us[groups.of_row]
    stretches = pa.table(
        {
            "source": source.decoded(groups.codes[0]),
            "epoch": epoch.decoded(groups.codes[1]),
            "numbers": groups.rows(),
            "least": groups.least(numbers),
            "most": groups.largest(numbers),
            "first_us": first_us,
            "first_number": groups.least(np.where(at_first, numbers, LARGEST)),
            "last_us": last_us,
            "last_number": groups.largest(np.where(at_last, numbers, LEAST)),
        }
    )
    return Numbering(requests=numbered, numbers=numbers, groups=groups, stretches=stretches)


def gaps_of(numbering: Numbering) -> pa.Table:
    """The runs of numbers that the day's logs skipped, in order. Raises OverflowError.

    A stretch is sorted only when its count says that it must.
    """
    found = [_no_gap()]
    for place, stretch in enumerate(numbering.stretches.to_pylist()):
        span = stretch["most"] - stretch["least"]
        if span == stretch["numbers"] - 1:
            continue
        if span > LARGEST:
            raise OverflowError(f"numbers from {stretch['least']} to {stretch['most']} are too far apart")
        inside = np.flatnonzero(numbering.groups.of_row == place)
        numbers, at_us = numbering.numbers[inside], numbering.requests.at_us[inside]
        order = np.lexsort((at_us, numbers))
        numbers, at_us = numbers[order], at_us[order]
        after = np.flatnonzero(np.diff(numbers) > 1)
        found.append(
            pa.table(
                {
                    "source": pa.array([stretch["source"]] * len(after), pa.string()),
                    "epoch": pa.array([stretch["epoch"]] * len(after), pa.string()),
                    "first_missing": numbers[after] + 1,
                    "last_missing": numbers[after + 1] - 1,
                    "missing": numbers[after + 1] - numbers[after] - 1,
                    "after_at": instants(at_us[after]),
                    "before_at": instants(at_us[after + 1]),
                }
            )
        )
    return pa.concat_tables(found)


def _no_gap() -> pa.Table:
    whole, instant = pa.int64(), pa.timestamp("us", tz="UTC")
    kinds = {"source": pa.string(), "epoch": pa.string(), "first_missing": whole, "last_missing": whole}
    kinds |= {"missing": whole, "after_at": instant, "before_at": instant}
    return pa.schema(kinds).empty_table()


def ledger_of(
    requests: DayRequests, numbering: Numbering, gaps: pa.Table, offered: pa.Table, *, built_from: str
) -> pa.Table:
    """The day's ledger from its requests, its gaps and what its files offered (`OFFERED`), ordered by source.

    A repeated file's entries are accepted, and duplicates, of the day. Raises OverflowError.
    """
    counted = {row["source"]: row for row in _counted(requests).to_pylist()}
    files = {row["source"]: row for row in offered.to_pylist()}
    missing = Counter[str]()
    for source, many in zip(gaps["source"].to_pylist(), gaps["missing"].to_pylist(), strict=True):
        missing[source] += many
    rows = []
    for source in sorted({*counted, *files}):
        here, file = counted.get(source, {}), files.get(source, {})
        accepted = here.get("accepted", 0) + file.get("repeated_accepted", 0)
        stretches = [one for one in numbering.stretches.to_pylist() if one["source"] == source]
        first: dict[str, Any] = min(stretches, key=lambda one: (one["first_us"], one["first_number"]), default={})
        last: dict[str, Any] = max(stretches, key=lambda one: (one["last_us"], one["last_number"]), default={})
        rows.append(
            {
                "source": source,
                "files": file.get("files", 0),
                "repeated_files": file.get("repeated_files", 0),
                "entries": accepted + file.get("rejected", 0),
                "rejected": file.get("rejected", 0),
                "accepted": accepted,
                "duplicate": here.get("duplicate", 0) + file.get("repeated_accepted", 0),
                **{name: here.get(name, 0) for name in ("conflict", "unique", "unattributed", "attributed")},
                "first_at": here.get("first_at"),
                "last_at": here.get("last_at"),
                "epoch_first": first.get("epoch"),
                "epoch_last": last.get("epoch"),
                "first_number": first.get("least"),
                "last_number": last.get("most"),
                "missing": missing[source],
                "built_from": built_from,
            }
        )
    return pa.Table.from_pylist(rows, schema=LEDGER)


def _counted(requests: DayRequests) -> pa.Table:
    """The day's requests by source."""
    source = requests.coded("source")
    groups = group((source.codes, source.size))
    is_duplicate, is_known = requests.flags("is_duplicate"), requests.coded("licensee").is_known
    unique = ~is_duplicate

    def count(flags: Flags) -> Integers:
        return groups.rows_at(np.flatnonzero(flags))

    uniques = count(unique)
    return pa.table(
        {
            "source": source.decoded(groups.codes[0]),
            "accepted": groups.rows(),
            "duplicate": count(is_duplicate),
            "conflict": count(is_duplicate & requests.flags("conflict")),
            "unique": uniques,
            "unattributed": count(unique & ~is_known),
            "attributed": count(unique & is_known),
            "first_at": instants(groups.least(np.where(unique, requests.at_us, LARGEST)), uniques == 0),
            "last_at": instants(groups.largest(np.where(unique, requests.at_us, LEAST)), uniques == 0),
        }
    )
