"""What several folders of tests share: real servers on loopback, one Spark session, and a small world already run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling
from xdist.scheduler.protocol import Scheduling

from stages.world import World
from tallystick.demo.object_store import LocalObjectStore
from tallystick.runtime.engine import Engine
from tallystick.runtime.log import configure_log
from tallystick.settings import EngineSettings

settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")  # a rule holds however busy the machine is


TOGETHER = ("tests/demo/", "tests/dags/")
"""Folders whose files share something that takes minutes to make: a demo, an Airflow."""


class ByFile(LoadScopeScheduling):
    """A file of tests to a process at a time, and such a folder at once."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduling:
    """How tests are dealt out to several processes."""
    return ByFile(config, log)  # type: ignore[arg-type]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of this project's own tests."""
    parser.addoption("--vectors", metavar="FILE", help="cases of limits to run: a file in the form of limits.jsonl")


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalObjectStore]:
    """An S3 server with an empty bucket `reports` and an empty bucket `logs`, for the whole run."""
    with LocalObjectStore(tmp_path_factory.mktemp("s3"), buckets=["reports", "logs"]) as server:
        yield server


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """One Spark session with two threads for the whole run; starting one costs eight seconds."""
    configure_log()
    shared = Engine(EngineSettings(master="local[2]", tasks=2))
    yield shared
    shared.stop()


@pytest.fixture(scope="session")
def _finished_once(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> World:
    world = World.small(tmp_path_factory.mktemp("world") / "first", engine)
    world.run()
    return world


@pytest.fixture
def finished(_finished_once: World, tmp_path: Path) -> World:
    """A copy of the small world with everything run once: kestrel's March 2024 is published as r1."""
    return _finished_once.copy(tmp_path / "project")


@pytest.fixture
def world(engine: Engine, tmp_path: Path) -> World:
    """The small world's project, on which nothing was run."""
    return World.small(tmp_path / "world", engine)
