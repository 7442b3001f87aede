"""What is true of the planted licensees: the scenes' own words, brought into one form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from tallystick.demo.planted.calls import EPOCH_NAME, HOST, calls_of
from tallystick.demo.planted.scene import Actor, Scene, scenes
from tallystick.period import parse_instant_us, to_text

Fact = dict[str, Any]
EXCEEDED = "exceeded"


def planted_truth() -> Fact:
    """Every actor by licensee, and how many entries the regional gateway's log has; nothing is worked out here."""
    entries = len(calls_of(scenes()))
    return {
        "licensees": {actor.licensee: _actor(scene, actor) for scene in scenes() for actor in scene.actors},
        "ledger": {"source": "regional", "host": HOST, "epoch": EPOCH_NAME, "entries": entries},
    }


def _actor(scene: Scene, actor: Actor) -> Fact:
    kinds = {clause["id"]: clause["kind"] for clause in scene.clauses}
    return {
        "scene": scene.name,
        "role": actor.role,
        "version": scene.version,
        "conclusion": actor.truth["conclusion"],
        "requests": actor.truth["requests"],
        "clauses": {
            name: _with_instants({"kind": kinds.get(name, "register"), **facts})
            for name, facts in actor.truth["clauses"].items()
        },
    }


def _with_instants(facts: Any) -> Any:
    """The same facts, each instant to the microsecond as reports write it."""
    if isinstance(facts, Mapping):
        return {
            name: _instant(value) if str(name).endswith("_at") else _with_instants(value)
            for name, value in facts.items()
        }
    if isinstance(facts, list):
        return [_with_instants(one) for one in facts]
    return facts


def _instant(text: str) -> str:
    return to_text(parse_instant_us(text, ZoneInfo("Etc/UTC")))
