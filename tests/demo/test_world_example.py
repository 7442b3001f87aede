from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from tallystick.agreements.limit import LimitClause
from tallystick.agreements.load import load_agreements
from tallystick.intake.sources import load_sources
from tallystick.register.load import load_register
from tallystick.settings import Settings

EXAMPLE = Path(__file__).parents[2] / "examples" / "cloudtrail"


def numbers_in_the_readme() -> dict[str, int]:
    rows = re.findall(r"^\| \**([^|*]+?)\** \| \**(\d+)\** \|", (EXAMPLE / "README.md").read_text(), re.MULTILINE)
    return {name: int(calls) for name, calls in rows}


def test_the_cloudtrail_example_gives_every_licensee_a_daily_limit_of_a_hundred_calls() -> None:
    settings = Settings.load(EXAMPLE)
    names = [licensee.licensee for licensee in load_register(settings.register_folder)]

    assert names == ["account", "alucloud05", "alucloud171"]
    for name in names:
        [binding] = load_agreements(settings.agreements, name)
        [limit] = [clause for clause in binding.version.clauses if isinstance(clause, LimitClause)]
        assert limit.max == 100
        assert (limit.of, limit.per, limit.window, limit.within) == ("requests", "licensee", "calendar", "P1D")


def test_the_cloudtrail_examples_numbers_are_those_of_a_plain_count() -> None:
    [source] = load_sources(EXAMPLE / "sources")
    files = sorted(Path(source.place(EXAMPLE)).glob(source.files))
    if not files:
        pytest.skip("the folder of sample logs, ../shared/sample-logs, is not beside this clone")
    events = [event["userIdentity"] for file in files for event in json.loads(file.read_text())["Records"]]
    users = Counter(event.get("userName") for event in events if event["type"] == "IAMUser")
    kinds = Counter(event["type"] for event in events)

    assert numbers_in_the_readme() == {
        **users,
        "account": kinds["Root"] + kinds["AssumedRole"],
        "nobody (unattributed)": kinds["AWSService"],
        "all entries": len(events),
    }
    assert [name for name, calls in users.items() if calls > 100] == ["alucloud171"]
