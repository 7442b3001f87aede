"""The letter's case from nothing: a world of logs, all six stages, a real S3 server, and a table of what came of it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tallystick.commands.run import run_stages, send_and_verify
from tallystick.demo.case import WritePart, case_truth, write_case, write_truth
from tallystick.demo.look_back.plan import PERIOD as LOOK_BACK
from tallystick.demo.object_store import LocalObjectStore, end_left_behind
from tallystick.demo.planted import scenes
from tallystick.demo.world import plan_world
from tallystick.runtime.log import printable
from tallystick.stages.audit import audit
from tallystick.stages.download import download
from tallystick.stages.project import Project, StageResult
from tallystick.storage.key_files import trust_of, write_new_key
from tallystick.storage.objects import open_store

BUCKET = "tallystick-demo"
PERIOD = "2022"
LETTER = "halcyon"


def show_demo(folder: Path, *, scale: Decimal, seed: int, keep: bool, as_json: bool, talk: Console) -> None:
    """Make everything in `folder` anew, run all stages for all licensees, and print the table (or JSON) to stdout."""
    world_folder, report_folder = folder / "world", folder / "report"
    for old in (world_folder, report_folder):
        shutil.rmtree(old, ignore_errors=True)
    world = plan_world(seed, scale)
    parts = write_case(world, world_folder, reports=f"s3://{BUCKET}/reports")
    end_left_behind(folder / "s3")
    shutil.rmtree(folder / "s3", ignore_errors=True)
    with LocalObjectStore(folder / "s3", buckets=[BUCKET], keep=keep) as server, _environment(server):
        signing = {"keys": [str(_signing_key(folder.resolve()))]}
        project = Project.open(world_folder, s3={"endpoint_url": server.endpoint_url}, signing=signing)
        written = project.engine.map(parts, WritePart.written, label="demo: days of logs")
        write_truth(case_truth(world, written), folder)
        talk.print(
            f"[bold]{'demo':<8}[/] {_megabytes(world_folder / 'logs')} MB of logs in {escape(str(world_folder))}/logs"
        )
        locations: list[str] = []
        for result in all_stages(project):
            talk.print(f"[bold]{result.stage:<8}[/] {escape(printable(result.sentence))}")
            locations += result.totals.get("locations", [])
        reports = [_report(project, location) for location in locations]
        letter = next(location for location in locations if f"/{LETTER}/{PERIOD}/" in location)
        download(letter, report_folder, project.settings.s3, trust_of(project.settings.signing))
        project.engine.stop()
        _show(reports, report_folder / "report.html", as_json)
        if keep:
            _say_how_to_reach(server, talk)


def _signing_key(folder: Path) -> Path:
    """The demo's own key, made when there is none yet: the provider of the letter's case has signed its reports."""
    file = folder / "sign.key"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_new_key(file, None)
    return file


def all_stages(project: Project, *, licensee: str | None = None) -> Iterator[StageResult]:
    """All six stages for one licensee's year, or everybody's, then the last three for the letter's over two years."""
    yield from run_stages(project, licensee=licensee, period=PERIOD)
    yield audit(project, licensee=LETTER, period=LOOK_BACK)
    yield from send_and_verify(project, licensee=LETTER, period=LOOK_BACK)


@contextmanager
def _environment(server: LocalObjectStore) -> Iterator[None]:
    """The server's address and keys where boto3 looks for them, for this process and its tasks."""
    before = dict(os.environ)
    os.environ.update(server.environment())
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _report(project: Project, location: str) -> dict[str, Any]:
    store = open_store(location, project.settings.s3)
    document: dict[str, Any] = json.loads(store.get("report.json"))
    return {
        "id": document["licensee"]["id"],
        "licensee": document["licensee"]["name"],
        "period": document["period"]["text"],
        "conclusion": document["conclusion"],
        "requests": document["summary"]["requests"],
        "records": document["summary"]["records"]["sum"],
        "findings": document["summary"]["findings"],
        "report": f"{location}/report.html",
    }


def _show(reports: list[dict[str, Any]], letter: Path, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"reports": reports, "letter": str(letter)}))
        return
    planted = {actor.licensee for scene in scenes() for actor in scene.actors}
    table = Table("licensee", "period", "conclusion", "requests", "records", "findings", title="Published reports")
    for column in table.columns[3:]:
        column.justify = "right"
    for row in sorted((row for row in reports if row["id"] not in planted), key=lambda row: -row["requests"]):
        numbers = [f"{row[name]:,}" for name in ("requests", "records", "findings")]
        table.add_row(escape(row["licensee"]), row["period"].replace("/", "/\n"), row["conclusion"], *numbers)
    console = Console(highlight=False)
    console.print(table)
    console.print(_planted_table({row["id"]: row for row in reports}))
    print(f"the letter's case: {letter}")


def _planted_table(reports: dict[str, dict[str, Any]]) -> Table:
    """Each scene's two licensees, who has the same agreement, and how many findings each has."""
    table = Table(
        "clause", "a breach", "findings", "a near miss", "findings", title=f"Planted for every kind, {PERIOD}"
    )
    table.columns[2].justify = table.columns[4].justify = "right"
    for scene in scenes():
        told = [reports[actor.licensee] for actor in scene.actors]
        cells = [cell for row in told for cell in (escape(row["licensee"]), str(row["findings"]))]
        table.add_row(scene.name.replace("_", " "), *cells)
    return table


def _say_how_to_reach(server: LocalObjectStore, talk: Console) -> None:
    talk.print(f"the S3 server stays up at {server.endpoint_url}, process {server.pid}; to reach it:")
    for name, value in server.environment().items():
        talk.print(f"  export {name}={value}")


def _megabytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) // 1_000_000
