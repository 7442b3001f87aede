"""What of an entry or a secret may be kept: digests, and excerpts in which whatever may be a secret is masked."""

from __future__ import annotations

import hashlib
import re
import unicodedata

EXCERPT = 80
"""Characters of an entry that are kept when it is rejected."""
HINT = 4
"""Characters of a possible secret that are shown at most."""
LOOKED_AT = 4096
"""Bytes of an entry that an excerpt is made from."""

NAMED = re.compile(
    r"""(?i)((?:authorization|bearer|basic|digest|token|secret|passwd|password|pwd|api[_-]?key|apikey|access[_-]?key
    |signature|sig|cookie|session(?:[_-]?id)?|credential)["']?\s*(?:[:=]\s*["']?|\s)(?:bearer\s+|basic\s+)?)([^\s"',;&]+)""",
    re.VERBOSE,
)
USER_INFO = re.compile(r"(://)([^\s/?#@\"']{1,512})(?=@)")
RUN = re.compile(r"[A-Za-z0-9_~+/=-]{16,}")


def digest(entry: bytes) -> str:
    """SHA-256 of an entry's bytes, in hex."""
    return hashlib.sha256(entry).hexdigest()


def excerpt(entry: bytes) -> str:
    """The first 80 characters of an entry, safe to print: what may be a secret masked, control characters escaped."""
    text = entry[:LOOKED_AT].decode("utf-8", "backslashreplace")
    for pattern in (NAMED, USER_INFO):
        text = pattern.sub(lambda found: found[1] + _shortened(found[2]), text)
    return harmless(RUN.sub(_masked_run, text))[:EXCERPT]


def harmless(text: str) -> str:
    """`text` in which what a terminal would obey (control, format and separator characters) is written as an escape."""
    return text if text.isascii() and text.isprintable() else "".join(map(_harmless, text))


def secret_digest(secret: str) -> str:
    """What is kept of a secret: the head of its SHA-256 and a hint of its end, `sha256:0123…abcd`.

    The hint is at most four characters and at most a quarter of the secret.
    """
    return f"sha256:{hashlib.sha256(secret.encode()).hexdigest()[:32]}…{_end(secret)}"


def secret_digest_sql(expression: str) -> str:
    """`secret_digest` of an SQL expression; NULL stays NULL. The one place where the digest becomes a keyed one."""
    hint = f"right({expression}, least({HINT}, length({expression}) // 4)::INTEGER)"
    return f"('sha256:' || left(sha256({expression}), 32) || '…' || {hint})"


def _shortened(secret: str) -> str:
    return f"{secret[: min(HINT, len(secret) // 4)]}…"


def _masked_run(found: re.Match[str]) -> str:
    """A run of token characters: whole where it looks like base64, else each long part of a path."""
    run = found[0]
    if "/" in run and not all(any(test(one) for one in run) for test in (str.isdigit, str.isupper, str.islower)):
        return "/".join(_shortened(part) if len(part) >= 16 else part for part in run.split("/"))
    return _shortened(run)


def _end(secret: str) -> str:
    kept = min(HINT, len(secret) // 4)
    return secret[len(secret) - kept :]


def _harmless(one: str) -> str:
    if one == " " or (one.isprintable() and unicodedata.category(one) not in ("Cf", "Co")):
        return one
    return one.encode("unicode_escape").decode("ascii")
