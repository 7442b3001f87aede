"""One day through refine and tally, for tests that look at one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from building import DAY, Row, as_table
from clauses.lakes import a_task
from tallystick.agreements.limit import Limit
from tallystick.digest_key import DigestKey
from tallystick.register.load import recognitions
from tallystick.register.model import Licensee
from tallystick.storage.delta import Lake
from tallystick.tables import TABLES, Table
from tallystick.tables.intake import INTAKE
from tallystick.tables.request import REQUEST
from tallystick.tally.day import tally_day
from tallystick.tally.ledger import OFFERED
from tallystick.tally.refine import RefineTask, refine_day


def refined(
    root: Path,
    entries: Sequence[Row],
    *licensees: Licensee,
    current: Sequence[tuple[str, str]] = (),
    key: DigestKey | None = None,
) -> list[Row]:
    """The requests of `DAY` in the order of their places in the logs; every file counts, or (file, batch) `current`."""
    lake = Lake(root)
    lake.write(INTAKE, as_table(INTAKE, entries))
    task = RefineTask(
        day=date.fromisoformat(DAY),
        intake=lake.relation(INTAKE, partitions={"event_date": [DAY]}),
        current=tuple(current) or tuple(sorted({(row["file_id"], row["batch"]) for row in entries})),
        recognitions=recognitions(licensees),
        digest_key=key,
        root=lake.folder(REQUEST),
        name="built",
        memory_limit="1GB",
        scratch=root / "scratch",
    )
    lake.commit(REQUEST, [refine_day(task)])
    rows: list[Row] = lake.read(REQUEST).to_pylist()
    return sorted(rows, key=lambda row: (row["file_id"], row["position"]))


def tallied(
    root: Path,
    rows: Sequence[Row],
    *limits: Limit,
    offered: Sequence[Mapping[str, Any]] = (),
    before: Sequence[Row] = (),
) -> Lake:
    """A lake in which `DAY` is tallied from its requests and those of the day `before`, with what limits ask for."""
    lake = Lake(root)
    lake.write(REQUEST, as_table(REQUEST, [*rows, *before]))
    said = pa.Table.from_pylist([dict(one) for one in offered], schema=OFFERED)
    asking = dict.fromkeys(sorted({row["licensee"] for row in rows if row["licensee"] is not None}), limits)
    written = tally_day(replace(a_task(lake, DAY, asking), offered=said))
    for table in TABLES:
        lake.commit(table, [file for name, file in written if name == table.name])
    return lake


def rows_of(lake: Lake, table: Table) -> list[Row]:
    """A table's rows in the order of its key, NULL first."""
    rows: list[Row] = lake.read(table).to_pylist()
    return sorted(rows, key=lambda row: [(row[name] is not None, row[name]) for name in table.key])
