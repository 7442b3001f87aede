"""`usage_backoff`: a day's requests that came soon after one of their caller's was refused."""

from __future__ import annotations

from tallystick.tables.canonical import EVENT_DATE
from tallystick.tables.promise import Column, Table
from tallystick.tables.stretch import STRETCH


def _count(name: str, sentence: str) -> Column:
    return Column(name=name, type="BIGINT", unit="requests", sentence=sentence)


def _instant(name: str, sentence: str) -> Column:
    return Column(name=name, type="TIMESTAMPTZ", nullable=True, sentence=sentence)


USAGE_BACKOFF = Table(
    name="usage_backoff",
    grain="One key x stretch of a UTC day: its requests inside of windows that a refusal with status 429 opens.",
    key=("summary_id", "licensee", "key", "since_at"),
    partition_by=("summary_id", "event_date"),
    columns=(
        Column(name="summary_id", type="VARCHAR", sentence="Digest of whose requests and how long a window is."),
        EVENT_DATE,
        Column(name="licensee", type="VARCHAR", sentence="Who."),
        Column(name="key", type="VARCHAR", nullable=True, sentence="The licensee, app, credential or user."),
        _count("counted", "Requests of the stretch, refused ones included."),
        _count("unknown", "Of those, without a status."),
        _count("inside", "Of those, inside of a window, those opened before the stretch included."),
        _count("inside_served", "Of those inside, not refused themselves."),
        _instant("inside_at", "The first of those inside."),
        _count("own_inside", "Of those inside, in windows that refusals since own_since_at opened."),
        _count("own_inside_served", "Of these, not refused themselves."),
        _instant("own_inside_at", "The first of these."),
        *STRETCH,
    ),
)
