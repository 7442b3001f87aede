"""What is dirty: the days that refine, and the days and summaries that tally, would build now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from tallystick.period import DAY_US, EPOCH
from tallystick.register.load import recognition_digest, recognitions
from tallystick.stages.digesting import key_for_matching
from tallystick.stages.project import Project
from tallystick.storage.snapshot import Snapshot
from tallystick.tables.day_ledger import DAY_LEDGER
from tallystick.tables.intake import INTAKE
from tallystick.tables.request import REQUEST
from tallystick.tables.source_file import SOURCE_FILE
from tallystick.tables.usage_file import USAGE_FILE
from tallystick.tally import day as tally_rules
from tallystick.tally import refine as refine_rules
from tallystick.tally.day import TallyTask
from tallystick.tally.ledger import OFFERED
from tallystick.tally.refine import RefineTask
from tallystick.tally.scope import digest
from tallystick.tally.summary import Asked
from tallystick.tally.usage import FILE_RULES, STANDING


def plan_refine(project: Project, snapshot: Snapshot) -> list[RefineTask]:
    """A task for each dirty day, in order; a day is clean when its file is named for what would build it now."""
    found = recognitions(project.register)
    source_files = snapshot.rows(SOURCE_FILE)
    matches_secrets = any(one.by == "credential_sha256" for one in found)
    key = key_for_matching(project, source_files) if matches_secrets else None
    # The key is no part of a day's name: a lake has one for good, and a report does not depend on which.
    rules = (refine_rules.RULES, recognition_digest(found))
    intake, requests = snapshot.names_by_day(INTAKE), snapshot.names_by_day(REQUEST)
    current = _current_by_day(source_files)
    tasks = []
    for day in sorted({*current, *requests}):
        counted = current.get(day, ())
        batches = {batch for _, batch in counted}
        files = [file for file in intake.get(day, []) if file.name.rpartition("/")[2].partition("-")[0] in batches]
        name = digest(rules, counted, [(file.name, file.rows) for file in files])
        if [file.name.rpartition("/")[2] for file in requests.get(day, [])] != [f"{name}.parquet"]:
            tasks.append(
                RefineTask(
                    day=date.fromisoformat(day),
                    intake=snapshot.relation(INTAKE, {"event_date": [day]}),
                    current=tuple(counted),
                    recognitions=found,
                    digest_key=key,
                    root=project.lake.folder(REQUEST),
                    name=name,
                    memory_limit=project.settings.engine.memory_limit,
                    scratch=project.settings.engine.scratch,
                )
            )
    return tasks


def _current_by_day(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """For each UTC day the (file_id, batch) of the files that count on it: read, and not superseded."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        if row["state"] == "read":
            for day in {one["event_date"].isoformat() for one in row["days"] if one["event_date"] is not None}:
                found.setdefault(day, []).append((row["file_id"], row["batch"]))
    return {day: sorted(files) for day, files in found.items()}


def plan_tally(
    project: Project,
    snapshot: Snapshot,
    asked: Sequence[Asked],
    *,
    days: Collection[str] | None = None,
) -> list[TallyTask]:
    """A task for each day that lacks a table or summary, in order; of some days only, when they are given.

    A file is named for what it was built from: the day's request files, for the ledger also what the source files
    offered, for a summary also who asks for it and, where it knows the day before, the request files of that.
    """
    requests = snapshot.names_by_day(REQUEST)
    offered = _offered_by_day(snapshot.rows(SOURCE_FILE))
    held = {
        f"{table.name}/{file.name}"
        for table in dict.fromkeys((*STANDING, DAY_LEDGER, *(one.summary.table for one in asked)))
        for file in snapshot.files(table)
    }
    tasks = []
    for day in sorted({*requests, *offered}):
        if days is not None and day not in days:
            continue
        before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
        here, edge = _names(requests, day), _names(requests, before)
        plain, ledger = digest(tally_rules.RULES, here), digest(tally_rules.RULES, here, offered.get(day, []))
        files = digest(tally_rules.RULES, FILE_RULES, here)
        standing = {table.name: plain for table in STANDING} | {DAY_LEDGER.name: ledger, USAGE_FILE.name: files}
        summaries = [(one, digest(tally_rules.RULES, here, *_asked_on(one, day, edge))) for one in asked]
        task = TallyTask(
            day=day,
            requests=tuple(file.path for file in requests.get(day, [])),
            requests_before=tuple(file.path for file in requests.get(before, [])),
            offered=pa.Table.from_pylist(offered.get(day, []), schema=OFFERED),
            standing={t: n for t, n in standing.items() if f"{t}/event_date={day}/{n}.parquet" not in held},
            summaries=tuple((one, name) for one, name in summaries if _file(one, day, name) not in held),
            lake=project.lake.root,
            memory_limit=project.settings.engine.memory_limit,
            scratch=project.settings.engine.scratch,
        )
        if task.standing or task.summaries:
            tasks.append(task)
    return tasks


def _asked_on(asked: Asked, day: str, edge: Sequence[tuple[str, int]]) -> tuple[object, ...]:
    """What the day's file of a summary rests on besides the day's own requests."""
    if not asked.summary.knows_day_before:
        return (asked.licensees,)
    midnight_us = (date.fromisoformat(day) - EPOCH.date()).days * DAY_US
    return edge, [(stretch, part.licensees) for stretch, part in asked.parts(midnight_us)]


def _file(asked: Asked, day: str, name: str) -> str:
    return f"{asked.summary.table.name}/summary_id={asked.summary.id}/event_date={day}/{name}.parquet"


def _names(requests: Mapping[str, Sequence[Any]], day: str) -> list[tuple[str, int]]:
    return [(file.name, file.rows) for file in requests.get(day, [])]


def _offered_by_day(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """For each UTC day and numbering source what the files that were read or repeated offered (`ledger.OFFERED`)."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        if row["state"] not in ("read", "repeated"):
            continue
        repeated = row["state"] == "repeated"
        for one in row["days"]:
            if one["event_date"] is None:
                continue
            key = (one["event_date"].isoformat(), one["source"])
            sums = found.setdefault(key, {"source": one["source"], **dict.fromkeys(OFFERED.names[1:], 0)})
            sums["repeated_files" if repeated else "files"] += 1
            sums["repeated_accepted" if repeated else "accepted"] += one["accepted"]
            sums["rejected"] += one["rejected"]
    by_day: dict[str, list[dict[str, Any]]] = {}
    for (day, _), sums in sorted(found.items()):
        by_day.setdefault(day, []).append(sums)
    return by_day
