"""What `inspect` found, as tables for people; whatever a terminal would obey is made harmless."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tallystick.intake.masking import harmless

TITLES = {
    "credential": "Credentials",
    "principal": "Principals",
    "user": "Users",
    "client_address": "Client addresses",
    "user_agent": "User agents",
    "operation": "Operations",
    "status": "Statuses",
    "error": "Errors",
}
MOST_TIMES = 48
"""Lines of the table of times."""
SUMS = {"response_bytes": "response bytes", "request_bytes": "request bytes", "records": "records"}


def render(result: dict[str, Any], console: Console) -> None:
    """Print the result of `inspect`: each file, then sums, times and most frequent values of all files together."""
    for file in result["files"]:
        _line(console, "", file["path"], style="bold")
        _line(console, "  ", f"not read: {file['problem']}" if "problem" in file else _summary(file))
    total = result["total"]
    if len(result["files"]) > 1:
        _line(console, "", "total", style="bold")
        _line(console, "  ", _summary(total))
    if not total["accepted"]:
        return
    console.print(_sums(total))
    console.print(_times(total))
    for name, title in TITLES.items():
        if set(total["top"][name]) != {"(none)"}:
            console.print(_counts(title, name.replace("_", " "), total["top"][name], total["accepted"]))


def _line(console: Console, indent: str, text: str, *, style: str = "") -> None:
    """One line that is never broken, so that it can be searched."""
    console.print(Text(indent + harmless(text), style=style), soft_wrap=True)


def _summary(told: dict[str, Any]) -> str:
    """Format, entries, rejected entries, duplicates, ids and times in one line."""
    parts = [told["format"]] if told["format"] else []
    parts.append(f"{told['entries']:,} entries, {told['accepted']:,} accepted")
    lost = told["entries"] - told["accepted"]
    reasons = ", ".join(f"{reason} {number:,}" for reason, number in told["rejected"].items())
    parts.append(f"{lost:,} rejected ({reasons})" if reasons else f"{lost:,} rejected")
    parts.append(f"{told['duplicates']:,} duplicates of {told['distinct_ids']:,} ids")
    if told["first_at"]:
        parts.append(f"{_second(told['first_at'])} to {_second(told['last_at'])} UTC")
    return " · ".join(parts)


def _sums(total: dict[str, Any]) -> Table:
    table = Table(title="Sums")
    table.add_column("amount")
    table.add_column("sum", justify="right")
    table.add_column("over", justify="right")
    for name, title in SUMS.items():
        amount = total["sums"][name]
        known = f"{amount['known']:,} of {total['accepted']:,} requests"
        table.add_row(title, f"{amount['sum']:,}" if amount["known"] else "unknown", known)
    return table


def _times(total: dict[str, Any]) -> Table:
    """Requests an hour; where those are too many to read, a day or a month."""
    per_hour: dict[str, int] = total["per_hour"]
    lengths = {"hour": 14, "day": 10, "month": 7}
    of = next(
        (of for of, length in lengths.items() if len({hour[:length] for hour in per_hour}) <= MOST_TIMES), "month"
    )
    counts: dict[str, int] = {}
    for hour, number in per_hour.items():
        counts[hour[: lengths[of]]] = counts.get(hour[: lengths[of]], 0) + number
    return _counts(f"Requests by {of}", of, counts, total["accepted"])


def _second(instant: str | None) -> str:
    return f"{instant[:10]} {instant[11:19]}" if instant else ""


def _counts(title: str, of: str, counts: dict[str, int], accepted: int) -> Table:
    table = Table(title=title)
    table.add_column(of, overflow="fold")
    table.add_column("requests", justify="right")
    table.add_column("share", justify="right")
    for value, number in counts.items():
        permille = 1000 * number // accepted
        table.add_row(_text(value or '""'), f"{number:,}", f"{permille // 10}.{permille % 10} %")
    return table


def _text(value: str) -> Text:
    return Text(harmless(value))
