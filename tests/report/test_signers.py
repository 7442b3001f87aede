from __future__ import annotations

from report.documents import a_document
from tallystick.report.html import render_html


def test_the_page_names_the_keys_that_will_sign_it_or_says_that_nobody_signs() -> None:
    alone, signed = render_html(a_document()), render_html(a_document(), signers=["0e08604d959c5923"])

    assert (b'<p class="unsigned">' in alone, b'<p class="signed">' in alone) == (True, False)
    assert (b'<p class="unsigned">' in signed, b"<code>0e08604d959c5923</code>" in signed) == (False, True)
