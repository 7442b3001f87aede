"""What the scenes add to the demo's project: a source with its logs, register entries, and agreements."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from tallystick.demo.planted.calls import HOST, calls_of
from tallystick.demo.planted.scene import Actor, Scene, scenes
from tallystick.demo.world.gzip_file import GzipFile
from tallystick.demo.world.project import write_texts
from tallystick.period import to_text

SOURCE = "regional"
LOGS = f"logs/{SOURCE}"


def write_planted(folder: Path) -> tuple[Path, ...]:
    """Write every scene's licensees and calls into the project `folder`; the files written, in order."""
    texts = {f"sources/{SOURCE}.yaml": _source()}
    for scene in scenes():
        for actor in scene.actors:
            texts[f"register/{actor.licensee}.yaml"] = _yaml(_comment(scene, actor), actor.register)
            texts[f"agreements/{actor.licensee}/{scene.version}.yaml"] = _yaml(
                f"Planted in the demo: {scene.says}", _agreement(scene, actor)
            )
    return (*write_texts(folder, texts), *_write_logs(folder))


def _write_logs(folder: Path) -> list[Path]:
    """One file for each UTC day with calls, numbered without a gap from the first to the last."""
    written = []
    numbered = enumerate(calls_of(scenes()), 1)
    for day, calls in groupby(numbered, key=lambda one: to_text(one[1].at_us)[:10]):
        file = folder / LOGS / f"{day}.jsonl.gz"
        with GzipFile(file) as log:
            for number, call in calls:
                log.write(call.line(number))
        written.append(file)
    return written


def _source() -> str:
    return f"""\
# A small regional gateway of one host, {HOST}. What it serves is planted, call by call.
name: {SOURCE}
says: Access log of the regional gateway.
folder: {LOGS}          # relative to the project
files: "*.jsonl.gz"
format: gateway_jsonl
"""


def _agreement(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {
        "licensee": actor.licensee,
        "title": "Regional Access Agreement",
        "in_force_from": scene.in_force_from,
        "time_zone": scene.time_zone,
        "clauses": list(scene.clauses),
    }


def _comment(scene: Scene, actor: Actor) -> str:
    return f"Planted in the demo, scene {scene.name}: the {actor.role.replace('_', ' ')}."


def _yaml(comment: str, said: Mapping[str, Any]) -> str:
    return f"# {comment}\n" + yaml.safe_dump(dict(said), sort_keys=False, allow_unicode=True, width=110)
