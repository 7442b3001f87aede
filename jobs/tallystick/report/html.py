"""`report.html`: a document as one page that needs nothing else, runs only its own script, and can be printed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from tallystick.evidence.canonical import NotCanonicalError, canonical_bytes
from tallystick.report import page as pages
from tallystick.report.inline import inline
from tallystick.report.said_lists import not_seen_said, reasons_said
from tallystick.report.saying import (
    Said,
    as_stated,
    ask_due,
    ask_what,
    cause_said,
    condition_said,
    effect_said,
    finding_said,
    reason_said,
)
from tallystick.report.visible import WORDS_LENGTH, visible, visible_lines
from tallystick.report.words import Words
from tallystick.tables.rejected_entry import REASONS


def render_html(
    document: Mapping[str, Any],
    *,
    signers: Sequence[str] = (),
    words: Words | None = None,
    page: pages.Page | None = None,
) -> bytes:
    """The page of a `tallystick/report/2` document in UTF-8; the same bytes for the same document, anywhere.

    `signers` are the ids of the keys that will sign the bundle; without any the page says in red that nobody does.
    `words` are the reader's language, and `page` what `page_of` made of the document for it; both are made if absent.
    The page loads nothing: its Content-Security-Policy permits its own style and script by digest, no more. Without
    the script, which sorts, filters and folds, everything is there to be read.
    """
    words = words or Words.load()
    rendered = (
        _environment(words.language)
        .get_template("page.html")
        .render(
            document=document,
            page=page or pages.page_of(document, words),
            first=pages,
            said={"reasons": reasons_said(document, words), "not_seen": not_seen_said(document, words)},
            reasons={name: reason_said(name, words).text for name in REASONS},
            report_sha256=_sha256(document),
            signers=signers,
            inline=inline("page.css", "controls.css", script="page.js", images="data:"),
        )
    )
    return rendered.encode("utf-8")


def _sha256(document: Mapping[str, Any]) -> str:
    """The SHA-256 of report.json; empty for a document that has no canonical form, which no bundle holds."""
    try:
        return hashlib.sha256(canonical_bytes(document)).hexdigest()
    except NotCanonicalError:
        return ""


@cache
def _environment(language: str) -> Environment:
    words = Words.load(language)
    environment = Environment(
        loader=PackageLoader("tallystick.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else words.show(value),
        auto_reload=False,
    )
    environment.globals.update(
        say=words.say, term=words.term, has_word=words.has, percent=words.percent, language=words.language
    )
    environment.filters.update(
        number=words.number,
        amount=words.amount,
        instant=words.instant,
        date=words.date,
        day=words.day,
        within=words.duration,
        words=lambda text: escape(visible_lines(str(text))),
        told=lambda said, most=WORDS_LENGTH: _said(said.brief(most)),
        stated=lambda text, most=WORDS_LENGTH: _said(as_stated(str(text), words, most)),
        found=lambda finding, most=WORDS_LENGTH: _said(finding_said(finding, words, most)),
        conditions=lambda condition: condition_said(condition, words),
        effects=lambda effect: effect_said(effect, words),
        supposed=lambda cause: _said(cause_said(cause, words)),
        asked=lambda ask, most=WORDS_LENGTH: escape(_unbroken(visible(ask_what(ask, words), most))),
        due=lambda ask, most=WORDS_LENGTH: escape(_unbroken(ask_due(ask, words, most))),
        sentence=lambda text: escape(_unbroken(visible(str(text), WORDS_LENGTH))),
        short=lambda text, most=pages.FIRST_PAGE_NAME: escape(_unbroken(visible(str(text), most))),
        brief=lambda text: escape(_unbroken(visible(str(text), pages.FIRST_PAGE_CHARACTERS))),
        svg=lambda text: Markup(text),  # noqa: S704 - drawing.py wrote and escaped it
        cut=pages.cut,
    )
    return environment


def _said(said: Said) -> Markup:
    """A sentence, marked with its language where that is not the page's."""
    text = escape(_unbroken(said.text))
    return Markup('<span lang="{}">{}</span>').format(said.language, text) if said.language else text


def _unbroken(sentence: str) -> str:
    """No line ends between a paragraph sign and its number."""
    return sentence.replace("§ ", "§\u00a0")
