"""Small planted scenes: for every kind of clause a licensee who breaches it and a lawful twin who nearly does."""

from tallystick.demo.planted.scene import Actor, Scene, scenes
from tallystick.demo.planted.truth import planted_truth
from tallystick.demo.planted.write import write_planted

__all__ = ["Actor", "Scene", "planted_truth", "scenes", "write_planted"]
