"""`tallystick keys`, and `verify --trust`, as their user types them."""

from __future__ import annotations

import stat
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from commands.command_line import ran_apart, tallystick
from evidence.bundles import a_bundle, a_payload
from evidence.signed import a_signed_bundle, in_folder
from tallystick.evidence.keys import SigningKey
from tallystick.evidence.renderings import NOT_MADE_AGAIN
from tallystick.storage.key_files import read_signing_key


def test_a_new_key_is_two_files_and_only_its_owner_reads_the_private_one(tmp_path: Path) -> None:
    made = tallystick("keys", "new", tmp_path / "sign.key", "--json")

    assert made.code == 0
    assert stat.S_IMODE((tmp_path / "sign.key").stat().st_mode) == 0o600
    assert (tmp_path / "sign.key.pub").read_text("ascii").startswith("-----BEGIN PUBLIC KEY-----\n")
    assert made.data["keyid"] == read_signing_key(tmp_path / "sign.key", None).public.keyid
    assert "PRIVATE" not in made.stdout + made.stderr


@pytest.mark.parametrize("name", ["sign.key", "sign.key.pub"])
def test_a_key_is_never_overwritten(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("precious", "ascii")

    assert tallystick("keys", "new", tmp_path / "sign.key").code == 2
    assert [file.read_text("ascii") for file in tmp_path.iterdir()] == ["precious"]


def test_both_halves_of_a_key_show_the_same_id_and_nothing_secret(tmp_path: Path) -> None:
    tallystick("keys", "new", tmp_path / "sign.key")
    shown = [tallystick("keys", "show", tmp_path / name) for name in ("sign.key", "sign.key.pub")]
    secret = (tmp_path / "sign.key").read_text("ascii").splitlines()[1]

    assert shown[0].stdout == shown[1].stdout
    assert secret not in shown[0].stdout
    assert "keyid: " in shown[0].stdout


def test_a_locked_key_opens_with_its_passphrase_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYSTICK_SIGNING__PASSPHRASE", "correct horse")
    assert tallystick("keys", "new", tmp_path / "sign.key", "--locked").code == 0
    assert b"ENCRYPTED" in (tmp_path / "sign.key").read_bytes()
    assert tallystick("keys", "show", tmp_path / "sign.key").code == 0
    monkeypatch.setenv("TALLYSTICK_SIGNING__PASSPHRASE", "wrong")
    assert tallystick("keys", "show", tmp_path / "sign.key").code == 5


@pytest.mark.parametrize("text", ["", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "\x00" * 99])
def test_a_file_that_holds_no_key_is_named(text: str, tmp_path: Path) -> None:
    file = tmp_path / "sender.pub"
    file.write_text(text, "utf-8")

    shown = tallystick("keys", "show", file)
    assert (shown.code, str(file) in shown.stderr) == (5, True)
    assert tallystick("verify", tmp_path, "--trust", file).code == 5


def test_openssl_reads_both_halves_of_a_key(tmp_path: Path) -> None:
    tallystick("keys", "new", tmp_path / "sign.key")

    for name, given in (("sign.key", []), ("sign.key.pub", ["-pubin"])):
        ran = subprocess.run(
            ["openssl", "pkey", *given, "-in", tmp_path / name, "-noout", "-text_pub"], capture_output=True, check=True
        )
        assert b"ED25519" in ran.stdout


def test_verify_says_who_signed_and_what_it_did_not_check(tmp_path: Path) -> None:
    key, trusted = SigningKey.make(), tmp_path / "sender.pub"
    trusted.write_text(key.public.pem, "ascii")
    signed, unsigned = in_folder(tmp_path / "a", a_signed_bundle(key)), in_folder(tmp_path / "b", a_signed_bundle())

    known, unknown = tallystick("verify", signed, "--trust", trusted), tallystick("verify", signed)
    nobody = tallystick("verify", unsigned)
    assert (known.code, unknown.code, nobody.code) == (0, 0, 0)
    assert f"signed by key {key.public.keyid[:16]} (trusted)" in known.stdout
    assert [line for line in known.stdout.splitlines() if "not checked" in line] == [f"not checked: {NOT_MADE_AGAIN}"]
    assert "not checked: whose key has signed the bundle: it is none that is trusted here" in unknown.stdout
    assert "NOT SIGNED" in nobody.stdout
    assert "NOT SIGNED" in nobody.stderr
    assert tallystick("verify", unsigned, "--trust", trusted).code == 6


def test_a_bundle_of_100_mb_is_verified_within_two_seconds(tmp_path: Path) -> None:
    more = {f"more/f{number}.parquet": bytes([number]) * (10 << 20) for number in range(10)}
    files = a_bundle(a_payload() | more)
    folder, file = in_folder(tmp_path / "r1", files), tmp_path / "r1.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)

    for bundle in (folder, file):
        before = time.process_time()
        ran = tallystick("verify", bundle)
        assert (ran.code, "104," in ran.stdout) == (0, True)
        assert time.process_time() - before < 2


def test_verify_starts_no_jvm_and_asks_no_network(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "r1", a_signed_bundle())

    ran = ran_apart("verify", folder, "--json", JAVA_HOME="/nowhere", PYTHONPROFILEIMPORTTIME="1")
    assert (ran.code, "import time:" in ran.stderr) == (0, True)
    assert not [line for line in ran.stderr.splitlines() if line.endswith((" pyspark", " boto3"))]
