"""Where a published report is, for commands that check one; they need no project when the place is named in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tallystick.errors import UsageError
from tallystick.evidence.names import segment
from tallystick.evidence.trust import Trust
from tallystick.evidence.verified import Verified
from tallystick.period import Period
from tallystick.register.load import find_licensee, load_register
from tallystick.settings import FILE_NAME, S3Settings, Settings, SigningSettings
from tallystick.storage.key_files import trust_of
from tallystick.storage.objects import open_store


def s3_settings(project: Path) -> S3Settings:
    """The project's S3 settings, or without a project what boto3 finds by itself."""
    return Settings.load(project).s3 if (project / FILE_NAME).is_file() else S3Settings()


def trusted(project: Path, files: Sequence[Path] | None) -> Trust:
    """Whose signatures are believed: the keys in `files`, or those of the project, or nobody's."""
    settings = Settings.load(project).signing if (project / FILE_NAME).is_file() else SigningSettings()
    return trust_of(settings, files or ())


def in_lines(verified: Verified) -> Iterator[str]:
    """What was checked and found, then each thing that could not be checked."""
    yield verified.sentence
    for sentence in verified.not_checked:
        yield f"not checked: {sentence}"


def latest_location(project: Path, licensee: str | None, period: str | None) -> str:
    """Where a project's reports of a licensee and period lie; `verify` follows latest.json to the newest.

    Raises UsageError without both, and UnknownLicenseeError.
    """
    if licensee is None or period is None:
        raise UsageError(
            "name a report, or --licensee and --period", next_step="tallystick verify reports/acme/2024-01/r1"
        )
    settings = Settings.load(project)
    find_licensee(load_register(settings.register_folder), licensee)
    store = open_store(settings.reports, settings.s3)
    return store.url(f"{segment(licensee)}/{segment(Period.parse(period).slug)}")
