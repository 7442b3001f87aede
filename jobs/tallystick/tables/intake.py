"""`intake`: one accepted entry."""

from tallystick.tables.canonical import CANONICAL, EVENT_DATE, ORIGIN
from tallystick.tables.promise import Column, Table

INTAKE = Table(
    name="intake",
    grain="One accepted entry of one log object.",
    key=("file_id", "position"),
    partition_by=("event_date",),
    columns=(
        EVENT_DATE,
        *CANONICAL,
        *ORIGIN,
        Column(
            name="part",
            type="INTEGER",
            nullable=True,
            sentence="Where one request is logged as several entries: 1 stands for it before 2, and so on; one below "
            "zero never stands for a request by itself.",
        ),
        Column(name="batch", type="VARCHAR", sentence="The ingest that read it; as in `source_file`."),
    ),
)
