"""Writes the pages of docs/reference/ that follow from the code; `--check` says which of them differ, and exits with 1.

A page is made from the promise, model, command or error that it describes, so it cannot say anything else. The same
code gives the same bytes on any machine.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

REFERENCE = Path(__file__).resolve().parent / "reference"
sys.path[:0] = [str(REFERENCE.parent), str(REFERENCE.parents[1] / "jobs")]

from generators import commands, dags, errors, expectations, files, formats, reasons, schemas, tables  # noqa: E402
from generators.markdown import GENERATED  # noqa: E402

PAGES: dict[str, Callable[[], str]] = {
    "tables.md": tables.page,
    "commands.md": commands.page,
    "formats.md": formats.page,
    "files.md": files.page,
    "expectations.md": expectations.page,
    "exit-codes.md": errors.page,
    "dags.md": dags.page,
    "reasons.md": reasons.page,
    "schemas/source.schema.json": schemas.source,
    "schemas/licensee.schema.json": schemas.licensee,
    "schemas/version.schema.json": schemas.version,
    "schemas/format.schema.json": schemas.format_file,
    "schemas/report.schema.json": schemas.report,
    "schemas/changes.schema.json": schemas.changes,
    "schemas/commitment.schema.json": schemas.commitment,
}
"""Every generated page, by its name below docs/reference/."""


def differing(folder: Path) -> list[str]:
    """The names of the pages in `folder` that are missing or say something else, and of generated ones nobody makes."""
    wrong = [name for name, page in PAGES.items() if _text(folder / name) != page()]
    left = [
        str(file.relative_to(folder))
        for file in sorted(folder.rglob("*.md"))
        if GENERATED in (_text(file) or "") and str(file.relative_to(folder)) not in PAGES
    ]
    return sorted([*wrong, *left])


def write(folder: Path) -> list[str]:
    """Bring every page in step; the names of those that changed."""
    changed = [name for name in differing(folder) if name in PAGES]
    for name in changed:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(PAGES[name](), encoding="utf-8", newline="\n")
    return changed


def main(arguments: Sequence[str]) -> int:
    """0 when every page is in step at the end, 1 when `--check` finds one that is not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when a page differs")
    if parser.parse_args(arguments).check:
        wrong = differing(REFERENCE)
        for name in wrong:
            sys.stderr.write(f"docs/reference/{name} is not in step with the code\n")
        if wrong:
            sys.stderr.write("next: python docs/generate.py, read what changed, and commit it\n")
        return 1 if wrong else 0
    for name in write(REFERENCE):
        sys.stdout.write(f"docs/reference/{name}\n")
    left = differing(REFERENCE)
    for name in left:
        sys.stderr.write(f"docs/reference/{name} says that it is generated, and nothing generates it: remove it\n")
    return 1 if left else 0


def _text(file: Path) -> str | None:
    """What a page says now; None where there is none."""
    return file.read_bytes().decode("utf-8") if file.is_file() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
