"""One day through refine and tally, for tests that look at one step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from building import DAY, Row, as_table
from tallystick.register.load import recognitions
from tallystick.register.model import Licensee
from tallystick.storage.delta import Lake
from tallystick.tables.intake import INTAKE
from tallystick.tables.request import REQUEST
from tallystick.tally.refine import RefineTask, refine_day


def refined(
    root: Path, entries: Sequence[Row], *licensees: Licensee, current: Sequence[tuple[str, str]] = ()
) -> list[Row]:
    """The requests of `DAY` in the order of their places in the logs; every file counts, or (file, batch) `current`."""
    lake = Lake(root)
    lake.write(INTAKE, as_table(INTAKE, entries))
    task = RefineTask(
        day=date.fromisoformat(DAY),
        intake=lake.relation(INTAKE, partitions={"event_date": [DAY]}),
        current=tuple(current) or tuple(sorted({(row["file_id"], row["batch"]) for row in entries})),
        recognitions=recognitions(licensees),
        root=lake.folder(REQUEST),
        name="built",
        memory_limit="1GB",
        scratch=root / "scratch",
    )
    lake.commit(REQUEST, [refine_day(task)])
    rows: list[Row] = lake.read(REQUEST).to_pylist()
    return sorted(rows, key=lambda row: (row["file_id"], row["position"]))
