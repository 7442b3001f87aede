from __future__ import annotations

import json
import secrets
import shutil
from pathlib import Path

import pytest

from commands.command_line import ran_apart
from stages.world import DAYS, World
from tallystick.demo.object_store import LocalObjectStore
from tallystick.errors import BadConfigurationError

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


def test_from_the_logs_alone_the_same_bundle_comes_again(finished: World) -> None:
    bundle = finished.bundle()
    shutil.rmtree(finished.folder / "lake")

    again = finished.run()

    assert [one.changed for one in again] == [True, True, True, True, False]
    assert again[-1].totals["locations"] == [str(finished.folder / "reports/kestrel/2024-03/r1")]
    shutil.rmtree(finished.folder / "reports")
    assert finished.publish().changed
    assert finished.bundle() == bundle


def test_files_that_come_one_by_one_and_backwards_make_the_same_bundle(finished: World, tmp_path: Path) -> None:
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

    assert world.bundle() == finished.bundle()


def _logs() -> list[str]:
    return [*(f"logs/gateway/{day}.jsonl" for day in reversed(DAYS)), "logs/web/access.log"]


@pytest.mark.s3
def test_no_byte_depends_on_the_machine_its_zone_its_hashes_its_tasks_or_where_the_logs_lie(
    finished: World, tmp_path: Path, s3_server: LocalObjectStore
) -> None:
    elsewhere = finished.copy(tmp_path / "eine Wüste" / "it's; elsewhere")
    for folder in ("lake", "reports"):
        shutil.rmtree(elsewhere.folder / folder)
    prefix = into_the_store(elsewhere, s3_server)

    ran = ran_apart(
        *("run", "--project", elsewhere.folder, "--licensee", "kestrel", "--period", "2024-03"),
        **s3_server.environment(),
        TZ="Pacific/Auckland",
        LC_ALL="tr_TR.UTF-8",
        PYTHONHASHSEED="4711",
        TALLYSTICK_ENGINE__TASKS="5",
        TALLYSTICK_ENGINE__MASTER="local[1]",
        TALLYSTICK_ENGINE__MEMORY_LIMIT="300MB",
    )

    assert (ran.code, ran.stdout) == (0, f"s3://reports/{prefix}/kestrel/2024-03/r1\n"), ran.stderr[-3000:]
    client, folder = s3_server.address.client(), f"{prefix}/kestrel/2024-03/r1/"
    keys = [each["Key"] for each in client.list_objects_v2(Bucket="reports", Prefix=folder)["Contents"]]
    sent = {key.removeprefix(folder): client.get_object(Bucket="reports", Key=key)["Body"].read() for key in keys}
    assert sent == finished.bundle()


def into_the_store(world: World, server: LocalObjectStore) -> str:
    """Move a project's logs into the bucket `logs`, and let it publish to the bucket `reports`; the prefix in both."""
    prefix, client = secrets.token_hex(6), server.address.client()
    for file in [file for file in (world.folder / "logs").rglob("*") if file.is_file()]:
        key = f"{prefix}/{file.relative_to(world.folder / 'logs')}"
        client.put_object(Bucket="logs", Key=key, Body=file.read_bytes())
        file.unlink()
    for name in ("gateway", "web"):
        world.edit(f"sources/{name}.yaml", f"folder: logs/{name}", f"prefix: s3://logs/{prefix}/{name}")
    store = f'reports = "s3://reports/{prefix}"\n[s3]\nendpoint_url = "{server.endpoint_url}"\n'
    world.edit("tallystick.toml", "\n[engine]", f"{store}[engine]")
    return prefix


def test_a_lake_in_a_folder_named_like_a_pattern_reads_only_its_own_files(finished: World, tmp_path: Path) -> None:
    for name in ("lake?", "lake[x]", "lake*"):
        world = finished.copy(tmp_path / name / name)
        finished.copy(tmp_path / "lakex" / name.replace("*", "sy"))

        assert [one.changed for one in world.run()] == [False] * 5
        shutil.rmtree(world.folder / "reports")
        world.publish()
        assert world.report_bytes() == finished.report_bytes()


@pytest.mark.parametrize("name", ["50%25", "a\\b", "a\nb"])
def test_a_lake_where_delta_cannot_name_it_is_refused(world: World, name: str) -> None:
    world.write("tallystick.toml", f"lake = {json.dumps(name)}\n")

    with pytest.raises(BadConfigurationError, match="Delta tables cannot lie") as caught:
        world.count()
    assert "TALLYSTICK_LAKE" in str(caught.value.next_step)
