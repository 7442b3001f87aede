"""`request`: one request, with who made it."""

from tallystick.tables.canonical import CANONICAL, EVENT_DATE, ORIGIN
from tallystick.tables.promise import Column, Table

REQUEST = Table(
    name="request",
    grain="One accepted entry of a UTC day, with its licensee, app and credential; duplicates are marked, not removed.",
    key=("file_id", "position"),
    partition_by=("event_date",),
    sorted_by=("licensee", "app", "credential_id", "received_at"),
    columns=(
        EVENT_DATE,
        Column(name="licensee", type="VARCHAR", nullable=True, sentence="Who the request is attributed to."),
        Column(name="app", type="VARCHAR", nullable=True, sentence="The registered app that made it."),
        Column(
            name="credential_id", type="VARCHAR", nullable=True, sentence="The credential's name in register or log."
        ),
        Column(name="recipient", type="VARCHAR", nullable=True, sentence="Whom the call was made for, where known."),
        Column(name="is_duplicate", type="BOOLEAN", sentence="A second entry with the same identity; never counted."),
        Column(name="conflict", type="BOOLEAN", sentence="Another entry has the same identity and other content."),
        *CANONICAL,
        *ORIGIN,
    ),
)
