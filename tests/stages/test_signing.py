from __future__ import annotations

from pathlib import Path

import pytest

from stages.world import World
from tallystick.errors import BadConfigurationError, BundleDiffersError
from tallystick.evidence.bundle import DATAPACKAGE, STATEMENT
from tallystick.evidence.renderings import NOT_MADE_AGAIN
from tallystick.evidence.totals import RULE
from tallystick.evidence.verification import NOT_LOOKED_UP
from tallystick.settings import S3Settings, Settings, SigningSettings
from tallystick.stages.download import download
from tallystick.stages.verify import verify
from tallystick.storage.key_files import seal_of, trust_of, write_new_key

LOCAL = S3Settings()


@pytest.fixture
def signing(finished: World, tmp_path: Path) -> World:
    """The small world with a key to sign with, and nothing published yet."""
    write_new_key(tmp_path / "ours.key", None)
    write_new_key(tmp_path / "another.key", None)
    toml = finished.folder / "tallystick.toml"
    toml.write_text(f'{toml.read_text("utf-8")}\n[signing]\nkeys = ["{tmp_path / "ours.key"}"]\n', "utf-8")
    for file in sorted((finished.folder / "reports").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    return finished


def test_a_report_of_a_project_with_a_key_is_signed_and_its_signature_is_believed(
    signing: World, tmp_path: Path
) -> None:
    settings = Settings.load(signing.folder)
    [bundle] = _published(signing)

    verified = verify(str(bundle), LOCAL, trust_of(settings.signing), render=True)
    copy = download(str(bundle), tmp_path / "copy", LOCAL, trust_of(settings.signing, [tmp_path / "ours.key.pub"]))

    assert [each.is_trusted for each in verified.seals.signatures] == [True]
    assert (verified.not_checked, copy.not_checked, RULE in verified.rules) == (
        (NOT_LOOKED_UP,),
        (NOT_LOOKED_UP, NOT_MADE_AGAIN),
        True,
    )
    assert verified.manifest.is_signed


def test_a_report_that_another_key_signed_is_refused(signing: World, tmp_path: Path) -> None:
    [bundle] = _published(signing)
    trust = trust_of(Settings.load(signing.folder).signing, [tmp_path / "another.key.pub"])

    with pytest.raises(BundleDiffersError, match="signatures: expected one by key") as caught:
        verify(str(bundle), LOCAL, trust)
    assert (caught.value.where, caught.value.exit_code) == (STATEMENT, 6)


def test_a_report_that_was_published_before_there_was_a_key_is_not_signed_and_no_error(
    finished: World, tmp_path: Path
) -> None:
    write_new_key(tmp_path / "ours.key", None)
    signing = SigningSettings(keys=(tmp_path / "ours.key",))
    bundle = str(finished.folder / "reports" / "kestrel" / "2024-03" / "r1")

    assert verify(bundle, LOCAL, trust_of(signing)).seals.sentence == "NOT SIGNED"
    with pytest.raises(BundleDiffersError, match="no such file"):
        verify(bundle, LOCAL, trust_of(signing.model_copy(update={"trust": (tmp_path / "ours.key.pub",)})))


def test_the_same_key_signs_the_same_bytes_and_publishing_twice_is_one_report(signing: World) -> None:
    [bundle] = _published(signing)
    before = {file.name: file.read_bytes() for file in bundle.iterdir() if file.is_file()}

    assert _published(signing) == [bundle]
    for file in (bundle / STATEMENT, bundle / DATAPACKAGE):
        file.unlink()
    assert _published(signing) == [bundle]
    assert {file.name: file.read_bytes() for file in bundle.iterdir() if file.is_file()} == before


def test_a_key_comes_from_the_environment_too_and_a_locked_one_needs_its_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _ = write_new_key(tmp_path / "locked.key", "correct horse")
    (tmp_path / "tallystick.toml").write_text("", "utf-8")
    monkeypatch.setenv("TALLYSTICK_SIGNING__KEY", (tmp_path / "locked.key").read_text("ascii").replace("\n", "\\n"))

    with pytest.raises(BadConfigurationError, match="locked with a passphrase"):
        seal_of(Settings.load(tmp_path).signing)
    monkeypatch.setenv("TALLYSTICK_SIGNING__PASSPHRASE", "wrong")
    with pytest.raises(BadConfigurationError, match="does not open this key"):
        seal_of(Settings.load(tmp_path).signing)
    monkeypatch.setenv("TALLYSTICK_SIGNING__PASSPHRASE", "correct horse")
    settings = Settings.load(tmp_path)
    assert [each.public for each in seal_of(settings.signing).keys] == [key.public]
    assert "horse" not in repr(settings)
    assert "PRIVATE" not in repr(settings)


@pytest.mark.parametrize("name", ["key", "passphrase"])
def test_a_secret_in_the_settings_file_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "tallystick.toml").write_text(f'[signing]\n{name} = "x"\n', "utf-8")

    with pytest.raises(BadConfigurationError, match="a secret does not belong into this file") as caught:
        Settings.load(tmp_path)
    assert caught.value.where is not None
    assert caught.value.where.endswith(f"signing.{name}")


def _published(world: World) -> list[Path]:
    world.publish()
    return sorted((world.folder / "reports").glob("*/*/r*"))
