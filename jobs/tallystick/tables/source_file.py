"""`source_file`: one log object offered to ingest."""

from tallystick.tables.promise import Column, Table

SOURCE_FILE = Table(
    name="source_file",
    grain="One log object offered to ingest, in one version of its bytes.",
    key=("source", "name", "file_id"),
    columns=(
        Column(name="source", type="VARCHAR", sentence="The source of the project that the object belongs to."),
        Column(name="name", type="VARCHAR", sentence="The object's name below the source's folder or prefix."),
        Column(name="version_tag", type="VARCHAR", sentence="ETag, or mtime in ns; then / and how it is read."),
        Column(name="file_id", type="VARCHAR", sentence="SHA-256 of the stored bytes, in hex."),
        Column(name="size_bytes", type="BIGINT", unit="bytes", sentence="Length of the stored bytes; all were read."),
        Column(name="format", type="VARCHAR", nullable=True, sentence="The format it was read as."),
        Column(
            name="state",
            type="VARCHAR",
            allowed=("read", "repeated", "refused", "superseded"),
            sentence="read; repeated (these bytes came before under another name); refused (see problem); superseded "
            "(the same name came again with other bytes).",
        ),
        Column(name="problem", type="VARCHAR", nullable=True, sentence="Why a refused file contributes nothing."),
        Column(name="entries", type="BIGINT", unit="entries", sentence="What the format defines as an entry."),
        Column(name="accepted", type="BIGINT", unit="entries", sentence="Entries read as requests."),
        Column(name="rejected", type="BIGINT", unit="entries", sentence="Entries that cannot be read as a request."),
        Column(name="not_entries", type="BIGINT", unit="lines", sentence="Comments, headers and blank lines."),
        Column(name="first_at", type="TIMESTAMPTZ", nullable=True, sentence="The earliest accepted entry."),
        Column(name="last_at", type="TIMESTAMPTZ", nullable=True, sentence="The latest accepted entry."),
        Column(
            name="days",
            type="STRUCT(event_date DATE, source VARCHAR, accepted BIGINT, rejected BIGINT)[]",
            sentence="Its entries by UTC day and numbering source; a rejected entry goes to the day of the readable "
            "entry before it, else of the one after it, else to no day.",
        ),
        Column(name="batch", type="VARCHAR", sentence="The ingest that read it, a digest of what was offered."),
    ),
)
