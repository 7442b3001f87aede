"""`usage_app_slot`: one app in one quarter of an hour."""

from tallystick.tables.amounts import AMOUNTS, APP, IS_THROTTLED, LICENSEE
from tallystick.tables.canonical import EVENT_DATE
from tallystick.tables.promise import Column, Table

USAGE_APP_SLOT = Table(
    name="usage_app_slot",
    grain="One app x 15 minutes x whether refused with 429.",
    key=("licensee", "app", "slot_at", "is_throttled"),
    partition_by=("event_date",),
    columns=(
        EVENT_DATE,
        LICENSEE,
        APP,
        Column(name="slot_at", type="TIMESTAMPTZ", sentence="Start of the quarter of an hour, UTC."),
        IS_THROTTLED,
        Column(name="errors", type="BIGINT", unit="requests", sentence="Requests with status 400 or above, 429 aside."),
        *AMOUNTS,
    ),
)
