"""The logs that are read: the same bytes each time, as JSON lines and as combined logs, plain and gzip."""

from __future__ import annotations

import gzip
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MADE_BY = 1
"""Changes when the same numbers would give other bytes."""
KINDS = ("json", "combined")
FORMATS = {"json": "gateway_jsonl", "combined": "nginx_combined"}
FIRST_AT = datetime(2024, 3, 1, 21, 30, tzinfo=UTC)
"""The first file begins late on a day, so that some files lie astride midnight."""
STEP_US = 40_000
BLOCK = 50_000
AGENT = "halcyon-monitor/{}.{} (+https://halcyon.example.com/bot; linux x86_64; build {:07d})"
BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{0}.0) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{0}.0.0.0 Safari/537.36"
)
ROUTES = tuple(f"/2/collection-{number:03d}/{{id}}/items" for number in range(200))
STATUSES = np.repeat(np.array([200, 404, 429, 500]), [955, 22, 15, 8])
Integers = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Logs:
    """Files of one kind that hold `entries` lines together; `gzipped` are the same bytes, file for file."""

    kind: str
    plain: tuple[Path, ...]
    gzipped: tuple[Path, ...]
    entries: int
    size_bytes: int

    def files(self, compression: str) -> tuple[Path, ...]:
        """Those of `plain` or `gzip`."""
        return self.plain if compression == "plain" else self.gzipped


def make_logs(scratch: Path, *, kind: str, entries: int, files: int, seed: int = 11) -> Logs:
    """Logs of a kind and size, made below `scratch` unless they are there."""
    folder = scratch / f"{kind}-{entries}-in-{files}"
    record = folder / "made.json"
    wanted = {"made_by": MADE_BY, "kind": kind, "entries": entries, "files": files, "seed": seed}
    names = [f"edge-{number:03d}.log" for number in range(files)]
    plain = tuple(folder / "plain" / name for name in names)
    gzipped = tuple(folder / "gzip" / f"{name}.gz" for name in names)
    if not record.is_file() or json.loads(record.read_text("utf-8")) != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        for part in ("plain", "gzip"):
            (folder / part).mkdir(parents=True)
        cuts = [entries * number // files for number in range(files + 1)]
        for number, (whole, packed) in enumerate(zip(plain, gzipped, strict=True)):
            with whole.open("wb") as target, gzip.GzipFile(packed, "wb", compresslevel=6, mtime=0) as twin:
                for first in range(cuts[number], cuts[number + 1], BLOCK):
                    lines = _lines(kind, first, min(BLOCK, cuts[number + 1] - first), seed)
                    target.write(lines)
                    twin.write(lines)
        record.write_text(json.dumps(wanted), "utf-8")
    size = sum(file.stat().st_size for file in plain)
    return Logs(kind=kind, plain=plain, gzipped=gzipped, entries=entries, size_bytes=size)


def _lines(kind: str, first: int, count: int, seed: int) -> bytes:
    chance = np.random.Generator(np.random.PCG64([seed, first]))
    make = _json_line if kind == "json" else _combined_line
    drawn = {
        "caller": chance.zipf(1.3, count) % 900,
        "route": chance.zipf(1.2, count) % len(ROUTES),
        "status": STATUSES[chance.integers(0, len(STATUSES), count)],
        "thing": chance.integers(10**17, 10**18, count),
        "records": chance.integers(0, 101, count),
        "size": chance.integers(200, 90_000, count),
        "duration": chance.integers(900, 400_000, count),
        "late": chance.integers(0, STEP_US, count),
        "salt": chance.integers(0, 2**62, count),
        "back": chance.integers(0, 40 * 86_400, count),
    }
    rows = zip(*(column.tolist() for column in drawn.values()), strict=True)
    return b"".join(make(first + place, *row) for place, row in enumerate(rows))


def _json_line(
    number: int,
    caller: int,
    route: int,
    status: int,
    thing: int,
    records: int,
    size: int,
    duration: int,
    late: int,
    salt: int,
    back: int,
) -> bytes:
    at = FIRST_AT + timedelta(microseconds=number * STEP_US + late)
    known = status == 200
    history = (at - timedelta(seconds=back)).isoformat(timespec="seconds").replace("+00:00", "Z")
    return (
        f'{{"time":"{_iso(at)}","host":"edge-0{number % 4}","epoch":"2024-02-28T04:00:00Z","seq":{number // 4 + 1},'
        f'"request_id":"{salt:016x}{thing:016x}","client":"halcyon-{caller:04d}","user":"user-{thing % 100_000:05d}",'
        f'"ip":"203.0.113.{caller % 250 + 1}","agent":"{AGENT.format(caller % 9, caller % 7, caller * 7919)}",'
        f'"method":"{"POST" if route % 10 == 9 else "GET"}","route":"{ROUTES[route]}",'
        f'"path":"{ROUTES[route].replace("{id}", str(thing))}?expand=author&page={salt % 1000}","status":{status},'
        f'"records":{records if known else "null"},"bytes_out":{size if known else 312},"bytes_in":0,'
        f'"duration_us":{duration},"history_from":"{history}"}}\n'
    ).encode()


def _combined_line(
    number: int,
    caller: int,
    route: int,
    status: int,
    thing: int,
    records: int,
    size: int,
    duration: int,
    late: int,
    salt: int,
    back: int,
) -> bytes:
    at = FIRST_AT + timedelta(microseconds=number * STEP_US + late)
    path = ROUTES[route].replace("{id}", str(thing))
    query = f"?page={salt % 1000}&q={thing % 97}" if records % 3 == 0 else ""
    referer = f"https://app.example.com/boards/{thing % 10_000}?view={back}" if records % 2 else "-"
    version = 100 + caller % 25
    agent = BROWSER.format(version) if records % 5 else AGENT.format(caller % 9, caller % 7, caller * 7919)
    user = f"halcyon-{caller:04d}" if duration % 4 else "-"
    return (
        f"203.0.113.{caller % 250 + 1} - {user} [{at:%d/%b/%Y:%H:%M:%S} +0000] "
        f'"{"POST" if route % 10 == 9 else "GET"} {path}{query} HTTP/1.1" {status} {size if status == 200 else 312} '
        f'"{referer}" "{agent}"\n'
    ).encode()


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
