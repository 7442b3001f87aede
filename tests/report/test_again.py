"""A report rendered once more must give the bytes that were published: what a page shows is what report.json says."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from evidence.bundles import quality_of, what_changed
from evidence.signed import refitted
from report.documents import a_document
from report.usage_rows import usage_rows
from tallystick import __version__
from tallystick.errors import BundleDiffersError
from tallystick.evidence.assembly import Seal, assemble
from tallystick.evidence.bundle import DATAPACKAGE, SHA256SUMS, STATEMENT, MemoryReader
from tallystick.evidence.canonical import parse_canonical
from tallystick.evidence.changes import CHANGES, CHANGES_PAGE
from tallystick.evidence.digest import Sha256
from tallystick.evidence.keys import SigningKey
from tallystick.evidence.manifest import Edition, Superseded
from tallystick.evidence.renderings import MADE_AGAIN, NOT_MADE_AGAIN
from tallystick.evidence.verification import verify_bundle
from tallystick.evidence.verified import Verified
from tallystick.report.again import render_again
from tallystick.report.bundle import render_bundle
from tallystick.report.changes_page import render_changes

KEY = SigningKey.make()
RUN = {"tallystick": __version__, "parts": {"python": "3.11.2"}}


def a_revision(language: str) -> dict[str, bytes]:
    """The same as the second of two, with what it changes."""
    first = a_published(language)
    before = Superseded(revision=1, report_sha256=Sha256.of(b"1"), datapackage_sha256=Sha256.of(b"2"))
    payload = {name: data for name, data in first.items() if name not in (STATEMENT, SHA256SUMS, DATAPACKAGE)}
    changes = what_changed(payload, 2, before)
    payload |= {CHANGES: changes[CHANGES], CHANGES_PAGE: render_changes(parse_canonical(changes[CHANGES]), language)}
    edition = Edition(title="Audit", revision=2, supersedes=before, code_version=__version__)
    return assemble(payload, edition, Seal(keys=(KEY,)))


def a_published(language: str = "en", code_version: str = __version__) -> dict[str, bytes]:
    signers = [KEY.public.keyid]
    document = a_document()
    payload = render_bundle(document, usage_rows(), quality_of(document), RUN, signers=signers, language=language)
    edition = Edition(title="Audit", revision=1, supersedes=None, code_version=code_version)
    return assemble(payload, edition, Seal(keys=(KEY,)))


@pytest.fixture(scope="module")
def published() -> dict[str, bytes]:
    return a_published()


def checked(files: Mapping[str, bytes]) -> Verified:
    return verify_bundle(MemoryReader(files), location="here", make_again=render_again)


def refused(files: Mapping[str, bytes]) -> list[tuple[str, str | None]]:
    with pytest.raises(BundleDiffersError) as caught:
        checked(files)
    return [(each.file, each.field) for each in caught.value.differences]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_was_published_is_made_again_byte_for_byte_in_its_own_language(language: str) -> None:
    revised = a_revision(language)
    verified = checked(revised)

    assert MADE_AGAIN in verified.rules
    assert NOT_MADE_AGAIN not in verified.not_checked
    other = refitted({**revised, "changes.html": revised["changes.html"].replace(b"</h1>", b"!</h1>")}, KEY)
    assert refused(other) == [("changes.html", None)]


def test_without_making_them_again_the_result_says_what_was_not_looked_at(published: dict[str, bytes]) -> None:
    assert NOT_MADE_AGAIN in verify_bundle(MemoryReader(published), location="here").not_checked


def test_a_number_that_is_another_in_one_place_of_a_page_is_found(published: dict[str, bytes]) -> None:
    page = re.sub(rb"(?<=<td class=\"n\">)\d+(?=</td>)", b"987", published["report.html"], count=1)
    forged = refitted({**published, "report.html": page}, KEY)

    assert page != published["report.html"]
    assert verify_bundle(MemoryReader(forged), location="here").manifest.is_signed
    assert refused(forged) == [("report.html", None)]


def test_a_print_of_other_pages_with_the_right_attachment_is_found(published: dict[str, bytes]) -> None:
    forged = refitted({**published, "report.pdf": published["report.pdf"] + b"\n% more\n"}, KEY)

    assert refused(forged) == [("report.pdf", None)]


def test_other_instructions_than_those_of_the_release_are_found(published: dict[str, bytes]) -> None:
    forged = refitted({**published, "verify/verify.py": b"print('all is right')\n"}, KEY)

    assert refused(forged) == [("verify/verify.py", None)]


def test_another_version_of_the_program_says_that_it_cannot_tell() -> None:
    assert refused(a_published(code_version="0.0.9")) == [(DATAPACKAGE, "tallystick.code_version")]


@pytest.mark.parametrize("data", [b"[]", b"{ }", b'{"parts":7,"tallystick":[1]}', b'{"inputs":"x"}'])
def test_a_run_json_that_is_none_of_ours_never_ends_in_a_fault(data: bytes, published: dict[str, bytes]) -> None:
    assert refused(refitted({**published, "run.json": data}, KEY))
