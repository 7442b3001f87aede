"""A goal, what was reached, and whether that is enough; and the page of the documentation that shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

TITLE = "# How fast it is\n"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One goal: what is measured, at which size, the goal and the figure in words, and met or not met."""

    what: str
    size: str
    goal: str
    figure: str
    verdict: str

    @classmethod
    def of(cls, what: str, size: str, goal: str, figure: str, met: bool) -> Line:
        """With its verdict."""
        return cls(what=what, size=size, goal=goal, figure=figure, verdict="met" if met else "not met")

    def __str__(self) -> str:
        return f"{self.verdict:8} {self.what:34} {self.size:>5}  {self.figure:44} goal: {self.goal}"

    def as_json(self) -> dict[str, str]:
        """For the file of results."""
        return asdict(self)


def least(runs: Sequence[dict[str, Any]], what: str = "cpu") -> float:
    """The least of some runs, in seconds."""
    return float(min(run[what] for run in runs))


def keep(found: dict[str, Any], *, results: Path | None, page: Path | None, name: str, heading: str, text: str) -> None:
    """Keep all figures as JSON in the folder of results, and their section in the page, where those are wanted."""
    if results:
        results.mkdir(parents=True, exist_ok=True)
        file = results / f"{found['machine']['date']}-{name}.json"
        file.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", "utf-8")
    if page:
        put_section(page, heading, text)


def put_section(page: Path, heading: str, text: str) -> None:
    """Put a section, which begins with its heading, into the page: in place of the one of that heading, else last."""
    before = page.read_text("utf-8") if page.is_file() else TITLE
    sections = re.split(r"^(?=## )", before, flags=re.MULTILINE)
    kept = [section.rstrip() for section in sections]
    places = [place for place, section in enumerate(kept) if section.partition("\n")[0] == f"## {heading}"]
    kept[places[0] if places else len(kept) : len(kept) if not places else places[0] + 1] = [text.strip()]
    page.write_text("\n\n".join(kept) + "\n", "utf-8")


def measured_on(found: dict[str, Any]) -> str:
    """Date, machine and versions, and whether anything else ran, in a paragraph."""
    on = found["machine"]
    quiet = "did nothing else" if on["was_quiet"] else "was not quiet: other work ran beside"
    versions = ", ".join(f"{name} {number}" for name, number in on["versions"].items())
    return (
        f"Measured on {on['date']}: {on['processor']}, {on['cores']} cores, {on['memory_gib']} GiB, {on['system']};\n"
        f"{versions}.\nThe machine {quiet} (load {on['load']} before)."
    )
