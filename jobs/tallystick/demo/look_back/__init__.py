"""The letter's licensee over two years: four earlier versions of its agreement, what it did in 2021, and the truth."""

from tallystick.demo.look_back.monday import MondayWritten, write_monday
from tallystick.demo.look_back.plan import LookBack, plan_look_back
from tallystick.demo.look_back.project import write_look_back
from tallystick.demo.look_back.truth import look_back_truth

__all__ = ["LookBack", "MondayWritten", "look_back_truth", "plan_look_back", "write_look_back", "write_monday"]
