"""run.json: with what the report was made, so that it can be made again; nothing that depends on when or where."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from importlib.metadata import version
from typing import Any

from tallystick import __version__
from tallystick.stages.audited import Audited
from tallystick.stages.project import Project
from tallystick.storage.snapshot import Snapshot
from tallystick.tables.source_file import SOURCE_FILE

PARTS = ("deltalake", "duckdb", "great-expectations", "pyarrow", "pyspark")


def provenance(project: Project, snapshot: Snapshot, audited: Audited, held: Collection[str]) -> dict[str, Any]:
    """Versions of the program and its parts, the command, the inputs by digest.

    The log files are those that hold (`held`, by `file_id`) an entry of this licensee or of nobody on the days of the
    audit; of another licensee's nothing is said. Versions of tables stand in `run` alone: they count the steps in which
    a lake was built, and the audits of others.
    """
    days = set(audited.days)
    files = sorted(
        (row["source"], row["name"], row["file_id"], row["state"])
        for row in snapshot.rows(SOURCE_FILE)
        if row["file_id"] in held and any(str(day["event_date"]) in days for day in row["days"])
    )
    return {
        "tallystick": __version__,
        "parts": {name: version(name) for name in PARTS},
        "command": f"tallystick run --licensee {audited.licensee.licensee} --period {audited.period.text}",
        "settings": {"provider": project.settings.provider, "time_zone": str(project.zone(audited.licensee))},
        "inputs": {
            "agreements": [
                {"version": binding.version.version, "sha256": binding.sha256} for binding in audited.bindings
            ],
            "log_files": len(files),
            "log_files_sha256": hashlib.sha256(repr(files).encode()).hexdigest(),
        },
    }
