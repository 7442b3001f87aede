"""What `inspect` found, as lines for people; whatever a terminal would obey is made harmless."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from rich.console import Console
from rich.text import Text

from tallystick.intake.counting import NONE
from tallystick.intake.masking import harmless
from tallystick.intake.told import Told

Json = dict[str, Any]

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
OTHERS = {"comments": "comments", "headers": "headers", "blanks": "blank", "not_requests": "no requests"}


def render(told: Iterable[Told], console: Console) -> None:
    """Print what is told of each file as it comes, then sums, times and most frequent values of all together."""
    files = 0
    for one in told:
        numbers = one.numbers
        if not one.is_total:
            files += 1
            _line(console, "", numbers["path"], style="bold")
            _say_file(console, numbers)
            continue
        if files > 1:
            _line(console, "", "total", style="bold")
            _say_file(console, numbers)
        if numbers["accepted"]:
            _say_sums(console, numbers)
            _say_times(console, numbers)
            for name, title in TITLES.items():
                _say_top(console, title, one.values_of(name), numbers["accepted"])


def _line(console: Console, indent: str, text: str, *, style: str = "") -> None:
    """One line that is never broken, so that it can be searched."""
    console.print(Text(indent + harmless(text), style=style), soft_wrap=True)


def _say_file(console: Console, told: Json) -> None:
    if "problem" in told:
        _line(console, "  ", f"not read: {told['problem'].partition(' reads its first entries')[0]}")
        return
    for words in (_form(told), _bytes(told), _lines(told), _entries(told), _identity(told)):
        if words:
            _line(console, "  ", words)


def _form(told: Json) -> str:
    """Format, what came close, envelope and compression."""
    words = [told["format"]] if told["format"] else []
    words += [f"close to it: {told['runner_up']}"] if told["runner_up"] else []
    words += [f"in {told['envelope']}"] if told["envelope"] else []
    words += [told["compression"]] if told["compression"] not in (None, "none") else []
    return " · ".join(words)


def _bytes(told: Json) -> str:
    words = []
    if told["size_bytes"] is not None:
        words.append(f"{told['size_bytes']:,} bytes")
    if told["decoded_bytes"] not in (None, told["size_bytes"]):
        words.append(f"{told['decoded_bytes']:,} decoded")
    if told["sha256"] is not None:
        words.append(f"sha256 {told['sha256']}")
    return " · ".join(words)


def _lines(told: Json) -> str:
    """Lines, and those that are no entries, by what they are."""
    others = [f"{told[name]:,} {words}" for name, words in OTHERS.items() if told[name]]
    if told["lines"] is None:
        return ", ".join(others)
    entries = f"{told['entries']:,} entries"
    return f"{told['lines']:,} lines" + (f": {', '.join([*others, entries])}" if others else "")


def _entries(told: Json) -> str:
    lost = told["entries"] - told["accepted"]
    reasons = ", ".join(f"{reason} {number:,}" for reason, number in told["rejected"].items())
    if reasons:
        reasons = f" ({reasons}; {sum(told['rejected_bytes'].values()):,} bytes)"
    return f"{told['entries']:,} entries, {told['accepted']:,} accepted · {lost:,} rejected{reasons}"


def _identity(told: Json) -> str:
    if not told["accepted"]:
        return ""
    return (
        f"{told['duplicates']:,} duplicates · {told['distinct_ids']:,} ids · "
        f"{_second(told['first_at'])} to {_second(told['last_at'])} UTC"
    )


def _second(instant: str) -> str:
    return f"{instant[:10]} {instant[11:19]}"


def _say_sums(console: Console, total: Json) -> None:
    _line(console, "", "Sums", style="bold")
    for name, title in SUMS.items():
        amount = total["sums"][name]
        known = f"over {amount['known']:,} of {total['accepted']:,} requests"
        number = f"{amount['sum']:,}" if amount["known"] else "unknown"
        _line(console, "  ", f"{number:>20}  {title}, {known}")


def _say_times(console: Console, total: Json) -> None:
    """Requests an hour; where those are too many to read, a day or a month."""
    per_hour: dict[str, int] = total["per_hour"]
    lengths = {"hour": 14, "day": 10, "month": 7}
    of = next(
        (of for of, length in lengths.items() if len({hour[:length] for hour in per_hour}) <= MOST_TIMES), "month"
    )
    counts: dict[str, int] = {}
    for hour, number in per_hour.items():
        counts[hour[: lengths[of]]] = counts.get(hour[: lengths[of]], 0) + number
    _say_top(console, f"Requests by {of}", counts.items(), total["accepted"])


def _say_top(console: Console, title: str, counts: Iterable[tuple[str, int]], accepted: int) -> None:
    """One line a value: how often, which share, and the value; nothing where there are no values at all."""
    rows = iter(counts)
    first = next(rows, None)
    if first is None or first == (NONE, accepted):
        return
    _line(console, "", title, style="bold")
    for value, number in chain([first], rows):
        permille = 1000 * number // accepted
        seen = value or '""'
        _line(console, "  ", f"{number:>20,} {permille // 10:>4}.{permille % 10} %  {seen}")
