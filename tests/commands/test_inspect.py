"""`tallystick inspect` as its user types it: files, folders, prefixes and lists in; JSON or lines for people out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from commands.command_line import Ran, ran_apart, tallystick
from tallystick.commands import inspect as command
from tallystick.demo.object_store import LocalObjectStore
from tallystick.digest_key import PUBLISHED_KEY, DigestKey
from tallystick.intake.masking import secret_digest
from tallystick.runtime import progress

TOLD = [
    "path", "format", "runner_up", "envelope", "compression", "sha256", "size_bytes", "decoded_bytes", "lines",
    "comments", "headers", "blanks", "not_requests", "entries", "accepted", "rejected", "rejected_bytes", "duplicates",
    "distinct_ids", "first_at", "last_at", "per_hour", "sums", "top",
]  # fmt: skip
KEYED = {
    "method": "GET", "path": "/items", "raw_path": "/items/7", "response_code": 200, "api_key": "tyk-key-in-the-clear",
    "timestamp": "2024-03-01T10:00:00Z", "api_name": "Items", "api_id": "b1", "org_id": "o1", "oauth_id": "",
    "request_time": 14, "ip_address": "203.0.113.7", "alias": "", "user_agent": "kestrel/1.0",
}  # fmt: skip


def test_inspect_as_json_has_just_the_promised_keys(project: Path) -> None:
    told = tallystick("inspect", project / "logs", "--json").data

    assert list(told) == ["files", "total"]
    for one in (*told["files"], told["total"]):
        assert list(one) == TOLD
        assert set(one["sums"]) == {"response_bytes", "request_bytes", "records"}
        assert all(set(amount) == {"known", "sum"} for amount in one["sums"].values())
        assert set(one["top"]) == {
            *("credential", "principal", "user", "client_address"),
            *("user_agent", "operation", "status", "error"),
        }
    total = told["total"]
    assert (total["entries"], total["accepted"], total["rejected"], total["distinct_ids"]) == (55, 55, {}, 55)
    assert (total["lines"], total["size_bytes"]) == (55, (project / "logs" / "2024-01.jsonl").stat().st_size)
    assert total["sums"]["records"] == {"known": 55, "sum": 550}
    assert total["sums"]["request_bytes"] == {"known": 0, "sum": 0}
    assert total["top"]["credential"] == {"acme-key-1": 29, "acme-key-2": 24, "acme-key-9": 2}
    assert total["top"]["principal"] == {"(none)": 55}
    assert total["per_hour"]["2024-01-16T09Z"] == 24


def test_inspect_needs_no_project_and_writes_nothing(project: Path, tmp_path: Path) -> None:
    logs = shutil.move(project / "logs", tmp_path / "logs")
    before = sorted(tmp_path.rglob("*"))

    ran = tallystick("inspect", logs)

    assert (ran.code, ran.stderr) == (0, "")
    assert "gateway_jsonl" in ran.stdout
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_that_may_only_be_read_is_read(project: Path) -> None:
    logs = project / "logs"
    for one in (*logs.iterdir(), logs):
        one.chmod(0o555 if one.is_dir() else 0o444)

    ran = tallystick("inspect", logs, "--json")

    logs.chmod(0o755)
    assert (ran.code, ran.data["total"]["entries"]) == (0, 55)


def test_a_list_names_files_folders_and_prefixes_one_a_line(project: Path, tmp_path: Path) -> None:
    (project / "logs" / "more").mkdir()
    shutil.copy(project / "logs" / "2024-01.jsonl", project / "logs" / "more" / "again.jsonl")
    listed = tmp_path / "listed.txt"
    listed.write_text(f"# what to look at\n{project / 'logs' / '2024-01.jsonl'}\n\n{project / 'logs' / 'more'}\r\n")

    told = tallystick("inspect", f"@{listed}", "--json").data

    assert [Path(one["path"]).name for one in told["files"]] == ["2024-01.jsonl", "again.jsonl"]
    assert (told["total"]["entries"], told["total"]["duplicates"], told["total"]["distinct_ids"]) == (110, 55, 55)


def assert_refused(ran: Ran, name: str) -> None:
    assert (ran.code, ran.stdout) == (5, "")
    assert ran.stderr.count("Traceback") == 0
    assert name in ran.stderr


def test_what_is_named_and_cannot_be_read_is_an_error_and_nothing_is_told(project: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a log\n")
    listed = tmp_path / "listed.txt"
    listed.write_bytes(b"\xff\xfe\x00")
    logs = project / "logs"

    as_json = tallystick("inspect", logs, text, "--json")

    assert (as_json.code, as_json.data["error"], as_json.data["where"]) == (5, "UnknownFormat", str(text))
    assert_refused(tallystick("inspect", logs, text), "no known format")
    assert_refused(tallystick("inspect", tmp_path / "none"), "is not there")
    assert_refused(tallystick("inspect", f"@{tmp_path / 'none'}"), "is not there")
    assert_refused(tallystick("inspect", f"@{listed}"), "a list of paths")


def test_what_is_no_log_in_a_folder_is_told_quietly(project: Path) -> None:
    (project / "logs" / "README.md").write_text("These are logs.\n")

    ran = tallystick("inspect", project / "logs")

    assert (ran.code, ran.stderr) == (0, "")
    assert f"{project}/logs/README.md\n  not read: no known format\n" in ran.stdout


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    told = tallystick("inspect", tmp_path, "--json").data

    assert (told["files"], told["total"]["entries"], told["total"]["top"]["status"]) == ([], 0, {})
    assert tallystick("inspect", tmp_path).code == 0


def test_a_stated_format_is_the_one_that_is_read(project: Path) -> None:
    log = project / "logs" / "2024-01.jsonl"

    ran = tallystick("inspect", log, "--format", "nginx_combined", "--json")
    none = tallystick("inspect", log, "--format", "no_such", "--json")

    [file] = ran.data["files"]
    assert (file["format"], file["accepted"], file["rejected"]) == ("nginx_combined", 0, {"not_in_format": 55})
    assert file["rejected_bytes"] == {"not_in_format": log.stat().st_size - 55}
    assert (none.code, none.data["error"]) == (5, "UnknownFormat")


def test_secrets_are_digested_under_the_published_key_or_that_of_a_project(project: Path, tmp_path: Path) -> None:
    log = tmp_path / "tyk.jsonl"
    log.write_text(json.dumps(KEYED) + "\n")

    alone = tallystick("inspect", log, "--json").data["total"]["top"]["credential"]
    within = tallystick("inspect", log, "--project", project, "--json").data["total"]["top"]["credential"]

    assert alone == {secret_digest("tyk-key-in-the-clear", PUBLISHED_KEY): 1}
    assert within == {secret_digest("tyk-key-in-the-clear", DigestKey.load(project / "digest.key")): 1}
    assert alone != within

    (project / "digest.key").unlink()
    without = tallystick("inspect", log, "--project", project, "--json")

    assert without.data["total"]["top"]["credential"] == alone
    assert "no digest key yet" in without.stderr


def test_a_prefix_of_a_bucket_is_read_like_a_folder(
    project: Path, s3_server: LocalObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in s3_server.environment().items():
        monkeypatch.setenv(name, value)
    settings = project / "tallystick.toml"
    settings.write_text(f'{settings.read_text()}\n[s3]\nendpoint_url = "{s3_server.endpoint_url}"\n')
    client = s3_server.address.client()
    log = (project / "logs" / "2024-01.jsonl").read_bytes()
    client.put_object(Bucket="logs", Key="inspected/a.jsonl", Body=log)
    client.put_object(Bucket="logs", Key="inspected/LICENSE", Body=b"words\n")

    told = tallystick("inspect", "s3://logs/inspected", "--project", project, "--json").data
    one = tallystick("inspect", "s3://logs/inspected/a.jsonl", "--project", project, "--json").data
    named = tallystick("inspect", "s3://logs/inspected/LICENSE", "--project", project)
    none = tallystick("inspect", "s3://logs/nothing-here", "--project", project)

    assert [(file["path"], file["entries"]) for file in told["files"]] == [
        ("s3://logs/inspected/LICENSE", 0),
        ("s3://logs/inspected/a.jsonl", 55),
    ]
    assert one["total"]["entries"] == 55
    assert_refused(named, "no known format")
    assert_refused(none, "holds no object")


def test_a_long_look_says_how_far_it_is_and_a_short_one_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = tallystick("inspect", project / "logs")
    monkeypatch.setattr(command, "SILENT_SECONDS", 0.0)
    monkeypatch.setattr(command, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.0)

    ran = tallystick("inspect", *[project / "logs"] * 12, "--json")

    assert quiet.stderr == ""
    assert '"step": "inspect: bytes read"' in ran.stderr
    assert ran.data["total"]["entries"] == 55 * 12


def test_every_different_value_is_told_where_all_are_asked_for(tmp_path: Path) -> None:
    log = tmp_path / "many.jsonl"
    with log.open("w") as out:
        for number in range(200_000):
            call = {"time": "2024-03-01T10:00:00Z", "request_id": f"r{number}", "client": f"key-{number}"}
            call |= {"method": "GET", "path": f"/{number}", "agent": f"agent {number}", "user": f"u{number}"}
            out.write(json.dumps(call) + "\n")

    ran = ran_apart("inspect", log, "--top", "0", "--format", "gateway_jsonl", "--json")

    total = ran.data["total"]
    assert {name: len(total["top"][name]) for name in ("credential", "user", "operation", "status")} == {
        "credential": 200_000, "user": 200_000, "operation": 200_000, "status": 1,
    }  # fmt: skip
