"""timestamp.tsr: a time-stamp (RFC 3161) over the signed statement: how to ask for one, and whether one is right."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from tallystick.evidence import der
from tallystick.evidence.der import NotDerError, Value
from tallystick.evidence.document import NotAsPromisedError

QUERY_TYPE = "application/timestamp-query"
SHA256 = "2.16.840.1.101.3.4.2.1"
_SHA256_OID = bytes.fromhex("0609608648016503040201")
_SIGNED_DATA = "1.2.840.113549.1.7.2"
_TST_INFO = "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    SHA256: hashes.SHA256,
    "2.16.840.1.101.3.4.2.2": hashes.SHA384,
    "2.16.840.1.101.3.4.2.3": hashes.SHA512,
}
_LONGEST_CHAIN = 6
MALFORMED = (
    ValueError,
    TypeError,
    IndexError,
    StopIteration,
    OverflowError,
    x509.InvalidVersion,
    x509.ExtensionNotFound,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What reading a certificate or a value of another form may raise."""

Certificate = x509.Certificate


@dataclass(frozen=True, kw_only=True)
class TimeStamp:
    """A time-stamp that is right; `is_trusted` when its authority's certificate leads to one that is trusted."""

    at: datetime
    authority: str
    is_trusted: bool


def query(data: bytes, nonce: int) -> bytes:
    """The DER of a request for a time-stamp over `data`, with the authority's certificate in the answer."""
    algorithm = der.write(der.SEQUENCE, _SHA256_OID, der.write(der.NULL))
    imprint = der.write(der.SEQUENCE, algorithm, der.write(der.OCTETS, hashlib.sha256(data).digest()))
    number = der.write(der.INTEGER, nonce.to_bytes(nonce.bit_length() // 8 + 1, "big"))
    return der.write(der.SEQUENCE, b"\x02\x01\x01", imprint, number, b"\x01\x01\xff")


def check_timestamp(answer: bytes, data: bytes, trusted: Sequence[Certificate]) -> TimeStamp:
    """What an authority's answer says about `data`.

    Raises NotAsPromisedError when it grants nothing, is about other bytes, or its signature is not by the certificate
    that it names, which must be made for time-stamps; and where authorities are trusted, when it leads to none of them.
    """
    try:
        return _checked(answer, data, trusted)
    except NotDerError as error:
        raise NotAsPromisedError("(all)", expected="a time-stamp (RFC 3161)", found=str(error)) from None
    except MALFORMED:
        raise NotAsPromisedError("(all)", expected="a time-stamp (RFC 3161)", found="one that is malformed") from None
    except UnsupportedAlgorithm:
        raise NotAsPromisedError("signature", expected="RSA, ECDSA or Ed25519", found="another kind") from None


def parse_certificates(pem: bytes) -> list[Certificate]:
    """Certificates in PEM text; ValueError without any."""
    return x509.load_pem_x509_certificates(pem)


def _checked(answer: bytes, data: bytes, trusted: Sequence[Certificate]) -> TimeStamp:
    status, *token = der.read(answer, "an answer").expect(der.SEQUENCE, "an answer").values()
    granted = status.expect(der.SEQUENCE, "a status").values()[0].integer("a status")
    if granted not in (0, 1) or len(token) != 1:
        raise NotAsPromisedError("status", expected="granted", found=f"status {granted}")
    kind, explicit = token[0].expect(der.SEQUENCE, "a token").values()
    if kind.oid("a kind of content") != _SIGNED_DATA:
        raise NotDerError("expected signed data")
    (signed,) = explicit.expect(der.CONTEXT_0, "signed data").values()
    info, certificates, signer = _parts(signed)
    at = _info(info, data)
    certificate, rest = _signing_certificate(signer, certificates)
    _signature(signer, info, certificate)
    _fits_its_purpose(certificate, at)
    is_trusted = _leads_to(certificate, rest, trusted, at)
    name = certificate.subject.rfc4514_string()
    if trusted and not is_trusted:
        names = " or ".join(each.subject.rfc4514_string() for each in trusted)
        raise NotAsPromisedError("authority", expected=names, found=name)
    return TimeStamp(at=at, authority=name, is_trusted=is_trusted)


def _parts(signed: Value) -> tuple[bytes, list[Certificate], list[Value]]:
    """What is stamped, the certificates that came with it, and the one signer."""
    _, _, content, *rest = signed.expect(der.SEQUENCE, "signed data").values()
    kind, explicit = content.expect(der.SEQUENCE, "content").values()
    if kind.oid("a kind of content") != _TST_INFO:
        raise NotDerError("expected the content of a time-stamp")
    (octets,) = explicit.expect(der.CONTEXT_0, "content").values()
    certificates = [
        x509.load_der_x509_certificate(each.whole)
        for part in rest
        if part.tag == der.CONTEXT_0
        for each in part.values()
    ]
    signers = rest[-1].expect(der.SET, "signers").values()
    if len(signers) != 1:
        raise NotDerError("expected one signer")
    return octets.expect(der.OCTETS, "content").content, certificates, signers[0].values()


def _info(info: bytes, data: bytes) -> datetime:
    """The time that a TSTInfo states for `data`."""
    _, _, imprint, _, time, *_ = der.read(info, "a TSTInfo").expect(der.SEQUENCE, "a TSTInfo").values()
    algorithm, digest = imprint.expect(der.SEQUENCE, "an imprint").values()
    name = _algorithm(algorithm)
    if name != SHA256:
        raise NotAsPromisedError("imprint", expected="a SHA-256", found=f"the kind {name}")
    expected, found = hashlib.sha256(data).hexdigest(), digest.expect(der.OCTETS, "a digest").content.hex()
    if expected != found:
        raise NotAsPromisedError("imprint", expected=expected, found=found)
    text = time.expect(der.TIME, "a time").content.decode("ascii")
    whole, _, fraction = text.removesuffix("Z").partition(".")
    if len(whole) != 14 or not text.endswith("Z") or not (whole + fraction).isdecimal():
        raise NotDerError("expected a time in UTC")
    return datetime.strptime(f"{whole}.{fraction[:6] or 0}", "%Y%m%d%H%M%S.%f").replace(tzinfo=UTC)


def _attributes(signer: list[Value]) -> tuple[dict[str, Value], Value]:
    signed = next((each for each in signer if each.tag == der.CONTEXT_0), None)
    if signed is None:
        raise NotDerError("expected signed attributes")
    attributes: dict[str, Value] = {}
    for attribute in signed.values():
        kind, values = attribute.expect(der.SEQUENCE, "an attribute").values()
        name = kind.oid("an attribute")
        if name in attributes or len(values.expect(der.SET, "an attribute").values()) != 1:
            raise NotDerError("expected each attribute once")
        attributes[name] = values.values()[0]
    return attributes, signed


def _signing_certificate(signer: list[Value], certificates: list[Certificate]) -> tuple[Certificate, list[Certificate]]:
    """The certificate whose digest the signer has signed, and the others."""
    attributes, _ = _attributes(signer)
    if _SIGNING_CERTIFICATE_V2 not in attributes:
        raise NotDerError("expected the digest of the authority's certificate")
    first = attributes[_SIGNING_CERTIFICATE_V2].values()[0].values()[0].values()
    name = _algorithm(first[0]) if first[0].tag == der.SEQUENCE else SHA256
    digest = next(each for each in first if each.tag == der.OCTETS).content
    for certificate in certificates:
        if certificate.fingerprint(_hash(name)) == digest:
            return certificate, [each for each in certificates if each is not certificate]
    raise NotAsPromisedError("certificates", expected="the one that the signer names", found="others, or none")


def _signature(signer: list[Value], info: bytes, certificate: Certificate) -> None:
    attributes, signed = _attributes(signer)
    digest_name = _algorithm(signer[2])
    stamped = hashes.Hash(_hash(digest_name))
    stamped.update(info)
    if attributes.get(_CONTENT_TYPE, signed).oid("a kind of content") != _TST_INFO:
        raise NotDerError("expected the signed kind of content to be a time-stamp's")
    if attributes.get(_MESSAGE_DIGEST, signed).expect(der.OCTETS, "a digest").content != stamped.finalize():
        raise NotAsPromisedError("signature", expected="over this time-stamp", found="over other bytes")
    place = signer.index(signed)
    signature = signer[place + 2].expect(der.OCTETS, "a signature").content
    message = bytes([der.SET]) + signed.whole[1:]
    key, algorithm = certificate.public_key(), _hash(digest_name)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(algorithm))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message)
        else:
            raise UnsupportedAlgorithm("a key of another kind")
    except InvalidSignature:
        raise NotAsPromisedError("signature", expected="by the authority's key", found="a wrong one") from None


def _fits_its_purpose(certificate: Certificate, at: datetime) -> None:
    uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    if list(uses) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise NotAsPromisedError("certificate", expected="one for time-stamps only", found="one for other uses")
    if not _is_valid(certificate, at):
        raise NotAsPromisedError("certificate", expected=f"one that is valid at {at:%Y-%m-%d}", found="another")


def _leads_to(
    certificate: Certificate, others: Sequence[Certificate], trusted: Sequence[Certificate], at: datetime
) -> bool:
    """Whether the certificate is trusted, or was issued by one that is, each being valid at that time."""
    known = {each.public_bytes(Encoding.DER) for each in trusted}
    chain = certificate
    for _ in range(_LONGEST_CHAIN):
        if chain.public_bytes(Encoding.DER) in known:
            return True
        issuer = next((each for each in (*trusted, *others) if _issued(each, chain) and _is_valid(each, at)), None)
        if issuer is None or issuer == chain:
            return False
        chain = issuer
    return False


def _issued(issuer: Certificate, certificate: Certificate) -> bool:
    try:
        is_authority = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        certificate.verify_directly_issued_by(issuer)
    except (*MALFORMED, InvalidSignature, UnsupportedAlgorithm):
        return False
    return is_authority


def _is_valid(certificate: Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _algorithm(identifier: Value) -> str:
    return identifier.expect(der.SEQUENCE, "an algorithm").values()[0].oid("an algorithm")


def _hash(name: str) -> hashes.HashAlgorithm:
    if name not in _HASHES:
        raise NotAsPromisedError("signature", expected="SHA-256, SHA-384 or SHA-512", found=f"the kind {name}")
    return _HASHES[name]()
