"""A document and what goes with it become the files of a report bundle; the manifest over them is made elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from tallystick.evidence.canonical import canonical_bytes, parse_canonical
from tallystick.evidence.standalone import instructions
from tallystick.report.csv import findings_csv
from tallystick.report.html import render_html
from tallystick.report.page import page_of
from tallystick.report.paper.pdf import render_pdf
from tallystick.report.usage import usage_parquet
from tallystick.report.words import Words
from tallystick.report.workbook import findings_xlsx


def render_bundle(
    document: Mapping[str, Any],
    usage: pa.Table,
    quality: Mapping[str, Any],
    run: Mapping[str, Any],
    *,
    signers: Sequence[str] = (),
    language: str = "en",
    evidence: Mapping[str, pa.Table] | None = None,
) -> dict[str, bytes]:
    """File name to bytes: report.json, its renderings, usage.parquet, quality.json, run.json and verify/.

    `signers` are the ids of the keys that will sign the bundle; page and print name them, or say that nobody signs.
    `language` is that of report.html and report.pdf; all else is the same in every language. `evidence` has the
    requests of findings by their id, each a file of its own.

    The same input gives the same bytes in any time zone, locale and hash seed. Every rendering is made from the bytes
    of report.json, so it shows what a reader of those sees. A value without exact JSON raises NotCanonicalError.
    """
    report = canonical_bytes(document)
    read_back = parse_canonical(report)
    words = Words.load(language)
    page = page_of(read_back, words, run)
    return {
        "report.json": report,
        "report.html": render_html(read_back, signers=signers, words=words, page=page),
        "report.pdf": render_pdf(read_back, report, page, words, signers=signers),
        "findings.csv": findings_csv(read_back),
        "findings.xlsx": findings_xlsx(read_back, report, page.made),
        "usage.parquet": usage_parquet(usage),
        "quality.json": canonical_bytes(quality),
        "run.json": canonical_bytes(run),
        **{f"evidence/{finding}.parquet": usage_parquet(rows) for finding, rows in (evidence or {}).items()},
        **instructions(),
    }
