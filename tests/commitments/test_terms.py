"""What both sides agree on, typed: a key that only they have, whose requests, by which identity, of which hours."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from commands.command_line import tallystick
from commitments.two_sides import KEY, TwoSides, calls


def test_a_shared_key_is_a_file_that_only_its_owner_reads_and_is_never_overwritten(tmp_path: Path) -> None:
    made = tallystick("keys", "shared", tmp_path / "shared.key", "--json")
    text = (tmp_path / "shared.key").read_text("ascii")
    again = tallystick("keys", "shared", tmp_path / "shared.key")

    assert (made.code, again.code) == (0, 2)
    assert stat.S_IMODE((tmp_path / "shared.key").stat().st_mode) == 0o600
    assert (tmp_path / "shared.key").read_text("ascii") == text
    assert len(bytes.fromhex(text.strip())) == 32
    assert text.strip() not in made.stdout + made.stderr + again.stderr
    assert len(made.data["mark"]) == 16


@pytest.mark.parametrize("text", ["", "no key", KEY.hex()[:-1], KEY.hex() + "00", "\xff" * 64])
def test_a_file_that_holds_no_shared_key_is_named_and_its_content_is_not(text: str, two_sides: TwoSides) -> None:
    two_sides.key.write_text(text, "utf-8")

    ran = two_sides.theirs(calls(1))

    assert (ran.code, str(two_sides.key) in ran.stderr) == (5, True)
    assert not text or text not in ran.stderr


def test_a_projects_digest_key_is_not_shared(two_sides: TwoSides) -> None:
    (two_sides.folder / "licensor/digest.key").write_text(KEY.hex(), "ascii")

    ran = two_sides.ours(calls(1))

    assert (ran.code, "nobody else may have" in ran.stderr) == (5, True)
    assert not (two_sides.folder / "ours").exists()


@pytest.mark.parametrize(
    ("more", "code", "word"),
    [
        (("--app", "desk"), 2, "whose requests"),
        (("--identity", "secret"), 2, "no identity has 'secret'"),
        (("--identity", "credential"), 2, "no identity has 'credential'"),
        (("--identity", ","), 2, "some columns, each once"),
        (("--identity", "path,path"), 2, "some columns, each once"),
        (("--compare", "duration_us"), 2, "is not compared"),
        (("--clock-ahead", "nan"), 2, "no number of seconds"),
        (("--clock-ahead", "1e99"), 2, "no number of seconds"),
        (("--clock-ahead", "0.0000001"), 2, "no number of seconds"),
        (("--period", "2024-01-01T00:30/2024-01-02"), 2, "full hours"),
        (("--period", "soon"), 2, "not a period"),
        (("--format", "nothing"), 5, "nothing"),
    ],
)
def test_terms_that_cannot_be_are_refused_and_nothing_is_written(
    more: tuple[str, ...], code: int, word: str, two_sides: TwoSides
) -> None:
    ran = two_sides.ours(calls(1), *more)

    assert (ran.code, ran.stdout) == (code, "")
    assert word in ran.stderr
    assert sorted(file.name for file in two_sides.folder.iterdir()) == ["licensee", "licensor", "shared.key"]


@pytest.mark.parametrize("app", ["", "Desk", "../desk", "\x1b[2J", "a" * 64])
def test_an_app_has_an_id_as_in_a_register(app: str, two_sides: TwoSides) -> None:
    two_sides.log("licensee", b"")

    ran = two_sides.commit("theirs", "licensee", "--app", app)

    assert (ran.code, "an id is 1 to 63 of" in ran.stderr) == (2, True)


def test_a_licensee_is_one_of_the_register(two_sides: TwoSides) -> None:
    two_sides.log("licensor", b"")

    unknown = two_sides.commit("ours", "licensor", "--licensee", "heron")
    nobody = tallystick("commit", "--logs", two_sides.folder / "licensor/logs", "--key", two_sides.key)

    assert (unknown.code, nobody.code) == (2, 2)
    assert unknown.stderr.startswith("UnknownLicensee: ")


def test_no_file_is_written_over_and_no_half_of_one_is_left(two_sides: TwoSides) -> None:
    (two_sides.folder / "ours").write_text("precious")

    ran = two_sides.ours(calls(1))

    assert (ran.code, (two_sides.folder / "ours").read_text()) == (2, "precious")
    assert two_sides.commit("no/such/folder", "licensor", "--licensee", "kestrel").code == 5
    assert sorted(file.name for file in two_sides.folder.iterdir()) == ["licensee", "licensor", "ours", "shared.key"]


def test_a_log_without_a_request_is_a_commitment_to_none(two_sides: TwoSides) -> None:
    two_sides.ours(calls(3, app="osprey-web"))
    two_sides.theirs([])

    ran = two_sides.reconcile("--exit-code")

    assert (ran.code, "there was nothing to compare" in ran.stdout) == (3, True)


def test_a_folder_without_a_file_is_no_log(two_sides: TwoSides) -> None:
    ran = two_sides.commit("ours", "licensor", "--licensee", "kestrel")

    assert (ran.code, "there is no log file" in ran.stderr) == (5, True)
