"""Each kind of bad input through the real command line: one error class, an exit code, what, where and what next."""

from __future__ import annotations

import gzip
import json
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from commands.command_line import Ran, tallystick
from stages.world import World, a_call, as_lines, numbered
from tallystick.demo.object_store import LocalObjectStore
from tallystick.tables import TABLES
from tallystick.tables.check_result import CHECK_RESULT

pytestmark = pytest.mark.spark

MARCH = ("--licensee", "kestrel", "--period", "2024-03")


def command(world: World, *arguments: str) -> Ran:
    return tallystick(arguments[0], "--project", world.folder, *arguments[1:])


def left_behind(world: World) -> dict[str, object]:
    """What a reader of the project can see: every table's version but that of checks, every published file's bytes."""
    reports = world.folder / "reports"
    files = {str(file.relative_to(reports)): file.read_bytes() for file in reports.rglob("*") if file.is_file()}
    return {**world.versions(), CHECK_RESULT.name: None, **files}


def assert_an_error_and_nothing_else(
    world: World, arguments: tuple[str, ...], *, code: int, name: str, where: str, saying: str
) -> None:
    """The same error twice, in words and as JSON; nothing visible changed; stdout stays data."""
    before = left_behind(world)

    said, told = command(world, *arguments), command(world, *arguments, "--json")

    assert (said.code, said.stdout) == (code, ""), said
    line, next_line = said.stderr.splitlines()[-2:]
    assert line.startswith(f"{name}: "), said.stderr
    assert where in line
    assert saying in line
    assert next_line.startswith("  next: ")
    assert len(next_line) > len("  next: ")
    assert "Traceback" not in said.stderr + told.stderr
    assert told.code == code
    assert (told.data["error"], told.data["exit_code"]) == (name, code)
    assert where in f"{told.data['where']}: {told.data['what']}"
    assert told.data["next_step"]
    assert left_behind(world) == before


# ── logs ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def no_folder(world: World) -> None:
    (world.folder / "logs/web/access.log").unlink()
    (world.folder / "logs/web").rmdir()


def an_empty_folder(world: World) -> None:
    (world.folder / "logs/web/access.log").unlink()


def a_folder_that_is_a_broken_link(world: World) -> None:
    no_folder(world)
    (world.folder / "logs/web").symlink_to("nowhere")


def no_sources(world: World) -> None:
    for file in (world.folder / "sources").iterdir():
        file.unlink()


@pytest.mark.parametrize(
    ("spoil", "name", "where", "saying"),
    [
        (no_folder, "MissingInput", "logs/web", "the source 'web' is not there"),
        (an_empty_folder, "EmptySource", "logs/web", "holds no object"),
        (a_folder_that_is_a_broken_link, "MissingInput", "logs/", "the source 'web' is not there"),
        (no_sources, "MissingInput", "sources", "no source is described here"),
    ],
)
def test_logs_that_cannot_be_read(
    finished: World, spoil: Callable[[World], None], name: str, where: str, saying: str
) -> None:
    spoil(finished)

    assert_an_error_and_nothing_else(finished, ("ingest",), code=5, name=name, where=where, saying=saying)


@pytest.mark.parametrize(
    ("data", "saying"),
    [
        (b"Dear colleague,\nhere are the numbers\n", "no known format reads its first entries"),
        (b"\x1b[31mred\x07\n" * 9, "\\x1b"),
        (gzip.compress(b"{}")[:-3], "it ends at byte"),
        (gzip.compress(as_lines(numbered([a_call("03-04 10:00:00")]))) + b"!", "that do not belong to it"),
        (b"BZh91AY&SY", "bzip2"),
    ],
)
def test_a_file_that_is_refused_is_named_once_and_the_next_run_goes_on(
    finished: World, data: bytes, saying: str
) -> None:
    (finished.folder / "logs/gateway/new.jsonl.gz").write_bytes(data)

    ran = command(finished, "ingest", "--json")

    assert (ran.code, ran.data["error"], ran.data["exit_code"]) == (5, "RefusedFiles", 5)
    assert ran.data["where"] == "gateway/new.jsonl.gz"
    assert saying in ran.data["what"]
    assert "next: mend" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "\x1b" not in ran.stderr
    again = command(finished, "ingest")
    assert (again.code, again.stdout) == (0, "")
    assert "nothing new" in again.stderr


def test_refused_files_can_be_accepted_beforehand(finished: World) -> None:
    (finished.folder / "logs/gateway/new.jsonl.gz").write_bytes(b"\x1f\x8b\x08")

    ran = command(finished, "run", *MARCH, "--accept-refused", "--json")

    assert ran.code == 0
    assert [one["stage"] for one in ran.data] == ["ingest", "refine", "tally", "audit", "publish", "verify"]
    assert ran.data[0]["totals"]["refused"] == 1


# ── what the user writes ──────────────────────────────────────────────────────────────────────────────────────────────

REGISTER, WREN, LATER = "register/kestrel.yaml", "register/wren.yaml", "agreements/kestrel/2024-02-01.yaml"
KESTREL = "licensee: kestrel\nname: K\napps: []\n"
TWICE = "licensee: wren\nname: W\napps:\n  - app: a\n    recognised_by: [{credential: kes-board-1}]\n"

BAD_FILES: list[tuple[str, str | bytes, str, str, str]] = [
    (REGISTER, "licensee: [", "BadConfiguration", "kestrel.yaml:1", "this is not YAML"),
    (REGISTER, "- a\n- b\n", "BadConfiguration", "kestrel.yaml:1", "a mapping of keys is expected"),
    (REGISTER, b"\xff\xfe\x00", "UnreadableFile", "kestrel.yaml", "cannot be read"),
    (REGISTER, f"{KESTREL}nmae: K\n", "BadConfiguration", "kestrel.yaml:4: nmae", "not known here"),
    (WREN, KESTREL, "BadConfiguration", "wren.yaml", "speaks of 'kestrel'"),
    (WREN, KESTREL.replace("kestrel", "../wren"), "BadConfiguration", "wren.yaml:1: licensee", "an id is"),
    (WREN, TWICE, "AmbiguousRegister", WREN, "belongs to kestrel/kestrel-board and to wren/a"),
    (LATER, "licensee: kestrel\ntitle: T\n", "BadConfiguration", "2024-02-01.yaml:1", "missing"),
    ("tallystick.toml", "lake = [", "BadConfiguration", "tallystick.toml", "this is not TOML"),
    ("tallystick.toml", 'laek = "lake"\n', "BadConfiguration", "tallystick.toml: laek", "not permitted"),
    ("tallystick.toml", "[engine]\ntasks = -1\n", "BadConfiguration", "tallystick.toml: engine.tasks", "greater than"),
    ("tallystick.toml", b"\xff", "UnreadableFile", "tallystick.toml", "cannot be read"),
]


@pytest.mark.parametrize(("file", "content", "name", "where", "saying"), BAD_FILES)
def test_a_file_that_does_not_say_what_its_model_asks_for(
    finished: World, file: str, content: str | bytes, name: str, where: str, saying: str
) -> None:
    finished.write(file, content)

    assert_an_error_and_nothing_else(finished, ("audit", *MARCH), code=5, name=name, where=where, saying=saying)


@pytest.mark.parametrize(
    ("content", "where", "saying"),
    [
        ("folder: logs/web\nfromat: nginx_combined\n", "web.yaml:2: fromat", "not known here"),
        ("says: Nothing.\n", "web.yaml:1", "exactly one of folder, prefix and list"),
        ("folder: logs/web\nprefix: s3://logs/web\n", "web.yaml:1", "exactly one of folder, prefix and list"),
        ("prefix: ftp://example.com/logs\n", "web.yaml:1: prefix", "s3"),
        ("name: gateway\nfolder: logs/web\n", "web.yaml", "another file describes the source 'gateway'"),
        ("folder: logs/web\nfolder: logs/gateway\n", "web.yaml:2", "stands twice"),
    ],
)
def test_a_source_that_does_not_make_sense(finished: World, content: str, where: str, saying: str) -> None:
    finished.write("sources/web.yaml", content)

    assert_an_error_and_nothing_else(finished, ("ingest",), code=5, name="BadConfiguration", where=where, saying=saying)


def test_a_source_of_an_unknown_format(finished: World) -> None:
    finished.write("sources/web.yaml", "folder: logs/web\nformat: nginx_combind\n")

    assert_an_error_and_nothing_else(
        finished, ("ingest",), code=5, name="UnknownFormat", where="sources/web.yaml: format", saying="nginx_combind"
    )


def test_versions_that_overlap(finished: World) -> None:
    first = "agreements/kestrel/2024-01-01.yaml"
    text = (finished.folder / first).read_text()
    finished.write("agreements/kestrel/2024-03-02.yaml", text.replace("2024-01-01", "2024-03-02"))
    finished.write(first, text.replace("clauses:", "in_force_until: 2024-03-03\nclauses:", 1))

    assert_an_error_and_nothing_else(
        finished, ("audit", *MARCH), code=5, name="OverlappingVersions", where="2024-01-01.yaml", saying="next version"
    )


@pytest.mark.parametrize("stage", ["audit", "publish"])
@pytest.mark.parametrize(
    ("arguments", "code", "name", "saying"),
    [
        (("--licensee", "kestral", "--period", "2024-03"), 2, "UnknownLicensee", "'kestral'"),
        (("--licensee", "kestrel", "--period", "March"), 2, "BadPeriod", "'March'"),
        (("--licensee", "kestrel", "--period", "2024-04"), 5, "NoData", "2024-04"),
        (("--period", "2023"), 5, "NoData", "2023"),
    ],
)
def test_what_is_asked_for_is_not_there(
    finished: World, stage: str, arguments: tuple[str, ...], code: int, name: str, saying: str
) -> None:
    assert_an_error_and_nothing_else(finished, (stage, *arguments), code=code, name=name, where="", saying=saying)


def test_a_report_of_what_was_never_audited(finished: World) -> None:
    assert_an_error_and_nothing_else(
        finished,
        ("publish", "--licensee", "otter", "--period", "2024-03"),
        code=5,
        name="NotAudited",
        where="otter",
        saying="is not audited",
    )


# ── the machine ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_scratch_folder_that_is_not_there(finished: World) -> None:
    finished.log("2024-03-04", numbered([a_call("03-04 10:00:00")], first=20))
    finished.write("tallystick.toml", f'[engine]\ntasks = 2\nscratch = "{finished.folder}/nowhere"\n')

    assert_an_error_and_nothing_else(
        finished, ("ingest",), code=5, name="StoreRefused", where=f"{finished.folder}/nowhere", saying="No such file"
    )


@pytest.mark.parametrize("damage", [lambda file: file.unlink(), lambda file: file.write_bytes(file.read_bytes()[:99])])
def test_a_file_of_a_table_that_is_missing_or_cut(finished: World, damage: Callable[[Path], object]) -> None:
    [file] = (finished.folder / "lake/day_ledger/event_date=2024-03-01").iterdir()
    damage(file)
    before = left_behind(finished)

    ran = command(finished, "publish", *MARCH, "--json")

    assert (ran.code, ran.data["error"]) == (5, "UnreadableFile")
    assert file.name in ran.data["what"]
    assert "delete the lake" in ran.data["next_step"]
    assert "Traceback" not in ran.stderr
    assert left_behind(finished) == before


def test_a_log_of_a_table_that_cannot_be_read(finished: World) -> None:
    newest = max((finished.folder / "lake/day_ledger/_delta_log").glob("*.json"))
    newest.write_text("no JSON")

    ran = command(finished, "publish", *MARCH, "--json")

    assert (ran.code, ran.data["error"]) == (5, "UnreadableFile")
    assert ran.data["where"] == str(finished.folder / "lake/day_ledger")
    assert "delete the lake" in ran.data["next_step"]
    assert "<unknown>" not in ran.stderr  # the library's own stack


# ── the store ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def reports_in(world: World, address: str, endpoint: str) -> None:
    world.write("tallystick.toml", f'reports = "{address}"\n[s3]\nendpoint_url = "{endpoint}"\n[engine]\ntasks = 2\n')


def a_closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def credentials(s3_server: LocalObjectStore, monkeypatch: pytest.MonkeyPatch) -> LocalObjectStore:
    for name, value in s3_server.environment().items():
        monkeypatch.setenv(name, value)
    return s3_server


@pytest.mark.s3
def test_a_store_that_does_not_answer(finished: World, credentials: LocalObjectStore) -> None:
    port = a_closed_port()
    reports_in(finished, "s3://reports/x", f"http://127.0.0.1:{port}")

    assert_an_error_and_nothing_else(
        finished,
        ("publish", *MARCH),
        code=75,
        name="StoreUnreachable",
        where="s3://reports",
        saying=f"127.0.0.1:{port}",
    )


@pytest.mark.s3
def test_a_bucket_that_is_not_there(finished: World, credentials: LocalObjectStore) -> None:
    reports_in(finished, "s3://no-such-bucket/x", credentials.endpoint_url)

    assert_an_error_and_nothing_else(
        finished,
        ("publish", *MARCH),
        code=5,
        name="BucketMissing",
        where="s3://no-such-bucket",
        saying="no such bucket",
    )


@pytest.mark.s3
def test_credentials_that_the_store_does_not_accept(
    finished: World, credentials: LocalObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports_in(finished, "s3://reports/x", credentials.endpoint_url)
    wrong = secrets.token_hex(20)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", wrong)

    assert_an_error_and_nothing_else(
        finished, ("publish", *MARCH), code=5, name="CredentialsRefused", where="s3://reports", saying="secret key"
    )
    assert wrong not in command(finished, "publish", *MARCH).stderr


@pytest.mark.s3
def test_logs_in_a_store_are_refused_alike(finished: World, credentials: LocalObjectStore) -> None:
    reports_in(finished, "reports", credentials.endpoint_url)
    finished.write("sources/web.yaml", "prefix: s3://no-such-bucket/logs\nformat: nginx_combined\n")
    assert_an_error_and_nothing_else(
        finished, ("ingest",), code=5, name="BucketMissing", where="s3://no-such-bucket", saying="no such"
    )
    finished.write("sources/web.yaml", f"prefix: s3://logs/{secrets.token_hex(4)}\nformat: nginx_combined\n")
    assert_an_error_and_nothing_else(
        finished, ("ingest",), code=5, name="EmptySource", where="s3://logs/", saying="holds no object"
    )


@pytest.mark.s3
def test_a_revision_in_a_store_that_others_have_taken(finished: World, credentials: LocalObjectStore) -> None:
    prefix = f"s3://reports/{secrets.token_hex(4)}"
    reports_in(finished, prefix, credentials.endpoint_url)
    assert command(finished, "publish", *MARCH).code == 0
    finished.log("2024-03-04", numbered([a_call("03-04 10:00:00")], first=20))
    finished.count()
    finished.audit()

    assert_an_error_and_nothing_else(
        finished,
        ("publish", *MARCH, "--revision", "1"),
        code=7,
        name="AlreadyPublished",
        where=f"{prefix}/kestrel/2024-03/r1",
        saying="published with other content",
    )
    ran = command(finished, "publish", *MARCH, "--json")
    assert (ran.code, ran.data["totals"]["locations"]) == (0, [f"{prefix}/kestrel/2024-03/r2"])


def test_every_table_is_looked_at_for_traces(finished: World) -> None:
    assert set(left_behind(finished)) >= {table.name for table in TABLES}
    assert json.loads((finished.folder / "reports/kestrel/2024-03/latest.json").read_bytes())["revision"] == 1
