"""Stage tally: every dirty day of requests into its ledger and the small tables that audits read."""

from __future__ import annotations

from tallystick.runtime.record import recorded
from tallystick.stages.plan import plan_tally
from tallystick.stages.project import Project, StageResult
from tallystick.storage.snapshot import Snapshot
from tallystick.tables import TABLES
from tallystick.tally.day import tally_day
from tallystick.tally.summary import summaries


def tally(project: Project) -> StageResult:
    """Build what each day lacks. The ledger is committed last, so a day with a ledger has its usage."""
    with project.lake.writing(), recorded(project.lake, "tally") as note:
        snapshot = Snapshot(project.lake)
        asked = summaries(binding for bindings in project.agreements.values() for binding in bindings)
        tasks = plan_tally(project, snapshot, asked)
        written = [file for files in project.engine.map(tasks, tally_day, label="tally: days") for file in files]
        for table in TABLES:
            files = [file for name, file in written if name == table.name]
            if files:
                note["outputs"][table.name] = project.lake.commit(
                    table, files, replace=[file.partition for file in files]
                )
        note["inputs"] = snapshot.versions
        note["totals"] = {"days": len(tasks), "files": len(written)}
    sentence = f"{len(tasks)} days tallied" if tasks else "nothing new: every day is tallied"
    return StageResult(stage="tally", changed=bool(tasks), sentence=sentence, totals=note["totals"])
