"""`source_file`: one log object offered to ingest."""

from tallystick.tables.promise import Column, Table

BEFORE = "NULL where a version of before 2026-11-25 read it."
COMPRESSIONS = ("none", "gzip", "zstd", "bzip2", "xz", "zip")

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
        Column(
            name="decoded_bytes",
            type="BIGINT",
            nullable=True,
            unit="bytes",
            sentence=f"Length of what they decompress to; NULL for a refused file. {BEFORE}",
        ),
        Column(
            name="compression",
            type="VARCHAR",
            nullable=True,
            allowed=COMPRESSIONS,
            sentence=f"What the stored bytes are compressed with; NULL for a refused file. {BEFORE}",
        ),
        Column(
            name="envelope",
            type="VARCHAR",
            nullable=True,
            sentence="What the entries were wrapped in, from the outside in; NULL where they stood bare.",
        ),
        Column(name="format", type="VARCHAR", nullable=True, sentence="The format it was read as."),
        Column(
            name="runner_up",
            type="VARCHAR",
            nullable=True,
            sentence="Another format that came close where the format was found and not stated; NULL where none did.",
        ),
        Column(
            name="state",
            type="VARCHAR",
            allowed=("read", "repeated", "refused", "superseded"),
            sentence="read; repeated (these bytes came before under another name); refused (see problem); superseded "
            "(the same name came again with other bytes).",
        ),
        Column(name="problem", type="VARCHAR", nullable=True, sentence="Why a refused file contributes nothing."),
        Column(
            name="lines",
            type="BIGINT",
            nullable=True,
            unit="lines",
            sentence="Lines, where each is one thing: entries + comments + headers + blanks + not_requests. NULL where "
            f"entries are not found line by line. {BEFORE}",
        ),
        Column(
            name="entries", type="BIGINT", unit="entries", sentence="Entries of the format that should be requests."
        ),
        Column(name="accepted", type="BIGINT", unit="entries", sentence="Entries read as requests."),
        Column(name="rejected", type="BIGINT", unit="entries", sentence="Entries that cannot be read as a request."),
        Column(
            name="rejected_bytes",
            type="BIGINT",
            nullable=True,
            unit="bytes",
            sentence=f"Decoded bytes of the rejected entries. {BEFORE}",
        ),
        Column(name="not_entries", type="BIGINT", unit="lines", sentence="comments + headers + blanks."),
        Column(
            name="comments", type="BIGINT", nullable=True, unit="lines", sentence=f"Lines that are comments. {BEFORE}"
        ),
        Column(
            name="headers",
            type="BIGINT",
            nullable=True,
            unit="lines",
            sentence=f"Lines that say what the others hold. {BEFORE}",
        ),
        Column(name="blanks", type="BIGINT", nullable=True, unit="lines", sentence=f"Lines with nothing. {BEFORE}"),
        Column(
            name="not_requests",
            type="BIGINT",
            nullable=True,
            unit="entries",
            sentence=f"Entries that the format says are no requests; they are not in `entries`. {BEFORE}",
        ),
        Column(name="first_at", type="TIMESTAMPTZ", nullable=True, sentence="The earliest accepted entry."),
        Column(name="last_at", type="TIMESTAMPTZ", nullable=True, sentence="The latest accepted entry."),
        Column(
            name="days",
            type="STRUCT(event_date DATE, source VARCHAR, accepted BIGINT, rejected BIGINT)[]",
            sentence="Its entries by UTC day and numbering source; a rejected entry goes to the day of the readable "
            "entry before it, else of the one after it, else to no day.",
        ),
        Column(
            name="digest_key",
            type="VARCHAR",
            nullable=True,
            sentence=f"What tells the key that its secrets were digested with from others; not the key. {BEFORE}",
        ),
        Column(name="batch", type="VARCHAR", sentence="The ingest that read it, a digest of what was offered."),
    ),
)
