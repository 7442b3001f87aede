"""Which versions a command is about: those of a project, of a folder of agreements, or one that is named."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tallystick.agreements.load import Binding, load_agreements, zone_of
from tallystick.agreements.version import Version
from tallystick.errors import BadPeriodError, MissingInputError, UsageError
from tallystick.period import Period, parse_instant_us
from tallystick.register.load import load_register
from tallystick.register.model import Licensee
from tallystick.settings import FILE_NAME
from tallystick.stages.project import Project
from tallystick.yaml_file import load_yaml, yaml_files


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """One licensee's versions, in order, and what the register says of the licensee, where there is one."""

    licensee: str
    bindings: tuple[Binding, ...]
    register: Licensee | None


def agreements_in(where: Path) -> Iterator[Agreement]:
    """Every agreement of a project, of a folder of agreements, of one licensee's folder, or of one file, by name.

    Raises MissingInputError where there is none.
    """
    if where.is_file():
        binding = version_of(where)
        yield Agreement(licensee=binding.version.licensee, bindings=(binding,), register=None)
        return
    project = Project.open(where) if (where / FILE_NAME).is_file() else None
    folder = where if project is None else project.settings.agreements
    register = {one.licensee: one for one in _register(project)}
    templates = None if project is None else project.templates()
    if folder.is_dir() and yaml_files(folder):
        folder, names = folder.resolve().parent, [folder.resolve().name]
    else:
        names = sorted(one.name for one in folder.iterdir() if one.is_dir()) if folder.is_dir() else []
    found = [(name, load_agreements(folder, name, templates)) for name in names]
    if not any(bindings for _, bindings in found):
        raise MissingInputError(
            "there are no agreements",
            where=str(folder),
            next_step="name a project, or a folder with <licensee>/<in_force_from>.yaml",
        )
    for name, bindings in found:
        if bindings:
            yield Agreement(licensee=name, bindings=bindings, register=register.get(name))


def one_version(named: str, project: Path) -> Binding:
    """The version of a file, or of a project's LICENSEE:VERSION.

    Raises MissingInputError for no such file, UsageError for no such version, and what reading it raises.
    """
    file = Path(named)
    if file.is_file() or file.suffix == ".yaml":
        return version_of(file)
    licensee, colon, version = named.partition(":")
    if not colon:
        raise MissingInputError(
            "there is no such file", where=named, next_step="name a version's file, or LICENSEE:VERSION of a project"
        )
    opened = Project.open(project)
    [one] = opened.licensees(licensee)
    bindings = opened.agreements[one.licensee]
    for binding in bindings:
        if binding.version.version == version:
            return binding
    known = ", ".join(binding.version.version for binding in bindings) or "none"
    raise UsageError(f"{licensee} has no version {version!r}", next_step=f"known: {known}")


def version_of(file: Path) -> Binding:
    """The version of one file, alone. Raises MissingInputError, BadConfigurationError, UnreadableFileError."""
    if not file.is_file():
        raise MissingInputError(
            "there is no such file", where=str(file), next_step="name agreements/<licensee>/<in_force_from>.yaml"
        )
    version = load_yaml(file, Version, more={"version": file.stem})
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return Binding(version=version, sha256=digest, from_us=version.from_us, until_us=version.until_us)


def bound_on(project: Project, licensee: str, on: str) -> tuple[Licensee, list[Binding]]:
    """Who that licensee is, and the versions that bind on a date, or at an instant, read in the agreement's zone.

    Raises UnknownLicenseeError, BadPeriodError.
    """
    [found] = project.licensees(licensee)
    bindings = project.agreements[found.licensee]
    zone = zone_of(bindings)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", on, re.ASCII):
            span = Period.parse(on, zone)
        else:
            us = parse_instant_us(on, zone)
            span = Period(text=on, start_us=us, end_us=us + 1)
    except BadPeriodError as error:
        raise BadPeriodError(f"{on!r} is no date", next_step="write 2022-06-30 or 2022-06-30T12:00:00Z") from error
    return found, [binding for binding in bindings if binding.within(span) is not None]


def _register(project: Project | None) -> tuple[Licensee, ...]:
    """The project's register; nobody where there is none."""
    if project is None or not project.settings.register_folder.is_dir():
        return ()
    return load_register(project.settings.register_folder)
