"""Client addresses in text: found in every spelling, hidden under the project's key, and nothing else touched."""

from __future__ import annotations

import ipaddress
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.addresses import POSSIBLE, Pseudonyms, as_logged
from tallystick.digest_key import DigestKey
from tallystick.duck import connect

KEY = DigestKey(secret=bytes(32))
PSEUDONYM = r"address-[0-9a-f]{16}"

addresses = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str).filter(lambda text: text != "::")


def named(*, key: DigestKey = KEY, licensee: str = "halcyon", period: str = "2022") -> Pseudonyms:
    return Pseudonyms(key=lambda: key, licensee=licensee, period=period)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("203.0.113.7", "{}"),
        ("203.0.113.7:443", "{}:443"),
        ("[2001:db8::7]:443", "[{}]:443"),
        ("/lookup/203.0.113.7/routes", "/lookup/{}/routes"),
        ("/lookup/2001%3Adb8%3a%3A7", "/lookup/{}"),
        ("user=198.51.100.9&x", "user={}&x"),
        ("a@203.0.113.7", "a@{}"),
        ("198.51.100.1, 203.0.113.7", "{}, {}"),
        ("a:b:203.0.113.7", "a:b:{}"),
        ("called from 2001:DB8::7.", "called from {}."),
        ("fe80::1%eth0", "{}%eth0"),
        ("203.0.113.7: measured 12 requests", "{}: measured 12 requests"),
    ],
)
def test_an_address_inside_of_any_text_is_hidden(text: str, shown: str) -> None:
    assert re.fullmatch(re.escape(shown).replace(re.escape("{}"), PSEUDONYM), named()(text))


@pytest.mark.parametrize(
    "text",
    [
        *("", "halcyon-monitor", "2022-03-01T08:00:00.000000Z", "10:00:00", "§ 4.2.1.1.1", "300.1.1.1", "1.2.3", "::"),
        *("service::operation", "arn:aws:sts::123456789012:assumed-role/x", "00:1b:44:11:3a:b7", "1.2.3.4.5", "5 %"),
        *("TIMESTAMPTZ '2022-03-01 08:00:00.000000+00:00'", ":::::::", "192.0.2.256", "١.٢.٣.٤"),
    ],
)
def test_what_is_no_address_stays_as_it_is(text: str) -> None:
    assert named()(text) == text


@pytest.mark.parametrize(
    "spellings",
    [
        ("203.0.113.7", "::ffff:203.0.113.7", "::FFFF:cb00:7107", "203.000.113.007"),
        ("2001:db8::7", "2001:DB8:0:0:0:0:0:7", "2001%3adb8%3A%3a7", "2001:0db8::0007"),
    ],
)
def test_every_spelling_of_an_address_has_one_pseudonym(spellings: tuple[str, ...]) -> None:
    assert len({named()(text) for text in spellings}) == 1
    assert named().of(spellings[0]) == named()(spellings[0])


def test_a_pseudonym_holds_for_one_report_under_one_key() -> None:
    other_key = DigestKey(secret=bytes(31) + b"\1")
    reports = [named(), named(licensee="otter"), named(period="2022-Q1"), named(key=other_key)]

    assert len({one("203.0.113.7") for one in reports}) == 4
    assert named()("203.0.113.7") == named()("203.0.113.7") == "address-c28a010dafa64cfe"


def test_a_host_name_in_the_place_of_an_address_has_a_pseudonym_too() -> None:
    assert re.fullmatch(PSEUDONYM, named().of("client-7.example.com"))


def test_no_key_is_asked_for_where_there_is_no_address() -> None:
    def none() -> DigestKey:
        raise AssertionError("a key was asked for")

    shown = Pseudonyms(key=none, licensee="halcyon", period="2022")

    assert shown("halcyon-monitor: measured 1.5 of 10:00") == "halcyon-monitor: measured 1.5 of 10:00"


@given(addresses, st.sampled_from(["{}", "x {} y", "/{}/", "[{}]", "({})", "a={};", '"{}"']))
def test_no_address_is_left_in_a_text(address: str, around: str) -> None:
    text = around.format(address)
    shown = named()(text)

    assert re.search(PSEUDONYM, shown)
    assert address not in re.sub(PSEUDONYM, "", shown)
    assert re.search(POSSIBLE, text)
    assert named().of(address) == named().of(ipaddress.ip_address(address).exploded)


@given(st.text(max_size=80))
def test_hiding_twice_is_hiding_once(text: str) -> None:
    assert named()(named()(text)) == named()(text)
    assert as_logged(text) == text


def test_the_same_expression_finds_candidates_in_sql_and_here() -> None:
    texts = ["203.0.113.7", "2001:db8::7", "2001%3Adb8%3a%3A7", "plain", "10:00", "1.2", "a::b"]
    sql = connect().execute("SELECT list_transform(?, one -> regexp_matches(one, ?))", [texts, POSSIBLE]).fetchone()

    assert sql == ([bool(re.search(POSSIBLE, text)) for text in texts],)
