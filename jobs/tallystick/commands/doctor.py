"""Is this machine ready? Each thing that an audit needs, tried, with what to do about it when it is not there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import distribution, version
from pathlib import Path

from tallystick.digest_key import DigestKey
from tallystick.errors import TallystickError
from tallystick.settings import Settings
from tallystick.storage.objects import open_store

SUPPORTED_JAVA = (17, 21)
NEEDED_MEMORY_BYTES = 3 << 30


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """One thing tried: whether it is well, what was seen, and what to do if it is not."""

    name: str
    is_well: bool
    seen: str
    remedy: str


def diagnose(settings: Settings | None) -> Iterator[Diagnosis]:
    """Yields each diagnosis as it is made; without settings only what concerns the machine."""
    yield _python()
    yield _java()
    yield _jars()
    yield _memory()
    yield _clock()
    if settings is not None:
        yield _writes("lake", str(settings.lake), lambda: _write_folder(settings.lake))
        yield _writes("reports", settings.reports, lambda: _write_reports(settings))
        yield _digest_key(settings.digest_key_file)


def _digest_key(file: Path) -> Diagnosis:
    """The key that secrets are digested with: one that can be read, by its owner alone, or none yet."""
    remedy = "put the key back that the lake was made with; where there is no lake yet, delete the file"
    if not file.exists():
        return Diagnosis(name="Digest key", is_well=True, seen="none yet, ingest makes one", remedy=remedy)
    try:
        key = DigestKey.load(file)
    except TallystickError as error:
        return Diagnosis(name="Digest key", is_well=False, seen=str(error), remedy=remedy)
    if file.stat().st_mode & 0o077:
        seen = f"{file} can be read by others"
        return Diagnosis(name="Digest key", is_well=False, seen=seen, remedy=f"chmod 600 {file}")
    return Diagnosis(name="Digest key", is_well=True, seen=f"{file}, mark {key.mark}", remedy=remedy)


def _python() -> Diagnosis:
    found = ".".join(str(part) for part in sys.version_info[:3])
    return Diagnosis(
        name="Python", is_well=sys.version_info >= (3, 11), seen=found, remedy="install Python 3.11 or newer"
    )


def _spark_home() -> Path:
    """Where Spark is: SPARK_HOME, or the folder that its Python package brings."""
    return Path(os.environ.get("SPARK_HOME") or str(distribution("pyspark").locate_file("pyspark")))


def _java() -> Diagnosis:
    """The Java that Spark will start: by JAVA_HOME, which its own spark-env.sh may set, else by the path."""
    remedy = "make setup installs Java where it may; otherwise: apt-get install openjdk-17-jre-headless"
    home = _said("bash", "-c", '. "$SPARK_HOME/bin/load-spark-env.sh" && printf %s "${JAVA_HOME:-}"')
    program = f"{home}/bin/java" if home else shutil.which("java")
    if program is None:
        return Diagnosis(name="Java", is_well=False, seen="no java on the path", remedy=remedy)
    said = _said(program, "-version")
    found = re.search(r'version "(\d+)', said)
    number = int(found[1]) if found else 0
    seen = f"{number or said.strip()[:80] or 'does not start'}, {program}"
    return Diagnosis(name="Java", is_well=number in SUPPORTED_JAVA, seen=seen, remedy=remedy)


def _said(*command: str) -> str:
    """What a program says on both streams; nothing when it cannot be started."""
    environment = {**os.environ, "SPARK_HOME": str(_spark_home())}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout + done.stderr


def _jars() -> Diagnosis:
    """The delta-spark jar that Spark will load must be the release of the Python package, made for this Spark."""
    wanted, spark = version("delta-spark"), version("pyspark")
    found = sorted((_spark_home() / "jars").glob("*delta-spark_*.jar"))
    return Diagnosis(
        name="Delta for Spark",
        is_well=[_jar_version(jar) for jar in found] == [wanted],
        seen=f"pyspark {spark}, delta-spark {wanted}, jars: {', '.join(_jar_seen(jar) for jar in found) or 'none'}",
        remedy="make setup",
    )


def _jar_version(jar: Path) -> str | None:
    """The release in a jar's name; None for a jar that is damaged."""
    try:
        with zipfile.ZipFile(jar) as archive:
            is_whole = archive.testzip() is None
    except (OSError, zipfile.BadZipFile, zlib.error):
        is_whole = False
    return jar.stem.rpartition("-")[2] if is_whole else None


def _jar_seen(jar: Path) -> str:
    return jar.name if _jar_version(jar) else f"{jar.name} is damaged"


def _memory() -> Diagnosis:
    free = 0
    meminfo = Path("/proc/meminfo")
    if meminfo.is_file():
        found = re.search(r"MemAvailable:\s+(\d+) kB", meminfo.read_text())
        free = int(found[1]) * 1024 if found else 0
        seen = f"{free / (1 << 30):.1f} GiB available"
    else:
        free, seen = NEEDED_MEMORY_BYTES, "not told by this system"
    return Diagnosis(
        name="Memory",
        is_well=free >= NEEDED_MEMORY_BYTES,
        seen=seen,
        remedy="close something, or lower engine.memory_limit",
    )


def _clock() -> Diagnosis:
    """A clock before the program's own making signs nothing and finds no valid certificate."""
    made, now = Path(__file__).stat().st_mtime, time.time()
    return Diagnosis(
        name="Clock",
        is_well=now >= made - 86_400,
        seen=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
        remedy="set the clock: the machine believes that it is before this program was installed",
    )


def _writes(name: str, where: str, attempt: Callable[[], None]) -> Diagnosis:
    try:
        attempt()
    except (OSError, TallystickError) as error:
        next_step = getattr(error, "next_step", None) or f"make {where} writable, or mend tallystick.toml"
        return Diagnosis(name=f"Write to {name}", is_well=False, seen=f"{where}: {error}", remedy=next_step)
    return Diagnosis(name=f"Write to {name}", is_well=True, seen=where, remedy="")


def _write_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-"):
        pass


def _write_reports(settings: Settings) -> None:
    if "://" not in settings.reports:
        _write_folder(Path(settings.reports))
        return
    open_store(settings.reports, settings.s3).put(".tallystick-doctor", b"written to see whether it can be\n")
