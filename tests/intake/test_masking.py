from __future__ import annotations

import hashlib
import hmac
import time
from typing import Any

import pytest

from tallystick.digest_key import DigestKey
from tallystick.duck import connect
from tallystick.intake.masking import (
    excerpt,
    harmless,
    masked_sql,
    secret_digest,
    secret_digest_sql,
)

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.s5c1dXkYqT0pQ7w"
SESSION = "FQoGZXIvYXdzEJr//////////wEaDKz0m5xY/abc+def/GHI123456789jkl"


@pytest.mark.parametrize(
    ("entry", "secret"),
    [
        (f"Authorization: Bearer {TOKEN}", "s5c1"),
        ("authorization: Basic dXNlcjpwdw==", "dXNlcjpw"),
        ('{"password": "hunter2"}', "hunter2"),
        ("GET /a?api_key=abc123 HTTP/1.1", "abc123"),
        ("GET /a?access_token=short HTTP/1.1", "short"),
        ('{"sessionToken":"' + SESSION + '"}', "EaDKz0m5xY"),
        (f"x {SESSION} y", "abc+def"),
        ("https://user:s3cret@example.com/", "s3cret"),
        ("key 0123456789abcdef0123456789abcdef", "0123456789"),
        ("Cookie: sid=abcdef; other=1", "abcdef"),
        ("Cookie: a=1; b=tiny; c=3\r\n", "tiny"),
        ('{"cookie": ["a=1; b=tiny"]}', "tiny"),
        ('"-" "theme=dark; cart=tiny1"', "tiny1"),
        ("GET /o?X-Amz-Credential=x&X-Amz-Signature=0123abcd HTTP/1.1", "0123abcd"),
        ("GET /o?X-Amz-Security-Token=IQoJ%2Fb3 HTTP/1.1", "IQoJ%2Fb3"),
        ("GET /blob?sv=2022-11-02&sig=aB%2Fc%3D HTTP/1.1", "aB%2Fc%3D"),
        ("GET /cb?code=a1b2c3&state=zyxw HTTP/1.1", "zyxw"),
        (r'{"url":"https://b.example.com/o?a=1\u0026sig=aBc%3D"}', "aBc%3D"),
        (r'{"message":"{\"sessionToken\":\"FQoG/short\",\"a\":1}"}', "FQoG/short"),
        (r'{"message":"{\\\"password\\\": \\\"two words\\\"}"}', "words"),
        (r'{"password": "with \"quotes\", and more"}', "and more"),
        ('{"name":"Authorization","value":"Basic dXNlcjpwdw=="}', "dXNlcjpw"),
        ('{"headers":{"authorization":["Bearer opaque1"]}}', "opaque1"),
        ("proxy-authorization: digest opaque2", "opaque2"),
    ],
)
def test_what_may_be_a_secret_is_not_in_an_excerpt(entry: str, secret: str) -> None:
    shown = excerpt(entry.encode())

    assert secret not in shown
    assert "…" in shown


@pytest.mark.parametrize(
    "entry",
    [
        '192.0.2.1 - - [04/Mar/2022:10:00:00 +0000] "GET /a/b HTTP/1.1" 2x0 5',
        '{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","eventName":"GetObject"}',
        "GET /o ASIAIOSFODNN7EXAMPLE 200",
    ],
)
def test_an_excerpt_keeps_what_tells_an_entry(entry: str) -> None:
    assert excerpt(entry.encode()) == entry


@pytest.mark.parametrize("piece", ['token="', "cookie:", "sig", "\\", '"value":"', "a=", "&", ";a=", "://", "eyJ"])
def test_an_excerpt_of_what_repeats_itself_costs_little(piece: str) -> None:
    begun = time.process_time()

    excerpt(piece.encode() * 5000)

    assert time.process_time() - begun < 1


def test_an_excerpt_has_80_characters_and_no_control_characters() -> None:
    shown = excerpt("a\x1b[31m\r\n\u202e\u2028é\t".encode() * 40)

    assert shown.startswith(r"a\x1b[31m\r\n\u202e\u2028é\t")
    assert len(shown) == 80


def test_a_secret_at_the_end_of_an_excerpt_is_masked_before_it_is_cut() -> None:
    shown = excerpt(b"word " * 13 + b"token=" + b"k" * 500)

    assert shown.endswith("token=kkkk…")


def test_an_excerpt_of_a_huge_entry_costs_little() -> None:
    assert len(excerpt(b"x" * 50_000_000)) <= 80


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("é 漢 🙂", "é 漢 🙂"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\u202eevil\u2066", r"\u202eevil\u2066"),
        ("a\u200bb\ufeff", r"a\u200bb\ufeff"),
        ("\udcff", r"\udcff"),
        ("\xa0", r"\xa0"),
    ],
)
def test_text_for_a_terminal_has_nothing_that_a_terminal_obeys(text: str, expected: str) -> None:
    assert harmless(text) == expected


SECRETS = ["a-long-secret-value", "0123456789", "abc", "", "ünïcödé-secret", "b-key-0123456789", f"Bearer {TOKEN}"]
KEY = DigestKey(secret=bytes(range(32)))


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_kept_as_a_keyed_digest_and_a_short_hint(secret: str) -> None:
    kept = secret_digest(secret, KEY)

    shown = secret.removeprefix("Bearer ")
    message = hashlib.sha256(shown.encode()).hexdigest().encode()
    digest, _, hint = kept.partition("…")
    assert digest == "hmac:" + hmac.new(bytes(range(32)), message, "sha256").hexdigest()[:32]
    assert shown.endswith(hint)
    assert len(hint) <= min(4, len(shown) // 4)


def test_sql_and_python_agree_on_the_digest_of_a_secret() -> None:
    rows = connect().execute(
        f"SELECT s, {secret_digest_sql('s', KEY)} FROM (SELECT unnest(?) AS s)", [[*SECRETS, None]]
    )

    assert rows.fetchall() == [(secret, secret_digest(secret, KEY)) for secret in SECRETS] + [(None, None)]


def sql(expression: str, text: str | None) -> Any:
    [(value,)] = connect().execute(f"SELECT {expression} FROM (SELECT ?::VARCHAR AS s)", [text]).fetchall()
    return value


@pytest.mark.parametrize(
    "secret",
    [
        f"Bearer {TOKEN}",
        "bearer abc",
        "BEARER opaque-token",
        TOKEN,
        "Basic dXNlcjpwdw==",
        "basic dXNlcjpwdw",
        TOKEN + ".x.y",
    ],
)
def test_a_text_that_is_a_secret_by_its_shape_is_kept_as_a_digest(secret: str) -> None:
    assert sql(masked_sql("s", KEY), secret) == secret_digest(secret, KEY)


@pytest.mark.parametrize(
    "text", [None, "", "bob", "Basic", "bearer", "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "eyJ", "eyJust.a-name"]
)
def test_a_text_that_is_no_secret_by_its_shape_stays_readable(text: str | None) -> None:
    assert sql(masked_sql("s", KEY), text) == text


def test_a_token_within_a_path_is_cut() -> None:
    assert sql(masked_sql("s", KEY), f"/verify/{TOKEN}/now") == "/verify/eyJ…/now"
    assert sql(masked_sql("s", KEY), "/eyJ/a") == "/eyJ/a"
