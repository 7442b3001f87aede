"""What is asked of intake: one log object, where it is, and what is known of it beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from tallystick.digest_key import PUBLISHED_KEY, DigestKey


@dataclass(frozen=True, kw_only=True)
class FileTask:
    """One log object to be read.

    `source` is the project's source, `name` the object's name below its folder or prefix, `uri` what opens it,
    `version_tag` the store's word for this version of it; `format` is found from the content where it is None, and
    `routes` are templates for formats that log only paths. Secrets are kept as digests under `digest_key`.
    """

    source: str
    name: str
    uri: str
    version_tag: str
    format: str | None = None
    routes: tuple[str, ...] = ()
    digest_key: DigestKey = PUBLISHED_KEY
