"""A request table's project: settings, register, and the demo's agreements, spread over its licensees."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tallying.table import Made, callers
from tallystick.demo.world import plan_world, write_project
from tallystick.settings import Settings
from tallystick.stages.project import Project

FAR = 10**12
"""A number that no limit of the benchmark's licensees comes near."""
LEFT_OUT = ("backoff", "concurrency")
"""Kinds of clauses whose summaries the contenders' plain SQL does not make; nobody is asked for them."""


def write_terms(made: Made) -> None:
    """Write tallystick.toml, register/, sources/ and agreements/ into the table's folder.

    Every licensee has the agreement of one of the demo's, all times UTC. Its numbers are out of reach, but for the
    first licensee's app limits, which two days of its first app are over.
    """
    who = callers()
    texts = {"tallystick.toml": 'provider = "Murmur Social"\n[engine]\nmaster = "local[2]"\n', "sources/.keep": ""}
    agreements = _demo_agreements()
    highest = sorted(made.peaks)[-3] if len(made.peaks) > 2 else max(made.peaks)
    for number, licensee in enumerate(who.licensees):
        apps = [{"app": app, "registered": "2020-01-01"} for app in who.apps_of(number)]
        register = {"licensee": licensee, "name": licensee, "apps": apps}
        texts[f"register/{licensee}.yaml"] = yaml.safe_dump(register)
        for version, stated in agreements[number % len(agreements)].items():
            kept = [clause for clause in stated["clauses"] if clause["kind"] not in LEFT_OUT]
            clauses = [_numbered(clause, highest if number == 0 else FAR) for clause in kept]
            said = dict(stated) | {"licensee": licensee, "time_zone": "Etc/UTC", "clauses": clauses}
            texts[f"agreements/{licensee}/{version}.yaml"] = yaml.safe_dump(said)
    for name in ("register", "agreements"):
        shutil.rmtree(made.folder / name, ignore_errors=True)
    for name, text in texts.items():
        file = made.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def open_project(folder: Path) -> Project:
    """The project of a table's folder."""
    return Project(Settings.load(folder))


def _demo_agreements() -> list[dict[str, Mapping[str, Any]]]:
    """Each demo licensee's versions by their file's name, the letter's licensee first."""
    world = plan_world()
    with tempfile.TemporaryDirectory() as folder:
        write_project(world, Path(folder))
        return [
            {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted(found.glob("*.yaml"))}
            for name in world.licensees
            if (found := Path(folder) / "agreements" / name).is_dir()
        ]


def _numbered(clause: Mapping[str, Any], highest: int) -> dict[str, Any]:
    if clause["kind"] != "limit":
        return dict(clause)
    is_quarter = (clause["per"], clause["window"], clause["of"]) == ("app", "sliding", "requests")
    return dict(clause) | {"max": highest if is_quarter else FAR}
