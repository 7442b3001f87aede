"""Makes the environment's Spark ready: Delta's jars, checked against infra/jars.lock, and where Java and Python are."""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
QUIET = PROJECT / "jobs" / "tallystick" / "runtime" / "log4j2.properties"
"""What Spark may say on stderr, also while spark-submit starts and no session of ours is there yet."""
MISSING = 5
"""The exit code for a part that is missing or not what it should be, as in tallystick's own commands."""


class NotReadyError(Exception):
    """Spark cannot be made ready; the text says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Jar:
    """One file that Spark needs beside its own, and the SHA-256 that it must have, in hex."""

    name: str
    sha256: str

    def check(self, file: Path) -> None:
        """Raise NotReadyError unless `file` has the locked digest."""
        found = hashlib.sha256(file.read_bytes()).hexdigest()
        if found != self.sha256:
            raise NotReadyError(
                f"{file}: {self.name} has SHA-256 {found}, and infra/jars.lock says {self.sha256}; "
                "delete that file and .cache/ivy, and run make setup again with a network"
            )


@dataclass(frozen=True, kw_only=True)
class Lock:
    """What infra/jars.lock says: the coordinates to resolve, what to leave out of them, and the jars to take."""

    packages: str
    excludes: str
    jars: tuple[Jar, ...]


def read_lock(file: Path) -> Lock:
    """Read a lock: `# packages: …` and `# excludes: …`, then lines of sha256sum."""
    settings, jars = {}, []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            key, _, value = line.removeprefix("#").strip().partition(": ")
            settings[key] = value
        elif line:
            digest, name = line.split("  ")
            jars.append(Jar(name=name, sha256=digest))
    return Lock(packages=settings["packages"], excludes=settings["excludes"], jars=tuple(jars))


def place_jars(lock: Lock, *, spark_home: Path, cache: Path, environment: dict[str, str]) -> list[str]:
    """Put the locked jars into Spark's own jars folder, so that driver and executors have them; names of the new ones.

    Takes them from `cache`, which Spark's resolver fills once. Jars that an earlier lock placed are removed.
    """
    folder = spark_home / "jars"
    names = {jar.name for jar in lock.jars}
    for stale in sorted(set(folder.glob("io.delta_*.jar")) - {folder / name for name in names}):
        stale.unlink()
    placed = []
    for jar in lock.jars:
        target = folder / jar.name
        if target.exists():
            jar.check(target)
            continue
        kept = cache / "jars" / jar.name
        if not kept.exists():
            resolve(lock, spark_home=spark_home, cache=cache, environment=environment)
        if not kept.exists():
            raise NotReadyError(f"{jar.name} is not among what {lock.packages} resolves to; mend infra/jars.lock")
        jar.check(kept)
        part = target.with_suffix(".part")
        shutil.copyfile(kept, part)
        part.replace(target)
        placed.append(jar.name)
    return placed


def resolve(lock: Lock, *, spark_home: Path, cache: Path, environment: dict[str, str]) -> None:
    """Let Spark's own resolver fetch the packages into `cache`; SPARK_IVY_SETTINGS may name a file of other stores."""
    sys.stderr.write(f"· Spark resolves {lock.packages} (once)\n")
    settings = {
        "spark.jars.packages": lock.packages,
        "spark.jars.excludes": lock.excludes,
        "spark.jars.ivy": str(cache),
    }
    if stores := environment.get("SPARK_IVY_SETTINGS"):
        settings["spark.jars.ivySettings"] = stores
    with tempfile.TemporaryDirectory() as scratch:
        nothing = Path(scratch) / "nothing.py"
        nothing.write_text("", encoding="utf-8")
        options = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
        command = [str(spark_home / "bin" / "spark-submit"), "--master", "local[1]", *options, str(nothing)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.splitlines()
        telling = [line for line in lines if "unresolved" in line or "not found" in line.lower()]
        reason = (telling or lines[-1:] or ["no word of why"])[0].strip()
        raise NotReadyError(
            f"Spark cannot resolve {lock.packages}: {reason}; "
            "is a Maven repository in reach? Run make setup again with a network, or name others in SPARK_IVY_SETTINGS"
        )


def spark_environment(*, java_home: Path, python: Path) -> str:
    """The text of conf/spark-env.sh, which every spark-submit and pyspark of this environment reads.

    A driver binds to the address of the machine's name; where that is none of its own (loopback only), to loopback.
    """
    quoted_python = shlex.quote(str(python))
    look = "import socket; socket.socket().bind((socket.gethostbyname(socket.gethostname()), 0))"
    return "\n".join(
        [
            "# Written by make setup.",
            f"export JAVA_HOME={shlex.quote(str(java_home))}",
            f'if [ -z "${{PYSPARK_PYTHON:-}}" ]; then export PYSPARK_PYTHON={quoted_python}; fi',
            f'if [ -z "${{SPARK_LOCAL_IP:-}}" ] && ! {quoted_python} -ISc {shlex.quote(look)} 2>/dev/null; then',
            "    export SPARK_LOCAL_IP=127.0.0.1",
            "fi",
            "",
        ]
    )


def _write(file: Path, text: str) -> None:
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Make the Spark of the running python's environment ready; 0, or 5 with one line about what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--java-home", type=Path, required=True)
    java_home = parser.parse_args(arguments).java_home
    found = importlib.util.find_spec("pyspark")
    if found is None or found.origin is None:
        sys.stderr.write("pyspark is not installed here; run make setup\n")
        return MISSING
    spark_home = Path(found.origin).parent
    _write(spark_home / "conf" / "spark-env.sh", spark_environment(java_home=java_home, python=Path(sys.executable)))
    _write(spark_home / "conf" / "log4j2.properties", QUIET.read_text(encoding="utf-8"))
    try:
        place_jars(
            read_lock(PROJECT / "infra" / "jars.lock"),
            spark_home=spark_home,
            cache=PROJECT / ".cache" / "ivy",
            environment={**os.environ, "SPARK_HOME": str(spark_home)},
        )
    except NotReadyError as error:
        sys.stderr.write(f"{error}\n")
        return MISSING
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
