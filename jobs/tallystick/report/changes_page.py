"""`changes.html`: what a revision states otherwise than the one before it, as a page that loads and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from tallystick.evidence.changed_words import brief, in_order
from tallystick.report.visible import visible

MOST_ROWS = 500
"""Changed values of one part that the page shows; changes.json has all."""


def render_changes(changes: Mapping[str, Any]) -> bytes:
    """The page of a `tallystick/changes/1` document in UTF-8, the same for the same document.

    Its Content-Security-Policy permits its own style by digest, and no script.
    """
    style = _style()
    page = _environment().get_template("changes.html")
    return page.render(
        changes=changes,
        most=MOST_ROWS,
        style=Markup(style),  # noqa: S704 our own style sheet
        policy=_policy(style),
    ).encode("utf-8")


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _style() -> str:
    loader = _environment().loader
    assert loader is not None
    sources = [loader.get_source(_environment(), name)[0] for name in ("shelf.css", "changes.css")]
    return "\n".join(line.strip() for source in sources for line in source.splitlines() if line.strip())


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tallystick.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else escape(_shown(value)),
        auto_reload=False,
    )
    environment.filters.update(signed=_signed, in_order=in_order, whole=lambda text: escape(visible(str(text))))
    return environment


def _shown(value: object) -> str:
    """A value as a reader reads it: numbers grouped, unknown as a word, text of others harmless."""
    if value is None:
        return "unknown"
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return visible(brief(str(value)))


def _signed(by: int | str) -> str:
    """A difference with its sign."""
    try:
        number = Decimal(by)
    except InvalidOperation:
        return str(by)
    return f"{number:+,}".replace("-", "\u2212")
