"""`finding`: what is over, with where to look."""

from tallystick.tables.promise import Column, Table

SEVERITIES = ("info", "minor", "major", "critical")

FINDING = Table(
    name="finding",
    grain="One clause of one version, exceeded or not decided for one key, in one period.",
    key=("id",),
    partition_by=("licensee", "period"),
    columns=(
        Column(name="licensee", type="VARCHAR", sentence="Whose agreement."),
        Column(name="period", type="VARCHAR", sentence="The audited period, as its user wrote it."),
        Column(name="id", type="VARCHAR", sentence="Digest of licensee, period, version, clause and key; stable."),
        Column(name="version", type="VARCHAR", nullable=True, sentence="The version that judges, if any."),
        Column(name="clause", type="VARCHAR", sentence="The clause's id, or a rule of the register."),
        Column(name="kind", type="VARCHAR", sentence="The clause's kind."),
        Column(name="key", type="VARCHAR", nullable=True, sentence="The licensee, app, credential or user."),
        Column(name="severity", type="VARCHAR", allowed=SEVERITIES, sentence="The severity that the clause states."),
        Column(name="verdict", type="VARCHAR", allowed=("exceeded", "not decided"), sentence="Why it is listed."),
        Column(name="readings", type="BIGINT", sentence="Readings evaluated."),
        Column(name="readings_exceeded", type="BIGINT", sentence="Readings under which it is exceeded."),
        Column(name="sentence", type="VARCHAR", sentence="The finding in one neutral sentence."),
        Column(name="requests", type="BIGINT", unit="requests", sentence="Requests that the finding is about."),
        Column(
            name="windows",
            type='STRUCT(reading VARCHAR, start_at TIMESTAMPTZ, end_at TIMESTAMPTZ, used BIGINT, "over" BIGINT, '
            "crossed_at TIMESTAMPTZ, peak_at TIMESTAMPTZ, requests_over BIGINT, served_over BIGINT, clipped BOOLEAN)[]",
            sentence="Each window over the limit (start, end, used, over, crossed_at), or each episode (first and last "
            "request as start_at and end_at, peak as used).",
        ),
        Column(
            name="evidence",
            type='STRUCT(source VARCHAR, file VARCHAR, file_id VARCHAR, "position" BIGINT, received_at TIMESTAMPTZ, '
            "request_id VARCHAR)[]",
            sentence="The first requests the finding rests on, and where each stands in the logs.",
        ),
    ),
)
