"""Who made a request: the surest way of recognising wins, then the narrower one; equal claims leave it unattributed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from building import Row, a_licensee, an_entry, drawn, lines, shown
from days import refined
from tallystick.digest_key import PUBLISHED_KEY, DigestKey
from tallystick.register.model import Licensee

KEY = DigestKey(secret=bytes(range(32)))


def an_app(name: str, *ways: dict[str, Any]) -> dict[str, Any]:
    return {"app": name, "recognised_by": list(ways)}


def halcyon(*apps: dict[str, Any], **stated: Any) -> Licensee:
    return a_licensee(*apps, **stated)


def attributed(
    root: Path, entries: list[Row], *licensees: Licensee, key: DigestKey | None = None
) -> list[tuple[Any, ...]]:
    in_order = [{**entry, "position": place} for place, entry in enumerate(entries, 1)]
    return shown(refined(root, in_order, *licensees, key=key), "licensee app credential_id")


def test_a_caller_is_recognised_by_any_of_six_ways(tmp_path: Path) -> None:
    secret = sha256(b"s3cret").hexdigest()
    register = halcyon(
        an_app("by-credential", {"credential": "hal-01"}),
        an_app("by-digest", {"credential_sha256": secret, "name": "the-secret"}),
        an_app("by-principal", {"principal": "svc-*"}),
        an_app("by-user", {"user": "u-1"}),
        an_app("by-network", {"network": "192.0.2.0/24"}),
        an_app("by-agent", {"user_agent": "halcyon/*"}),
    )
    entries = """
    credential  principal  user  client_address  user_agent
    hal-01      -          -     -               -
    s3cret      -          -     -               -
    -           svc-7      -     -               -
    -           -          u-1   -               -
    -           -          -     192.0.2.77      -
    -           -          -     -               halcyon/2.1
    hal-02      svc        u-2   198.51.100.1    curl
    -           -          -     -               -
    """
    assert attributed(tmp_path, drawn(an_entry, entries), register) == lines("""
    halcyon  by-credential  hal-01
    halcyon  by-digest      the-secret
    halcyon  by-principal   -
    halcyon  by-user        -
    halcyon  by-network     -
    halcyon  by-agent       -
    -        -              -
    -        -              -
    """)


def test_a_masked_secret_is_recognised_by_the_keyed_digest_of_its_digest(tmp_path: Path) -> None:
    register = halcyon(an_app("monitor", {"credential_sha256": sha256(b"s3cret").hexdigest(), "name": "main"}))
    digests = [key.digest(sha256(b"s3cret").hexdigest()) for key in (KEY, PUBLISHED_KEY)]
    entries = [an_entry(credential=f"hmac:{digest}…t") for digest in (*digests, digests[0][:31] + "_")]

    found = attributed(tmp_path, entries, register, key=KEY)

    assert found == [("halcyon", "monitor", "main"), (None, None, None), (None, None, None)]


def test_without_a_key_no_masked_secret_is_recognised(tmp_path: Path) -> None:
    secret = sha256(b"s3cret").hexdigest()
    register = halcyon(an_app("monitor", {"credential_sha256": secret, "name": "main"}))

    assert attributed(tmp_path, [an_entry(credential=f"hmac:{KEY.digest(secret)}…t")], register) == [(None, None, None)]


def test_the_surest_way_wins(tmp_path: Path) -> None:
    register = halcyon(
        an_app("agent", {"user_agent": "a much longer text than any other"}),
        an_app("network", {"network": "192.0.2.1/32"}),
        an_app("credential", {"credential": "k"}),
    )
    said = {"user_agent": "a much longer text than any other", "client_address": "192.0.2.1"}

    assert attributed(tmp_path / "a", [an_entry(credential="k", **said)], register) == [("halcyon", "credential", "k")]
    assert attributed(tmp_path / "b", [an_entry(credential="x", **said)], register) == [("halcyon", "network", "x")]


@pytest.mark.parametrize(
    ("narrow", "wide", "seen"),
    [
        ({"principal": "svc-halcyon-*"}, {"principal": "svc-*"}, {"principal": "svc-halcyon-1"}),
        ({"principal": "svc-halcyon-1"}, {"principal": "svc-halcyon-*"}, {"principal": "svc-halcyon-1"}),
        ({"principal": "svc-halcyon-1"}, {"principal": "svc-halcyon-1*"}, {"principal": "svc-halcyon-1"}),
        ({"user": "*bcd"}, {"user": "a_*"}, {"user": "a_bcd"}),
        ({"network": "203.0.113.8/29"}, {"network": "203.0.113.0/24"}, {"client_address": "203.0.113.9"}),
        ({"network": "10.1.0.0/16"}, {"network": "10.0.0.0/8"}, {"client_address": "10.1.2.3"}),
        ({"network": "2001:db8::/48"}, {"network": "2001:db8:0:0::/32"}, {"client_address": "2001:db8::1"}),
        ({"user_agent": "halcyon/*"}, {"user_agent": "*"}, {"user_agent": "halcyon/1"}),
    ],
)
def test_of_the_same_way_the_narrower_one_wins(
    tmp_path: Path, narrow: dict[str, str], wide: dict[str, str], seen: dict[str, str]
) -> None:
    register = halcyon(an_app("wide", wide), an_app("narrow", narrow))

    assert attributed(tmp_path, [an_entry(**seen)], register) == [("halcyon", "narrow", None)]


def test_two_apps_that_claim_a_caller_with_equal_right_leave_it_unattributed(tmp_path: Path) -> None:
    register = halcyon(an_app("one", {"user_agent": "hal*"}), an_app("other", {"user_agent": "*hal"}))
    entries = [an_entry(user_agent="hal"), an_entry(user_agent="halcyon")]

    assert attributed(tmp_path, entries, register) == [(None, None, None), ("halcyon", "one", None)]


def test_two_ways_of_one_app_are_no_contest(tmp_path: Path) -> None:
    register = halcyon(an_app("one", {"user_agent": "hal*"}, {"user_agent": "*hal"}))

    assert attributed(tmp_path, [an_entry(user_agent="hal")], register) == [("halcyon", "one", None)]


def test_a_credential_that_changes_hands_in_the_middle_of_a_day_belongs_to_each_in_its_time(tmp_path: Path) -> None:
    register = [
        halcyon(an_app("old", {"credential": "k", "until": "2022-03-01T12:00:00Z"})),
        a_licensee(
            an_app("new", {"credential": "k", "from": "2022-03-01T12:00:00Z", "until": "2022-03-01T18:00:00Z"}),
            licensee="kestrel",
        ),
    ]
    entries = """
    at               credential
    11:59:59.999999  k
    12:00:00         k
    17:59:59.999999  k
    18:00:00         k
    """
    assert attributed(tmp_path, drawn(an_entry, entries), *register) == lines("""
    halcyon  old  k
    kestrel  new  k
    kestrel  new  k
    -        -    -
    """)


def test_dates_of_the_register_are_read_in_its_time_zone(tmp_path: Path) -> None:
    ways = {"credential": "k", "from": "2022-03-01", "until": "2022-03-02"}
    register = halcyon(an_app("monitor", ways), time_zone="America/Los_Angeles")
    entries = [an_entry(at="07:59:59.999999", credential="k"), an_entry(at="08:00:00", credential="k")]

    assert attributed(tmp_path, entries, register) == [(None, None, None), ("halcyon", "monitor", "k")]


@pytest.mark.parametrize(
    ("pattern", "text", "is_recognised"),
    [
        ("100%", "100%", True),
        ("100%", "100 of them", False),
        ("a_b", "a_b", True),
        ("a_b", "axb", False),
        ("a*b", "ab", True),
        ("a*b", "a\nb", True),
        ("a*b", "ac", False),
        ("*", "", True),
        ("a\\*", "a\\z", True),
        ('it\'s "*"', 'it\'s "me"', True),
        ("'; DROP TABLE entry; --*", "'; DROP TABLE entry; --1", True),
        ("[a-z]?", "b1", False),
        ("Halcyon", "halcyon", False),
        ("ÜBER*", "ÜBER-1", True),
    ],
)
def test_only_the_star_is_special_in_a_pattern(tmp_path: Path, pattern: str, text: str, is_recognised: bool) -> None:
    register = halcyon(an_app("monitor", {"user_agent": pattern}))

    [found] = attributed(tmp_path, [an_entry(user_agent=text)], register)

    assert found == (("halcyon", "monitor", None) if is_recognised else (None, None, None))


@pytest.mark.parametrize(
    ("network", "address", "is_recognised"),
    [
        ("192.0.2.0/24", "192.0.2.255", True),
        ("192.0.2.0/24", "192.0.3.0", False),
        ("192.0.2.1", "192.0.2.1", True),
        ("2001:db8::/32", "2001:db8:ffff::1", True),
        ("2001:db8::/32", "2001:DB8:0:0::1", True),
        ("2001:db8::/32", "2001:db9::1", False),
        ("192.0.2.0/24", "::ffff:192.0.2.1", True),
        ("2001:db8::/32", "192.0.2.1", False),
        ("0.0.0.0/0", "::1", False),
        ("192.0.2.0/24", "192.0.2.1:8080", False),
        ("192.0.2.0/24", "not an address", False),
        ("192.0.2.0/24", "", False),
        ("192.0.2.0/24", None, False),
        ("192.0.2.0/24", "192.0.2.1' OR '1'='1", False),
    ],
)
def test_an_address_lies_in_its_network_or_not(
    tmp_path: Path, network: str, address: str | None, is_recognised: bool
) -> None:
    register = halcyon(an_app("monitor", {"network": network}))

    [found] = attributed(tmp_path, [an_entry(client_address=address)], register)

    assert (found[1] is not None) == is_recognised


def test_nothing_known_of_a_caller_is_nobody_and_is_kept(tmp_path: Path) -> None:
    everybody = [{way: "*"} for way in ("user_agent", "principal", "user")]
    register = halcyon(an_app("all", *everybody, {"network": "0.0.0.0/0"}, {"credential": "-"}))
    nothing = dict.fromkeys(("request_id", "credential", "principal", "user", "client_address", "user_agent", "method"))

    assert attributed(tmp_path, [an_entry(**nothing, route=None, status=None)], register) == [(None, None, None)]


def test_without_a_register_every_request_is_unattributed(tmp_path: Path) -> None:
    assert attributed(tmp_path / "a", [an_entry(credential="k")]) == [(None, None, None)]
    assert attributed(tmp_path / "b", [an_entry(credential="k")], halcyon({"app": "monitor"})) == [(None, None, None)]


def test_a_duplicate_is_attributed_like_the_one_that_counts(tmp_path: Path) -> None:
    register = halcyon(an_app("monitor", {"credential": "k"}))
    entries = [an_entry(position=place, sequence_number=1, credential="k") for place in (1, 2)]

    assert attributed(tmp_path, entries, register) == [("halcyon", "monitor", "k")] * 2
