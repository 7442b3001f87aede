"""A published report's renderings made once more from its report.json, to be held against those that were published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
from jinja2 import TemplateError

from tallystick import __version__
from tallystick.evidence.bundle import REPORT
from tallystick.evidence.canonical import NotCanonicalError, parse_canonical
from tallystick.evidence.changes import CHANGES, CHANGES_PAGE
from tallystick.evidence.document import NotAsPromisedError
from tallystick.evidence.renderings import page_language
from tallystick.evidence.standalone import instructions
from tallystick.report.bundle import render_bundle
from tallystick.report.changes_page import render_changes

RENDERED = frozenset({"report.html", "report.pdf", "findings.csv", "findings.xlsx", *instructions()})
LANGUAGES = ("en", "fr")


def render_again(files: Mapping[str, bytes], code_version: str, signers: Sequence[str]) -> dict[str, bytes]:
    """Page, print, workbook, table, instructions and the page of changes, in the language of the bundle's page.

    `files` has report.json, quality.json, run.json and report.html at least. NotAsPromisedError where another version
    of the program has made the bundle, since that writes other bytes, or where its run.json is none of ours.
    """
    if code_version != __version__:
        expected = f"{__version__}, which is asked to render it again; take the version that made it"
        raise NotAsPromisedError("tallystick.code_version", expected=expected, found=ascii(code_version[:40])[1:-1])
    language = page_language(files["report.html"])
    if language not in LANGUAGES:
        language = LANGUAGES[0]
    try:
        report, quality, run = (parse_canonical(files[name]) for name in (REPORT, "quality.json", "run.json"))
        made = render_bundle(
            report,
            pa.table({}),
            quality,
            run,
            signers=signers,
            language=language,
        )
        page = (
            {CHANGES_PAGE: render_changes(parse_canonical(files[CHANGES]), language)} if CHANGES_PAGE in files else {}
        )
    except NotCanonicalError as error:
        raise NotAsPromisedError(
            "(all)", expected="quality.json and run.json in canonical JSON", found=str(error)
        ) from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RuntimeError, TemplateError) as error:
        found = f"one that stops it ({type(error).__name__})"
        raise NotAsPromisedError("(all)", expected="a report that this program can render", found=found) from error
    return {name: data for name, data in made.items() if name in RENDERED} | page
