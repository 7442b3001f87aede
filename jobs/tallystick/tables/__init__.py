"""What each table promises: its one row, its key, its columns. Data, no logic."""

from tallystick.tables.check_result import CHECK_RESULT
from tallystick.tables.day_ledger import DAY_LEDGER
from tallystick.tables.finding import FINDING
from tallystick.tables.intake import INTAKE
from tallystick.tables.measure import MEASURE
from tallystick.tables.promise import Column, Table
from tallystick.tables.rejected_entry import REJECTED_ENTRY
from tallystick.tables.request import REQUEST
from tallystick.tables.run import RUN
from tallystick.tables.sequence_gap import SEQUENCE_GAP
from tallystick.tables.source_file import SOURCE_FILE
from tallystick.tables.usage_app_route import USAGE_APP_ROUTE
from tallystick.tables.usage_app_slot import USAGE_APP_SLOT
from tallystick.tables.usage_backoff import USAGE_BACKOFF
from tallystick.tables.usage_credential import USAGE_CREDENTIAL
from tallystick.tables.usage_file import USAGE_FILE
from tallystick.tables.usage_peak import USAGE_PEAK
from tallystick.tables.usage_scope import USAGE_SCOPE

TABLES = (
    SOURCE_FILE,
    INTAKE,
    REJECTED_ENTRY,
    REQUEST,
    USAGE_APP_SLOT,
    USAGE_APP_ROUTE,
    USAGE_CREDENTIAL,
    USAGE_FILE,
    USAGE_SCOPE,
    USAGE_PEAK,
    USAGE_BACKOFF,
    SEQUENCE_GAP,
    DAY_LEDGER,
    MEASURE,
    FINDING,
    CHECK_RESULT,
    RUN,
)

__all__ = ["TABLES", "Column", "Table"]
