"""The goals of the tally, and what was reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from measuring.goals import Line, least, measured_on

HEADING = "The tally"


def lines(found: dict[str, Any]) -> list[Line]:
    """Every goal in order."""
    return [*_of_sizes(found["sizes"]), *_of_keys(found["sequential"])]


def _of_sizes(sizes: dict[str, Any]) -> Iterator[Line]:
    for one in sizes.values():
        rows, millions = one["requests"], one["requests"] / 1e6
        size = f"{millions:g} M"
        ours, duck = least(one["ours"]), least(one["duckdb"])
        speed = rows / ours / 1e6
        yield Line.of("first tally", size, "at least 3 M rows/s/core", f"{speed:.2f} M ({ours:.2f} CPU s)", speed >= 3)
        ratio = ours / duck
        yield Line.of(
            "first tally against DuckDB alone",
            size,
            "at most 1.15 x",
            f"{ratio:.2f} x ({duck:.2f} CPU s)",
            ratio <= 1.15,
        )
        if "spark" in one:
            spark = least(one["spark"], "tree_cpu") - least(one["spark idle"], "tree_cpu")
            figure = f"{spark / ours:.1f} x ({spark:.1f} CPU s, start aside)"
            yield Line.of("first tally against plain Spark", size, "at least 4 x less", figure, spark >= 4 * ours)
        peaks = min((run["with"] - run["without"]) / run["requests"] for run in one["peaks"]) * 1e9
        alone = min(run["alone"] / run["requests"] for run in one["peaks"]) * 1e9
        figure = f"{peaks:.0f} ns ({alone:.0f} if nothing else is made)"
        yield Line.of("peaks: 3 per app, 1 per credential", size, "at most 150 ns a row", figure, peaks <= 150)
        audit, raw = least(one["audit"]), least(one["audit raw"])
        figure = f"{raw / audit:.1f} x ({audit:.2f} against {raw:.2f} CPU s)"
        yield Line.of("audit against DuckDB on requests", size, "at least 40 x less", figure, raw >= 40 * audit)
        share = least(one["new day"]) / ours * 100
        goal = f"at most {1.5 * 90 / one['days']:g} % of {one['days']} days"
        yield Line.of("one new day", size, goal, f"{share:.2f} %", share <= 1.5 * 90 / one["days"])
        memory = max(run["rss"] for run in one["ours"]) / 1e9
        yield Line.of("most memory", size, "at most 1.3 GB", f"{memory:.2f} GB", memory <= 1.3)


def _of_keys(found: dict[str, Any]) -> Iterator[Line]:
    for window in ("anchored", "bucket"):
        speed = found["requests"] / max(found[window]["cpu"], 1e-9) / 1e6
        figure = f"{speed:.1f} M" + ("" if found[window]["agrees"] else ", but the answers differ")
        met = speed >= 1 and found[window]["agrees"]
        yield Line.of(f"{window} windows of one key", "", "at least 1 M requests/s/core", figure, met)


def section(found: dict[str, Any], judged: list[Line]) -> str:
    """The figures as a section of the page."""
    rows = "\n".join(f"| {one.what} | {one.size} | {one.goal} | {one.figure} | {one.verdict} |" for one in judged)
    return f"""## {HEADING}

`make bench-tally` makes a table like the one of a large audit (50 licensees of which one makes 40 % of the requests, up
to 64 credentials an app, 200 routes, {found["days"]} days), runs every contender in a process of its own, in turns, and
compares results before times: where they differ, the benchmark fails. Figures are CPU seconds, the least of
{found["rounds"]} runs. The summaries are those that the demo's agreements ask for, spread over the licensees;
clauses of kind `backoff` and `concurrency` are left out for all.

{measured_on(found)}

| what | requests | goal | figure | verdict |
| --- | --- | --- | --- | --- |
{rows}

- *First tally*: the standing tables, the ledger with its gaps, and every summary, of all days; our side is the tasks
  as one Spark worker runs them. *DuckDB alone* makes the same tables by plain SQL over all days in one thread, exact
  peaks by a running sum of what comes into a window and what leaves it. *Plain Spark* runs the same SQL on two cores;
  what it costs to start is taken off.
- *Peaks*: what three sliding windows per app and one per credential cost on top of the standing tables.
- *Audit*: calendar and sliding limits of all licensees over all days, from the small tables, against SQL on requests.
  One app is over its limit on two days, so its requests of these days are read.
- *Anchored windows, bucket*: one key in memory, each held against a loop request by request.

All figures, run by run, are in `benchmarks/results/`.
"""
