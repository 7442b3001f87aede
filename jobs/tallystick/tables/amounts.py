"""The exact sums that every `usage_*` table carries."""

from tallystick.tables.promise import Column

LICENSEE = Column(name="licensee", type="VARCHAR", nullable=True, sentence="Who; NULL for unattributed requests.")
APP = Column(name="app", type="VARCHAR", nullable=True, sentence="Which of its apps.")

AMOUNTS = (
    Column(name="requests", type="BIGINT", unit="requests", sentence="Unique requests."),
    Column(name="records", type="BIGINT", unit="records", sentence="Known sum of records."),
    Column(name="records_unknown", type="BIGINT", unit="requests", sentence="Requests that do not say their records."),
    Column(name="response_bytes", type="BIGINT", unit="bytes", sentence="Known sum of response bytes."),
    Column(
        name="response_bytes_unknown", type="BIGINT", unit="requests", sentence="Requests that do not say their bytes."
    ),
    Column(name="first_at", type="TIMESTAMPTZ", sentence="The earliest of them."),
    Column(name="last_at", type="TIMESTAMPTZ", sentence="The latest of them."),
)

IS_THROTTLED = Column(name="is_throttled", type="BOOLEAN", sentence="Whether they were refused with status 429.")
