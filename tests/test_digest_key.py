"""The key of a project's secrets: a file that only its owner reads, refused when it is anything else."""

from __future__ import annotations

import hashlib
import hmac
import pickle
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.digest_key import PUBLISHED_KEY, DigestKey
from tallystick.duck import connect
from tallystick.errors import BadConfigurationError, MissingInputError, UnreadableFileError


def test_a_new_key_is_random_and_for_its_owner_alone(tmp_path: Path) -> None:
    key, other = DigestKey.make(tmp_path / "a"), DigestKey.make(tmp_path / "b")

    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    assert DigestKey.load(tmp_path / "a") == key != other
    assert key.mark != other.mark


def test_a_key_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    key = DigestKey.make(tmp_path / "key")

    with pytest.raises(UnreadableFileError, match="cannot be written"):
        DigestKey.make(tmp_path / "key")
    assert DigestKey.load(tmp_path / "key") == key


@pytest.mark.parametrize("text", ["", "ab", "g" * 64, "0" * 63, "0" * 65, "0" * 64 + "\n" + "0" * 64])
def test_what_is_no_key_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text)

    with pytest.raises(BadConfigurationError) as refused:
        DigestKey.load(tmp_path / "key")
    assert not text or text not in str(refused.value)
    with pytest.raises(MissingInputError):
        DigestKey.load(tmp_path / "none")
    with pytest.raises(UnreadableFileError):
        DigestKey.load(tmp_path)


def test_a_key_is_not_in_what_is_printed_of_it(tmp_path: Path) -> None:
    key = DigestKey.make(tmp_path / "key")

    assert key.secret.hex() not in repr(key) + str(key) + key.mark
    assert repr(key.secret) not in repr(key)
    assert pickle.loads(pickle.dumps(key)) == key  # noqa: S301 - our own bytes


@given(secret=st.text(), key=st.binary(min_size=32, max_size=32))
def test_sql_and_the_standard_library_agree_on_a_keyed_digest(secret: str, key: bytes) -> None:
    [(found,)] = (
        connect()
        .execute(f"SELECT {DigestKey(secret=key).digest_sql('s')} FROM (SELECT ?::VARCHAR AS s)", [secret])
        .fetchall()
    )

    sha256 = hashlib.sha256(secret.encode()).hexdigest()
    assert found == hmac.new(key, sha256.encode(), "sha256").hexdigest()[:32] == DigestKey(secret=key).digest(sha256)


def test_the_published_key_is_always_the_same() -> None:
    assert PUBLISHED_KEY.mark == "435a5274c6b99acb"
