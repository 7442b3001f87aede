"""How fast is the tally, held against its peers on the same files: one line for each goal, met or not.

Run it by itself on a machine that does nothing else: `make bench-tally`. What counts are CPU seconds, the least of
several interleaved runs, and only of contenders whose results are equal.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from measuring.goals import keep
from measuring.machine import machine
from measuring.measured import Ran
from measuring.measured import run as run_script
from tallying.audits import audit_from_requests, audit_from_summaries, prepare
from tallying.contenders import duckdb_alone, new_day, ours, peaks, plain_spark, stage
from tallying.goals import HEADING, lines, section
from tallying.keys import sequential
from tallying.table import Made, make_table
from tallying.terms import write_terms

CONTENDERS = {
    one.__name__: one
    for one in (
        ours,
        new_day,
        peaks,
        stage,
        duckdb_alone,
        plain_spark,
        prepare,
        audit_from_summaries,
        audit_from_requests,
        sequential,
    )
}
HERE = Path(__file__).resolve().parent
run = partial(run_script, HERE / "tally.py")
SIZES = (12_000_000, 48_000_000)


class DiffersError(Exception):
    """Two contenders' results differ, so their speed says nothing."""


def main() -> int:
    """Run what the command line asks for; 1 where a contender fails or results differ."""
    asked = _arguments()
    if asked.contender:
        name, arguments = asked.contender
        print(json.dumps(CONTENDERS[name](**json.loads(arguments)), default=str))
        return 0
    scratch = asked.scratch.resolve()
    scratch.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {"machine": machine(), "days": asked.days, "rounds": asked.rounds, "sizes": {}}
    for requests in asked.requests or SIZES:
        _say(f"{requests:,} requests: making the table, unless it is there")
        made = make_table(scratch, requests=requests, days=asked.days)
        write_terms(made)
        found["sizes"][str(requests)] = _measure(made, scratch, asked)
    found["sequential"] = run("sequential", requests=asked.sequential).said
    found["machine"]["load_after"] = machine()["load"]
    judged = lines(found)
    found["goals"] = [line.as_json() for line in judged]
    if not asked.requests:
        text = section(found, judged)
        keep(found, results=asked.results, page=asked.page, name="tally", heading=HEADING, text=text)
    print(json.dumps(found, indent=1) if asked.json else "\n".join(map(str, judged)))
    return 0


def _measure(made: Made, scratch: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """All contenders of one size, in turns."""
    out = Path(tempfile.mkdtemp(prefix="run-", dir=scratch))
    try:
        folder, period = made.folder, f"{made.days[0]}/{_after(made.days[-1])}"
        runs: dict[str, list[Ran]] = {}

        def go(name: str, contender: str, **arguments: Any) -> None:
            _say(f"  {name}")
            runs.setdefault(name, []).append(run(contender, **arguments))
            for one in out.iterdir():
                shutil.rmtree(one)

        for _ in range(asked.rounds):
            go("ours", "ours", folder=folder, out=out / "ours")
            go("duckdb", "duckdb_alone", folder=folder, out=out / "duckdb")
            go("new day", "new_day", folder=folder, out=out / "day")
            go("peaks", "peaks", folder=folder, out=out / "peaks")
        if not asked.no_spark:
            go("spark idle", "plain_spark", folder=folder, out=out / "idle", idle=True)
            go("spark", "plain_spark", folder=folder, out=out / "spark")
            go("stage", "stage", folder=folder, out=out / "stage")
        run("prepare", folder=folder, out=out)
        for _ in range(asked.rounds):
            go("audit", "audit_from_summaries", folder=folder, period=period)
            go("audit raw", "audit_from_requests", folder=folder, period=period, out=out / "audit")
    finally:
        shutil.rmtree(out, ignore_errors=True)
    _refuse_differences(runs)
    return {"requests": made.rows, "days": len(made.days)} | {
        name: [{"tree_cpu": one.cpu, "tree_wall": one.wall, **one.said} for one in found]
        for name, found in runs.items()
    }


def _refuse_differences(runs: dict[str, list[Ran]]) -> None:
    for names, what in ((("ours", "duckdb", "spark", "stage"), "digests"), (("audit", "audit raw"), "digest")):
        first = runs[names[0]][0].said[what]
        for name in names:
            for one in runs.get(name, []):
                if one.said[what] != first or not first:
                    raise DiffersError(f"{name} differs from {names[0]}:\n{one.said[what]}\n{first}")


def _after(day: str) -> str:
    from datetime import date, timedelta

    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, action="append", help="a size; may be given again (12 and 48 million)")
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--rounds", type=int, default=2, help="of each the least CPU of so many runs counts")
    parser.add_argument("--sequential", type=int, default=2_000_000, help="requests of the one key")
    parser.add_argument("--scratch", type=Path, default=HERE.parent / ".cache" / "bench-tally")
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
