from __future__ import annotations

import os
import shutil
from importlib.metadata import distribution, version
from pathlib import Path

import pytest

from commands.command_line import ran_apart, tallystick
from tallystick.demo.object_store import LocalObjectStore

SPARK = Path(str(distribution("pyspark").locate_file("pyspark")))
MACHINE = ("Python", "Java", "Delta for Spark", "Memory", "Clock")


@pytest.fixture
def spark_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Spark of this test's own, without the settings that `make setup` wrote: the same programs and jars."""
    home = tmp_path / "spark"
    (home / "jars").mkdir(parents=True)
    (home / "bin").symlink_to(SPARK / "bin")
    for jar in (SPARK / "jars").iterdir():
        (home / "jars" / jar.name).symlink_to(jar)
    monkeypatch.setenv("SPARK_HOME", str(home))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return home


@pytest.fixture(autouse=True)
def _without_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is where the command is typed."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def path_without_java(tmp_path: Path) -> Path:
    """A folder of every program of this machine's path but Java."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for place in os.environ["PATH"].split(":"):
        for program in Path(place).iterdir() if Path(place).is_dir() else ():
            if not program.name.startswith("java") and not (folder / program.name).is_symlink():
                (folder / program.name).symlink_to(program)
    return folder


def a_java(folder: Path, release: str) -> None:
    program = folder / "java"
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{release}\"' >&2\n")
    program.chmod(0o755)


def diagnosed(*arguments: str | Path) -> tuple[int, dict[str, dict[str, object]]]:
    ran = tallystick("doctor", *arguments, "--json")
    return ran.code, {one["name"]: one for one in ran.data}


def test_a_machine_that_is_ready_is_well(project: Path) -> None:
    code, found = diagnosed("--project", project)

    assert code == 0
    assert tuple(found) == (*MACHINE, "Write to lake", "Write to reports", "Digest key")
    assert [name for name, one in found.items() if not one["is_well"]] == []
    assert list((project / "lake").iterdir()) == list((project / "reports").iterdir()) == []


def test_without_a_project_only_the_machine_is_looked_at() -> None:
    ran = tallystick("doctor")

    assert ran.code == 0
    assert [line.partition(":")[0] for line in ran.stdout.splitlines()] == [f"ok     {name}" for name in MACHINE]
    assert "name a project with --project" in ran.stderr


def test_a_project_that_is_named_and_not_there_is_missing_input(tmp_path: Path) -> None:
    ran = tallystick("doctor", "--project", tmp_path / "nowhere", "--json")

    assert (ran.code, ran.data["error"]) == (5, "MissingInput")


def assert_failed(name: str, *arguments: str | Path, seeing: str, remedy: str) -> None:
    """Just that one thing failed: exit 5, what was seen, and what to do."""
    code, found = diagnosed(*arguments)
    assert code == 5
    assert [one for one in found if not found[one]["is_well"]] == [name]
    assert seeing in str(found[name]["seen"])
    assert remedy in str(found[name]["remedy"])
    people = tallystick("doctor", *arguments)
    assert people.code == 5
    assert f"FAILED {name}: " in people.stdout
    assert remedy in people.stdout


@pytest.mark.usefixtures("spark_home")
def test_without_java_it_says_how_to_install_it(
    tmp_path: Path, path_without_java: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(path_without_java))

    assert_failed("Java", seeing="no java", remedy="apt-get install openjdk-17")


@pytest.mark.usefixtures("spark_home")
@pytest.mark.parametrize("release", ["11.0.2", "1.8.0_392", "25"])
def test_a_java_that_spark_does_not_run_on_is_named(
    tmp_path: Path, path_without_java: Path, monkeypatch: pytest.MonkeyPatch, release: str
) -> None:
    a_java(path_without_java, release)
    monkeypatch.setenv("PATH", str(path_without_java))

    assert_failed("Java", seeing=release.partition(".")[0], remedy="make setup")


def test_the_java_that_setup_wrote_down_is_found_off_the_path(
    spark_home: Path, tmp_path: Path, path_without_java: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "java/bin").mkdir(parents=True)
    a_java(tmp_path / "java/bin", "21.0.1")
    (spark_home / "conf").mkdir()
    (spark_home / "conf/spark-env.sh").write_text(f"export JAVA_HOME={tmp_path / 'java'}\n")
    monkeypatch.setenv("PATH", str(path_without_java))

    code, found = diagnosed()

    assert (code, found["Java"]["seen"]) == (0, f"21, {tmp_path / 'java/bin/java'}")


def delta_jar(spark_home: Path) -> Path:
    [jar] = (spark_home / "jars").glob("*delta-spark_*.jar")
    return jar


def test_a_damaged_jar_is_named(spark_home: Path, tmp_path: Path) -> None:
    jar = delta_jar(spark_home)
    data = bytearray(jar.read_bytes())
    data[len(data) // 2] ^= 1
    jar.unlink()
    jar.write_bytes(data)

    assert_failed("Delta for Spark", seeing=f"{jar.name} is damaged", remedy="make setup")


def test_a_jar_that_is_cut_or_missing_or_of_another_release_is_named(spark_home: Path, tmp_path: Path) -> None:
    jar = delta_jar(spark_home)
    data = jar.read_bytes()
    jar.unlink()
    assert_failed("Delta for Spark", seeing="jars: none", remedy="make setup")
    jar.write_bytes(data[:1000])
    assert_failed("Delta for Spark", seeing=f"{jar.name} is damaged", remedy="make setup")
    jar.unlink()
    other = jar.with_name(jar.name.replace(version("delta-spark"), "4.0.0"))
    shutil.copyfile(SPARK / "jars" / jar.name, other)
    assert_failed("Delta for Spark", seeing=other.name, remedy="make setup")


def test_a_digest_key_that_others_can_read_or_that_is_none_is_named(project: Path) -> None:
    file = project / "digest.key"
    file.chmod(0o640)
    assert_failed("Digest key", "--project", project, seeing="read by others", remedy=f"chmod 600 {file}")

    file.write_text("no key\n")
    assert_failed("Digest key", "--project", project, seeing="64 hex digits", remedy="put the key back")

    file.unlink()
    _, found = diagnosed("--project", project)
    assert found["Digest key"]["is_well"]


@pytest.mark.parametrize("place", ["lake", "reports"])
def test_a_place_that_cannot_be_written_is_named(project: Path, place: str) -> None:
    (project / place).write_text("mine")

    assert_failed(
        f"Write to {place}", "--project", project, seeing=str(project / place), remedy=f"{project / place} writable"
    )


@pytest.mark.s3
def test_a_bucket_that_is_not_there_is_named(
    project: Path, s3_server: LocalObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in s3_server.environment().items():
        monkeypatch.setenv(name, value)
    settings = 'reports = "s3://no-such-bucket/x"\n[s3]\nendpoint_url = '
    (project / "tallystick.toml").write_text(f'{settings}"{s3_server.endpoint_url}"\n')

    assert_failed(
        "Write to reports", "--project", project, seeing="no such bucket", remedy="create the bucket, or name another"
    )


def test_a_project_that_cannot_be_read_is_an_error(project: Path) -> None:
    (project / "tallystick.toml").write_text("lake = [")

    ran = tallystick("doctor", "--project", project, "--json")

    assert (ran.code, ran.data["error"]) == (5, "BadConfiguration")


def test_a_stage_without_java_sends_its_user_to_the_doctor(
    project: Path, spark_home: Path, path_without_java: Path
) -> None:
    around = {"PATH": str(path_without_java), "JAVA_HOME": "", "SPARK_HOME": str(spark_home)}

    ran = ran_apart("ingest", "--project", project, "--json", **around)

    assert (ran.code, ran.data["error"], ran.data["next_step"]) == (5, "ToolMissing", "tallystick doctor")
    assert "Traceback" not in ran.stderr
