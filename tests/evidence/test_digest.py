from __future__ import annotations

import hashlib
from io import BytesIO

import pytest

from tallystick.evidence.digest import FileDigest, Sha256

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_digest_is_a_value() -> None:
    assert Sha256.of(b"") == Sha256(EMPTY) == Sha256.parse(f"sha256:{EMPTY}")
    assert Sha256(EMPTY).base64 == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@pytest.mark.parametrize("text", ["", EMPTY[:-1], EMPTY.upper(), EMPTY + "\n", "g" + EMPTY[1:], f"sha256:{EMPTY}"])
def test_what_is_not_64_lower_case_hex_digits_is_no_digest(text: str) -> None:
    with pytest.raises(ValueError):
        Sha256(text)


@pytest.mark.parametrize("text", ["", EMPTY, f"SHA256:{EMPTY}", f"md5:{EMPTY}", f"sha256:{EMPTY} "])
def test_a_prefixed_digest_names_its_algorithm(text: str) -> None:
    with pytest.raises(ValueError):
        Sha256.parse(text)


def test_a_stream_is_digested_to_its_end() -> None:
    data = b"tally" * 1_000_000

    assert FileDigest.of_stream(BytesIO(data)) == FileDigest.of(data)
    assert FileDigest.of(data).sha256.hex == hashlib.sha256(data).hexdigest()
