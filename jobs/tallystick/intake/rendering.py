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
    """Print the result of `inspect`: a line a file, the total's sums and hours, and its most frequent values."""
    total = result["total"]
    read = [file for file in result["files"] if "problem" not in file]
    if read:
        console.print(_files(read, total))
    for file in result["files"]:
        if "problem" in file:
            console.print(Text.assemble("not read: ", _text(file["path"]), ": ", _text(file["problem"])))
    if not total["accepted"]:
        return
    console.print(_sums(total))
    console.print(_times(total))
    for name, title in TITLES.items():
        if set(total["top"][name]) != {"(none)"}:
            console.print(_counts(title, name.replace("_", " "), total["top"][name], total["accepted"]))


def _files(files: list[dict[str, Any]], total: dict[str, Any]) -> Table:
    table = Table(title="Files", show_footer=len(files) > 1)
    table.add_column("file", footer="total", overflow="fold")
    table.add_column("format")
    for name in ("entries", "accepted", "duplicates", "distinct_ids"):
        table.add_column(name.replace("_", " "), footer=f"{total[name]:,}", justify="right")
    table.add_column("rejected", footer=_rejected(total), overflow="fold")
    for name in ("first_at", "last_at"):
        table.add_column(name.removesuffix("_at"), footer=_second(total[name]), no_wrap=True)
    for file in files:
        table.add_row(
            _text(file["path"]),
            _text(file["format"] or "none"),
            *(f"{file[name]:,}" for name in ("entries", "accepted", "duplicates", "distinct_ids")),
            _rejected(file),
            _second(file["first_at"]),
            _second(file["last_at"]),
        )
    return table


def _rejected(told: dict[str, Any]) -> str:
    lost = told["entries"] - told["accepted"]
    return f"{lost:,}" + "".join(f"\n{reason} {number:,}" for reason, number in told["rejected"].items())


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
