"""Bytes to entries to canonical columns, and the accounting of each file. Pure functions: no storage, no Spark."""

from tallystick.intake.account import FileAccount, FileDay
from tallystick.intake.detection import Detection, detect
from tallystick.intake.reader import create_entry_tables, read_file
from tallystick.intake.task import FileTask

__all__ = ["Detection", "FileAccount", "FileDay", "FileTask", "create_entry_tables", "detect", "read_file"]
