"""docs/reference/tables.md: what each Delta table promises."""

from __future__ import annotations

from generators.markdown import code, codes, table, whole_page
from tallystick.tables import TABLES, Column, Table

LEAD = """\
Every table is a Delta table in the lake, named for its one row. Types are DuckDB's; all instants are UTC. A column may
be NULL only where this page says so: NULL is *unknown*, never 0. The promises are data in
[`jobs/tallystick/tables/`](../../jobs/tallystick/tables), one file a table."""


def page() -> str:
    """The page."""
    contents = table(
        ["table", "one row is"], [[f"[`{promise.name}`](#{promise.name})", promise.grain] for promise in TABLES]
    )
    return whole_page("Tables", LEAD, contents, *(_section(promise) for promise in TABLES))


def _section(promise: Table) -> str:
    facts = [f"- **grain:** {promise.grain}", f"- **key:** {codes(promise.key)}"]
    facts.append(f"- **partitioned by:** {codes(promise.partition_by) or 'nothing'}")
    if promise.sorted_by:
        facts.append(f"- **sorted by:** {codes(promise.sorted_by)}")
    columns = table(["column", "type", "unit", "null", "says"], [_row(column) for column in promise.columns])
    return "\n\n".join([f"## {promise.name}", "\n".join(facts), columns])


def _row(column: Column) -> list[str]:
    allowed = f" One of {codes(column.allowed)}." if column.allowed else ""
    null = "yes" if column.nullable else "no"
    return [code(column.name), code(column.type), column.unit or "", null, column.sentence + allowed]
