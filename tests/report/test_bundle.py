from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from report.documents import a_document, a_finding, an_empty_document
from report.letters_case import the_letters_case
from report.usage_rows import usage_rows
from tallystick.evidence.bundle import REQUIRED
from tallystick.evidence.canonical import NotCanonicalError, canonical_bytes
from tallystick.evidence.consistency import contradictions
from tallystick.evidence.standalone import instructions
from tallystick.report.bundle import render_bundle

HERE = Path(__file__).parent
DIGESTS = """
import hashlib, json, locale, sys
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
from report.letters_case import the_letters_case
from report.usage_rows import usage_rows
from tallystick.report.bundle import render_bundle
files = render_bundle(the_letters_case(), usage_rows(), {"suites": {"b": 1, "a": 2}}, {"code": "0.1.0"})
print(json.dumps({name: hashlib.sha256(data).hexdigest() for name, data in files.items()}))
"""
WORLDS: tuple[dict[str, str], ...] = (
    {"TZ": "UTC", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "0"},
    {
        "TZ": "Asia/Kathmandu",
        "LANG": "tr_TR.UTF-8",
        "LC_ALL": "tr_TR.UTF-8",
        "PYTHONHASHSEED": "4711",
        "FONTCONFIG_FILE": "/dev/null",
    },
)


def digests(world: dict[str, str]) -> dict[str, str]:
    paths = os.pathsep.join(str(HERE.parent.parent / folder) for folder in ("jobs", "tests"))
    ran = subprocess.run(
        [sys.executable, "-c", DIGESTS],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": paths, **world},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(ran.stdout)
    return found


def test_a_bundle_is_the_same_bytes_in_any_time_zone_locale_and_hash_seed() -> None:
    here, there = (digests(world) for world in WORLDS)

    assert here == there
    assert REQUIRED | set(instructions()) <= set(here)


@pytest.mark.parametrize(
    "document", [the_letters_case(), a_document(), an_empty_document()], ids=["letters", "small", "empty"]
)
def test_the_sample_documents_agree_with_themselves_as_a_published_report_must(document: dict[str, Any]) -> None:
    files = render_bundle(document, usage_rows(), {}, {})

    assert contradictions(json.loads(files["report.json"]), files["findings.csv"]) == []


def test_report_json_is_the_document_in_canonical_form() -> None:
    document = the_letters_case()
    files = render_bundle(document, usage_rows(), {"b": 1, "a": [2]}, {"code": "0.1.0"})

    assert files["report.json"] == canonical_bytes(document)
    assert files["quality.json"] == b'{"a":[2],"b":1}'
    assert files["run.json"] == b'{"code":"0.1.0"}'


def test_a_number_beyond_what_json_holds_is_rendered_from_its_digits() -> None:
    files = render_bundle(a_document(findings=[a_finding(requests=2**60)]), usage_rows(), {}, {})

    assert b"1,152,921,504,606,846,976" in files["report.html"]
    assert b"1152921504606846976" in files["findings.csv"]


def test_a_value_without_an_exact_form_is_refused() -> None:
    with pytest.raises(NotCanonicalError):
        render_bundle(a_document(checks={"expectations": 1.5}), usage_rows(), {}, {})


def test_a_page_of_the_demo_is_well_under_a_megabyte() -> None:
    files = render_bundle(the_letters_case(), usage_rows(), {}, {})

    assert len(files["report.html"]) < 500_000
