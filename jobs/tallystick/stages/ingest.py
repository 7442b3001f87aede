"""Stage ingest: every new log object into accepted and rejected entries, with an account of each file that adds up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from tallystick.errors import ChangedObjectError, RefusedFilesError, TallystickError
from tallystick.runtime.record import recorded
from tallystick.stages.digesting import key_for_reading
from tallystick.stages.offer import Offered, find_repeats, offered, rules_of
from tallystick.stages.project import Project, StageResult
from tallystick.stages.reading import GroupRead, GroupTask, ListedFile, Unread, read_group
from tallystick.storage.delta import arrow_schema
from tallystick.tables.intake import INTAKE
from tallystick.tables.rejected_entry import REJECTED_ENTRY
from tallystick.tables.source_file import SOURCE_FILE

GROUP_BYTES = 64 << 20
GROUP_FILES = 50
"""What one task reads: whole files, up to so many stored bytes or so many files."""

Row = dict[str, Any]


def ingest(project: Project, *, accept_refused: bool = False) -> StageResult:
    """Read every object that is new or changed; what was read before is not read again.

    Raises RefusedFilesError, after everything that can be read is committed, when a new file cannot be read to its end,
    and ChangedObjectError when one was written to or taken away since it was listed, unless the caller accepts that. A
    file that was added since then is for the next run.

    Entries are committed before the files that they came from: a file without a row in `source_file` was not ingested,
    and what a killed run left of it is taken out by the next.
    """
    with project.lake.writing(), recorded(project.lake, "ingest") as note:
        known = project.lake.read(SOURCE_FILE).to_pylist()
        _take_out_leftovers(project, {row["batch"] for row in known})
        everything = offered(project, key_for_reading(project, known))
        tags = {(row["source"], row["name"]): row["version_tag"] for row in known if row["state"] != "superseded"}
        new = [one for one in everything if tags.get(one.key) != one.task.version_tag]
        accounts: list[Row] = []
        unread: list[Unread] = []
        if new:
            digests = find_repeats(project, new, known)
            to_read = _without_repeats(new, digests, known)
            read = project.engine.map(_groups(project, new, to_read), read_group, label="ingest: files")
            unread = [one for group in read for one in group.unread]
            accounts = [account for group in read for account in group.accounts]
            accounts = [*accounts, *_accounts_of_repeats(new, digests, accounts, known)]
            if accounts:
                note["outputs"] = _commit(project, read, settle_states(known, accounts))
        note["totals"] = {"offered": len(everything), "new": len(new)} | {
            name: sum(account[name] for account in accounts) for name in ("entries", "accepted", "rejected")
        }
    refused = [account for account in accounts if account["state"] == "refused"]
    if (refused or unread) and not accept_refused:
        raise _what_stands_against(refused, unread, len(new))
    entries = f"{note['totals']['entries']:,} entries, {len(refused) + len(unread)} files refused"
    sentence = f"{len(new)} of {len(everything)} files are new; {entries}"
    return StageResult(
        stage="ingest",
        changed=bool(accounts),
        sentence=sentence if new else f"nothing new: {len(everything)} files, all ingested before",
        totals={**note["totals"], "refused": len(refused) + len(unread)},
    )


def _commit(project: Project, read: Sequence[GroupRead], rows: Sequence[Row]) -> dict[str, int]:
    """Make what the tasks wrote part of the tables, then all rows of `source_file`; returns each table's version."""
    lake = project.lake
    written = pa.Table.from_pylist(list(rows), schema=arrow_schema(SOURCE_FILE))
    return {
        INTAKE.name: lake.commit(INTAKE, [file for group in read for file in group.entries]),
        REJECTED_ENTRY.name: lake.commit(REJECTED_ENTRY, [file for group in read for file in group.rejected]),
        SOURCE_FILE.name: lake.write(SOURCE_FILE, written, replace=[{}]),
    }


def _what_stands_against(refused: Sequence[Row], unread: Sequence[Unread], new: int) -> TallystickError:
    """The error that names the first file which is refused, else which could not be read this time."""
    others = f"({len(refused) + len(unread)} of {new} new files are refused and count nothing; the others are ingested)"
    if refused:
        return RefusedFilesError(
            f"{refused[0]['problem']} {others}",
            where=f"{refused[0]['source']}/{refused[0]['name']}",
            next_step="mend the file and run tallystick ingest again, or go on without it: tallystick refine",
        )
    first = next((one for one in unread if not one.may_pass), unread[0])
    kind = ChangedObjectError if first.may_pass else RefusedFilesError
    return kind(f"{first.problem} {others}", where=f"{first.source}/{first.name}", next_step=first.next_step)


def settle_states(known: Sequence[Row], accounts: Sequence[Row]) -> list[Row]:
    """All rows of `source_file`: the new accounts beside the known rows, each with the state that follows from all.

    A name that came again with other bytes supersedes its earlier row; of rows with the same bytes the first by source
    and name is read, the others repeat it, in whatever order they came. Files without an entry repeat nothing.
    """
    fresh = {(account["source"], account["name"]): account for account in accounts}
    rows = []
    for row in known:
        later = fresh.get((row["source"], row["name"]))
        if later is None:
            rows.append(dict(row))
        elif later["file_id"] != row["file_id"]:
            rows.append({**row, "state": "superseded"})
    rows.extend(dict(account) for account in accounts)
    counted = [row for row in rows if row["state"] in ("read", "repeated")]
    first: dict[str, tuple[str, str]] = {}
    for row in sorted(counted, key=lambda row: (row["source"], row["name"])):
        first.setdefault(row["file_id"], (row["source"], row["name"]))
    for row in counted:
        is_first = first[row["file_id"]] == (row["source"], row["name"])
        row["state"] = "read" if is_first or not row["entries"] else "repeated"
    return sorted(rows, key=lambda row: (row["source"], row["name"], row["file_id"]))


Reading = tuple[str, str, str]
"""What decides the entries of a file: its bytes (SHA-256), its source, and the rules it is read by."""


def _reading_of(row: Row) -> Reading:
    return row["file_id"], row["source"], rules_of(row["version_tag"])


def _reading_before(one: Offered, digests: dict[tuple[str, str], str]) -> Reading:
    """The same of an object that was digested because it may repeat another."""
    return digests[one.key], one.task.source, rules_of(one.task.version_tag)


def _without_repeats(
    new: Sequence[Offered], digests: dict[tuple[str, str], str], known: Sequence[Row]
) -> list[Offered]:
    """The new objects that are to be read: the first of each reading, unless it is known already."""
    seen = {_reading_of(row) for row in known}
    unread = []
    for one in new:
        reading = _reading_before(one, digests) if one.key in digests else None
        if reading not in seen:
            unread.append(one)
        if reading is not None:
            seen.add(reading)
    return unread


def _accounts_of_repeats(
    new: Sequence[Offered], digests: dict[tuple[str, str], str], accounts: Sequence[Row], known: Sequence[Row]
) -> list[Row]:
    """The account of each new object that was not read, taken from that of the object with the same reading.

    Where that one was written to since it was digested, there is none: the repeat is left for the next ingest.
    """
    read = {(account["source"], account["name"]) for account in accounts}
    by_reading = {_reading_of(row): row for row in [*known, *accounts]}
    repeats = [
        (one, by_reading.get(_reading_before(one, digests)))
        for one in new
        if one.key not in read and one.key in digests
    ]
    return [
        {
            **row,
            "name": one.task.name,
            "version_tag": one.task.version_tag,
            "state": "refused" if row["state"] == "refused" else "repeated",
        }
        for one, row in repeats
        if row is not None
    ]


def _groups(project: Project, new: Sequence[Offered], unread: Sequence[Offered]) -> list[GroupTask]:
    """Whole files of one source in tasks of about the same size, in the order of the listing."""
    batches = _batches(new)
    groups: list[list[ListedFile]] = []
    size = 0
    for one in unread:
        is_full = size + one.size_bytes > GROUP_BYTES or (groups and len(groups[-1]) >= GROUP_FILES)
        if not groups or is_full or groups[-1][-1].task.source != one.task.source:
            groups.append([])
            size = 0
        groups[-1].append(ListedFile(task=one.task, pin=one.pin))
        size += one.size_bytes
    return [
        GroupTask(
            number=number,
            files=tuple(files),
            batch=batches[files[0].task.source],
            lake=project.lake.root,
            s3=project.settings.s3,
            engine=project.settings.engine,
            catalogue=project.catalogue,
        )
        for number, files in enumerate(groups)
    ]


def _batches(new: Sequence[Offered]) -> dict[str, str]:
    """For each source the name of what it offers anew; a file and its batch tell one reading of it from every other."""
    offers: dict[str, list[tuple[str, str]]] = {}
    for one in new:
        offers.setdefault(one.task.source, []).append((one.task.name, one.task.version_tag))
    return {name: hashlib.sha256(repr((name, offer)).encode()).hexdigest()[:16] for name, offer in offers.items()}


def _take_out_leftovers(project: Project, batches: set[str]) -> None:
    """Remove entries of a batch whose files were never recorded: a run was killed between two commits."""
    for table in (INTAKE, REJECTED_ENTRY):
        left = [
            file for file in project.lake.files(table) if file.name.rpartition("/")[2].partition("-")[0] not in batches
        ]
        if left:
            project.lake.remove(table, left)
