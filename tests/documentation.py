"""The pages of the docs as tests read them: headings, blocks of code, and the commands they may show."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import typer

from tallystick.cli import app

PROJECT = Path(__file__).parents[1]
DOCS = PROJECT / "docs"
REFERENCE = DOCS / "reference"
STAGES = ("ingest", "refine", "tally", "audit", "publish", "verify")
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """Every page there is, generated ones too."""
    return sorted([*PROJECT.glob("*.md"), *DOCS.rglob("*.md"), *PROJECT.glob("examples/**/*.md")])


def read(page: Path) -> str:
    return page.read_text("utf-8")


def name_of(page: Path) -> str:
    return str(page.relative_to(PROJECT))


def blocks(page: Path, language: str) -> list[str]:
    """The blocks of code in one language, in order."""
    return [body for kind, body in FENCE.findall(read(page)) if kind == language]


def headings(page: Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", FENCE.sub("", read(page)), re.MULTILINE)


@cache
def commands() -> dict[str, set[str]]:
    """Every command by its whole name, `agreements show`, with its options."""
    found: dict[str, set[str]] = {}

    def visit(group: Any, before: str) -> None:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                visit(command, f"{before}{name} ")
            else:
                options = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
                found[f"{before}{name}"] = {"--help", *options}

    visit(typer.main.get_command(app), "")
    return found
