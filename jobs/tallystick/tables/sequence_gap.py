"""`sequence_gap`: one run of numbers that a log skipped."""

from tallystick.tables.canonical import EVENT_DATE
from tallystick.tables.promise import Column, Table

SEQUENCE_GAP = Table(
    name="sequence_gap",
    grain="One run of missing sequence numbers of one source, on the day of the request after it.",
    key=("source", "epoch", "first_missing"),
    partition_by=("event_date",),
    columns=(
        EVENT_DATE,
        Column(name="source", type="VARCHAR", sentence="The source that numbers its requests."),
        Column(name="epoch", type="VARCHAR", nullable=True, sentence="Which run of the numbering."),
        Column(name="first_missing", type="BIGINT", sentence="The first number that no entry has."),
        Column(name="last_missing", type="BIGINT", sentence="The last number that no entry has."),
        Column(name="missing", type="BIGINT", unit="requests", sentence="How many numbers the run has."),
        Column(name="after_at", type="TIMESTAMPTZ", sentence="When the request before the gap was received."),
        Column(name="before_at", type="TIMESTAMPTZ", sentence="When the request after the gap was received."),
    ),
)
