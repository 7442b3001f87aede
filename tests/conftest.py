"""What several folders of tests share: real servers on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tallystick.demo.object_store import LocalObjectStore


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of this project's own tests."""
    parser.addoption("--vectors", metavar="FILE", help="cases of limits to run: a file in the form of limits.jsonl")


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalObjectStore]:
    """An S3 server with an empty bucket `reports` and an empty bucket `logs`, for the whole run."""
    with LocalObjectStore(tmp_path_factory.mktemp("s3"), buckets=["reports", "logs"]) as server:
        yield server
