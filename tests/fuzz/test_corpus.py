"""What fuzzing kept, replayed: every file of the corpus holds to what its target asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"


@pytest.mark.parametrize("name", TARGETS)
def test_every_file_of_the_corpus_holds_to_its_target(name: str) -> None:
    files = sorted((CORPUS / name).iterdir())

    assert len(files) >= 10
    for file in files:
        TARGETS[name](file.read_bytes())


def test_no_other_corpus_lies_about() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} == set(TARGETS)
