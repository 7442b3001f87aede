"""`check_result`: one expectation on one table in one run."""

from tallystick.tables.promise import Column, Table

CHECK_RESULT = Table(
    name="check_result",
    grain="One expectation x licensee x period.",
    key=("licensee", "period", "suite", "id"),
    partition_by=("licensee", "period"),
    columns=(
        Column(name="licensee", type="VARCHAR", sentence="Whose report the check guards."),
        Column(name="period", type="VARCHAR", sentence="The period of the report."),
        Column(name="suite", type="VARCHAR", sentence="The suite: ledger, usage or findings."),
        Column(name="id", type="VARCHAR", sentence="The expectation's id in its suite."),
        Column(name="expectation", type="VARCHAR", sentence="Great Expectations' name for its kind."),
        Column(
            name="severity", type="VARCHAR", allowed=("critical", "warning", "info"), sentence="What failing means."
        ),
        Column(name="sentence", type="VARCHAR", sentence="What is expected, and why."),
        Column(name="is_met", type="BOOLEAN", sentence="Whether it holds."),
        Column(name="unexpected", type="BIGINT", unit="rows", sentence="Rows for which it does not hold."),
        Column(name="rows", type="BIGINT", unit="rows", sentence="Rows it was asked of."),
    ),
)
