"""`changes.html`: what a revision states otherwise than the one before it, as a page that loads and runs nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from tallystick.evidence.changed_words import brief, in_order
from tallystick.report.changes_words import TERMS, place_said, reason_said
from tallystick.report.inline import inline
from tallystick.report.visible import visible
from tallystick.report.words import Words

_DECIMAL = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,20})?", re.ASCII)
MOST_ROWS = 500
"""Changed values of one part that the page shows; changes.json has all."""


def render_changes(changes: Mapping[str, Any], language: str = "en") -> bytes:
    """The page of a `tallystick/changes/1` document in UTF-8, the same for the same document.

    `language` is the reader's; what has no words in it stands in English, and is marked so. The page's
    Content-Security-Policy permits its own style by digest, and no script.
    """
    words = Words.load(language)
    page = _environment(language).get_template("changes.html")
    return page.render(
        changes=changes,
        words=words,
        say=words.say,
        link=Markup('<a href="changes.json">changes.json</a>'),
        most=MOST_ROWS,
        inline=inline("shelf.css", "changes.css"),
    ).encode("utf-8")


@cache
def _environment(language: str) -> Environment:
    words = Words.load(language)
    environment = Environment(
        loader=PackageLoader("tallystick.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else escape(_shown(value, words)),
        auto_reload=False,
    )
    environment.filters.update(
        signed=lambda by: _signed(by, words),
        in_order=in_order,
        whole=lambda text: escape(visible(str(text))),
        place=lambda change: place_said(change, words),
        reason=lambda reason: reason_said(reason, words),
        of_reason=lambda name: words.term("changed.of", name.replace(" ", "_")),
        section=lambda section: words.sentences.get(f"changed.section.{section['section']}", section["title"]),
        concluded=lambda said: words.plain("changed.unknown") if said is None else words.term("conclusion", said),
        as_class=lambda conclusion: str(conclusion).replace(" ", "-"),
        stated=lambda value, change: _stated(value, change, words),
    )
    return environment


def _shown(value: object, words: Words) -> str:
    """A value as a reader reads it: numbers grouped, unknown as a word, text of others harmless."""
    if value is None:
        return words.plain("changed.unknown")
    if isinstance(value, list):
        return ", ".join(_shown(each, words) for each in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return words.number(value)
    return visible(brief(str(value)))


def _stated(value: object, change: Mapping[str, Any], words: Words) -> str:
    """A changed value: what the catalogue has a word for in that word, amounts of money as the language writes them."""
    group = TERMS.get(change["path"].rpartition(".")[2])
    if group is not None and isinstance(value, str):
        return words.term(group, value)
    if change["is_number"] and isinstance(value, str) and _DECIMAL.fullmatch(value):
        return words.amount(value)
    return _shown(value, words)


def _signed(by: int | str, words: Words) -> str:
    """A difference with its sign."""
    said = words.amount(str(by))
    return said if str(by).startswith("-") else f"+{said}"
