"""`rejected_entry`: one entry that cannot be read as a request."""

from tallystick.tables.canonical import ORIGIN
from tallystick.tables.promise import Column, Table

REASONS = {
    "not_json": "The entry is not one JSON value, nests deeper than 256, or holds 250,000 values or more.",
    "not_an_object": "The entry is JSON, and not an object.",
    "not_in_format": "The line or record does not have the shape of its format.",
    "too_long": "The entry is longer than 64 MiB, or is once bytes that are no text are escaped.",
    "not_in_envelope": "What should wrap the entry does not, or wraps nothing that is one.",
    "sampled": "The entry stands for several requests: its sampling rate is not 1.",
    "no_time": "The entry says no time.",
    "bad_time": "A time cannot be read.",
    "time_out_of_range": "The time lies before 1990 or after 2100.",
    "bad_number": "The sequence number is no whole number from 0 to 2^63-1.",
    "bad_status": "The status is no whole number from 100 to 999.",
    "bad_amount": "A count of records, bytes or time is no whole number from 0 to 2^63-1.",
}
"""Every reason an entry can be rejected for, with the sentence that people read."""

REJECTED_ENTRY = Table(
    name="rejected_entry",
    grain="One entry of one log object that cannot be read as a request.",
    key=("file_id", "position"),
    columns=(
        *ORIGIN,
        Column(
            name="reasons",
            type="VARCHAR[]",
            allowed=tuple(REASONS),
            sentence="Every reason why it cannot be read, in the order of the list.",
        ),
        Column(name="digest", type="VARCHAR", sentence="SHA-256 of the entry's bytes."),
        Column(
            name="size_bytes",
            type="BIGINT",
            nullable=True,
            unit="bytes",
            sentence="Length of the entry, decoded; NULL where a version of before 2026-11-25 read it.",
        ),
        Column(name="excerpt", type="VARCHAR", sentence="Its first 80 characters, with what may be a secret masked."),
        Column(name="batch", type="VARCHAR", sentence="The ingest that read it; as in `source_file`."),
    ),
)
