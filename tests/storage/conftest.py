"""Stores of both kinds to test against: a folder, and a prefix of a bucket on a real S3 server."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from tallystick.demo.object_store import LocalObjectStore
from tallystick.settings import S3Settings
from tallystick.storage.objects import ObjectStore, open_store


@pytest.fixture
def s3_settings(s3_server: LocalObjectStore, monkeypatch: pytest.MonkeyPatch) -> S3Settings:
    for name, value in s3_server.environment().items():
        monkeypatch.setenv(name, value)
    return S3Settings(endpoint_url=s3_server.endpoint_url)


@pytest.fixture
def s3_url(s3_settings: S3Settings) -> str:
    """A prefix that no other test uses."""
    return f"s3://reports/{secrets.token_hex(6)}"


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.s3)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return open_store(str(tmp_path / "reports"), S3Settings())
    return open_store(request.getfixturevalue("s3_url"), request.getfixturevalue("s3_settings"))
