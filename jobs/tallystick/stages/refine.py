"""Stage refine: every dirty day of intake into requests that have a licensee, an app and a credential."""

from __future__ import annotations

from tallystick.runtime.record import recorded
from tallystick.stages.plan import plan_refine
from tallystick.stages.project import Project, StageResult
from tallystick.storage.snapshot import Snapshot
from tallystick.tables.request import REQUEST
from tallystick.tally.refine import refine_day


def refine(project: Project) -> StageResult:
    """Rebuild the days whose files, register or rules changed; each is replaced whole, in one transaction."""
    with project.lake.writing(), recorded(project.lake, "refine") as note:
        snapshot = Snapshot(project.lake)
        tasks = plan_refine(project, snapshot)
        written = project.engine.map(tasks, refine_day, label="refine: days")
        if tasks:
            version = project.lake.commit(REQUEST, written, replace=[file.partition for file in written])
            note["outputs"] = {REQUEST.name: version}
        note["inputs"] = snapshot.versions
        note["totals"] = {"days": len(tasks), "requests": sum(file.rows for file in written)}
    sentence = f"{len(tasks)} days refined" if tasks else "nothing new: every day is refined"
    return StageResult(stage="refine", changed=bool(tasks), sentence=sentence, totals=note["totals"])
