"""The demo world: one year of a fictional provider's logs, made from a seed and a scale, with its truth."""

from tallystick.demo.world.days import write_day
from tallystick.demo.world.plan import World, plan_world
from tallystick.demo.world.project import write_project
from tallystick.demo.world.truth import truth
from tallystick.demo.world.written import DayWritten, WrittenFile

__all__ = ["DayWritten", "World", "WrittenFile", "plan_world", "truth", "write_day", "write_project"]
