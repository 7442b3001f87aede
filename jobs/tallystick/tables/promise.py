"""The two shapes a table's promise is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its SQL type (DuckDB's spelling), what it says in a sentence, and what may stand in it."""

    name: str
    type: str
    sentence: str
    nullable: bool = False
    unit: str | None = None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """One Delta table, named for its one row."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    partition_by: tuple[str, ...] = ()
    sorted_by: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")

    @property
    def column_names(self) -> tuple[str, ...]:
        """Column names in the order of the table."""
        return tuple(column.name for column in self.columns)
