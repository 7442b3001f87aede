"""A secret that a log holds is nowhere after a run: not in the lake, a report, what is printed, or what is logged."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commands.command_line import Ran, tallystick
from stages.world import World, a_call, web_line
from tallystick.digest_key import DigestKey
from tallystick.duck import connect, quote_text
from tallystick.errors import BadConfigurationError, MissingInputError
from tallystick.runtime.engine import Engine
from tallystick.stages.ingest import ingest
from tallystick.stages.refine import refine
from tallystick.tables.intake import INTAKE
from tallystick.tables.rejected_entry import REJECTED_ENTRY
from tallystick.tables.request import REQUEST
from tallystick.tables.source_file import SOURCE_FILE

pytestmark = pytest.mark.spark

WEB_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJrZXN0cmVsIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"
API_KEY = "tyk-4f9d1c77e0ab-in-the-clear"
SECRETS = {
    "api key": API_KEY,
    "bearer token": "opaque-bearer-7d1f0c2b9a",
    "web token": WEB_TOKEN,
    "web token in a path": WEB_TOKEN.replace("a2VzdHJlbC", "b3R0ZXItb3"),
    "basic": "a2VzdHJlbDpodW50ZXIyLWh1bnRlcjI=",
    "cookie": "sid-5c1e7a90d2-of-a-browser",
    "second cookie": "cart-77aa01bb-of-a-browser",
    "signature": "8f3c1d5e7b9a2c4d6e8f0a1b3c5d7e9f8f3c1d5e7b9a2c4d6e8f0a1b3c5d7e9f",
    "shared access signature": "q9Zr%2BxY0wVt3s%3D",
    "session token": "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQD",
    "password": "correct horse battery staple",
    "parameter": "param-2b7c9d1e-key",
}  # fmt: skip
KEY_ID = "AKIAIOSFODNN7EXAMPLE"


def tyk(at: str, key: str) -> str:
    record = {
        "method": "GET", "path": "/items/{id}", "raw_path": "/items/7", "response_code": 200, "api_key": key,
        "timestamp": f"2024-{at.replace(' ', 'T')}Z", "api_name": "Items", "api_id": "b1", "org_id": "o1",
        "oauth_id": "", "request_time": 14, "ip_address": "203.0.113.7", "alias": "", "user_agent": "kestrel/1.0",
    }  # fmt: skip
    return json.dumps(record) + "\n"


def planted(world: World) -> World:
    """Every secret in some log, in lines that can be read and in lines that cannot."""
    said = SECRETS
    gateway: list[dict[str, Any] | str] = [
        a_call("03-01 10:00:00", client=f"Bearer {said['bearer token']}", number=1),
        a_call("03-01 10:00:01", client=said["web token"], number=2),
        a_call("03-01 10:00:02", client=KEY_ID, number=3),
        a_call("03-01 10:00:03", number=4, path=f"/verify/{said['web token in a path']}?sig={said['signature']}"),
        a_call(
            "03-01 10:00:04", number=5, user=f"Basic {said['basic']}", referer=f"https://e.example.com/?k={API_KEY}"
        ),
        json.dumps({"headers": {"Cookie": f"sid={said['cookie']}; cart={said['second cookie']}"}}),
        json.dumps({"message": json.dumps({"sessionToken": said["session token"], "password": said["password"]})}),
        f'{{"url": "https://b.example.com/o?X-Amz-Credential={KEY_ID}%2Fs3&X-Amz-Signature={said["signature"]}"',
        f"GET https://a.blob.example.com/c?sv=2022&sig={said['shared access signature']} Bearer {said['bearer token']}",
        f"authorization: Basic {said['basic']}",
    ]
    lines = [call if isinstance(call, str) else json.dumps(call) for call in gateway]
    world.write("logs/gateway/2024-03-01.jsonl", "\n".join(lines) + "\n")
    web = web_line("02/Mar/2024:09:00:00").replace("after=3", f"api_key={said['parameter']}&x={said['signature']}")
    world.write("logs/web/access.log", web + web.replace(" 200 ", " 2OO "))
    world.write("logs/tyk/a.jsonl", tyk("03-01 11:00:00", API_KEY) + tyk("03-01 11:00:01", "another-key-0001"))
    world.write("sources/tyk.yaml", "folder: logs/tyk\nformat: tyk\n")
    digest = hashlib.sha256(API_KEY.encode()).hexdigest()
    world.edit("register/kestrel.yaml", "credential: kes-board-2", f"credential_sha256: {digest}\n        name: board")
    return world


def told_anywhere(folder: Path) -> Iterator[tuple[str, str]]:
    """What every file of a project but its logs and its register says, as text; tables and archives opened."""
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or file.relative_to(folder).parts[0] in ("logs", "register"):
            continue
        name = str(file.relative_to(folder))
        if file.suffix == ".parquet":
            yield name, str(connect().execute(f"SELECT * FROM read_parquet({quote_text(str(file))})").fetchall())
        elif file.suffix == ".xlsx":
            with zipfile.ZipFile(file) as archive:
                yield name, "".join(archive.read(part).decode("utf-8", "replace") for part in archive.namelist())
        else:
            yield name, file.read_bytes().decode("utf-8", "replace")


def pieces(secret: str) -> set[str]:
    """Every run of ten characters of a secret: more than twice a hint."""
    return {secret[start : start + 10] for start in range(len(secret) - 9)}


def assert_no_secret(name: str, text: str) -> None:
    for kind, secret in SECRETS.items():
        found = sorted(piece for piece in pieces(secret) if piece in text)
        assert not found, f"{name} holds the {kind}"


@pytest.fixture(scope="module")
def audited(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Ran]:
    """The project with planted secrets after a run of all stages, and what that said."""
    world = planted(World.small(tmp_path_factory.mktemp("planted") / "project", engine))
    assert engine.session is not None
    return world, tallystick("run", "--project", world.folder, "--licensee", "kestrel", "--period", "2024-03", "--json")


def test_no_secret_of_a_log_is_in_the_lake_a_report_or_a_stream(audited: tuple[World, Ran]) -> None:
    world, ran = audited

    looked = tallystick("inspect", world.folder / "logs", "--top", "0", "--json")
    read = tallystick("inspect", world.folder / "logs", "--project", world.folder)

    assert (ran.code, looked.code, read.code) == (0, 0, 0), ran.stderr
    for stream in (ran.stdout, ran.stderr, looked.stdout, looked.stderr, read.stdout, read.stderr):
        assert_no_secret("a stream", stream)
        assert_no_secret("a stream", stream.encode().decode("unicode_escape"))
    told = dict(told_anywhere(world.folder))
    assert len(world.rows(REJECTED_ENTRY)) == 6
    assert {name.partition("/")[0] for name in told} >= {"lake", "reports", "digest.key"}
    for name, text in told.items():
        assert_no_secret(name, text)


def test_the_key_is_in_its_file_and_nowhere_else(audited: tuple[World, Ran]) -> None:
    world, ran = audited

    key = DigestKey.load(world.folder / "digest.key").secret
    assert ran.code == 0
    told = [(name, text) for name, text in told_anywhere(world.folder) if name != "digest.key"]
    for name, text in [*told, ("stdout", ran.stdout), ("stderr", ran.stderr)]:
        assert key.hex() not in text, name
        assert repr(key)[2:-1] not in text, name


def test_a_report_does_not_depend_on_the_key(audited: tuple[World, Ran], tmp_path: Path) -> None:
    world, _ = audited
    other = world.copy(tmp_path / "other")
    for name in ("lake", "reports"):
        shutil.rmtree(other.folder / name)
    (other.folder / "digest.key").unlink()

    other.run()

    keys = [DigestKey.load(one.folder / "digest.key") for one in (world, other)]
    reports = [one.folder / "reports/kestrel/2024-03/r1" for one in (world, other)]
    assert keys[0] != keys[1]
    assert {row["credential"] for row in world.rows(INTAKE)} != {row["credential"] for row in other.rows(INTAKE)}
    for file in reports[0].rglob("*"):
        if file.is_file():
            assert file.read_bytes() == (reports[1] / file.relative_to(reports[0])).read_bytes(), file.name


def test_a_registered_secret_is_recognised_and_a_public_id_stays_readable(audited: tuple[World, Ran]) -> None:
    world, _ = audited

    key = DigestKey.load(world.folder / "digest.key")
    kept = f"hmac:{key.digest(hashlib.sha256(API_KEY.encode()).hexdigest())}…{API_KEY[-4:]}"
    named = {row["credential"]: (row["licensee"], row["app"], row["credential_id"]) for row in world.rows(REQUEST)}
    assert named[kept] == ("kestrel", "kestrel-board", "board")
    assert KEY_ID in named
    paths = {row["path"] for row in world.rows(INTAKE)}
    assert "/verify/eyJ…" in paths


def test_ingest_makes_the_key_of_a_project_that_has_none_and_says_so(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(world.project)

    said = capsys.readouterr().err
    key = DigestKey.load(world.folder / "digest.key")
    assert "ingest.digest_key_made" in said
    assert {row["digest_key"] for row in world.rows(SOURCE_FILE)} == {key.mark}


@pytest.mark.parametrize("loss", ["gone", "another"])
def test_a_key_that_is_lost_or_changed_stops_the_stage(world: World, loss: str) -> None:
    planted(world)
    ingest(world.project)
    file = world.folder / "digest.key"
    file.unlink()
    if loss == "another":
        DigestKey.make(file)
    error = MissingInputError if loss == "gone" else BadConfigurationError

    with pytest.raises(error, match="digest key"):
        ingest(world.project)
    with pytest.raises(error, match="digest key"):
        refine(world.project)
    assert file.exists() == (loss == "another")


def test_a_register_without_secrets_needs_no_key(world: World) -> None:
    ingest(world.project)
    (world.folder / "digest.key").unlink()

    assert refine(world.project).changed
