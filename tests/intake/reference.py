"""A slow second opinion on reading gateway_jsonl, in plain Python, that shares no code with the product."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

ORDER = [
    "not_json",
    "not_an_object",
    "not_in_format",
    "too_long",
    "no_time",
    "bad_time",
    "time_out_of_range",
    "bad_number",
    "bad_status",
    "bad_amount",
]
TEXTS = {
    "epoch": "epoch", "request_id": "request_id", "credential": "client", "user": "user", "tenant": "tenant",
    "client_address": "ip", "user_agent": "agent", "method": "method", "route": "route",
}  # fmt: skip
AMOUNTS = {
    "records": "records",
    "response_bytes": "bytes_out",
    "request_bytes": "bytes_in",
    "duration_us": "duration_us",
}


class NotJsonError(Exception):
    pass


def as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def as_number(text: str | None, low: int, high: int) -> tuple[int | None, bool]:
    if text is None:
        return None, True
    if not text or set(text) - set("0123456789") or not low <= int(text) <= high:
        return None, False
    return int(text), True


def as_time(text: str) -> datetime | None:
    date, sign, clock = text[:10], text[10:11], text[11:19]
    rest = text[19:]
    fraction = ""
    if rest.startswith("."):
        fraction = re.match(r"\.(\d*)", rest, re.ASCII)[1]  # type: ignore[index]
        rest = rest[1 + len(fraction) :]
        if not fraction:
            return None
    if sign not in ("T", " ") or not re.fullmatch(r"\d\d\d\d-\d\d-\d\d", date, re.ASCII):
        return None
    if not re.fullmatch(r"\d\d:\d\d:\d\d", clock, re.ASCII):
        return None
    if rest == "Z":
        offset = timedelta(0)
    elif found := re.fullmatch(r"([+-])(\d\d):?(\d\d)", rest, re.ASCII):
        hours, minutes = int(found[2]), int(found[3])
        if hours > 23 or minutes > 59:
            return None
        offset = timedelta(hours=hours, minutes=minutes) * (-1 if found[1] == "-" else 1)
    else:
        return None
    try:
        instant = datetime.strptime(f"{date} {clock}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone(offset))
        return instant.astimezone(UTC) + timedelta(microseconds=int((fraction + "000000")[:6]))
    except (ValueError, OverflowError):
        return None


def cut(text: str | None) -> str | None:
    return None if text is None else text.split("?")[0].split("#")[0]


def parse(line: str) -> Any:
    def refuse(name: str) -> None:
        raise NotJsonError(name)

    try:
        return json.loads(line, parse_constant=refuse)
    except ValueError as error:
        raise NotJsonError from error


def is_foreign(one: str) -> bool:
    return one == "\0" or 0xDC80 <= ord(one) <= 0xDCFF


def judge(line: bytes, source: str) -> tuple[dict[str, Any] | None, list[str]]:
    # A byte that is no text reads \xNN in the value of a string; anywhere else the entry is no JSON.
    text = "".join(
        f"\\\\x{ord(one) & 0xFF:02x}" if is_foreign(one) else one for one in line.decode("utf-8", "surrogateescape")
    )
    try:
        value = parse(text)
        if not isinstance(value, dict):
            return None, ["not_an_object"]
        fields = {key: as_text(one) for key, one in value.items()}
        json.dumps(value, ensure_ascii=False).encode()  # a lone half of a surrogate pair is no text
    except (NotJsonError, UnicodeEncodeError):
        return None, ["not_json"]
    wrong = set()
    row: dict[str, Any] = {name: fields.get(key) for name, key in TEXTS.items()}
    time = fields.get("time")
    if time is None:
        wrong.add("no_time")
    else:
        row["received_at"] = as_time(time)
        if row["received_at"] is None:
            wrong.add("bad_time")
        elif not 1990 <= row["received_at"].year <= 2100:
            wrong.add("time_out_of_range")
    for name, key in AMOUNTS.items():
        row[name], good = as_number(fields.get(key), 0, 2**63 - 1)
        wrong |= set() if good else {"bad_amount"}
    row["sequence_number"], good = as_number(fields.get("seq"), 0, 2**63 - 1)
    wrong |= set() if good else {"bad_number"}
    row["status"], good = as_number(fields.get("status"), 100, 999)
    wrong |= set() if good else {"bad_status"}
    row["history_from"] = None if fields.get("history_from") is None else as_time(fields["history_from"])
    if fields.get("history_from") is not None and (row["history_from"] is None or row["history_from"].year > 2100):
        wrong.add("bad_time")
    row["path"], row["referer"] = cut(fields.get("path")), cut(fields.get("referer"))
    host = fields.get("host")
    row["source"] = source if host is None else f"{source}/{host}"
    return (None if wrong else row), [reason for reason in ORDER if reason in wrong]


def read_gateway(content: bytes, source: str) -> tuple[dict[int, dict[str, Any]], dict[int, list[str]], int]:
    """Accepted rows and reasons of rejected entries by line, and how many lines are none."""
    accepted, rejected, others = {}, {}, 0
    lines = content.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    for number, line in enumerate(lines, start=1):
        if not line.strip(b" \t\r\x0b\x0c"):
            others += 1
            continue
        row, reasons = judge(line.removesuffix(b"\r"), source)
        if row is None:
            rejected[number] = reasons
        else:
            accepted[number] = row
    return accepted, rejected, others
