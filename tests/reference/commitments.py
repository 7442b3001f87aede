"""A second opinion on commitments, written and compared, in plain Python as docs/reference/commitment.md has it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

SCHEMA = "tallystick/commitment/1"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request as one side's log has it: texts that can identify it, and whole numbers that can differ."""

    app: str
    hour: int
    texts: Mapping[str, str | None]
    numbers: Mapping[str, int | None] = field(default_factory=dict)


def hour_text(hour: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(hours=hour)).strftime("%Y-%m-%dT%HZ")


def digest(key: bytes, identity: Sequence[str], call: Call) -> str | None:
    """The keyed digest of a call's identity in hex; None for one that has none."""
    needed = ["request_id"] if "request_id" in identity else identity[1:]
    if not any(call.texts.get(name) for name in needed):
        return None
    message = b""
    for name in identity:
        text = (hour_text(call.hour) if name == "hour" else call.texts.get(name) or "").encode("utf-8")
        message += b"%d:%s," % (len(text), text) if text else b"-,"
    return hmac.new(derived(key, " ".join(identity)), message, hashlib.sha256).hexdigest()


def derived(key: bytes, purpose: str) -> bytes:
    return hmac.new(key, f"{SCHEMA} {purpose}".encode("ascii"), hashlib.sha256).digest()


def check(digest: str, name: str, value: int | None) -> bytes:
    if value is None:
        return bytes(4)
    found = hashlib.sha256(f"{digest[32:]}{name}={value}".encode("ascii")).digest()[:4]
    return found if any(found) else b"\0\0\0\1"


def commitment(
    key: bytes,
    calls: Iterable[Call],
    *,
    identity: Sequence[str] = ("request_id",),
    compared: Sequence[str] = ("records", "status"),
    period: tuple[int, int] | None = None,
) -> bytes:
    """The whole file."""
    hours = None if period is None else {"start": hour_text(period[0]), "end": hour_text(period[1])}
    lines = [
        line(
            {
                "commitment": SCHEMA,
                "compared": list(compared),
                "identity": list(identity),
                "key": derived(key, "key").hex()[:16],
                "period": hours,
            }
        )
    ]
    cells: dict[tuple[int, str], list[tuple[bytes, ...]]] = {}
    nameless: Counter[tuple[int, str]] = Counter()
    for call in calls:
        found = digest(key, identity, call)
        if found is None:
            nameless[call.hour, call.app] += 1
            continue
        checks = (check(found, name, call.numbers.get(name)) for name in compared)
        cells.setdefault((call.hour, call.app), []).append((bytes.fromhex(found[:32]), *checks))
    for (hour, app), rows in sorted(cells.items()):
        rows.sort()
        for first in range(0, len(rows), 4_096):
            tags, *checks = zip(*rows[first : first + 4_096], strict=True)
            lines.append(
                line(
                    {
                        "app": app,
                        "checks": {name: text(column) for name, column in zip(compared, checks, strict=True)},
                        "hour": hour_text(hour),
                        "requests": len(tags),
                        "tags": text(tags),
                    }
                )
            )
    lines += [
        line({"app": app, "hour": hour_text(hour), "unidentified": number})
        for (hour, app), number in sorted(nameless.items())
    ]
    requests, unidentified = sum(map(len, cells.values())), sum(nameless.values())
    sha256 = hashlib.sha256(b"".join(lines)).hexdigest()
    return b"".join([*lines, line({"requests": requests, "sha256": sha256, "unidentified": unidentified})])


def text(column: Iterable[bytes]) -> str:
    return base64.b64encode(b"".join(column)).decode("ascii")


def line(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii") + b"\n"


def compared(ours: Sequence[Call], theirs: Sequence[Call], names: Sequence[str]) -> dict[str, int]:
    """What two sides with request ids, each once a side, have in common: a call of one side at a time."""
    found: Counter[str] = Counter()
    others = {call.texts["request_id"]: call for call in theirs}
    for call in ours:
        other = others.pop(call.texts["request_id"], None)
        if other is None:
            found["only_ours"] += 1
            continue
        pairs = [(call.numbers.get(name), other.numbers.get(name)) for name in names]
        if any(one is not None and another is not None and one != another for one, another in pairs):
            found["differing"] += 1
        elif any((one is None) != (another is None) for one, another in pairs):
            found["undecided"] += 1
        else:
            found["agreed"] += 1
        found["other_hour"] += call.hour != other.hour
        found["other_app"] += call.app != other.app
    found["only_theirs"] = len(others)
    return dict(found) | {"ours": len(ours), "theirs": len(theirs)}
