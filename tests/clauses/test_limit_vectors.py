"""Cases with known answers, from tables to verdict; `--vectors FILE` runs another file in the form of limits.jsonl."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import pytest

from clauses.lakes import TalliedLake
from clauses.product import Usage, answers_of, as_row, borders_of_half
from reference.vectors import SHARED, Case, Expected, as_expected, load_cases
from tallystick.agreements.clause import Window

JUDGED = get_args(Window)
"""The kinds of windows that the product judges now."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind" not in metafunc.fixturenames:
        return
    cases = _cases(metafunc.config)
    if cases is None:
        reason = f"{SHARED.name} does not lie in {SHARED.parent}, beside this checkout; name a file with --vectors"
        metafunc.parametrize("kind", [pytest.param("", id="no-file", marks=pytest.mark.skip(reason=reason))])
        return
    kinds = dict.fromkeys([*JUDGED, *sorted(case.window for case in cases)])
    metafunc.parametrize("kind", [_parameter(kind, sum(case.window == kind for case in cases)) for kind in kinds])


def _parameter(kind: str, cases: int) -> Any:
    marks: list[pytest.MarkDecorator] = []
    if kind not in JUDGED:
        marks = [pytest.mark.skip(reason=f"{cases} cases not run: no clause can state the window {kind!r} yet")]
    elif not cases:
        marks = [pytest.mark.skip(reason=f"the file has no case of the window {kind!r}")]
    return pytest.param(kind, id=f"{kind}: {cases} cases", marks=marks)


def _cases(config: pytest.Config) -> list[Case] | None:
    """The cases of the file that was named, or of the shared one; None without it."""
    named = config.getoption("--vectors")
    file = SHARED if named is None else Path(named)
    if not file.is_file():
        if named is None:
            return None
        raise pytest.UsageError(f"--vectors {named}: there is no such file")
    try:
        cases = load_cases(file)
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration, AssertionError) as error:
        raise pytest.UsageError(f"--vectors {file}: not in the form of limits.jsonl: {error!r}") from error
    if not cases:
        raise pytest.UsageError(f"--vectors {file}: the file has no case")
    return cases


@pytest.fixture(scope="module")
def usages(pytestconfig: pytest.Config) -> list[tuple[Case, Usage]]:
    """Every case that the product can judge, under a licensee of its own."""
    cases = [case for case in _cases(pytestconfig) or [] if case.window in JUDGED]
    return [(case, _usage(f"case-{place:04}", case)) for place, case in enumerate(cases)]


@pytest.fixture(scope="module")
def lake(usages: Sequence[tuple[Case, Usage]], tmp_path_factory: pytest.TempPathFactory) -> TalliedLake:
    """All of them in one lake, tallied."""
    rows = [as_row(call, usage.licensee, place) for _, usage in usages for place, call in enumerate(usage.calls, 1)]
    limits = {usage.licensee: [clause.limit_as(None) for clause in usage.clauses()] for _, usage in usages}
    borders = borders_of_half([usage for _, usage in usages])
    return TalliedLake(tmp_path_factory.mktemp("vectors"), rows, limits, borders=borders)


@pytest.mark.parametrize("only_raw", [False, True], ids=["from small tables", "from requests"])
def test_every_case_has_the_answer_that_its_file_says(
    kind: str, only_raw: bool, lake: TalliedLake, usages: Sequence[tuple[Case, Usage]]
) -> None:
    chosen = [(case, usage) for case, usage in usages if case.window == kind]

    found = {_name(case, usage): _answers(lake, usage, case, only_raw=only_raw) for case, usage in chosen}

    assert chosen
    assert found == {_name(case, usage): case.expect for case, usage in chosen}


def _answers(lake: TalliedLake, usage: Usage, case: Case, *, only_raw: bool) -> Expected:
    return as_expected(case.windows, [answer for answer, _ in answers_of(lake, usage, only_raw=only_raw)])


def _usage(licensee: str, case: Case) -> Usage:
    return Usage(licensee=licensee, time_zone=case.time_zone, calls=case.calls, editions=case.editions)


def _name(case: Case, usage: Usage) -> str:
    return f"{usage.licensee} {case.name}"
