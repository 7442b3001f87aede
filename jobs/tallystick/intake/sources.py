"""Where log objects come from: the project's source files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field, model_validator

from tallystick.errors import MissingInputError
from tallystick.formats import BUILT_IN, Catalogue
from tallystick.register.model import Slug
from tallystick.yaml_file import Stated, load_yaml, refuse, yaml_files


class Source(Stated):
    """One folder, bucket prefix or list of log objects in one format."""

    name: Slug
    says: str = ""
    folder: str | None = Field(default=None, description="A folder, relative to the project.")
    prefix: str | None = Field(default=None, pattern=r"^s3://[^/]+(/.*)?$", description="s3://bucket/prefix")
    listed: str | None = Field(
        default=None,
        alias="list",
        description="A file of paths, relative to the project, or s3:// addresses, one a line; # begins a comment.",
    )
    files: str = Field(default="*", description="Which names below it are logs; * is any run of characters, / too.")
    format: str | None = Field(default=None, description="A format's name; found from the entries where absent.")
    routes: tuple[str, ...] = Field(default=(), description="Templates, `GET /2/posts/{id}`, for logs with paths only.")

    @model_validator(mode="after")
    def _one_place(self) -> Source:
        if sum(place is not None for place in (self.folder, self.prefix, self.listed)) != 1:
            raise ValueError("exactly one of folder, prefix and list is needed")
        return self

    def place(self, project: Path) -> str:
        """The absolute folder or list, or the s3:// prefix."""
        return self.prefix if self.prefix is not None else str((project / str(self.folder or self.listed)).resolve())


def stated_routes(sources: Sequence[Source], catalogue: Catalogue = BUILT_IN) -> tuple[str, ...] | None:
    """The route templates that requests of these sources can have; None where some source may log other routes.

    A source has no other routes than it states when its format logs paths and no routes.
    """
    for source in sources:
        described = catalogue.formats.get(source.format or "")
        if not source.routes or described is None or "route" in described.columns:
            return None
    return tuple(route for source in sources for route in source.routes) or None


def load_sources(folder: Path) -> tuple[Source, ...]:
    """Every source of a project, ordered by name.

    Raises MissingInputError without the folder or without any file in it.
    """
    files = yaml_files(folder)
    if not files:
        raise MissingInputError("no source is described here", where=str(folder), next_step="tallystick init shows one")
    sources: list[Source] = []
    for file in files:
        source = load_yaml(file, Source, more={"name": file.stem})
        if source.name in {other.name for other in sources}:
            raise refuse(file, f"another file describes the source {source.name!r}", next_step="give it another name")
        sources.append(source)
    return tuple(sorted(sources, key=lambda source: source.name))
