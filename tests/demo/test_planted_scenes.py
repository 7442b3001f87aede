"""The planted scenes are small, whole, and read by the product as any user's files, before anything is audited."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from demo.plain_reader import Read, read_logs
from demo.world_year import utc
from tallystick.agreements.load import load_agreements
from tallystick.demo.planted import planted_truth, scenes, write_planted
from tallystick.demo.planted.calls import calls_of
from tallystick.demo.world.roster import LICENSEES
from tallystick.intake.sources import load_sources
from tallystick.register.load import load_register


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written: Path = tmp_path_factory.mktemp("planted")
    write_planted(written)
    return written


@pytest.fixture(scope="module")
def requests(folder: Path) -> list[Read]:
    return read_logs(folder).requests


def test_the_product_reads_every_register_entry_agreement_and_source(folder: Path) -> None:
    actors = {actor.licensee: (scene, actor) for scene in scenes() for actor in scene.actors}

    assert {one.licensee for one in load_register(folder / "register")} == set(actors)
    assert [source.name for source in load_sources(folder / "sources")] == ["regional"]
    for name, (scene, _) in actors.items():
        [binding] = load_agreements(folder / "agreements", name)
        assert binding.version.version == scene.version
        assert [clause.id for clause in binding.version.clauses] == [clause["id"] for clause in scene.clauses]


def test_both_of_a_scene_have_the_same_clauses_and_the_truth_speaks_of_each() -> None:
    for scene in scenes():
        assert [actor.role for actor in scene.actors] == ["breach", "near_miss"]
        for actor in scene.actors:
            assert {clause["id"] for clause in scene.clauses} <= set(actor.truth["clauses"]), actor.licensee


def test_no_planted_licensee_is_one_of_the_worlds() -> None:
    names = [actor.licensee for scene in scenes() for actor in scene.actors]

    assert len(set(names)) == len(names) == 2 * len(scenes())
    assert not set(names) & {licensee.id for licensee in LICENSEES}


def test_every_request_that_a_scene_states_is_in_the_log_and_is_its_licensees(requests: list[Read]) -> None:
    made = Counter(request.licensee for request in requests)

    assert made == {name: facts["requests"] for name, facts in planted_truth()["licensees"].items()}
    assert made.total() == len(calls_of(scenes())) < 1_000


def test_the_regional_host_numbers_its_requests_without_a_gap_in_one_file_a_day(requests: list[Read]) -> None:
    assert [request.number[1] for request in requests if request.number] == list(range(1, len(requests) + 1))
    assert [request.us for request in requests] == sorted(request.us for request in requests)
    for request in requests:
        assert request.file == f"logs/regional/{utc(request).date()}.jsonl.gz"


def test_requests_of_one_instant_have_ids_of_their_own(folder: Path) -> None:
    lines = [
        line for file in (folder / "logs").rglob("*.gz") for line in gzip.decompress(file.read_bytes()).splitlines()
    ]

    assert len({json.loads(line)["request_id"] for line in lines}) == len(lines)


def test_the_planted_files_are_written_the_same_twice(folder: Path, tmp_path: Path) -> None:
    for file in write_planted(tmp_path):
        assert file.read_bytes() == (folder / file.relative_to(tmp_path)).read_bytes()
