"""`day_ledger`: one day of one source, with every box of the accounting identity."""

from tallystick.tables.canonical import EVENT_DATE
from tallystick.tables.promise import Column, Table


def _box(name: str, sentence: str) -> Column:
    return Column(name=name, type="BIGINT", unit="entries", sentence=sentence)


DAY_LEDGER = Table(
    name="day_ledger",
    grain="One UTC day of one source.",
    key=("event_date", "source"),
    partition_by=("event_date",),
    columns=(
        EVENT_DATE,
        Column(name="source", type="VARCHAR", sentence="The source; one host where hosts number their requests."),
        Column(name="files", type="BIGINT", unit="files", sentence="Files with entries on the day, each bytes once."),
        Column(name="repeated_files", type="BIGINT", unit="files", sentence="Further deliveries of the same bytes."),
        _box("entries", "rejected + accepted."),
        _box("rejected", "Entries that cannot be read as a request."),
        _box("accepted", "duplicate + unique."),
        _box("duplicate", "Second entries with the same identity, and all entries of repeated files."),
        _box("conflict", "Of the duplicates, those whose content differs from the one that is counted."),
        _box("unique", "unattributed + attributed."),
        _box("unattributed", "Requests for which no licensee could be named."),
        _box("attributed", "Requests of some licensee."),
        Column(name="first_at", type="TIMESTAMPTZ", nullable=True, sentence="The earliest unique request."),
        Column(name="last_at", type="TIMESTAMPTZ", nullable=True, sentence="The latest unique request."),
        Column(name="epoch_first", type="VARCHAR", nullable=True, sentence="The epoch of the day's first number."),
        Column(name="epoch_last", type="VARCHAR", nullable=True, sentence="The epoch of the day's last number."),
        Column(name="first_number", type="BIGINT", nullable=True, sentence="The day's first sequence number."),
        Column(name="last_number", type="BIGINT", nullable=True, sentence="The day's last sequence number."),
        Column(name="missing", type="BIGINT", unit="requests", sentence="Numbers missing inside the day."),
        Column(name="built_from", type="VARCHAR", sentence="Digest of the input files of the day and of the rules."),
    ),
)
