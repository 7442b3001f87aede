"""Flags over environment over tallystick.toml; and what none of the three may say."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tallystick.errors import BadConfigurationError, MissingInputError, UnreadableFileError
from tallystick.settings import Settings, known_keys


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("TALLYSTICK_"):
            monkeypatch.delenv(name)


def project(folder: Path, toml: str = "") -> Path:
    (folder / "tallystick.toml").write_text(toml, "utf-8")
    return folder


def loaded(folder: Path, toml: str = "", **flags: Any) -> Settings:
    return Settings.load(project(folder, toml), **flags)


# ── who says it ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_file_says_the_defaults(tmp_path: Path) -> None:
    settings = loaded(tmp_path)

    assert (settings.project, settings.provider) == (tmp_path, "the provider")
    assert [settings.lake, settings.sources, settings.register_folder, settings.agreements] == [
        tmp_path / name for name in ("lake", "sources", "register", "agreements")
    ]
    assert settings.reports == str(tmp_path / "reports")


@pytest.mark.parametrize(
    ("toml", "environment", "flag", "provider"),
    [
        ("", None, None, "the provider"),
        ("provider = 'file'", None, None, "file"),
        ("provider = 'file'", "environment", None, "environment"),
        ("provider = 'file'", "environment", "flag", "flag"),
        ("", "environment", None, "environment"),
        ("", None, "flag", "flag"),
        ("provider = 'file'", None, "flag", "flag"),
        ("provider = 'file'", "", None, "file"),  # what is empty says nothing
    ],
)
def test_a_flag_goes_over_the_environment_over_the_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    toml: str,
    environment: str | None,
    flag: str | None,
    provider: str,
) -> None:
    if environment is not None:
        monkeypatch.setenv("TALLYSTICK_PROVIDER", environment)

    assert loaded(tmp_path, toml, provider=flag).provider == provider


def test_a_table_is_laid_over_key_by_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYSTICK_S3__REGION", "eu-west-1")
    toml = "[s3]\nregion = 'us-east-1'\nendpoint_url = 'http://127.0.0.1:8333'\n[engine]\ntasks = 7\n"

    settings = loaded(tmp_path, toml, engine={"memory_limit": "2GB"})

    assert (settings.s3.region, settings.s3.endpoint_url) == ("eu-west-1", "http://127.0.0.1:8333")
    assert (settings.engine.tasks, settings.engine.memory_limit) == (7, "2GB")


def test_a_number_in_the_environment_is_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYSTICK_ENGINE__TASKS", "3")
    monkeypatch.setenv("TALLYSTICK_S3__PATH_STYLE", "false")

    settings = loaded(tmp_path)

    assert (settings.engine.tasks, settings.s3.path_style) == (3, False)


def test_names_of_others_in_the_environment_say_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TALLYSTICK_HOME", "TALLYSTICKS_LAKE", "MY_TALLYSTICK_LAKE", "LAKE", "lake"):
        monkeypatch.setenv(name, "/elsewhere")

    assert loaded(tmp_path).lake == tmp_path / "lake"


@pytest.mark.parametrize(
    ("table", "expected"),
    [("", False), ("endpoint_url = 'http://127.0.0.1:1'", True), ("path_style = true", True)],
)
def test_a_bucket_is_named_in_the_path_at_stores_other_than_aws(tmp_path: Path, table: str, expected: bool) -> None:
    assert loaded(tmp_path, f"[s3]\n{table}\n").s3.uses_path_style is expected


# ── where things are ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_paths_are_relative_to_the_project_and_not_to_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep").mkdir()
    project(tmp_path / "deep", "lake = '../tables'\nreports = 'out'\n")
    monkeypatch.chdir(tmp_path)

    settings = Settings.load(Path("deep"))

    assert settings.lake.resolve() == tmp_path / "tables"
    assert settings.reports == str(tmp_path / "deep" / "out")
    assert settings.project == tmp_path / "deep"


def test_a_path_from_the_root_stays_as_it_is(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "lake = '/data/lake'\nreports = '/data/reports'\n")

    assert (settings.lake, settings.reports) == (Path("/data/lake"), "/data/reports")


def test_an_address_of_a_bucket_is_no_path(tmp_path: Path) -> None:
    assert loaded(tmp_path, "reports = 's3://bucket/prefix'").reports == "s3://bucket/prefix"


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    settings = loaded(tmp_path)

    with pytest.raises(ValueError, match="frozen"):
        settings.provider = "another"
    with pytest.raises(ValueError, match="frozen"):
        settings.s3.region = "another"


def test_the_keys_are_those_of_the_file() -> None:
    assert known_keys() == [
        "provider", "lake", "reports", "sources", "formats", "register", "agreements", "digest_key_file", "language",
        "client_addresses", "s3", "engine", "signing",
    ]  # fmt: skip


# ── what is refused ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_without_the_file_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="there is no project here") as refused:
        Settings.load(tmp_path)

    assert refused.value.where == str(tmp_path / "tallystick.toml")
    assert refused.value.next_step == f"tallystick init {tmp_path}, or name one with --project"


@pytest.mark.parametrize(
    ("toml", "where", "said"),
    [
        ("provider = ", "", "this is not TOML"),
        ("provider: Murmur", "", "this is not TOML"),
        ("lake = 'a'\nlake = 'b'", "", "this is not TOML"),
        ("laek = 'lake'", ": laek", "Extra inputs are not permitted"),
        ("register_folder = 'r'", ": register_folder", "Extra inputs are not permitted"),
        ("project = '/elsewhere'", ": project", "this key is not known here"),
        ("[s3]\nendpoint = 'http://127.0.0.1'", ": s3.endpoint", "Extra inputs are not permitted"),
        ("[s3]\nsecret_key = 'x'", ": s3.secret_key", "Extra inputs are not permitted"),
        ("s3 = 'bucket'", ": s3", "Input should be a valid dictionary"),
        ("lake = 5", ": lake", "Input is not a valid path"),
        ("lake = ''", ": lake", "a path is needed, and this one is empty"),
        ("register = ''", ": register", "a path is needed, and this one is empty"),
        ("reports = ''", ": reports", "String should have at least 1 character"),
        ("[engine]\ntasks = -1", ": engine.tasks", "greater than or equal to 0"),
        ("[engine]\ntasks = 'many'", ": engine.tasks", "valid integer"),
        ("[engine]\nmemory_limit = 'lots'", ": engine.memory_limit", "should match pattern"),
        ("[engine]\nmemory_limit = '0GB'", ": engine.memory_limit", "should match pattern"),
    ],
)
def test_what_the_file_cannot_say_is_refused_with_its_key(tmp_path: Path, toml: str, where: str, said: str) -> None:
    with pytest.raises(BadConfigurationError) as refused:
        loaded(tmp_path, toml)

    assert refused.value.where == f"{tmp_path / 'tallystick.toml'}{where}"
    assert said in refused.value.what
    assert refused.value.next_step
    assert refused.value.exit_code == 5


@pytest.mark.parametrize(
    "name", [f"TALLYSTICK_{name}" for name in ("LAEK", "S3", "LAKE__FOLDER", "", "PROJECT", "s4__x", "S3__")]
)
def test_a_misspelt_name_in_the_environment_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "value")

    with pytest.raises(BadConfigurationError, match="this setting is not known") as refused:
        loaded(tmp_path)

    assert refused.value.where == f"environment {name}"


def test_a_misspelt_key_of_a_table_in_the_environment_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLYSTICK_S3__REGOIN", "eu-west-1")

    with pytest.raises(BadConfigurationError, match="s3.regoin"):
        loaded(tmp_path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tallystick.toml").write_bytes(b"provider = '\xff\xfe'")

    with pytest.raises(UnreadableFileError, match="cannot be read"):
        Settings.load(tmp_path)


def test_a_refusal_shows_no_value(tmp_path: Path) -> None:
    with pytest.raises(BadConfigurationError) as refused:
        loaded(tmp_path, "[s3]\nsecret_access_key = 'hunter2'")

    assert "hunter2" not in f"{refused.value} {refused.value.next_step}"
