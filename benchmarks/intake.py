"""How fast are logs read, held against peers on the same files: one line for each goal, met or not.

Run it by itself on a machine that does nothing else: `make bench-intake`. What counts are CPU seconds of whole process
trees, the least of several interleaved runs, and only of contenders whose rows are equal.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from intaking.contenders import duckdb_alone, goaccess, ours, spark_readers, stage
from intaking.goals import HEADING, lines, section
from intaking.logs import KINDS, Logs, make_logs
from measuring.goals import keep
from measuring.machine import machine
from measuring.measured import Ran, run

CONTENDERS = {one.__name__: one for one in (ours, stage, duckdb_alone, spark_readers, goaccess)}
HERE = Path(__file__).resolve().parent
PEERS_PYTHON = HERE.parent / ".venv-bench" / "bin" / "python"
ENTRIES = {"json": 800_000, "combined": 1_600_000}
FILES = 4
MANY = 64
SHARED = 24
"""Files for two workers to share: other bytes each, so that none is a repetition."""
COMPRESSIONS = ("plain", "gzip")
PEERS = ("polars_alone", "chdb_alone")
PEERS_SCRIPT = HERE / "intaking" / "peers.py"


class DiffersError(Exception):
    """Two contenders' rows differ, so their speed says nothing."""


def main() -> int:
    """Run what the command line asks for; 1 where a contender fails or rows differ."""
    asked = _arguments()
    if asked.contender:
        name, arguments = asked.contender
        print(json.dumps(CONTENDERS[name](**json.loads(arguments)), default=str))
        return 0
    scratch = asked.scratch.resolve()
    scratch.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {"machine": machine(), "rounds": asked.rounds, "logs": {}}
    for kind in KINDS:
        _say(f"{kind}: making the logs, unless they are there")
        logs = make_logs(scratch, kind=kind, entries=asked.entries or ENTRIES[kind], files=asked.files)
        found["logs"][kind] = _measure(logs, scratch, asked)
    found["machine"]["load_after"] = machine()["load"]
    judged = lines(found)
    found["goals"] = [line.as_json() for line in judged]
    if not asked.entries:
        text = section(found, judged)
        keep(found, results=asked.results, page=asked.page, name="intake", heading=HEADING, text=text)
    print(json.dumps(found, indent=1) if asked.json else "\n".join(map(str, judged)))
    return 0


def _measure(logs: Logs, scratch: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """All contenders on the logs of one kind, plain and gzip."""
    out = Path(tempfile.mkdtemp(prefix="run-", dir=scratch))
    measured: dict[str, Any] = {"entries": logs.entries, "files": len(logs.plain), "plain_bytes": logs.size_bytes}
    try:
        for compression in COMPRESSIONS:
            _say(f"{logs.kind}, {compression}")
            measured[compression] = _measure_files(logs, compression, out, asked)
    finally:
        shutil.rmtree(out, ignore_errors=True)
    return measured


def _measure_files(
    logs: Logs, compression: str, out: Path, asked: argparse.Namespace
) -> dict[str, list[dict[str, Any]]]:
    """All contenders on the same files, in turns."""
    files = [str(file) for file in logs.files(compression)]
    runs: dict[str, list[dict[str, Any]]] = {}

    def go(name: str, contender: str, **arguments: Any) -> None:
        _say(f"  {name}")
        is_peer = contender in PEERS
        script, python = (PEERS_SCRIPT, _peers_python()) if is_peer else (HERE / "intake.py", sys.executable)
        given = {"kind": logs.kind, "files": files, "out": out / "made"} | arguments
        runs.setdefault(name, []).append(_told(run(script, contender, python=python, **given), out / "made"))
        shutil.rmtree(out / "made", ignore_errors=True)

    for number in range(asked.rounds):
        go("ours", "ours")
        go("duckdb", "duckdb_alone")
        if number < 2:
            go("polars", "polars_alone")
            go("chdb", "chdb_alone")
    if logs.kind == "combined" and compression == "plain":
        go("goaccess", "goaccess")
    if not asked.no_spark:
        go("spark idle", "spark_readers", idle=True)
        go("spark", "spark_readers")
    _refuse_differences(runs, logs.entries)
    if compression == "plain":
        go("one file", "ours", files=files[:1])
        go("many files", "ours", files=_many(files, out / "many"))
    elif not asked.no_spark:
        shared = _shared(files, out / "shared")
        for workers in (1, 2):
            go(f"{workers} workers", "stage", files=shared, workers=workers)
    return runs


def _told(ran: Ran, made: Path) -> dict[str, Any]:
    """What a run cost and wrote; a peer's rows are looked at here, since it cannot do it alike."""
    said = {"tree_cpu": ran.cpu, "tree_wall": ran.wall, "cpu": ran.cpu, "rss": ran.rss, **ran.said}
    if "version" in said and made.is_dir() and "entries" not in said:
        from intaking.rows import digest

        said["digest"] = digest(made)
    return said


def _many(files: list[str], folder: Path) -> list[str]:
    """The same files under as many names as it takes."""
    folder.mkdir()
    names = [folder / f"{number:03d}.log" for number in range(MANY)]
    for number, name in enumerate(names):
        os.link(files[number % len(files)], name)
    return [str(name) for name in names]


def _shared(files: list[str], folder: Path) -> list[str]:
    """Copies of some gzip files, each with another number of blank lines behind it."""
    folder.mkdir()
    names = [folder / f"{number:03d}.log.gz" for number in range(SHARED)]
    for number, name in enumerate(names):
        tail = gzip.compress(b"\n" * (number + 1), mtime=0)
        name.write_bytes(Path(files[number % len(files)]).read_bytes() + tail)
    return [str(name) for name in names]


def _refuse_differences(runs: dict[str, list[dict[str, Any]]], entries: int) -> None:
    first = runs["ours"][0]["digest"]
    if first["rows"] != str(entries):
        raise DiffersError(f"ours has {first['rows']} rows of {entries}")
    for name in ("ours", "duckdb", "polars", "chdb", "spark"):
        for one in runs.get(name, []):
            if "missing" not in one and one["digest"] != first:
                raise DiffersError(f"{name} differs from ours:\n{one['digest']}\n{first}")
    for one in runs.get("goaccess", []):
        if "missing" not in one and one["entries"] != entries:
            raise DiffersError(f"goaccess read {one['entries']} of {entries}")


def _peers_python() -> str:
    return str(PEERS_PYTHON) if PEERS_PYTHON.is_file() else sys.executable


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, help="of each kind, instead of 0.8 and 1.6 million")
    parser.add_argument("--files", type=int, default=FILES, help="that they stand in")
    parser.add_argument("--rounds", type=int, default=3, help="of each the least CPU of so many runs counts")
    parser.add_argument("--scratch", type=Path, default=HERE.parent / ".cache" / "bench-intake")
    parser.add_argument("--results", type=Path, help="a folder in which the figures of the usual sizes are kept")
    parser.add_argument("--page", type=Path, help="the page that shows them")
    parser.add_argument("--no-spark", action="store_true", help="leave out what starts a JVM")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--contender", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
