"""A finding or an expectation in full: what was measured, against which words, and where to look."""

from __future__ import annotations

from typing import Any

from tallystick.errors import UnknownFindingError
from tallystick.stages.project import Project
from tallystick.storage.snapshot import Snapshot
from tallystick.tables.check_result import CHECK_RESULT
from tallystick.tables.finding import FINDING
from tallystick.tables.measure import MEASURE


def explain(project: Project, wanted: str) -> dict[str, Any]:
    """A finding with its measures and clause, or all results of an expectation. Raises UnknownFindingError."""
    snapshot = Snapshot(project.lake)
    for row in snapshot.read(FINDING).to_pylist():
        if row["id"] == wanted:
            return {"finding": row, "clause": _clause(project, row), "measures": _measures(snapshot, row)}
    results = [row for row in snapshot.read(CHECK_RESULT).to_pylist() if row["id"] == wanted]
    if not results:
        raise UnknownFindingError(
            f"there is no finding and no expectation {wanted!r}",
            next_step="tallystick audit lists findings; then name one",
        )
    return {"expectation": results[0]["sentence"], "results": results}


def _clause(project: Project, finding: dict[str, Any]) -> dict[str, Any] | None:
    """The clause's own words, from the agreement as it stands now."""
    for binding in project.agreements.get(finding["licensee"], ()):
        if binding.version.version == finding["version"]:
            for clause in binding.version.clauses:
                if clause.id == finding["clause"]:
                    return {"cites": clause.cites, "says": clause.says, "version_sha256": binding.sha256}
    return None


def _measures(snapshot: Snapshot, finding: dict[str, Any]) -> list[dict[str, Any]]:
    partition = {"licensee": [finding["licensee"]], "period": [finding["period"]]}
    return [
        row
        for row in snapshot.read(MEASURE, partition).to_pylist()
        if (row["version"], row["clause"], row["key"]) == (finding["version"], finding["clause"], finding["key"])
    ]
