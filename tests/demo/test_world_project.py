from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tallystick.agreements.limit import LimitClause
from tallystick.agreements.load import load_agreements
from tallystick.demo.world.plan import plan_world
from tallystick.demo.world.project import write_project
from tallystick.demo.world.routes import ROUTES
from tallystick.intake.sources import load_sources
from tallystick.register.load import load_register
from tallystick.settings import Settings


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_project(plan_world(7, Decimal("0.001")), folder)
    return folder


def test_the_product_reads_the_project_as_any_users(project: Path) -> None:
    settings = Settings.load(project)

    register = load_register(settings.register_folder)
    gateway, nginx = load_sources(settings.sources)

    assert settings.provider == "Murmur Social"
    assert [licensee.licensee for licensee in register] == sorted(plan_world().licensees)
    assert len(register) == 22
    assert gateway.place(settings.project) == str(project / "logs/gateway")
    assert nginx.place(settings.project) == str(project / "logs/nginx")
    assert len(nginx.routes) == len(ROUTES)


def test_the_letters_agreement_was_amended_in_mid_year_with_other_numbers(project: Path) -> None:
    first, second = load_agreements(project / "agreements", "halcyon")

    assert first.until_us == second.from_us
    for clause in ("yearly-volume", "quarter-hour"):
        before, after = (
            next(one for one in binding.version.clauses if one.id == clause) for binding in (first, second)
        )
        assert isinstance(before, LimitClause)
        assert isinstance(after, LimitClause)
        assert before.max != after.max


def test_the_letters_licensee_has_a_month_to_answer_and_answered_one_finding(project: Path) -> None:
    letter = next(one for one in load_register(project / "register") if one.licensee == "halcyon")
    versions = [binding.version for binding in load_agreements(project / "agreements", "halcyon")]

    assert letter.response_to("approved-purpose", "halcyon-alerts", "2022") is not None
    assert letter.response_to("approved-purpose", "halcyon-labs", "2022") is None
    assert [one.response_days and (one.response_days.days, one.response_days.cites) for one in versions] == [
        (30, "§ 9.4")
    ] * len(versions)


def test_every_licensee_but_one_has_an_agreement_and_a_text_clause_is_among_them(project: Path) -> None:
    names = [licensee.licensee for licensee in load_register(project / "register")]
    bindings = {name: load_agreements(project / "agreements", name) for name in names}

    assert [name for name, versions in bindings.items() if not versions] == ["quillwort"]
    kinds = {clause.kind for binding in bindings["halcyon"] for clause in binding.version.clauses}
    assert kinds == {"limit", "use_case", "text"}


def test_an_agreement_of_a_licensee_behind_nginx_asks_for_nothing_that_nginx_does_not_know(project: Path) -> None:
    for name in ("orchard-vale", "mossgrove", "lowmarsh"):
        for binding in load_agreements(project / "agreements", name):
            asked = {clause.of for clause in binding.version.clauses if isinstance(clause, LimitClause)}
            assert asked
            assert "records" not in asked


def test_a_project_is_written_the_same_twice(project: Path, tmp_path: Path) -> None:
    written = write_project(plan_world(7, Decimal("0.001")), tmp_path)

    assert len(written) == 3 + 22 + 23
    for file in written:
        assert file.read_bytes() == (project / file.relative_to(tmp_path)).read_bytes()
