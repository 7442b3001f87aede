from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from commands.command_line import CHECKOUT, tallystick
from stages.world import World
from tallystick.duck import connect
from tallystick.runtime.engine import Engine
from tallystick.tables.request import REQUEST

SAMPLES = CHECKOUT / ".." / "shared" / "sample-logs"
MARCH = ("--licensee", "kestrel", "--period", "2024-03")


# ── init and run ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.spark
def test_the_project_of_init_runs_as_it_is(project: Path, engine: Engine) -> None:
    assert engine.session is not None

    ran = tallystick("run", "--project", project, "--licensee", "acme", "--period", "2024-01")

    assert (ran.code, ran.stdout) == (0, f"{project}/reports/acme/2024-01/r1\n"), ran.stderr
    report = json.loads((project / "reports/acme/2024-01/r1/report.json").read_bytes())
    assert (report["summary"]["requests"], report["conclusion"]) == (55, "outside terms")
    verdicts = {one["clause"]: one["verdict"] for one in report["clauses"]}
    assert verdicts == {
        "daily-volume": "exceeded",
        "burst": "exceeded",
        "approved-purpose": "exceeded",
        "no-resale": "not checked",
        "agreement-in-force": "kept",
        "registered-app": "exceeded",
    }
    again = tallystick("run", "--project", project, "--licensee", "acme", "--period", "2024-01", "--json")
    assert [(one["stage"], one["changed"]) for one in again.data] == [
        (stage, False) for stage in ("ingest", "refine", "tally", "audit", "publish", "verify")
    ]


@pytest.mark.spark
def test_a_dry_run_of_everything_publishes_nothing(finished: World) -> None:
    shutil.rmtree(finished.folder / "reports")

    ran = tallystick("run", "--project", finished.folder, *MARCH, "--dry-run")

    assert (ran.code, ran.stdout) == (0, "")
    assert not (finished.folder / "reports").exists()


def test_init_tells_its_files_and_leaves_what_is_there_alone(project: Path) -> None:
    (project / "tallystick.toml").write_text("mine")

    again = tallystick("init", project, "--json")

    assert (again.code, again.data["error"]) == (2, "Usage")
    assert (project / "tallystick.toml").read_text() == "mine"
    fresh = tallystick("init", project.with_name("another"), "--json").data
    assert sorted(fresh["files"]) == [
        ".gitignore",
        "agreements/acme/2024-01-01.yaml",
        "digest.key",
        "logs/2024-01.jsonl",
        "register/acme.yaml",
        "sources/gateway.yaml",
        "tallystick.toml",
    ]


# ── explain, verify, download ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.spark
def test_a_finding_is_explained_with_its_words_numbers_and_places(finished: World) -> None:
    finding = next(one for one in finished.report()["findings"] if one["clause"] == "daily-volume")

    told = tallystick("explain", finding["id"], "--project", finished.folder, "--json").data

    assert told["clause"]["says"] == "Licensee shall not make more than eight calls in a day."
    assert told["finding"]["sentence"] == finding["sentence"]
    assert [(one["peak"], one["limit"]) for one in told["measures"]] == [(9, 8)]
    [first, *_] = told["finding"]["evidence"]
    logged = (finished.folder / "logs" / first["file"]).read_text().splitlines()[first["position"] - 1]
    assert json.loads(logged)["time"][:19] == first["received_at"][:19].replace(" ", "T")


@pytest.mark.spark
def test_a_finding_is_explained_to_people_with_the_sql_that_counts_it_again(finished: World) -> None:
    [finding] = [one for one in finished.report()["findings"] if one["clause"] == "daily-volume"]
    told = tallystick("explain", finding["id"], "--project", finished.folder)
    [sql] = tallystick("explain", finding["id"], "--project", finished.folder, "--json").data["sql"]

    for said in (
        finding["sentence"],
        "words     Licensee shall not make more than eight calls in a day.",
        "terms     at most 8 requests per licensee in a calendar day (P1D)",
        "  as written: exceeded, from usage_app_slot; ",
        "used 9, 1 over",
    ):
        assert said in told.stdout
    requests = finished.lake.read(REQUEST)
    connection = connect()
    connection.register("request", requests)
    assert [used for _, used in connection.execute(sql["sql"]).fetchall()] == [9]


@pytest.mark.spark
def test_every_witness_of_the_report_stands_where_it_says(finished: World) -> None:
    witnesses = [one for finding in finished.report()["findings"] for one in finding["evidence"]]

    assert len(witnesses) > 4
    for one in witnesses:
        lines = (finished.folder / "logs" / one["file"]).read_text().splitlines()
        assert f"{json.loads(lines[one['position'] - 1])['time'][:-1]}.000000Z" == one["received_at"]


@pytest.mark.spark
def test_a_report_is_downloaded_whole_and_verified(finished: World, tmp_path: Path) -> None:
    here = tmp_path / "here"

    fetched = tallystick("download", finished.folder / "reports/kestrel/2024-03", here, "--json")

    assert (fetched.code, fetched.data["verified"]) == (0, True)
    published = finished.folder / "reports/kestrel/2024-03/r1"
    copied, sent = (
        {str(file.relative_to(place)): file.read_bytes() for file in place.rglob("*") if file.is_file()}
        for place in (here, published)
    )
    assert copied == sent
    assert tallystick("verify", here).code == 0
    (here / "findings.csv").write_bytes((here / "findings.csv").read_bytes() + b"\n")
    changed = tallystick("verify", here, "--json")
    assert (changed.code, changed.data["error"], changed.data["where"]) == (6, "BundleDiffers", "findings.csv")


@pytest.mark.spark
def test_the_latest_report_is_verified_by_its_licensee_and_period(finished: World) -> None:
    ran = tallystick("verify", "--project", finished.folder, *MARCH, "--json")

    assert (ran.code, ran.data["location"]) == (0, str(finished.folder / "reports/kestrel/2024-03/r1"))


# ── a real log ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.spark
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/sample-logs is not beside this clone")
def test_the_example_audits_real_events_with_the_numbers_of_its_readme(tmp_path: Path, engine: Engine) -> None:
    assert engine.session is not None
    project = tmp_path / "example"
    shutil.copytree(CHECKOUT / "examples/cloudtrail", project, ignore=shutil.ignore_patterns("lake", "reports"))
    source = project / "sources/cloudtrail.yaml"
    source.write_text(source.read_text().replace("../../../shared/sample-logs", str(SAMPLES.resolve())))

    ran = tallystick("run", "--project", project, "--period", "2017-06-01")

    assert ran.code == 0, ran.stderr
    reports = {
        name: json.loads((project / f"reports/{name}/2017-06-01/r1/report.json").read_bytes())
        for name in ("account", "alucloud05", "alucloud171")
    }
    assert {name: (one["summary"]["requests"], one["conclusion"]) for name, one in reports.items()} == {
        "account": (13, "within terms"),
        "alucloud05": (2, "within terms"),
        "alucloud171": (118, "outside terms"),
    }
    [finding] = reports["alucloud171"]["findings"]
    [window] = finding["windows"]
    assert (window["used"], window["over"], window["served_over"]) == (118, 18, 24)
    assert window["crossed_at"] == "2017-06-01T21:52:35.000000Z"
    for one in reports.values():
        boxes = one["reconciliation"]  # of this licensee and of nobody: together with the others', all 142 events
        assert (boxes["entries"], boxes["unattributed"]) == (one["summary"]["requests"] + 9, 9)
        assert one["summary"]["clauses_not_checked"] == 1
        assert one["summary"]["records"]["known"] == one["summary"]["response_bytes"]["known"] == 0
    stated = [line for line in (project / "README.md").read_text().splitlines() if line.startswith("| alucloud171")]
    assert stated == ["| alucloud171 | 118 | 100 | outside terms |"]
