"""Files that are cut or bent anywhere: each is refused, or gives the very same bytes."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from intake.compressions.samples import COMPRESS, decode
from tallystick.errors import DamagedFileError, UnknownFormatError, UnreadableFileError
from tallystick.intake.detection import detect

WORDS = random.Random(7)  # noqa: S311
ROUTES = ["/v1/items", "/v1/items/{id}", "/v1/orders", "/v2/search"]
SAMPLE = b"".join(
    b'{"time":"2022-03-04T10:%02d:%02d.000001Z","client":"acme-%d","method":"GET","route":"%s","status":200}\n'
    % (n // 60 % 60, n % 60, n % 7, ROUTES[WORDS.randrange(4)].encode())
    for n in range(1000)
)[: 64 << 10]
assert len(SAMPLE) == 64 << 10
FLIPS = 10_000
every = pytest.mark.parametrize("ending", COMPRESS)


@every
def test_a_file_that_is_cut_at_any_byte_is_refused(ending: str) -> None:
    stored = COMPRESS[ending](SAMPLE)
    assert decode(stored) == SAMPLE

    for length in range(len(stored)):
        with pytest.raises(DamagedFileError) as caught:
            decode(stored[:length], name=f"a.{ending}")
        assert "byte" in caught.value.what, length


@every
def test_a_bit_that_is_flipped_anywhere_is_refused_or_changes_nothing(ending: str) -> None:
    stored = COMPRESS[ending](SAMPLE)
    chosen = random.Random(ending)  # noqa: S311
    refused = 0
    for _ in range(FLIPS // len(COMPRESS)):
        place = chosen.randrange(len(stored) * 8)
        bent = bytearray(stored)
        bent[place // 8] ^= 1 << place % 8
        try:
            decoded = decode(bytes(bent), name=f"a.{ending}")
            if decoded == bytes(bent):  # it is not told from a file that is not compressed …
                detect(decoded)  # … and no format has entries like that
        except (DamagedFileError, UnreadableFileError, UnknownFormatError):
            refused += 1
        else:
            assert decoded == SAMPLE, place
    assert refused > FLIPS / len(COMPRESS) * 0.9


@every
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_nothing_of_a_file_that_is_cut_is_counted(read: Callable[..., Any], ending: str, share: float) -> None:
    stored = COMPRESS[ending](SAMPLE[: SAMPLE.rindex(b"\n") + 1])

    reading = read(stored[: int(len(stored) * share)], name=f"a.{ending}", format="gateway_jsonl")

    assert reading.account.state == "refused"
    assert (reading.entries, reading.rejected, reading.account.entries) == ([], [], 0)
    assert reading.account.size_bytes == int(len(stored) * share)
    assert read(stored, format="gateway_jsonl").account.accepted > 600
