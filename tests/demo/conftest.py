"""The demo's whole case run once through all stages to S3, for all tests that ask what its reports say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest

from demo.audited import SCALE, Audited
from demo.plain_reader import read_logs
from demo.world_year import Year
from tallystick.commands.demo import all_stages
from tallystick.demo.case import WritePart, case_truth, write_case
from tallystick.demo.object_store import LocalObjectStore
from tallystick.demo.world import plan_world, truth, write_day, write_project
from tallystick.runtime.engine import Engine
from tallystick.stages.project import Project
from tallystick.storage.objects import open_store


@pytest.fixture(scope="session")
def audited(engine: Engine, s3_server: LocalObjectStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    """The one run: everybody's year, and the letter's licensee over two years. Tests read it and leave it as it is."""
    folder = tmp_path_factory.mktemp("letter")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in s3_server.environment().items():
            patch.setenv(name, value)
        world = plan_world(7, SCALE)
        parts = write_case(world, folder, reports="s3://reports/letter")
        project = Project.open(folder, s3={"endpoint_url": s3_server.endpoint_url})
        project.engine = engine
        written = engine.map(parts, WritePart.written, label="days")
        locations = [
            location
            for result in all_stages(project)
            if result.stage == "publish"
            for location in result.totals["locations"]
        ]
        raw = {
            (location.split("/")[-3], location.split("/")[-2]): open_store(location, project.settings.s3)
            for location in locations
        }
        data = {key: store.get("report.json") for key, store in raw.items()}
        yield Audited(
            project=project,
            truth=json.loads(json.dumps(case_truth(world, written))),
            documents={key: json.loads(text) for key, text in data.items()},
        )


@pytest.fixture(scope="session", params=[(7, "0.0001"), (11, "0.00001")], ids=["seed 7", "seed 11, tiny"])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Year:
    """A world's year, written and read back, without the product."""
    seed, scale = request.param
    folder = tmp_path_factory.mktemp("world")
    world = plan_world(seed, Decimal(scale))
    write_project(world, folder)
    stated = json.loads(json.dumps(truth(world, [write_day(world, day, folder) for day in world.days])))
    logs = read_logs(folder)
    repeated = {one["file"] for one in stated["repeated_files"]}
    return Year(
        folder=folder,
        scale=world.scale,
        truth=stated,
        logs=logs,
        counted_once=[request for request in logs.requests if request.file not in repeated],
    )
