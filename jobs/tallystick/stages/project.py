"""A project, opened for one stage: its settings, lake, engine and the files its user wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tallystick.agreements.load import Binding, load_agreements, zone_of
from tallystick.errors import BadConfigurationError, MissingInputError
from tallystick.formats import Catalogue
from tallystick.intake.sources import Source, load_sources, stated_routes
from tallystick.period import Period
from tallystick.register.load import find_licensee, load_register
from tallystick.register.model import Licensee
from tallystick.runtime.engine import Engine
from tallystick.settings import Settings
from tallystick.storage.delta import Lake

_UNNAMEABLE = re.compile(r"[%\\\x00-\x1f\x7f]")
"""What may not stand in the path of a lake: the Delta library decodes it, and would write elsewhere."""


@dataclass(frozen=True, kw_only=True)
class StageResult:
    """What a stage says when it is done: whether it changed anything, a sentence, and its totals."""

    stage: str
    changed: bool
    sentence: str
    totals: dict[str, Any]


class Project:
    """What every stage works on. Files are read when first asked for, and then once."""

    def __init__(self, settings: Settings, engine: Engine | None = None) -> None:
        _refuse_unnameable(settings.lake)
        self.settings = settings
        self.lake = Lake(settings.lake)
        self.engine = engine or Engine(settings.engine)

    @classmethod
    def open(cls, folder: Path, **flags: Any) -> Project:
        """The project of a folder; flags that are None say nothing."""
        return cls(Settings.load(folder, **flags))

    @cached_property
    def catalogue(self) -> Catalogue:
        """The log formats that there are, the project's own among them."""
        return Catalogue.of(self.settings.formats)

    @cached_property
    def register(self) -> tuple[Licensee, ...]:
        """Every licensee, ordered by id."""
        return load_register(self.settings.register_folder)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Every source, ordered by name."""
        return load_sources(self.settings.sources)

    @cached_property
    def agreements(self) -> dict[str, tuple[Binding, ...]]:
        """The versions of every registered licensee's agreement, in order."""
        folder, templates = self.settings.agreements, self.templates()
        return {one.licensee: load_agreements(folder, one.licensee, templates) for one in self.register}

    def templates(self) -> tuple[str, ...] | None:
        """The only routes that requests can have, where the sources say so."""
        try:
            return stated_routes(self.sources, self.catalogue)
        except MissingInputError:  # tables may have been filled elsewhere
            return None

    def licensees(self, wanted: str | None) -> Sequence[Licensee]:
        """The licensee of that id, or all of them. Raises UnknownLicenseeError."""
        return self.register if wanted is None else [find_licensee(self.register, wanted)]

    def period(self, text: str, licensee: Licensee) -> Period:
        """A period, read in the time zone of the licensee's agreement."""
        return Period.parse(text, self.zone(licensee))

    def zone(self, licensee: Licensee) -> ZoneInfo:
        """The time zone in which the licensee's periods are read."""
        return zone_of(self.agreements[licensee.licensee])


def _refuse_unnameable(lake: Path) -> None:
    found = _UNNAMEABLE.search(str(lake))
    if found:
        raise BadConfigurationError(
            f"Delta tables cannot lie in a folder whose path holds {found[0]!r}",
            where=str(lake),
            next_step="set lake in tallystick.toml, or TALLYSTICK_LAKE, to another folder",
        )
