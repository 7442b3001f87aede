"""What changes.json says in English words, said in the reader's language: each value's place, and each reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.evidence.changed_words import words_of
from tallystick.report.words import Words

Steps = tuple[str | int, ...]

_STEP = re.compile(r"(?:^|\.)([a-z_0-9]+)|\[(.*?)\](?=[.\[]|$)", re.DOTALL)
_REASONS = {
    "Another question: the licensee": "question_id",
    "Another question: the period": "question_text",
    "Another question: the time zone": "question_time_zone",
    "Log files:": "late_files",
    "Entries:": "late_entries",
    "The register says": "register_apps",
    "The same bytes": "register_bytes",
    "The same log files": "register_attributed",
    "The register holds": "register_answers",
    "A version of the agreement more": "agreement_more",
    "A version of the agreement less": "agreement_less",
    "A version's file": "agreement_bytes",
    "The document has": "program_schema",
    "The program or": "program_part",
    "Nothing that": "not_told",
    "The earlier report": "not_readable",
}
"""How each sentence of evidence/reasons begins, and its key in the catalogue."""
TERMS = {"verdict": "verdict", "conclusion": "conclusion", "severity": "severity"}
"""Last steps of a path whose values are words of the catalogue, and where those are."""


def place_said(change: Mapping[str, Any], words: Words) -> str | None:
    """The place of a changed value in the reader's language; None where that has no words for it."""
    if words.language == "en":
        return str(change["words"])
    steps = steps_of(change["path"], change["words"])
    try:
        return None if steps is None else words_of(steps, _Catalogue(words))
    except KeyError:
        return None


def reason_said(reason: Mapping[str, Any], words: Words) -> str | None:
    """A reason in the reader's language, its numbers beside it; None where that has no words for it."""
    if words.language == "en":
        return str(reason["words"])
    key = next((key for begins, key in _REASONS.items() if reason["words"].startswith(begins)), None)
    return None if key is None else words.plain(f"changed.why.{key}")


def steps_of(path: str, said: str) -> Steps | None:
    """The way that a path leads, if just these English words are said of it; names in it may hold anything."""
    found = list(_STEP.finditer(path))
    if "".join(each[0] for each in found) != path:
        return None
    texts: Steps = tuple(each[1] if each[1] is not None else each[2] for each in found)
    places: Steps = tuple(
        int(each[2]) if each[1] is None and re.fullmatch("[0-9]{1,9}", each[2], re.ASCII) else text
        for each, text in zip(found, texts, strict=True)
    )
    return next((steps for steps in (texts, places) if words_of(steps) == said), None)


@dataclass(frozen=True)
class _Catalogue:
    """The catalogue's words for a way into a report."""

    words: Words

    def one_of(self, step: str, name: str | int) -> str:
        return f"{self.words.plain(f'changed.one.{step}')} {name}"

    def hour(self, day: int, hour: str | int) -> str:
        return self.words.plain("changed.hour", day=self.words.plain(f"weekday.{day + 1}"), hour=str(hour))

    def part(self, step: str, part: str) -> str:
        what = self.step(step)
        return what if part == "sum" else self.words.plain(f"changed.{part}_of", what=what)

    def step(self, step: str | int) -> str:
        if isinstance(step, int):
            return self.words.plain("changed.place", number=str(step + 1))
        return self.words.plain(f"changed.key.{step}")
