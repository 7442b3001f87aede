from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).parents[2]


def load_setup() -> ModuleType:
    spec = importlib.util.spec_from_file_location("spark_setup", PROJECT / "infra" / "setup" / "spark.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["spark_setup"] = module
    spec.loader.exec_module(module)
    return module


setup = load_setup()


def a_lock(folder: Path, **jars: bytes) -> Path:
    lines = ["# packages: io.example:part:1", "# excludes: org.example:*"]
    lines += [f"{hashlib.sha256(content).hexdigest()}  io.delta_{name}.jar" for name, content in jars.items()]
    file = folder / "jars.lock"
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.fixture
def spark_home(tmp_path: Path) -> Path:
    """A folder like Spark's, whose spark-submit cannot resolve anything."""
    home = tmp_path / "spark"
    (home / "jars").mkdir(parents=True)
    (home / "bin").mkdir()
    submit = home / "bin" / "spark-submit"
    submit.write_text("#!/bin/sh\necho ':: unresolved dependency: io.example#part;1: not found' >&2\nexit 1\n")
    submit.chmod(0o755)
    return home


def place(tmp_path: Path, spark_home: Path, lock: Path) -> list[str]:
    placed: list[str] = setup.place_jars(
        setup.read_lock(lock), spark_home=spark_home, cache=tmp_path / "ivy", environment={}
    )
    return placed


def test_a_jar_in_the_cache_is_placed_without_a_resolver(tmp_path: Path, spark_home: Path) -> None:
    (tmp_path / "ivy" / "jars").mkdir(parents=True)
    (tmp_path / "ivy" / "jars" / "io.delta_one.jar").write_bytes(b"one")

    assert place(tmp_path, spark_home, a_lock(tmp_path, one=b"one")) == ["io.delta_one.jar"]
    assert (spark_home / "jars" / "io.delta_one.jar").read_bytes() == b"one"


def test_a_placed_jar_needs_neither_cache_nor_resolver(tmp_path: Path, spark_home: Path) -> None:
    (spark_home / "jars" / "io.delta_one.jar").write_bytes(b"one")

    assert place(tmp_path, spark_home, a_lock(tmp_path, one=b"one")) == []


@pytest.mark.parametrize("where", ["spark/jars", "ivy/jars"])
def test_a_jar_with_another_digest_is_an_error_that_names_it(tmp_path: Path, spark_home: Path, where: str) -> None:
    changed = tmp_path / where / "io.delta_one.jar"
    changed.parent.mkdir(parents=True, exist_ok=True)
    changed.write_bytes(b"changed")

    with pytest.raises(setup.NotReadyError, match=r"io\.delta_one\.jar has SHA-256") as refused:
        place(tmp_path, spark_home, a_lock(tmp_path, one=b"one"))

    assert str(changed) in str(refused.value)


def test_a_jar_of_an_earlier_lock_goes_and_sparks_own_stay(tmp_path: Path, spark_home: Path) -> None:
    for name in ("io.delta_one.jar", "io.delta_old.jar", "spark-core.jar"):
        (spark_home / "jars" / name).write_bytes(b"one")

    place(tmp_path, spark_home, a_lock(tmp_path, one=b"one"))

    assert sorted(file.name for file in (spark_home / "jars").iterdir()) == ["io.delta_one.jar", "spark-core.jar"]


def test_what_cannot_be_resolved_is_named_with_the_next_step(tmp_path: Path, spark_home: Path) -> None:
    with pytest.raises(
        setup.NotReadyError, match="cannot resolve io.example:part:1: :: unresolved dependency"
    ) as refused:
        place(tmp_path, spark_home, a_lock(tmp_path, one=b"one"))

    assert "make setup" in str(refused.value)


def test_this_environments_spark_has_every_locked_jar() -> None:
    spec = importlib.util.find_spec("pyspark")
    assert spec is not None
    assert spec.origin is not None
    lock = setup.read_lock(PROJECT / "infra" / "jars.lock")

    assert len(lock.jars) >= 2
    for jar in lock.jars:
        jar.check(Path(spec.origin).parent / "jars" / jar.name)
