"""One scene: an agreement, and two licensees under it, each with its calls and with what is true of them, by hand.

The files are in scenarios/, one a scene, so that a reader can check in one place what is called, what is allowed and
what an audit must find.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "scenarios"
IN_FORCE_FROM = "2020-01-01"
BREACH, NEAR_MISS = "breach", "near_miss"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """One licensee of a scene: `register` is its register file; `calls` and `truth` are as the scene says them."""

    role: str
    register: Mapping[str, Any]
    calls: tuple[Mapping[str, Any], ...]
    truth: Mapping[str, Any]

    @property
    def licensee(self) -> str:
        """Its id."""
        return str(self.register["licensee"])


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The same clauses for both actors, in force from the same instant."""

    name: str
    says: str
    time_zone: str
    in_force_from: str
    clauses: tuple[Mapping[str, Any], ...]
    actors: tuple[Actor, ...]

    @property
    def version(self) -> str:
        """The name of the agreement's one version."""
        return self.in_force_from[:10]


@cache
def scenes() -> tuple[Scene, ...]:
    """Every scene, by name."""
    return tuple(_scene(file) for file in sorted(FOLDER.glob("*.yaml")))


def _scene(file: Path) -> Scene:
    said = yaml.load(file.read_text("utf-8"), Loader=_Plain)  # noqa: S506 - a SafeLoader
    return Scene(
        name=file.stem,
        says=said["says"],
        time_zone=said.get("time_zone", "Etc/UTC"),
        in_force_from=said.get("in_force_from", IN_FORCE_FROM),
        clauses=tuple(said["clauses"]),
        actors=tuple(_actors(said)),
    )


def _actors(said: Mapping[str, Any]) -> Iterator[Actor]:
    for role in (BREACH, NEAR_MISS):
        register = {name: value for name, value in said[role].items() if name not in ("calls", "truth")}
        register.setdefault("time_zone", said.get("time_zone", "Etc/UTC"))
        yield Actor(role=role, register=register, calls=tuple(said[role]["calls"]), truth=said[role]["truth"])


class _Plain(yaml.SafeLoader):
    """YAML in which dates are text, as everywhere in a project."""


_Plain.yaml_implicit_resolvers = {
    first: [one for one in resolvers if one[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
