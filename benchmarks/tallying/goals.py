"""The goals, what was reached, and whether that is enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Line:
    """One goal: what is measured, at which size, the goal and the figure in words, and met or not met."""

    what: str
    size: str
    goal: str
    figure: str
    verdict: str

    def __str__(self) -> str:
        return f"{self.verdict:8} {self.what:34} {self.size:>5}  {self.figure:44} goal: {self.goal}"

    def as_json(self) -> dict[str, str]:
        """For the file of results."""
        return asdict(self)


def lines(found: dict[str, Any]) -> list[Line]:
    """Every goal in order."""
    return [*_of_sizes(found["sizes"]), *_of_keys(found["sequential"])]


def _of_sizes(sizes: dict[str, Any]) -> Iterator[Line]:
    for one in sizes.values():
        rows, millions = one["requests"], one["requests"] / 1e6
        size = f"{millions:g} M"
        ours, duck = _least(one["ours"]), _least(one["duckdb"])
        speed = rows / ours / 1e6
        yield _line("first tally", size, "at least 3 M rows/s/core", f"{speed:.2f} M ({ours:.2f} CPU s)", speed >= 3)
        ratio = ours / duck
        yield _line(
            "first tally against DuckDB alone",
            size,
            "at most 1.15 x",
            f"{ratio:.2f} x ({duck:.2f} CPU s)",
            ratio <= 1.15,
        )
        if "spark" in one:
            spark = _least(one["spark"], "tree_cpu") - _least(one["spark idle"], "tree_cpu")
            figure = f"{spark / ours:.1f} x ({spark:.1f} CPU s, start aside)"
            yield _line("first tally against plain Spark", size, "at least 4 x less", figure, spark >= 4 * ours)
        peaks = min((run["with"] - run["without"]) / run["requests"] for run in one["peaks"]) * 1e9
        alone = min(run["alone"] / run["requests"] for run in one["peaks"]) * 1e9
        figure = f"{peaks:.0f} ns ({alone:.0f} if nothing else is made)"
        yield _line("peaks: 3 per app, 1 per credential", size, "at most 150 ns a row", figure, peaks <= 150)
        audit, raw = _least(one["audit"]), _least(one["audit raw"])
        figure = f"{raw / audit:.1f} x ({audit:.2f} against {raw:.2f} CPU s)"
        yield _line("audit against DuckDB on requests", size, "at least 40 x less", figure, raw >= 40 * audit)
        share = _least(one["new day"]) / ours * 100
        goal = f"at most {1.5 * 90 / one['days']:g} % of {one['days']} days"
        yield _line("one new day", size, goal, f"{share:.2f} %", share <= 1.5 * 90 / one["days"])
        memory = max(run["rss"] for run in one["ours"]) / 1e9
        yield _line("most memory", size, "at most 1.3 GB", f"{memory:.2f} GB", memory <= 1.3)


def _of_keys(found: dict[str, Any]) -> Iterator[Line]:
    for window in ("anchored", "bucket"):
        speed = found["requests"] / max(found[window]["cpu"], 1e-9) / 1e6
        figure = f"{speed:.1f} M" + ("" if found[window]["agrees"] else ", but the answers differ")
        met = speed >= 1 and found[window]["agrees"]
        yield _line(f"{window} windows of one key", "", "at least 1 M requests/s/core", figure, met)


def page(found: dict[str, Any], judged: list[Line]) -> str:
    """The figures as a page of the documentation."""
    on = found["machine"]
    quiet = "did nothing else" if on["was_quiet"] else "was not quiet: other work ran beside"
    rows = "\n".join(f"| {one.what} | {one.size} | {one.goal} | {one.figure} | {one.verdict} |" for one in judged)
    versions = ", ".join(f"{name} {number}" for name, number in on["versions"].items())
    return f"""# How fast the tally is

`make bench-tally` makes a table like the one of a large audit (50 licensees of which one makes 40 % of the requests, up
to 64 credentials an app, 200 routes, {found["days"]} days), runs every contender in a process of its own, in turns, and
compares results before times: where they differ, the benchmark fails. Figures are CPU seconds, the least of
{found["rounds"]} runs. The summaries are those that the demo's agreements ask for, spread over the licensees;
clauses of kind `backoff` and `concurrency` are left out for all.

Measured on {on["date"]}: {on["processor"]}, {on["cores"]} cores, {on["memory_gib"]} GiB, {on["system"]};
{versions}.
The machine {quiet} (load {on["load"]} before).

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


def _line(what: str, size: str, goal: str, figure: str, met: bool) -> Line:
    return Line(what=what, size=size, goal=goal, figure=figure, verdict="met" if met else "not met")


def _least(runs: list[dict[str, Any]], what: str = "cpu") -> float:
    return float(min(run[what] for run in runs))
