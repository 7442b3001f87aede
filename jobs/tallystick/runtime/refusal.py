"""What the machine refuses, in words for its user: no right, no space, no memory, a table's file that is damaged."""

from __future__ import annotations

import os

from tallystick.errors import StoreRefusedError, TallystickError, UnreadableFileError

LOOK = "see what lies there, who may write to it and whether there is space; then run this again"
MAKE_AGAIN = "put the file back, or delete the lake and run the stages again: all of it is made from the logs"


def refusal_of(error: BaseException) -> TallystickError | None:
    """The error of ours for an exception that is not for us to mend; None for whatever else, which is a bug."""
    if isinstance(error, OSError):
        where = None if error.filename is None else os.fsdecode(error.filename)
        return StoreRefusedError(f"the system refuses: {error.strerror or error}", where=where, next_step=LOOK)
    import duckdb

    said = str(error).partition("\n")[0]
    if isinstance(error, duckdb.OutOfMemoryException):
        return StoreRefusedError(said, next_step="raise memory_limit under [engine], or give scratch more room")
    if isinstance(error, duckdb.IOException | duckdb.InvalidInputException) and ".parquet" in said:
        return UnreadableFileError(f"a table's file is missing or damaged: {said}", next_step=MAKE_AGAIN)
    if isinstance(error, duckdb.IOException):
        return StoreRefusedError(said, next_step=LOOK)
    return None
