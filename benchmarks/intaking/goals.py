"""The goals of reading logs, what was reached, and the peers beside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from measuring.goals import Line, least, measured_on

HEADING = "Reading logs"
NAMES = {"json": "JSON lines", "combined": "combined log"}
PEERS = {
    "ours": "Tallystick, as a task",
    "duckdb": "DuckDB alone",
    "polars": "Polars",
    "chdb": "ClickHouse (chdb)",
    "spark": "Spark's readers into Delta",
    "goaccess": "GoAccess",
}
AGAINST_DUCKDB, AGAINST_SPARK, TWO_WORKERS, FLAT = 1.3, 5.0, 1.85, 1.2


def lines(found: dict[str, Any]) -> list[Line]:
    """Every goal in order."""
    return [line for kind, logs in found["logs"].items() for line in _of_logs(NAMES[kind], logs)]


def _of_logs(name: str, logs: dict[str, Any]) -> Iterator[Line]:
    size = f"{logs['entries'] / 1e6:g} M"
    for compression in ("plain", "gzip"):
        runs = logs[compression]
        what = name if compression == "plain" else f"{name}, gzip"
        ours, duck = least(runs["ours"]), least(runs["duckdb"])
        speed = logs["entries"] / ours / 1e3
        figure = f"{ours / duck:.2f} x ({speed:.0f} k entries/s/core)"
        goal = f"at most {AGAINST_DUCKDB} x DuckDB alone"
        yield Line.of(what, size, goal, figure, ours <= AGAINST_DUCKDB * duck)
        if "spark" in runs:
            spark = spark_cpu(runs)
            figure = f"{spark / ours:.1f} x less ({spark:.1f} CPU s, start aside)"
            goal = f"at least {AGAINST_SPARK:g} x less than Spark's readers"
            yield Line.of(what, size, goal, figure, spark >= AGAINST_SPARK * ours)
    runs = logs["plain"]
    one, many = least(runs["one file"], "rss"), least(runs["many files"], "rss")
    figure = f"{one / 1e9:.2f} and {many / 1e9:.2f} GB"
    yield Line.of(f"{name}: 1 and 64 files", "", f"memory within {FLAT} x", figure, many <= FLAT * one)
    shared = logs["gzip"]
    if "1 workers" in shared:
        alone, both = least(shared["1 workers"], "wall"), least(shared["2 workers"], "wall")
        size = f"{shared['1 workers'][0]['entries'] / 1e6:g} M"
        figure = f"{alone / both:.2f} x ({alone:.1f} and {both:.1f} s)"
        goal = f"at least {TWO_WORKERS} x the speed of one"
        yield Line.of(f"{name}: two workers", size, goal, figure, alone >= TWO_WORKERS * both)


def spark_cpu(runs: dict[str, Any]) -> float:
    """CPU seconds of Spark's readers without what it costs to start Spark."""
    return least(runs["spark"], "tree_cpu") - least(runs["spark idle"], "tree_cpu")


def section(found: dict[str, Any], judged: list[Line]) -> str:
    """The figures as a section of the page."""
    rows = "\n".join(f"| {one.what} | {one.size} | {one.goal} | {one.figure} | {one.verdict} |" for one in judged)
    peers = "\n".join(_peers(found))
    versions = ", ".join(
        f"{name} {found['logs']['combined']['plain'][name][0].get('version', '(not installed)')}"
        for name in ("polars", "chdb", "goaccess")
    )
    sizes = {kind: logs["plain_bytes"] // logs["entries"] for kind, logs in found["logs"].items()}
    files = {kind: logs["files"] for kind, logs in found["logs"].items()}
    return f"""## {HEADING}

`make bench-intake` makes logs, the same bytes each time: JSON lines of our own gateway format, {sizes["json"]} bytes
each, in {files["json"]} files, and combined logs, {sizes["combined"]} bytes a line, in as many; plain and gzip. Every
contender reads them in a process of its own, in turns, and rows are compared before times: where the canonical columns
differ, the benchmark fails. Figures are CPU seconds, the least of {found["rounds"]} runs (of peers, of two).

{measured_on(found)}
Peers: {versions}.

| what | entries | goal | figure | verdict |
| --- | --- | --- | --- | --- |
{rows}

Microseconds of CPU an entry, and how many times ours that is:

| contender | JSON lines | gzip | combined log | gzip |
| --- | --- | --- | --- | --- |
{peers}

- *Tallystick* is the whole ingest of a file as a task does it: bytes decoded and digested, every entry proven
  readable and in order, canonical columns, its days, an account that adds up, Parquet (zstd) by day; what a worker does
  once, importing and knowing the formats, is left out. *DuckDB alone*
  does the same by SQL in one thread, trusting each line: typed columns of `read_json`, and words in quotes of
  `read_csv`; the digest that names the file is made for it, and it writes Parquet with its own default settings, which
  cost more than ours. *Polars* and *ClickHouse* do so with their own readers, in
  one thread, and write one file for each log. *Spark's readers* are `spark.read.json`, and `regexp_extract` over
  `spark.read.text`, written by delta-spark on two cores; what it costs to start is taken off. *GoAccess* counts and
  writes no rows: only the number of requests it read can be compared. It reads combined logs.
- *Two workers*: the whole stage `tallystick ingest` of 24 gzip files under Spark, from a warm session to its last
  commit, in wall seconds.
- *1 and 64 files*: the most memory of a worker that reads so many files, one task after the other.

All figures, run by run, are in `benchmarks/results/`.
"""


def _peers(found: dict[str, Any]) -> Iterator[str]:
    for name, shown in PEERS.items():
        cells = []
        for logs in found["logs"].values():
            for compression in ("plain", "gzip"):
                runs = logs[compression]
                if name not in runs:
                    cells.append("")
                elif missing := runs[name][0].get("missing"):
                    cells.append(missing)
                else:
                    cpu = spark_cpu(runs) if name == "spark" else least(runs[name])
                    cells.append(f"{cpu / logs['entries'] * 1e6:.2f} ({cpu / least(runs['ours']):.2f} x)")
        yield f"| {shown} | {' | '.join(cells)} |"
