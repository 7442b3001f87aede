"""`usage_scope`: the sums that one clause asks for, where no wider table has them."""

from tallystick.tables.amounts import AMOUNTS
from tallystick.tables.canonical import EVENT_DATE
from tallystick.tables.promise import Column, Table

USAGE_SCOPE = Table(
    name="usage_scope",
    grain="One key (licensee, app, credential, user, or app and source) x 15 minutes, of the requests in one clause's "
    "scope.",
    key=("summary_id", "licensee", "key", "slot_at"),
    partition_by=("summary_id", "event_date"),
    columns=(
        Column(name="summary_id", type="VARCHAR", sentence="Digest of whose budget and which requests."),
        EVENT_DATE,
        Column(name="licensee", type="VARCHAR", sentence="Who."),
        Column(
            name="key",
            type="VARCHAR",
            nullable=True,
            sentence="The licensee, app, credential, user, or app and source.",
        ),
        Column(name="slot_at", type="TIMESTAMPTZ", sentence="Start of the quarter of an hour, UTC."),
        Column(name="served", type="BIGINT", unit="requests", sentence="Of them, those not refused with status 429."),
        *AMOUNTS,
    ),
)
