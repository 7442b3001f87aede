"""Two runs that write to one lake: one of them is told that it lost, and nothing of it is visible."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from building import a_request, as_table
from tallystick.duck import WrittenFile, connect, write_file
from tallystick.errors import LostRaceError
from tallystick.storage.delta import Lake
from tallystick.tables.request import REQUEST

DAY, NEXT = {"event_date": "2022-03-01"}, {"event_date": "2022-03-02"}
PATH = [str(Path(__file__).parents[2] / folder) for folder in ("jobs", "tests")]


def a_file(lake: Lake, day: Mapping[str, str], name: str) -> WrittenFile:
    connection = connect()
    connection.register("given", as_table(REQUEST, [a_request(at=f"{day['event_date']}T10:00:00", request_id=name)]))
    query = "SELECT * EXCLUDE (event_date) FROM given"
    return write_file(connection, query, lake.folder(REQUEST), partition=day, name=name)


def ids(lake: Lake) -> list[str]:
    return sorted(lake.read(REQUEST)["request_id"].to_pylist())


class Interrupted(tuple[WrittenFile, ...]):
    """Files; whoever first looks through them finds that something else happened just then."""

    happening: Callable[[], object] | None = None

    def __iter__(self) -> Iterator[WrittenFile]:
        if self.happening is not None:
            happens, self.happening = self.happening, None
            happens()
        return super().__iter__()


def commit_while(lake: Lake, file: WrittenFile, replace: Mapping[str, str] | None, other: Callable[[], object]) -> int:
    """Commit a file; after the table was opened and before anything is written, `other` happens."""
    files = Interrupted([file])
    files.happening = other
    return lake.commit(REQUEST, files, replace=[] if replace is None else [replace])


def another_process(lake: Lake, day: Mapping[str, str], name: str) -> None:
    """A second run, of its own process, that replaces a day by a file which lies there."""
    code = f"""
from pathlib import Path
import sys
sys.path[:0] = {PATH!r}
from storage.test_delta_two_writers import a_file
from tallystick.storage.delta import Lake
from tallystick.tables.request import REQUEST
lake, day = Lake(Path({str(lake.root)!r})), {dict(day)!r}
lake.commit(REQUEST, [a_file(lake, day, {name!r})], replace=[day])
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


@pytest.mark.parametrize("is_empty", [True, False], ids=["an empty day", "a day with rows"])
def test_of_two_runs_that_replace_one_day_one_has_lost(tmp_path: Path, is_empty: bool) -> None:
    lake = Lake(tmp_path)
    lake.commit(REQUEST, [a_file(lake, NEXT if is_empty else DAY, "before")])
    mine = a_file(lake, DAY, "mine")

    with pytest.raises(LostRaceError) as lost:
        commit_while(lake, mine, DAY, lambda: another_process(lake, DAY, "theirs"))

    assert ids(lake) == (["before", "theirs"] if is_empty else ["theirs"])
    assert (lost.value.exit_code, lost.value.next_step) == (75, "run the stage again")


def test_who_has_lost_may_try_again(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit(REQUEST, [a_file(lake, DAY, "before")])
    mine = a_file(lake, DAY, "mine")
    with pytest.raises(LostRaceError):
        commit_while(lake, mine, DAY, lambda: lake.commit(REQUEST, [a_file(lake, DAY, "theirs")], replace=[DAY]))

    lake.commit(REQUEST, [mine], replace=[DAY])

    assert ids(lake) == ["mine"]


def test_two_runs_that_append_do_not_both_add(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit(REQUEST, [a_file(lake, DAY, "before")])
    mine, theirs = a_file(lake, DAY, "mine"), a_file(lake, DAY, "theirs")

    with pytest.raises(LostRaceError):
        commit_while(lake, mine, None, lambda: lake.commit(REQUEST, [theirs]))

    assert ids(lake) == ["before", "theirs"]


def test_files_that_another_run_took_out_are_not_taken_out_twice(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit(REQUEST, [a_file(lake, DAY, "before")])

    with pytest.raises(LostRaceError):
        commit_while(lake, a_file(lake, DAY, "mine"), DAY, lambda: lake.remove(REQUEST, lake.files(REQUEST)))

    assert ids(lake) == []


def test_a_lake_is_written_by_one_stage_at_a_time(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    code = f"""
import sys
sys.path[:0] = {PATH!r}
from pathlib import Path
from tallystick.errors import LostRaceError
from tallystick.storage.delta import Lake
try:
    with Lake(Path({str(lake.root)!r})).writing():
        print("wrote")
except LostRaceError as error:
    print(error.exit_code, error.where, error.next_step)
"""

    def other() -> str:
        done = subprocess.run([sys.executable, "-c", code], check=True, timeout=120, capture_output=True, text=True)
        return done.stdout.strip()

    with lake.writing():
        meanwhile = other()
    afterwards = other()

    assert meanwhile == f"75 {lake.root} wait for it, then run again"
    assert afterwards == "wrote"


def test_a_stage_that_fails_leaves_the_lake_to_the_next_one(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with pytest.raises(ZeroDivisionError), lake.writing():
        raise ZeroDivisionError

    with lake.writing():
        lake.commit(REQUEST, [a_file(lake, DAY, "a")])

    assert ids(lake) == ["a"]


def test_runs_that_make_a_table_at_the_same_time_leave_one_table(tmp_path: Path) -> None:
    code = f"""
import sys
sys.path[:0] = {PATH!r}
from pathlib import Path
from storage.test_delta_two_writers import a_file
from tallystick.errors import LostRaceError
from tallystick.storage.delta import Lake
from tallystick.tables.request import REQUEST
name, lake = sys.argv[1], Lake(Path({str(tmp_path)!r}))
day = {{"event_date": "2022-03-01"}}
file = a_file(lake, day, name)
print("ready", flush=True)
sys.stdin.readline()
try:
    lake.commit(REQUEST, [file], replace=[day])
    print("won")
except LostRaceError:
    print("lost")
"""
    runs = [
        subprocess.Popen([sys.executable, "-c", code, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in ("one", "two", "three")
    ]
    for run in runs:
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
    for run in runs:
        assert run.stdin is not None
        run.stdin.write("go\n")
        run.stdin.flush()
    said = [run.communicate(timeout=120)[0].strip() for run in runs]

    assert set(said) <= {"won", "lost"}
    assert "won" in said
    assert len(ids(Lake(tmp_path))) == 1
