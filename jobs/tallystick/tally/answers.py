"""What SQL tests say of requests: asked once of those that are alike, and remembered from day to day."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tallystick.duck import connect

Flags = NDArray[np.bool_]


@lru_cache(maxsize=256)
def answers_of(columns: tuple[str, ...], test: str, rows: tuple[tuple[object, ...], ...]) -> tuple[Flags, Flags]:
    """Of which rows of some columns an SQL test is false, and of which it is NULL; days ask the same over and over."""
    types = [pa.int32() if name == "status" else pa.string() for name in columns]
    arrays = [pa.array([row[place] for row in rows], kind) for place, kind in enumerate(types)]
    connection = connect()
    connection.register("asked", pa.table(dict(zip(columns, arrays, strict=True))))
    return answers(connection, test, "SELECT * FROM asked")


def answers(connection: duckdb.DuckDBPyConnection, test: str, rows: str) -> tuple[Flags, Flags]:
    """Of which rows of a query an SQL test is false, and of which it is NULL, in the order of the rows."""
    found: Any = connection.execute(f"SELECT coalesce({test}, true), ({test}) IS NULL FROM ({rows})").fetchnumpy()
    is_true, is_null = (np.asarray(one, np.bool_) for one in found.values())
    return ~is_true, is_null
