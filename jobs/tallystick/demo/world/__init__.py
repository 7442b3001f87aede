"""The demo world: one year of a fictional provider's logs, made from a seed and a scale, with its truth."""

from tallystick.demo.world.plan import World, plan_world
from tallystick.demo.world.project import write_project

__all__ = ["World", "plan_world", "write_project"]
