"""Text that somebody wrote to do harm, and a page with it wherever the text of others can stand."""

from __future__ import annotations

from functools import cache

from report.documents import a_document, a_finding, a_pointer
from report.pages import with_texts
from tallystick.report.html import render_html

BENIGN = "name"
HOSTILE = (
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "<img src=x onerror=alert(1)>",
    '"><iframe src=javascript:alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "<!-- comment",
    "]]><![CDATA[<script>",
    "&lt;script&gt;&#0;&#x202e;",
    "{{ 7 * 7 }}{% raw %}{{ document }}",
    "{schema}{0}{n!r}{n.__class__}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "'; DROP TABLE request; --",
    "../../../../etc/passwd",
    "\x1b]0;title\x07\x1b[2J",
    "safe\u202egnp.exe\u202c\u2066\u2069",
    "zero\u200b\u200c\u200d\u2060\ufeffwidth",
    "nul\x00bell\x07del\x7f\x9b",
    "lone \ud800 half",
    "=cmd|' /C calc'!A0",
    "line\none\r\ntwo\u2028three",
    "\u202b\u05d0\u05d1\u05d2",
    "Z" + "\u0301" * 200,
    "A" * 100_000,
    "datum.value }}}'\"\\",
)


SMALL = a_document(findings=[a_finding(evidence=[a_pointer()])], not_seen=["one"])


@cache
def page_with(text: str) -> bytes:
    return render_html(with_texts(SMALL, text))
