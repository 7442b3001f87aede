"""A DSSE envelope: bytes, what kind of bytes they are, and signatures over both (DSSE v1, canonical JSON outside)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tallystick.evidence.canonical import NotCanonicalError, canonical_bytes, parse_canonical
from tallystick.evidence.document import Node, NotAsPromisedError
from tallystick.evidence.keys import SIGNATURE_LENGTH, SigningKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_KEYS = ("payload", "payloadType", "signatures")
_SIGNATURE_KEYS = ("keyid", "sig")


def pre_authentication_encoding(payload: bytes) -> bytes:
    """What is signed: the type and the payload, each after its length, so that neither can pass for the other."""
    kind = PAYLOAD_TYPE.encode("ascii")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def seal(payload: bytes, keys: Sequence[SigningKey]) -> bytes:
    """The bytes of the envelope over `payload`, signed by every key once, in the order of their ids."""
    message = pre_authentication_encoding(payload)
    signatures = {key.public.keyid: key.sign(message) for key in keys}
    return canonical_bytes(
        {
            "payload": base64.b64encode(payload).decode("ascii"),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [
                {"keyid": keyid, "sig": base64.b64encode(signatures[keyid]).decode("ascii")}
                for keyid in sorted(signatures)
            ],
        }
    )


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """An envelope as it was read: its payload, and its signatures by the id of the key; none of them is checked yet."""

    payload: bytes
    signatures: Mapping[str, bytes]

    @classmethod
    def parse(cls, data: bytes) -> Envelope:
        """Read the canonical form of an envelope with at least one signature; NotAsPromisedError otherwise."""
        try:
            root = Node(parse_canonical(data))
        except NotCanonicalError as error:
            raise NotAsPromisedError("(all)", expected="an envelope in canonical JSON", found=str(error)) from None
        root["payloadType"].one_of(PAYLOAD_TYPE)
        if sorted(root.value) != list(_KEYS):
            raise NotAsPromisedError("(all)", expected=", ".join(_KEYS), found="other keys")
        for each in root["signatures"].each():
            if not isinstance(each.value, dict) or sorted(each.value) != list(_SIGNATURE_KEYS):
                raise NotAsPromisedError(each.path, expected=" and ".join(_SIGNATURE_KEYS), found="other keys")
        listed = [(each["keyid"].text(), _bytes(each["sig"], SIGNATURE_LENGTH)) for each in root["signatures"].each()]
        if not listed or [keyid for keyid, _ in listed] != sorted({keyid for keyid, _ in listed}):
            found = "none" if not listed else "a key twice, or out of order"
            raise NotAsPromisedError("signatures", expected="one of each key, in the order of their ids", found=found)
        return cls(payload=_bytes(root["payload"]), signatures=dict(listed))


def _bytes(node: Node, length: int | None = None) -> bytes:
    """Bytes from the one base64 text that stands for them."""
    text = node.text()
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NotAsPromisedError(node.path, expected="base64", found="other text") from None
    if base64.b64encode(data).decode("ascii") != text or length not in (None, len(data)):
        expected = "base64 as it is written" if length is None else f"{length} bytes in base64"
        raise NotAsPromisedError(node.path, expected=expected, found=f"{len(data):,} bytes")
    return data
