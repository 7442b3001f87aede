"""`usage_app_route`: one app, route and status on one day."""

from tallystick.tables.amounts import AMOUNTS, APP, LICENSEE
from tallystick.tables.canonical import EVENT_DATE
from tallystick.tables.promise import Column, Table

USAGE_APP_ROUTE = Table(
    name="usage_app_route",
    grain="One app x method x route x status x UTC day.",
    key=("licensee", "app", "method", "route", "status", "event_date"),
    partition_by=("event_date",),
    columns=(
        EVENT_DATE,
        LICENSEE,
        APP,
        Column(name="method", type="VARCHAR", nullable=True, sentence="The HTTP method."),
        Column(name="route", type="VARCHAR", nullable=True, sentence="The template of the path, NULL where unknown."),
        Column(name="status", type="INTEGER", nullable=True, sentence="The HTTP status, NULL where the log has none."),
        *AMOUNTS,
    ),
)
