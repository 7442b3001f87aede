"""Whether a page asks for nothing when it is opened: its policy comes first, and permits only what is in the page."""

from __future__ import annotations

import html
import re

from tallystick.evidence.document import NotAsPromisedError

_POLICY = re.compile(
    r"\A<!doctype html>\s*<html lang=\"[a-z]{2}\">\s*<head>\s*<meta charset=\"utf-8\">\s*"
    r"<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\">",
    re.IGNORECASE,
)
_COMMANDS = re.compile(r"<meta\b[^>]*\bhttp-equiv", re.IGNORECASE)
_DIGEST = re.compile(r"'sha256-[A-Za-z0-9+/]{43}='")
CLOSED = ("default-src", "base-uri", "form-action")
"""Directives that must permit nothing."""
OF_THE_PAGE = ("img-src", "font-src")
"""Directives that may permit what the page itself holds as `data:`."""
OF_SCRIPTS = ("require-trusted-types-for", "trusted-types")
"""Directives that only forbid more, whatever they say."""


def asks_for_nothing(page: bytes) -> None:
    """NotAsPromisedError for a page whose first words are no policy that permits only what the page holds by digest.

    A second command to the browser, such as to go elsewhere, is refused too.
    """
    text = page.decode("utf-8", "replace")
    found = _POLICY.match(text)
    if found is None:
        raise NotAsPromisedError("policy", expected="a Content-Security-Policy before all else", found="none there")
    stated = [part.split() for part in html.unescape(found[1]).split(";") if part.strip()]
    directives = {name.lower(): sources for name, *sources in stated}
    for name in CLOSED:
        if directives.get(name) != ["'none'"]:
            raise NotAsPromisedError(f"policy {name}", expected="'none'", found=_said(directives.get(name)))
    if len(directives) < len(stated):
        raise NotAsPromisedError("policy", expected="each directive once", found="one twice")
    for name, sources in directives.items():
        if name in OF_SCRIPTS or sources == ["'none'"] or (name in OF_THE_PAGE and sources == ["data:"]):
            continue
        if not name.endswith("-src") or not all(map(_DIGEST.fullmatch, sources)):
            raise NotAsPromisedError(f"policy {name[:40]!a}", expected="digests alone", found=_said(sources))
    if len(_COMMANDS.findall(text)) > 1:
        raise NotAsPromisedError("http-equiv", expected="the policy alone", found="another command to the browser")


def _said(sources: list[str] | None) -> str:
    return "nothing" if sources is None else ascii(" ".join(sources)[:80])[1:-1]
