"""`usage_peak`: the exact largest amount in any window of a day."""

from tallystick.tables.canonical import EVENT_DATE
from tallystick.tables.promise import Column, Table

USAGE_PEAK = Table(
    name="usage_peak",
    grain="One key x UTC day: the largest amount in any window that ends at one of the day's requests.",
    key=("summary_id", "licensee", "key", "event_date"),
    partition_by=("summary_id", "event_date"),
    columns=(
        Column(name="summary_id", type="VARCHAR", sentence="Digest of amount, whose budget, window and scope."),
        EVENT_DATE,
        Column(name="licensee", type="VARCHAR", sentence="Who."),
        Column(name="key", type="VARCHAR", nullable=True, sentence="The licensee, app, credential or user."),
        Column(name="counted", type="BIGINT", unit="requests", sentence="Requests in scope on the day."),
        Column(name="unknown", type="BIGINT", unit="requests", sentence="Of those, without the amount."),
        Column(name="used", type="BIGINT", sentence="Known sum of the amount on the day."),
        Column(
            name="peak",
            type="BIGINT",
            nullable=True,
            sentence="Largest sum in any window, those that reach back over midnight included; NULL if none is known.",
        ),
        Column(name="peak_at", type="TIMESTAMPTZ", nullable=True, sentence="The first request at which it is reached."),
        Column(name="own_peak", type="BIGINT", nullable=True, sentence="The same, of the day's own requests alone."),
        Column(name="own_peak_at", type="TIMESTAMPTZ", nullable=True, sentence="The first request that reaches that."),
    ),
)
