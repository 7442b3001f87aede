"""`usage_credential`: one credential on one day."""

from tallystick.tables.amounts import AMOUNTS, APP, IS_THROTTLED, LICENSEE
from tallystick.tables.canonical import EVENT_DATE
from tallystick.tables.promise import Column, Table

USAGE_CREDENTIAL = Table(
    name="usage_credential",
    grain="One credential of an app x UTC day x whether refused with 429.",
    key=("licensee", "app", "credential_id", "is_throttled", "event_date"),
    partition_by=("event_date",),
    columns=(
        EVENT_DATE,
        LICENSEE,
        APP,
        Column(name="credential_id", type="VARCHAR", nullable=True, sentence="Which credential, NULL where none."),
        IS_THROTTLED,
        *AMOUNTS,
    ),
)
