"""Who is calling: the register's folder, and what makes two of its files contradict each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from building import a_licensee
from tallystick.errors import AmbiguousRegisterError, BadConfigurationError, MissingInputError, UnknownLicenseeError
from tallystick.period import to_text
from tallystick.register.load import (
    FAR_FUTURE_US,
    FAR_PAST_US,
    find_licensee,
    load_register,
    recognition_digest,
    recognitions,
)
from tallystick.register.model import BY, Licensee


def an_app(name: str, *ways: dict[str, Any]) -> dict[str, Any]:
    return {"app": name, "recognised_by": list(ways)}


def written(folder: Path, **files: dict[str, Any]) -> Path:
    for name, stated in files.items():
        said = {"licensee": name, "name": name.title(), "apps": []} | stated
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(said))
    return folder


def two(mine: dict[str, Any], theirs: dict[str, Any], **stated: Any) -> list[Licensee]:
    """Two licensees that are each recognised in one way."""
    return [a_licensee(an_app("one", mine)), a_licensee(an_app("other", theirs), licensee="kestrel", **stated)]


def test_a_register_is_read_in_the_order_of_its_ids(tmp_path: Path) -> None:
    found = load_register(written(tmp_path, kestrel={}, halcyon={}, acme={}))

    assert [one.licensee for one in found] == ["acme", "halcyon", "kestrel"]


def test_an_empty_register_is_a_register(tmp_path: Path) -> None:
    assert load_register(tmp_path) == ()


def test_a_register_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="there is no register"):
        load_register(tmp_path / "absent")


def test_a_file_is_named_for_its_licensee(tmp_path: Path) -> None:
    written(tmp_path, acme={"licensee": "halcyon"})

    with pytest.raises(BadConfigurationError, match="the file is named 'acme' and speaks of 'halcyon'"):
        load_register(tmp_path)


def test_a_licensee_is_found_by_its_id_and_no_other() -> None:
    licensees = two({"credential": "a"}, {"credential": "b"})

    assert find_licensee(licensees, "kestrel").licensee == "kestrel"
    with pytest.raises(UnknownLicenseeError, match="'Kestrel'") as refused:
        find_licensee(licensees, "Kestrel")
    assert refused.value.next_step == "known: halcyon, kestrel"


def test_the_surest_way_comes_first() -> None:
    said = dict(zip(BY, ("k", "0" * 64, "p", "u", "192.0.2.0/24", "ua"), strict=True))
    licensee = a_licensee(an_app("one", *({way: value} for way, value in reversed(said.items()))))

    assert [one.by for one in recognitions([licensee])] == list(BY)


@pytest.mark.parametrize(
    ("way", "credential_id"),
    [
        ({"credential": "hal-01"}, "hal-01"),
        ({"credential": "hal-01", "name": "main"}, "main"),
        ({"credential_sha256": "0" * 64}, None),
        ({"credential_sha256": "0" * 64, "name": "main"}, "main"),
        ({"principal": "svc"}, None),
        ({"principal": "svc", "name": "main"}, "main"),
    ],
)
def test_a_credential_has_its_name_or_its_own_text(way: dict[str, str], credential_id: str | None) -> None:
    [found] = recognitions([a_licensee(an_app("one", way))])

    assert found.credential_id == credential_id


def test_dates_are_read_in_the_time_zone_of_their_file() -> None:
    way = {"credential": "k", "from": "2022-03-01", "until": "2022-03-02T00:00:00Z"}

    [found] = recognitions([a_licensee(an_app("one", way), time_zone="America/New_York")])

    assert (to_text(found.from_us), to_text(found.until_us)) == (
        "2022-03-01T05:00:00.000000Z",
        "2022-03-02T00:00:00.000000Z",
    )


def test_without_dates_a_way_holds_for_ever() -> None:
    [found] = recognitions([a_licensee(an_app("one", {"credential": "k"}))])

    assert (found.from_us, found.until_us) == (FAR_PAST_US, FAR_FUTURE_US)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"credential": "k"}, {"credential": "k"}),
        ({"credential": "k", "until": "2022-03-01"}, {"credential": "k", "from": "2022-02-28"}),
        ({"credential": "k", "from": "2022-02-28"}, {"credential": "k", "until": "2022-03-01"}),
        ({"credential": "k", "until": "2022-03-01T00:00:00.000001"}, {"credential": "k", "from": "2022-03-01"}),
        ({"credential": "k", "name": "a"}, {"credential": "k", "name": "b"}),
        ({"user_agent": "x*"}, {"user_agent": "x*"}),
        ({"network": "192.0.2.0/24"}, {"network": "192.0.2.0/24"}),
    ],
)
def test_two_apps_cannot_have_one_caller_at_one_time(mine: dict[str, str], theirs: dict[str, str]) -> None:
    with pytest.raises(AmbiguousRegisterError) as refused:
        recognitions(two(mine, theirs))

    assert "halcyon/one" in str(refused.value)
    assert "kestrel/other" in str(refused.value)
    assert refused.value.next_step == "give one of them `until:` and the other `from:`"


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"credential": "k", "until": "2022-03-01"}, {"credential": "k", "from": "2022-03-01"}),
        ({"credential": "k", "from": "2022-03-01"}, {"credential": "k", "until": "2022-03-01"}),
        ({"credential": "k"}, {"principal": "k"}),
        ({"credential": "k"}, {"credential": "K"}),
        ({"user_agent": "x*"}, {"user_agent": "x"}),
    ],
)
def test_one_after_the_other_they_can(mine: dict[str, str], theirs: dict[str, str]) -> None:
    assert len(recognitions(two(mine, theirs))) == 2


def test_the_same_instant_in_another_zone_is_the_same_instant() -> None:
    mine = {"credential": "k", "until": "2022-03-01T08:00:00Z"}
    theirs = {"credential": "k", "from": "2022-03-01"}

    assert len(recognitions(two(mine, theirs, time_zone="America/Los_Angeles"))) == 2
    with pytest.raises(AmbiguousRegisterError):
        recognitions(two(mine, theirs, time_zone="Etc/UTC"))


def test_two_apps_of_one_licensee_contradict_each_other_too(tmp_path: Path) -> None:
    written(tmp_path, acme={"apps": [an_app("one", {"user": "u"}), an_app("other", {"user": "u"})]})

    with pytest.raises(AmbiguousRegisterError, match="acme/one and to acme/other"):
        load_register(tmp_path)


def test_one_app_may_be_recognised_by_the_same_caller_twice() -> None:
    ways = [{"credential": "k", "until": "2022-03-01"}, {"credential": "k", "from": "2022-02-01"}]

    assert len(recognitions([a_licensee(an_app("one", *ways))])) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"credential": "other"},
        {"credential": "k", "name": "main"},
        {"credential": "k", "from": "2022-01-01"},
        {"credential": "k", "until": "2022-01-01"},
        {"principal": "k"},
    ],
)
def test_a_digest_changes_when_any_request_could_be_attributed_otherwise(changed: dict[str, str]) -> None:
    before = recognition_digest(recognitions([a_licensee(an_app("one", {"credential": "k"}))]))

    assert recognition_digest(recognitions([a_licensee(an_app("one", changed))])) != before
    assert recognition_digest(recognitions([a_licensee(an_app("two", {"credential": "k"}))])) != before
    assert recognition_digest(recognitions([a_licensee(an_app("one", {"credential": "k"}), name="New")])) == before


def test_the_order_of_a_register_is_no_part_of_its_digest() -> None:
    ways = [{"credential": "k"}, {"user": "u"}]
    one, other = (a_licensee(an_app("one", *order)) for order in (ways, ways[::-1]))

    assert recognition_digest(recognitions([one])) == recognition_digest(recognitions([other]))
