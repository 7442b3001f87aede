"""The demo's whole case as one project with one truth: the year of the world, what is planted in it, the look-back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tallystick.demo.findings import findings
from tallystick.demo.look_back import (
    LookBack,
    MondayWritten,
    look_back_truth,
    plan_look_back,
    write_look_back,
    write_monday,
)
from tallystick.demo.look_back.plan import MONDAYS
from tallystick.demo.planted import planted_truth, write_planted
from tallystick.demo.world import DayWritten, World, truth, write_day, write_project
from tallystick.demo.world.halcyon import LETTER

TRUTH = "truth.json"


@dataclass(frozen=True, kw_only=True)
class WritePart:
    """One day of the year's logs, or one Monday of the look-back's, for one task."""

    look_back: LookBack
    folder: Path
    day: int | None = None
    monday: int | None = None

    def written(self) -> DayWritten | MondayWritten:
        """Write the part's log files."""
        if self.monday is not None:
            return write_monday(self.look_back, self.monday, self.folder)
        assert self.day is not None
        return write_day(self.look_back.world, self.look_back.world.days[self.day], self.folder)


def write_case(world: World, folder: Path, *, reports: str) -> list[WritePart]:
    """Write the project into `folder`, with all that is planted; the tasks that write the world's logs."""
    look_back = plan_look_back(world)
    write_project(world, folder, reports=reports)
    write_look_back(look_back, folder)
    write_planted(folder)
    return [
        *(WritePart(look_back=look_back, folder=folder, day=day) for day in range(len(world.days))),
        *(WritePart(look_back=look_back, folder=folder, monday=monday) for monday in range(len(MONDAYS))),
    ]


def case_truth(world: World, written: Sequence[DayWritten | MondayWritten]) -> dict[str, Any]:
    """All that is true of the case, once every part was written. Raises ValueError if one is missing."""
    days = [one for one in written if isinstance(one, DayWritten)]
    mondays = [one for one in written if isinstance(one, MondayWritten)]
    year = truth(world, days)
    case = {
        **year,
        "look_back": look_back_truth(plan_look_back(world), mondays, year["licensees"][LETTER]),
        "planted": planted_truth(),
    }
    return case | {"findings": findings(case)}


def write_truth(case: dict[str, Any], folder: Path) -> Path:
    """Write `folder`/truth.json, keys sorted; the file written."""
    file = folder / TRUTH
    text = json.dumps(case, sort_keys=True, indent=1, ensure_ascii=False)
    file.write_text(text + "\n", "utf-8", newline="\n")
    return file
