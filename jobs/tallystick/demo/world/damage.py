"""The damaged file: lines that no reader can take for a request, each for a reason of its own."""

from __future__ import annotations

from collections import Counter
from datetime import date

HOST, DAY = 1, date(2022, 8, 23)
"""The host and the day of the damaged file."""

_WHOLE = (
    '{"time":"2022-08-23T11:00:00.000001Z","host":"edge-02","epoch":"2022-05-11T03:30:00Z","seq":1,'
    '"request_id":"00000000damaged0","client":"hal-mon-01","user":null,"tenant":null,"ip":"192.0.2.1",'
    '"agent":"damaged/1.0","method":"GET","route":"/2/murmurs","path":"/2/murmurs","status":200,"records":12,'
    '"bytes_out":4100,"bytes_in":0,"duration_us":1900,"referer":null}'
)


def _with(said: str, instead: str) -> bytes:
    assert _WHOLE.count(said) == 1
    return _WHOLE.replace(said, instead).encode()


LINES: tuple[tuple[str, bytes], ...] = (
    ("not_json", _WHOLE[:61].encode()),
    ("bad_time", _with("2022-08-23T11:00:00.000001Z", "2022-08-23T25:61:00.000001Z")),
    ("not_json", b"upstream connect error or disconnect/reset before headers"),
    ("bad_status", _with('"status":200', '"status":99')),
    ("bad_amount", _with('"records":12', '"records":-12')),
    ("not_json", _WHOLE.encode().replace(b'"status":200', b'"status":\xff\xfe')),
    ("not_json", _WHOLE.encode() + _WHOLE.encode()),
    ("no_time", _with('"time":"2022-08-23T11:00:00.000001Z",', "")),
    ("not_an_object", b'["2022-08-23T11:00:00.000001Z","edge-02",200]'),
    ("time_out_of_range", _with("2022-08-23T11:00:00.000001Z", "1970-01-01T00:00:00.000000Z")),
    ("bad_number", _with('"seq":1', '"seq":-1')),
    ("bad_status", _with('"status":200', '"status":"OK"')),
    ("not_json", _WHOLE[40:].encode()),
    ("bad_amount", _with('"bytes_out":4100', '"bytes_out":41.5')),
)
"""Reason and bytes of each damaged line; no line has a second reason."""
BLANK_LINES = 1
"""Lines of nothing, which are no entries at all."""


def rejected_by_reason() -> dict[str, int]:
    """How many entries each reason rejects."""
    return dict(sorted(Counter(reason for reason, _ in LINES).items()))


def with_damage(text: bytes) -> bytes:
    """The lines of `text` with the damaged ones dealt among them, and a blank one at the end."""
    lines = text.splitlines(keepends=True)
    parts: list[bytes] = []
    before = 0
    for number, (_, damaged) in enumerate(LINES, 1):
        after = number * len(lines) // (len(LINES) + 1)
        parts += [*lines[before:after], damaged + b"\n"]
        before = after
    return b"".join([*parts, *lines[before:], b"\n" * BLANK_LINES])
