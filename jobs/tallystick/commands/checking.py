"""Where a published report is, for commands that check one; they need no project when the place is named in full."""

from __future__ import annotations

import json
from pathlib import Path

from tallystick.errors import UsageError
from tallystick.period import Period
from tallystick.register.load import find_licensee, load_register
from tallystick.settings import FILE_NAME, S3Settings, Settings
from tallystick.storage.objects import open_store


def s3_settings(project: Path) -> S3Settings:
    """The project's S3 settings, or without a project what boto3 finds by itself."""
    return Settings.load(project).s3 if (project / FILE_NAME).is_file() else S3Settings()


def latest_location(project: Path, licensee: str | None, period: str | None) -> str:
    """The latest published revision of a licensee and period of a project.

    Raises UsageError without both, UnknownLicenseeError, and MissingInputError when nothing is published.
    """
    if licensee is None or period is None:
        raise UsageError(
            "name a report, or --licensee and --period", next_step="tallystick verify reports/acme/2024-01/r1"
        )
    settings = Settings.load(project)
    find_licensee(load_register(settings.register_folder), licensee)
    store = open_store(settings.reports, settings.s3)
    place = f"{licensee}/{Period.parse(period).slug}"
    return store.url(f"{place}/{json.loads(store.get(f'{place}/latest.json'))['revision']}")
