"""A file of rate limits into a draft agreement, whichever of the known formats it is in; the draft loads."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tallystick.agreements.version import Version
from tallystick.commands.import_api_commons import NAME as API_COMMONS
from tallystick.commands.import_api_commons import draft_api_commons, is_api_commons
from tallystick.commands.import_draft import read_yaml_or_json, refused, rendered
from tallystick.commands.import_sla4oai import NAME as SLA4OAI
from tallystick.commands.import_sla4oai import draft_sla4oai, is_sla4oai
from tallystick.errors import BadConfigurationError, UsageError
from tallystick.yaml_file import load_yaml


def draft_of(file: Path, *, plan: str | None, licensee: str | None, in_force_from: str | None) -> str:
    """The draft as text.

    Raises UnreadableFileError, BadConfigurationError for a file of neither format or one that breaks it, and UsageError
    for a licensee or a day that no agreement can have.
    """
    value = read_yaml_or_json(file)
    if is_api_commons(value):
        draft = draft_api_commons(file, value, plan)
    elif is_sla4oai(value):
        draft = draft_sla4oai(file, value, plan)
    else:
        raise refused(
            file,
            "",
            f"this is neither {API_COMMONS} (a list of limits with type, limit, metric, timeframe) nor {SLA4OAI} "
            "(context with plans, quotas or rates)",
            "name such a file, or write the agreement by hand: docs/how-to/write-an-agreement.md",
        )
    text = rendered(draft, licensee=licensee, in_force_from=in_force_from)
    _refuse_what_does_not_load(text, file)
    return text


def _refuse_what_does_not_load(text: str, file: Path) -> None:
    """A draft that is no agreement is said so here, not when somebody uses it."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "draft.yaml"
        written.write_text(text, "utf-8")
        try:
            load_yaml(written, Version, more={"version": "draft"})
        except BadConfigurationError as error:
            key = str(error.where).rpartition(": ")[2]
            if key in ("licensee", "in_force_from"):
                option = "--licensee" if key == "licensee" else "--in-force-from"
                raise UsageError(error.what, where=option, next_step=f"name another one with {option}") from error
            raise refused(
                file, key, f"what it says is no agreement: {error.what}", "mend the file, or write the clause by hand"
            ) from error
