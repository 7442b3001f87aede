"""What of an entry or a secret may be kept: digests, and excerpts in which whatever may be a secret is masked."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from tallystick.digest_key import DigestKey
from tallystick.duck import quote_text

EXCERPT = 80
"""Characters of an entry that are kept when it is rejected."""
HINT = 4
"""Characters of a possible secret that are shown at most."""
LOOKED_AT = 4096
"""Bytes of an entry that an excerpt is made from."""

NAMES = (
    r"(?:authorization|bearer|basic|digest|token|secret|passwd|password|pwd|api[_-]?key|access[_-]?key|signature|sig"
    r"|session|credential|assertion|jwt|\bsid|\bauth|\bcode|\bkey)[\w-]{0,40}"
)
QUOTE = r"\\{0,8}[\"']"
"""A quotation mark; inside a JSON text inside a JSON text it stands behind backslashes."""
BEFORE = rf"(?:{QUOTE})?\s*[:=]\s*[\[{{(]?\s*"
SCHEMES = r"(?:(?:bearer|basic|digest|negotiate|token|aws4-hmac-sha256)\s+)"
INSIDE = r"(?:(?!(?P=quote))(?:\\.|[^\\])|\\\Z)"
SECRETS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        rf"(?P<told>{NAMES}{BEFORE}(?P<quote>{QUOTE}){SCHEMES}?)(?P<secret>{INSIDE}+)",
        rf"(?P<told>cookie2?{BEFORE}(?P<quote>{QUOTE}))(?P<secret>{INSIDE}+)",
        rf"(?P<told>{NAMES}(?P<quote>{QUOTE})\s*,\s*{QUOTE}value{BEFORE}{QUOTE})(?P<secret>{INSIDE}+)",
        r"(?P<told>cookie2?[:=]\s*)(?P<secret>[^\"'\r\n]+)",
        rf"(?P<told>{NAMES}{BEFORE}{SCHEMES}?)(?P<secret>(?:[^\s\"',;&\\]|\\[^\"'])+)",
        rf"(?P<told>\b(?:{SCHEMES}|password\s+))(?P<secret>[^\s\"',;&\\]+)",
        r"(?P<told>(?:[?&]|u0026)[^=&?\s\"'\\]{1,100}=)(?P<secret>[^&\s\"'#\\]+)",
        r"(?P<told>;[\s+]{0,2}[\w.-]{1,100}=)(?P<secret>[^;\s\"'\\]+)",
        r"(?P<told>://)(?P<secret>[^\s/?#@\"']{1,512})(?=@)",
    )
)
"""Secrets of an entry, each behind what tells that it may be one: in JSON, in headers, in URLs, in cookies."""
KEY_ID = re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])")
"""The id of an AWS access key, which is no secret."""
JSON_WEB = r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
"""A JSON Web Token (RFC 7519) in compact form; encrypted ones have more parts."""
BY_SHAPE = rf"(?i:bearer) +\S+|(?i:basic) +[A-Za-z0-9+/_-]{{6,}}={{0,2}}|{JSON_WEB}(?:\.[A-Za-z0-9_-]*)*"
SCHEME = re.compile(r"^(?i:bearer|basic) +")
RUN = re.compile(r"[A-Za-z0-9_~+/=-]{16,}")


def digest(entry: bytes) -> str:
    """SHA-256 of an entry's bytes, in hex."""
    return hashlib.sha256(entry).hexdigest()


def excerpt(entry: bytes) -> str:
    """The first 80 characters of an entry, safe to print: what may be a secret masked, control characters escaped."""
    text = entry[:LOOKED_AT].decode("utf-8", "backslashreplace")
    for pattern in SECRETS:
        text = pattern.sub(lambda found: found["told"] + _shortened(found["secret"]), text)
    return harmless(RUN.sub(_masked_run, text))[:EXCERPT]


def harmless(text: str) -> str:
    """`text` in which what a terminal would obey (control, format and separator characters) is written as an escape."""
    return text if text.isascii() and text.isprintable() else "".join(map(_harmless, text))


def secret_digest(secret: str, key: DigestKey) -> str:
    """What is kept of a secret: a keyed digest and a hint of its end, `hmac:0123…abcd`.

    The digest is what `DigestKey.digest` says of the secret's SHA-256; a word that only says how the secret was shown,
    `Bearer`, is no part of it. The hint is at most four characters and at most a quarter of the secret.
    """
    shown = SCHEME.sub("", secret)
    kept = min(HINT, len(shown) // 4)
    return f"hmac:{key.digest(digest(shown.encode()))}…{shown[len(shown) - kept :]}"


def secret_digest_sql(expression: str, key: DigestKey) -> str:
    """`secret_digest` of an SQL expression; NULL stays NULL."""
    without = f"regexp_replace({expression}, {quote_text(SCHEME.pattern)}, '')"
    shown = f"(CASE WHEN {_may_begin_with('b', expression)} THEN {without} ELSE {expression} END)"
    hint = f"right({shown}, least({HINT}, length({shown}) // 4)::INTEGER)"
    return f"('hmac:' || {key.digest_sql(shown)} || '…' || {hint})"


def masked_sql(expression: str, key: DigestKey) -> str:
    """A text as it stands, unless it is a secret by its own shape: then what is kept of one; NULL stays NULL.

    Secrets by shape are an authorization value (`Bearer …`, `Basic …`) and a JSON Web Token; a token inside of a text,
    such as a path, is cut to its first characters.
    """
    begins = f"({_may_begin_with('b', expression)} OR starts_with({expression}, 'eyJ'))"
    is_secret = f"{begins} AND regexp_full_match({expression}, {quote_text(BY_SHAPE)}, 's')"
    cut = f"regexp_replace({expression}, {quote_text(JSON_WEB)}, 'eyJ…', 'g')"
    return (
        f"CASE WHEN {is_secret} THEN {secret_digest_sql(expression, key)} "
        f"WHEN contains({expression}, 'eyJ') THEN {cut} ELSE {expression} END"
    )


def _may_begin_with(letter: str, expression: str) -> str:
    """A condition that costs little: the text begins with the letter, small or capital."""
    return " OR ".join(
        f"({expression} >= '{one}' AND {expression} < '{chr(ord(one) + 1)}')" for one in (letter, letter.upper())
    )


def _shortened(secret: str) -> str:
    """The first characters of what may be a secret, at most four; the id of an access key stays readable."""
    key_id = KEY_ID.match(secret)
    if key_id:
        return key_id[0] + ("…" if len(secret) > key_id.end() else "")
    return f"{secret[: min(HINT, len(secret) // 4)]}…"


def _masked_run(found: re.Match[str]) -> str:
    """A run of token characters: whole where it looks like base64, else each long part of a path."""
    run = found[0]
    if KEY_ID.match(run):
        return _shortened(run)
    if "/" in run and not all(any(test(one) for one in run) for test in (str.isdigit, str.isupper, str.islower)):
        return "/".join(_shortened(part) if len(part) >= 16 else part for part in run.split("/"))
    return _shortened(run)


def _harmless(one: str) -> str:
    if one == " " or (one.isprintable() and unicodedata.category(one) not in ("Cf", "Co")):
        return one
    return one.encode("unicode_escape").decode("ascii")
