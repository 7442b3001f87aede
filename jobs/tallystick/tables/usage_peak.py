"""`usage_peak`: the exact largest amount in any window of a day."""

from tallystick.tables.canonical import EVENT_DATE
from tallystick.tables.promise import Column, Table
from tallystick.tables.stretch import STRETCH

USAGE_PEAK = Table(
    name="usage_peak",
    grain="One key x stretch of a UTC day: the largest amount in any window that ends at one of its requests.",
    key=("summary_id", "licensee", "key", "since_at"),
    partition_by=("summary_id", "event_date"),
    columns=(
        Column(name="summary_id", type="VARCHAR", sentence="Digest of amount, whose budget, window and scope."),
        EVENT_DATE,
        Column(name="licensee", type="VARCHAR", sentence="Who."),
        Column(name="key", type="VARCHAR", nullable=True, sentence="The licensee, app, credential or user."),
        Column(name="counted", type="BIGINT", unit="requests", sentence="Requests in scope in the stretch."),
        Column(name="unknown", type="BIGINT", unit="requests", sentence="Of those, without the amount."),
        Column(name="used", type="BIGINT", sentence="Known sum of the amount in the stretch."),
        Column(
            name="peak",
            type="BIGINT",
            nullable=True,
            sentence="Largest sum in any window, also of those that reach back before it; NULL if none is known.",
        ),
        Column(name="peak_at", type="TIMESTAMPTZ", nullable=True, sentence="The first request at which it is reached."),
        Column(
            name="own_peak", type="BIGINT", nullable=True, sentence="The same, of requests since own_since_at alone."
        ),
        Column(name="own_peak_at", type="TIMESTAMPTZ", nullable=True, sentence="The first request that reaches that."),
        *STRETCH,
    ),
)
