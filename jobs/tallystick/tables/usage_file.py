"""`usage_file`: one app in one log object."""

from tallystick.tables.amounts import APP, LICENSEE
from tallystick.tables.canonical import EVENT_DATE
from tallystick.tables.promise import Column, Table

USAGE_FILE = Table(
    name="usage_file",
    grain="One app x source x log object.",
    key=("licensee", "app", "source", "file_id"),
    partition_by=("event_date",),
    columns=(
        EVENT_DATE,
        LICENSEE,
        APP,
        Column(name="source", type="VARCHAR", sentence="The source; one host where hosts number their requests."),
        Column(name="file_id", type="VARCHAR", sentence="SHA-256 of the log object; as in `source_file`."),
        Column(name="requests", type="BIGINT", unit="requests", sentence="Unique requests."),
        Column(name="records", type="BIGINT", unit="records", sentence="Known sum of records of those."),
        Column(name="records_unknown", type="BIGINT", unit="requests", sentence="Requests that do not say theirs."),
        Column(
            name="duplicate",
            type="BIGINT",
            unit="entries",
            sentence="Second entries with the identity of a request, set aside; in whatever file that one is.",
        ),
        Column(
            name="conflict",
            type="BIGINT",
            unit="entries",
            sentence="Of the duplicates, those whose content differs from the one that is counted.",
        ),
        Column(
            name="hours",
            type="INTEGER",
            nullable=True,
            sentence="Bit 0 to bit 23 for each UTC hour in which any of them was received, duplicates included. NULL "
            "where a version of before 2026-11-26 built the day.",
        ),
    ),
)
