"""The canonical columns of a request, shared by `intake` and `request` (OpenTelemetry HTTP names where they exist)."""

from tallystick.tables.promise import Column

CANONICAL = (
    Column(name="received_at", type="TIMESTAMPTZ", sentence="When the request was received, UTC, to the microsecond."),
    Column(name="source", type="VARCHAR", sentence="The log source; one host's log where hosts number their requests."),
    Column(name="sequence_number", type="BIGINT", nullable=True, sentence="The number the log gave the request."),
    Column(
        name="epoch", type="VARCHAR", nullable=True, sentence="Which run of the numbering; a restart begins another."
    ),
    Column(name="request_id", type="VARCHAR", nullable=True, sentence="The id that the log carries for the request."),
    Column(
        name="credential",
        type="VARCHAR",
        nullable=True,
        sentence="What the caller showed: a public id, or a digest and hint of a secret; never a secret itself.",
    ),
    Column(name="principal", type="VARCHAR", nullable=True, sentence="Who was authenticated."),
    Column(name="user", type="VARCHAR", nullable=True, sentence="The person or account the call was made for."),
    Column(name="tenant", type="VARCHAR", nullable=True, sentence="The account or organisation that was called."),
    Column(name="client_address", type="VARCHAR", nullable=True, sentence="The network address of the caller."),
    Column(name="user_agent", type="VARCHAR", nullable=True, sentence="How the client names its software."),
    Column(name="method", type="VARCHAR", nullable=True, sentence="The HTTP method."),
    Column(name="route", type="VARCHAR", nullable=True, sentence="The template of the path, or `service:operation`."),
    Column(name="path", type="VARCHAR", nullable=True, sentence="The path that was asked for, without its query."),
    Column(name="status", type="INTEGER", nullable=True, sentence="The HTTP status that was answered."),
    Column(name="records", type="BIGINT", nullable=True, unit="records", sentence="How many records were returned."),
    Column(name="response_bytes", type="BIGINT", nullable=True, unit="bytes", sentence="Size of the answer."),
    Column(name="request_bytes", type="BIGINT", nullable=True, unit="bytes", sentence="Size of the request."),
    Column(name="duration_us", type="BIGINT", nullable=True, unit="microseconds", sentence="How long it took."),
    Column(name="referer", type="VARCHAR", nullable=True, sentence="The referring page, without its query."),
    Column(name="error", type="VARCHAR", nullable=True, sentence="The error code that the log names."),
    Column(
        name="history_from",
        type="TIMESTAMPTZ",
        nullable=True,
        sentence="The oldest instant that the call asked for; NULL where the log does not say how far back it asked.",
    ),
)

ORIGIN = (
    Column(name="file_id", type="VARCHAR", sentence="SHA-256 of the stored bytes of the file the entry stands in."),
    Column(name="position", type="BIGINT", sentence="The entry's line, row or place in an array, counted from 1."),
)

EVENT_DATE = Column(name="event_date", type="DATE", sentence="The UTC day of `received_at`.")
