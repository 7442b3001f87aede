from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from commands.command_line import ran_apart
from stages.world import DAYS, World

pytestmark = pytest.mark.spark


def test_a_stage_run_again_changes_nothing_and_says_so(finished: World) -> None:
    versions, report = finished.versions(), finished.report_bytes()

    again = finished.run()

    assert [(one.stage, one.changed) for one in again] == [
        (stage, False) for stage in ("ingest", "refine", "tally", "audit", "publish")
    ]
    assert [one.sentence for one in again if not one.sentence.startswith("nothing new")] == []
    assert finished.versions() == versions
    assert finished.report_bytes() == report
    assert [path.name for path in finished.folder.glob("reports/kestrel/2024-03/r*")] == ["r1"]


def test_from_the_logs_alone_the_same_report_comes_again(finished: World) -> None:
    report = finished.report_bytes()
    shutil.rmtree(finished.folder / "lake")

    again = finished.run()

    assert [one.changed for one in again] == [True, True, True, True, False]
    assert again[-1].totals["locations"] == [str(finished.folder / "reports/kestrel/2024-03/r1")]
    shutil.rmtree(finished.folder / "reports")
    assert finished.publish().changed
    assert finished.report_bytes() == report


def test_files_that_come_one_by_one_and_backwards_make_the_same_report(finished: World, tmp_path: Path) -> None:
    world = finished.copy(tmp_path / "piecemeal")
    for folder in ("lake", "reports"):
        shutil.rmtree(world.folder / folder)
    waiting = {name: (world.folder / name).rename(tmp_path / name.replace("/", "-")) for name in _logs()}

    for name, file in waiting.items():
        (world.folder / "logs/web/access.log").touch()  # the other source always has a file, later one with lines
        file.rename(world.folder / name)
        world.count()
    world.audit()
    world.publish()

    assert world.report_bytes() == finished.report_bytes()


def _logs() -> list[str]:
    return [*(f"logs/gateway/{day}.jsonl" for day in reversed(DAYS)), "logs/web/access.log"]


def test_no_byte_depends_on_the_machine_its_zone_its_hashes_or_its_tasks(finished: World, tmp_path: Path) -> None:
    elsewhere = finished.copy(tmp_path / "eine Wüste" / "it's; elsewhere")
    for folder in ("lake", "reports"):
        shutil.rmtree(elsewhere.folder / folder)

    ran = ran_apart(
        *("run", "--project", elsewhere.folder, "--licensee", "kestrel", "--period", "2024-03"),
        TZ="Pacific/Auckland",
        LC_ALL="tr_TR.UTF-8",
        PYTHONHASHSEED="4711",
        TALLYSTICK_ENGINE__TASKS="5",
        TALLYSTICK_ENGINE__MASTER="local[1]",
        TALLYSTICK_ENGINE__MEMORY_LIMIT="300MB",
    )

    assert (ran.code, ran.stdout) == (0, f"{elsewhere.folder}/reports/kestrel/2024-03/r1\n"), ran.stderr[-3000:]
    assert elsewhere.report_bytes() == finished.report_bytes()
