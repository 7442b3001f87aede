"""Bytes to entries to canonical columns, and the accounting of each file. Pure functions: no storage, no Spark."""

from tallystick.intake.account import FileAccount, FileDay, FileTask, create_entry_tables
from tallystick.intake.detection import Detection, detect
from tallystick.intake.read import read_file

__all__ = ["Detection", "FileAccount", "FileDay", "FileTask", "create_entry_tables", "detect", "read_file"]
