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
        Column(name="batch", type="VARCHAR", sentence="The ingest that read it; as in `source_file`."),
    ),
)
