from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from stages.world import World, a_call, as_lines, numbered
from tallystick.errors import EmptySourceError, MissingInputError, RefusedFilesError
from tallystick.stages.ingest import ingest
from tallystick.tables.intake import INTAKE
from tallystick.tables.source_file import SOURCE_FILE

pytestmark = pytest.mark.spark

FOURTH_DAY = numbered([a_call("03-04 10:00:00")], first=20)
WHOLE = gzip.compress(
    as_lines(numbered([a_call(f"03-05 10:00:{second}") for second in range(10, 60)], first=21)), mtime=0
)

DAMAGED = {
    "cut": WHOLE[:-1],
    "cut in half": WHOLE[: len(WHOLE) // 2],
    "one bit": WHOLE[:60] + bytes([WHOLE[60] ^ 4]) + WHOLE[61:],
    "trailing": WHOLE + b"x",
    "empty": b"",
    "no gzip, no log": b"PK\x03\x04 and so on",
}


def deliver(world: World, data: bytes) -> None:
    """A damaged file among good ones."""
    (world.folder / "logs/gateway/2024-03-05.jsonl.gz").write_bytes(data)
    world.log("2024-03-04", FOURTH_DAY)


@pytest.mark.parametrize("damage", sorted(DAMAGED))
def test_a_damaged_file_is_refused_whole_and_the_good_ones_count(finished: World, damage: str) -> None:
    deliver(finished, DAMAGED[damage])

    with pytest.raises(RefusedFilesError) as caught:
        ingest(finished.project)

    assert caught.value.exit_code == 5
    assert caught.value.where == "gateway/2024-03-05.jsonl.gz"
    assert "1 of 2 new files are refused" in caught.value.what
    [refused] = [row for row in finished.rows(SOURCE_FILE) if row["state"] == "refused"]
    assert (refused["name"], refused["entries"], refused["days"]) == ("2024-03-05.jsonl.gz", 0, [])
    read = {row["file_id"] for row in finished.rows(INTAKE)}
    assert refused["file_id"] not in read
    assert len(read) == 5


def test_after_a_refusal_the_next_run_goes_on_and_the_report_lists_the_file(finished: World) -> None:
    deliver(finished, DAMAGED["cut"])
    with pytest.raises(RefusedFilesError):
        finished.run()

    finished.run()

    report = finished.report(revision=2)
    [refused] = report["completeness"]["refused_files"]
    assert (refused["source"], refused["file"]) == ("gateway", "2024-03-05.jsonl.gz")
    assert refused["problem"]
    assert [one for one in report["not_seen"] if "1 file that could not be read" in one]
    assert report["summary"]["requests"] == finished.report()["summary"]["requests"] + 1


def test_a_refusal_can_be_accepted_beforehand(finished: World) -> None:
    deliver(finished, DAMAGED["cut"])

    result = ingest(finished.project, accept_refused=True)

    assert (result.totals["new"], result.totals["refused"]) == (2, 1)


def test_a_mended_file_takes_the_place_of_the_refused_one(finished: World) -> None:
    deliver(finished, DAMAGED["cut"])
    with pytest.raises(RefusedFilesError):
        finished.run()
    deliver(finished, WHOLE)

    finished.run()

    report = finished.report(revision=2)
    assert report["completeness"]["refused_files"] == []
    assert report["summary"]["requests"] == finished.report()["summary"]["requests"] + 51


def test_an_unknown_format_is_refused_and_named(finished: World) -> None:
    finished.write("logs/gateway/notes.txt", "Dear colleague,\nplease find attached\nour notes.\n")

    with pytest.raises(RefusedFilesError, match="no known format reads its first entries: «Dear colleague,»") as caught:
        ingest(finished.project)
    assert caught.value.where == "gateway/notes.txt"


def test_an_empty_file_is_read_and_holds_nothing(finished: World) -> None:
    finished.log("2024-03-04", [])

    assert ingest(finished.project).totals == {
        "offered": 5,
        "new": 1,
        "entries": 0,
        "accepted": 0,
        "rejected": 0,
        "refused": 0,
    }
    assert finished.count()[1].changed is False


def a_folder(place: Path) -> None:
    place.mkdir()


def a_broken_link(place: Path) -> None:
    place.symlink_to(place.with_name("nowhere"))


def a_pipe(place: Path) -> None:
    os.mkfifo(place)


@pytest.mark.parametrize("put", [a_broken_link, a_pipe])
def test_what_is_no_file_is_refused_like_a_damaged_one_and_the_others_are_ingested(
    finished: World, put: object
) -> None:
    assert callable(put)
    put(finished.folder / "logs/gateway/odd.jsonl")
    finished.log("2024-03-04", FOURTH_DAY)

    with pytest.raises(RefusedFilesError, match="1 of 2 new files are refused") as caught:
        ingest(finished.project)

    assert caught.value.where == "gateway/odd.jsonl"
    [refused] = [row for row in finished.rows(SOURCE_FILE) if row["state"] == "refused"]
    assert (refused["name"], refused["size_bytes"], refused["entries"]) == ("odd.jsonl", 0, 0)
    assert [row for row in finished.rows(SOURCE_FILE) if row["name"] == "2024-03-04.jsonl"]
    assert ingest(finished.project).changed is False

    (finished.folder / "logs/gateway/odd.jsonl").unlink()
    finished.write("logs/gateway/odd.jsonl", "")
    assert ingest(finished.project).totals["refused"] == 0
    assert [row["state"] for row in finished.rows(SOURCE_FILE) if row["name"] == "odd.jsonl"] == ["read"]


def test_an_empty_folder_among_the_logs_is_no_log(finished: World) -> None:
    a_folder(finished.folder / "logs/gateway/2024-03-04.jsonl")

    assert ingest(finished.project).changed is False


def test_a_source_that_is_gone_or_empty_stops_ingest_before_anything_is_read(finished: World) -> None:
    versions = finished.versions()
    finished.log("2024-03-04", FOURTH_DAY)
    (finished.folder / "logs/web/access.log").unlink()

    with pytest.raises(EmptySourceError, match="'web' holds no object"):
        ingest(finished.project)
    (finished.folder / "logs/web").rmdir()
    with pytest.raises(MissingInputError, match="'web' is not there"):
        ingest(finished.project)
    assert finished.versions() == versions


def test_a_file_that_two_sources_offer_counts_once(finished: World) -> None:
    finished.write("sources/all.yaml", "folder: logs/gateway\n")

    finished.run()

    assert finished.report(revision=2)["summary"] == finished.report()["summary"]
    assert len(finished.report(revision=2)["completeness"]["repeated_files"]) == 3
    first, second = (finished.report(revision=number)["reconciliation"] for number in (1, 2))
    [web] = [row for row in finished.report()["completeness"]["sources"] if row["source"] == "web"]
    again = first["unique"] + first["duplicate"] - web["unattributed"] - web["this_licensee"]
    assert second["duplicate"] == first["duplicate"] + again > 0
    assert {**second, "duplicate": 0, "entries": 0, "accepted": 0, "rejected": 0} == {
        **first, "duplicate": 0, "entries": 0, "accepted": 0, "rejected": 0,
    }  # fmt: skip
