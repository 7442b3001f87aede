"""The demo's case after one run, and how its truth and its reports are asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tallystick.commands.demo import all_stages
from tallystick.stages.project import Project, StageResult

YEAR, LOOK_BACK = "2022", "2021-01-01_2023-01-01"
LETTER = "halcyon"
SCALE = Decimal("0.0001")

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Audited:
    """The project, what is true of it, and every report that S3 gives back, by licensee and period."""

    project: Project
    truth: Json
    documents: dict[tuple[str, str], Json]

    @property
    def reports(self) -> dict[str, Json]:
        """The reports of the year 2022 on all whose traffic the world makes, by licensee."""
        known = self.truth["licensees"]
        return {name: one for (name, period), one in self.documents.items() if period == YEAR and name in known}

    @property
    def planted(self) -> dict[str, Json]:
        """The reports of the year 2022 on the planted licensees."""
        known = self.truth["planted"]["licensees"]
        return {name: one for (name, period), one in self.documents.items() if period == YEAR and name in known}

    @property
    def look_back(self) -> Json:
        """The report of the letter's licensee over two years."""
        return self.documents[LETTER, LOOK_BACK]

    def again(self, licensee: str | None = None) -> list[StageResult]:
        """All stages once more, by a newcomer to the same lake; for one licensee they publish far less."""
        return list(all_stages(Project(self.project.settings, self.project.engine), licensee=licensee))


def clause(report: Json, version: str | None, name: str) -> Json:
    """The one clause of that version and id."""
    [found] = [one for one in report["clauses"] if (one["version"], one["clause"]) == (version, name)]
    assert isinstance(found, dict)
    return found


def as_written(found: Json) -> dict[str | None, Json]:
    """A clause's measures under its own words, by key."""
    return {one["key"]: one for one in found["measures"] if one["reading"] == "as written"}


def windows(report: Json, found: Json, key: str | None, reading: str = "as written") -> list[Json]:
    """The windows that a clause's finding lists for a key under a reading."""
    return [
        window
        for finding in report["findings"]
        if finding["id"] in found["findings"] and finding["key"] == key
        for window in finding["windows"]
        if window["reading"] == reading
    ]


def facts_of_clauses(versions: list[Json]) -> Iterator[tuple[str, str, Json]]:
    """Version, clause and facts of every clause of some versions of the truth."""
    for version in versions:
        for name, facts in version["clauses"].items():
            yield version["version"], name, facts
